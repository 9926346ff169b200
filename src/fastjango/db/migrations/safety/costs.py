"""The locks that each database takes, kind by kind; from the manuals of PostgreSQL 12+, MariaDB 10.6+, MySQL 8.0.29+ and SQLite."""

from __future__ import annotations

from fastjango.db.migrations.safety.change import Cost, Kind, Length

_ALL = "reads and writes"

_POSTGRESQL: dict[Kind, Cost] = {
    Kind.CREATE_TABLE: Cost(""),
    Kind.DROP_TABLE: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.RENAME_TABLE: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.ADD_COLUMN: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.ADD_FILLED_COLUMN: Cost("ACCESS EXCLUSIVE", _ALL, Length.REWRITE),
    Kind.DROP_COLUMN: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.RENAME_COLUMN: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.WIDEN_TYPE: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.CHANGE_TYPE: Cost("ACCESS EXCLUSIVE", _ALL, Length.REWRITE),
    Kind.ADD_VALUE: Cost("lock of the type"),
    Kind.RENAME_VALUE: Cost("lock of the type"),
    Kind.REBUILD_ENUM: Cost("ACCESS EXCLUSIVE", _ALL, Length.REWRITE),
    Kind.SET_NOT_NULL: Cost("ACCESS EXCLUSIVE", _ALL, Length.READ),
    Kind.DROP_NOT_NULL: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.SET_DEFAULT: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.BUILD_INDEX: Cost("SHARE", "writes", Length.BUILD),
    Kind.BUILD_INDEX_CONCURRENTLY: Cost("SHARE UPDATE EXCLUSIVE", "", Length.BUILD),
    Kind.DROP_INDEX: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.DROP_INDEX_CONCURRENTLY: Cost("SHARE UPDATE EXCLUSIVE"),
    Kind.RENAME_INDEX: Cost("SHARE UPDATE EXCLUSIVE"),
    Kind.ADD_UNIQUE: Cost("ACCESS EXCLUSIVE", _ALL, Length.BUILD),
    Kind.ADD_CHECK: Cost("ACCESS EXCLUSIVE", _ALL, Length.READ),
    Kind.ADD_CHECK_NOT_VALID: Cost("ACCESS EXCLUSIVE", _ALL),
    Kind.ADD_EXCLUSION: Cost("ACCESS EXCLUSIVE", _ALL, Length.BUILD),
    Kind.ADD_FOREIGN_KEY: Cost("SHARE ROW EXCLUSIVE", "writes", Length.READ),
    Kind.VALIDATE: Cost("SHARE UPDATE EXCLUSIVE", "", Length.READ),
    Kind.DROP_CONSTRAINT: Cost("ACCESS EXCLUSIVE", _ALL),
}

_METADATA = "exclusive metadata lock"
_MYSQL: dict[Kind, Cost] = {
    Kind.CREATE_TABLE: Cost(""),
    Kind.DROP_TABLE: Cost(_METADATA, _ALL),
    Kind.RENAME_TABLE: Cost(_METADATA, _ALL),
    Kind.ADD_COLUMN: Cost(_METADATA, _ALL),
    Kind.ADD_FILLED_COLUMN: Cost(_METADATA, "writes", Length.REWRITE),
    Kind.DROP_COLUMN: Cost(_METADATA, _ALL),
    Kind.RENAME_COLUMN: Cost(_METADATA, _ALL),
    Kind.WIDEN_TYPE: Cost(_METADATA, _ALL),
    Kind.CHANGE_TYPE: Cost("shared write lock", "writes", Length.REWRITE),
    Kind.ADD_VALUE: Cost(_METADATA, _ALL),
    Kind.RENAME_VALUE: Cost("shared write lock", "writes", Length.REWRITE),
    Kind.REBUILD_ENUM: Cost("shared write lock", "writes", Length.REWRITE),
    # The table is written again in place: others go on meanwhile.
    Kind.SET_NOT_NULL: Cost("metadata lock at both ends", "", Length.REWRITE),
    Kind.DROP_NOT_NULL: Cost("metadata lock at both ends", "", Length.REWRITE),
    Kind.SET_DEFAULT: Cost(_METADATA, _ALL),
    Kind.BUILD_INDEX: Cost("metadata lock at both ends", "", Length.BUILD),
    Kind.BUILD_INDEX_CONCURRENTLY: Cost("metadata lock at both ends", "", Length.BUILD),
    Kind.DROP_INDEX: Cost(_METADATA, _ALL),
    Kind.DROP_INDEX_CONCURRENTLY: Cost(_METADATA, _ALL),
    Kind.RENAME_INDEX: Cost(_METADATA, _ALL),
    Kind.ADD_UNIQUE: Cost("metadata lock at both ends", "", Length.BUILD),
    Kind.ADD_CHECK: Cost("shared write lock", "writes", Length.REWRITE),
    Kind.ADD_CHECK_NOT_VALID: Cost("shared write lock", "writes", Length.REWRITE),
    Kind.ADD_EXCLUSION: Cost(""),
    Kind.ADD_FOREIGN_KEY: Cost("shared write lock", "writes", Length.REWRITE),
    Kind.VALIDATE: Cost(""),
    Kind.DROP_CONSTRAINT: Cost(_METADATA, _ALL),
}

_IN_PLACE = (
    Kind.CREATE_TABLE,
    Kind.DROP_TABLE,
    Kind.RENAME_TABLE,
    Kind.RENAME_COLUMN,
    Kind.BUILD_INDEX,
    Kind.BUILD_INDEX_CONCURRENTLY,
    Kind.DROP_INDEX,
    Kind.DROP_INDEX_CONCURRENTLY,
    Kind.RENAME_INDEX,
)
_FILE = "write lock of the file"
_SQLITE: dict[Kind, Cost] = {
    kind: Cost(_FILE, "writes") if kind in _IN_PLACE else Cost(_FILE, "writes", Length.REWRITE) for kind in Kind
}

_COSTS = {"postgresql": _POSTGRESQL, "mysql": _MYSQL, "sqlite": _SQLITE}


def cost_of(kind: Kind, vendor: str) -> Cost | None:
    """Return what a database does for a kind of change; None where nobody can know."""
    if kind in (Kind.OWN_CODE, Kind.UNKNOWN):
        return None
    return _COSTS.get(vendor, {}).get(kind)


__all__ = ["cost_of"]
