"""
Connections learn the types of extensions: ``hstore`` as a dict, arrays of ``hstore`` and ``citext`` as lists.

The numbers of those types differ from database to database. They are asked for once, over the first connection, and
remembered; every further connection is told without a query.
"""

from __future__ import annotations

from typing import Any

from psycopg.types import TypeInfo
from psycopg.types.hstore import register_hstore

from fastjango.db import connections

__all__ = ["get_citext_oids", "get_hstore_oids", "get_type_oids", "register_type_handlers"]

Oids = tuple[tuple[int, ...], tuple[int, ...]]

_NO_DB_ALIAS = "__no_db__"
_QUERY = "SELECT oid, typarray FROM pg_type WHERE typname = %s"


def get_type_oids(connection_alias: str, type_name: str) -> Oids:
    """Return the numbers of a type and of its arrays: several where schemas have one each. Queries: 1."""
    with connections[connection_alias].cursor() as cursor:
        cursor.execute(_QUERY, (type_name,))
        return _split(cursor.fetchall())


def _split(rows: list[Any]) -> Oids:
    return tuple(row[0] for row in rows), tuple(row[1] for row in rows)


class _Remembered:
    """The numbers of one type, by alias and database."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name
        self._known: dict[tuple[str, Any], Oids] = {}

    def __call__(self, connection_alias: str) -> Oids:
        """Return them. Queries: 1 the first time."""
        key = self._key(connections[connection_alias])
        if key not in self._known:
            self._known[key] = get_type_oids(connection_alias, self.type_name)
        return self._known[key]

    def over(self, connection: Any, raw: Any) -> Oids:
        """Return them; the first time *raw* is asked, which no one has taken yet. Queries: at most 1."""
        key = self._key(connection)
        if key not in self._known:
            self._known[key] = _split(raw.execute(_QUERY, (self.type_name,)).fetchall())
        return self._known[key]

    @staticmethod
    def _key(connection: Any) -> tuple[str, Any]:
        return connection.alias, connection.settings_dict["NAME"]

    def cache_clear(self) -> None:
        """Forget them: an extension came or went."""
        self._known.clear()


get_hstore_oids = _Remembered("hstore")
get_citext_oids = _Remembered("citext")


def register_type_handlers(connection: Any, raw: Any = None, **kwargs: Any) -> None:
    """
    Teach a connection of the driver the types of extensions.

    Args:
        raw: The driver's connection; that which this context holds when missing.

    Queries: 2 for the first connection of a database, none afterwards.
    """
    if connection.vendor != "postgresql" or connection.alias == _NO_DB_ALIAS:
        return
    if raw is None:
        raw = connection.connection
        if raw is None:
            return
        hstore, citext = get_hstore_oids(connection.alias), get_citext_oids(connection.alias)
    else:
        hstore, citext = get_hstore_oids.over(connection, raw), get_citext_oids.over(connection, raw)
    for oid, array_oid in zip(*hstore, strict=True):
        register_hstore(TypeInfo("hstore", oid, array_oid), raw)
    for array_oid in citext[1]:
        TypeInfo("citext", 0, array_oid).register(raw)
