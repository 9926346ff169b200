"""What tables look like, as values that compare: the same questions to the live tables and to their twins."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastjango.db.migrations.drift.expressions import one_spelling


@dataclass
class TableFacts:
    """
    One table.

    Args:
        columns: ``{name: {"type": ..., "null": ...}}``.
        parts: ``{what it is: name}`` of keys, indexes and constraints.
    """

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)


_PG_COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity <> '', a.attgenerated <> '',
        CASE WHEN a.attcollation <> t.typcollation THEN c.collname END, pg_get_expr(d.adbin, d.adrelid),
        (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
            FROM pg_enum e WHERE e.enumtypid IN (t.oid, t.typelem)),
        col_description(a.attrelid, a.attnum)
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_collation c ON c.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_PG_CONSTRAINTS = (
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'n'"
)
_PG_INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = %s::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid
        AND k.contype IN ('p', 'u', 'x'))
"""
_SCHEMA = re.compile(r"\b(pg_temp(_\d+)?|public)\.")


def _postgresql(connection: Any, cursor: Any, table: str) -> TableFacts:
    found = TableFacts()
    name = connection.ops.quote_name(table)
    cursor.execute(_PG_COLUMNS, [name])
    for column, type_text, not_null, identity, generated, collation, default, labels, comment in cursor.fetchall():
        serial = identity or (default or "").startswith("nextval(")
        shown = f"{_plain(type_text)} ({labels})" if labels else type_text
        words = [shown, f"COLLATE {collation}" if collation else "", "with a sequence" if serial else ""]
        text = "" if serial else one_spelling(_plain(default or ""))
        found.columns[column] = _column(" ".join(filter(None, words)), not not_null, generated, text, comment)
    cursor.execute("SELECT obj_description(%s::regclass, 'pg_class')", [name])
    _with_comment(found, cursor.fetchone()[0])
    cursor.execute(_PG_CONSTRAINTS, [name])
    for constraint, definition in cursor.fetchall():
        text = _plain(definition)
        text = _without_casts(text) if text.startswith("CHECK") else one_spelling(text)
        found.parts[text] = constraint
    cursor.execute(_PG_INDEXES, [name])
    for index, definition in cursor.fetchall():
        found.parts[_plain_index(definition)] = index
    return found


_NAME = r'(?:"[^"]+"|[^\s".]+)'
_HEAD = re.compile(rf"INDEX {_NAME} ON (?:ONLY )?(?:{_NAME}\.)?{_NAME} ")
_CASTS = re.compile(r'::("[^"]+"|[a-z_][a-z0-9_]*( [a-z]+)*)(\(\d+(,\d+)?\))?(\[\])?')


def _plain_index(definition: str) -> str:
    """Return an index without its names."""
    return one_spelling(_HEAD.sub("INDEX ON ", _plain(definition)))


def _without_casts(check: str) -> str:
    """Return a check without the casts that PostgreSQL writes into it: they are of the type that a column once had."""
    return re.sub(r"[()' ]", "", _CASTS.sub("", check)).replace("CHECK", "CHECK ", 1)


def _plain(definition: str) -> str:
    return _SCHEMA.sub("", definition)


def _column(
    type_text: str, null: bool, generated: bool, default: str | None, comment: str | None = None
) -> dict[str, str]:
    text = _plain(default or "")
    return {
        "type": type_text,
        "null": "NULL" if null else "NOT NULL",
        "value": f"generated {text}".rstrip() if generated else "stored",
        "default": "none" if generated else text or "none",
        "comment": repr(comment) if comment else "none",
    }


def _with_comment(found: TableFacts, comment: str | None) -> None:
    if comment:
        found.parts[f"comment {comment!r}"] = "of the table"


_MYSQL_COLUMNS = """
    SELECT column_name, column_type, is_nullable = 'YES', extra, column_default, collation_name, column_comment
    FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = %s ORDER BY ordinal_position
"""
_MYSQL_COMMENT = (
    "SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s"
)
_MYSQL_CHECKS = """
    SELECT c.constraint_name, c.check_clause FROM information_schema.check_constraints c
    JOIN information_schema.table_constraints t
        ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name
    WHERE t.constraint_type = 'CHECK' AND t.table_schema = DATABASE() AND t.table_name = %s
"""


def _mysql(connection: Any, cursor: Any, table: str) -> TableFacts:
    found = TableFacts()
    cursor.execute(_MYSQL_COLUMNS, [table])
    unsigned = set()
    for column, type_text, null, extra, default, collation, comment in cursor.fetchall():
        extra = (extra or "").lower()
        words = [
            type_text,
            "AUTO_INCREMENT" if "auto_increment" in extra else "",
            f"COLLATE {collation}" if collation else "",
        ]
        shown = "" if default in (None, "NULL") else str(default)
        found.columns[column] = _column(" ".join(filter(None, words)), bool(null), "generated" in extra, shown, comment)
        if type_text.endswith("unsigned"):
            # Django's MariaDB tables say it twice.
            unsigned.add(f"`{column}` >= 0")
    cursor.execute(_MYSQL_COMMENT, [table])
    _with_comment(found, cursor.fetchone()[0])
    _with_constraints(found, connection, cursor, table)
    # Columns of a check are not known here, its words are.
    for text in [text for text in found.parts if text.startswith("CHECK")]:
        del found.parts[text]
    cursor.execute(_MYSQL_CHECKS, [table])
    for name, clause in cursor.fetchall():
        if clause not in unsigned:
            found.parts[f"CHECK {clause}"] = name
    return found


def _sqlite(connection: Any, cursor: Any, table: str) -> TableFacts:
    found = TableFacts()
    enums = connection.introspection.get_enums(cursor, table)
    cursor.execute(f"PRAGMA table_xinfo({connection.ops.quote_name(table)})")
    for _, column, type_text, not_null, default, key, hidden in cursor.fetchall():
        if column in enums:
            type_text = f"{type_text} IN {tuple(enums[column]['values'])}"  # noqa: PLW2901
        found.columns[column] = _column(type_text, not not_null and not key, hidden in (2, 3), default)
    return _with_constraints(found, connection, cursor, table)


def _with_constraints(found: TableFacts, connection: Any, cursor: Any, table: str) -> TableFacts:
    for name, facts in connection.introspection.get_constraints(cursor, table).items():
        columns = ", ".join(column or "?" for column in facts["columns"])
        if facts["primary_key"]:
            text = f"PRIMARY KEY ({columns})"
        elif facts["foreign_key"]:
            text = "FOREIGN KEY ({}) REFERENCES {}({})".format(columns, *facts["foreign_key"])
        elif facts["check"]:
            # Its name may be of a time when table or column had another one.
            text = f"CHECK ({columns})"
        elif facts["unique"]:
            text = f"UNIQUE ({columns})"
        else:
            orders = " ".join(facts.get("orders") or ())
            text = f"INDEX ({columns}){' ' + orders if 'DESC' in orders else ''}"
        while text in found.parts:
            text += " once more"
        found.parts[text] = name
    return found


_ASK: dict[str, Callable[[Any, Any, str], TableFacts]] = {"postgresql": _postgresql, "mysql": _mysql, "sqlite": _sqlite}


def facts_of(connection: Any, tables: list[str]) -> dict[str, TableFacts]:
    """Return what the tables look like that exist among *tables*."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        return {table: _ASK[connection.vendor](connection, cursor, table) for table in tables if table in there}


__all__ = ["TableFacts", "facts_of"]
