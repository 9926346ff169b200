"""Statements that change rows and tell about them: UPDATE ... RETURNING, and an upsert that says what was new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.connections import connections
from fastjango.db.execute import fetch
from fastjango.db.models.constants import OnConflict

from .write import compile_insert, compile_update, insert_value, to_one_table, update_value

Row = tuple[Any, ...]


def update_returning(query: Any, using: str, values: Sequence[tuple[Any, Any]], fields: Sequence[Any]) -> list[Row]:
    """
    Update the rows of a query (which is changed) and return *fields* of them, as the database has them now.

    Queries: 1.
    """
    connection = connections[using]
    resolved = [(field, update_value(query, field, value)) for field, value in values]
    query.annotations = {}
    query._annotation_select_cache = None
    try:
        to_one_table(query, connection)
        sql, args = compile_update(query, connection, resolved, fields)
    except EmptyResultSet:
        return []
    return _converted(fetch(using, sql, args), fields, connection)


def upsert_rows(
    model: Any, using: str, fields: Sequence[Any], objs: Sequence[Any], unique: Sequence[Any], updated: Sequence[Any]
) -> list[tuple[Row, bool]]:
    """
    Insert objects, or update the rows that have the same *unique* fields; return their keys and whether they are new.

    Queries: on PostgreSQL one per batch, elsewhere one for a new row and two for one that was there.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return [_upsert_one(model, connection, fields, obj, unique, updated) for obj in objs]
    size = max(1, connection.ops.bulk_batch_size(list(fields), objs))
    found: list[tuple[Row, bool]] = []
    for start in range(0, len(objs), size):
        lines = _lines(model, connection, fields, objs[start : start + size])
        conflict = (OnConflict.UPDATE, updated, unique)
        keys = model._meta.pk_fields
        # A row that was updated carries the number of the transaction that did it.
        is_new: Any = sa.literal_column("(xmax = 0)")
        sql, args = compile_insert(model, connection, fields, lines, keys, conflict, [is_new])
        rows = fetch(using, sql, args)
        found += [
            (key, bool(row[-1]))
            for key, row in zip(_converted([row[:-1] for row in rows], keys, connection), rows, strict=True)
        ]
    return found


def _upsert_one(
    model: Any, connection: Any, fields: Sequence[Any], obj: Any, unique: Sequence[Any], updated: Sequence[Any]
) -> tuple[Row, bool]:
    lines = _lines(model, connection, fields, [obj])
    keys = model._meta.pk_fields
    for kind, is_new in ((OnConflict.IGNORE, True), (OnConflict.UPDATE, False)):
        sql, args = compile_insert(model, connection, fields, lines, keys, (kind, updated, unique))
        rows = fetch(connection.alias, sql, args)
        if rows:
            return _converted(rows, keys, connection)[0], is_new
    raise RuntimeError(f"The database returned no row for {obj!r}.")


def _lines(model: Any, connection: Any, fields: Sequence[Any], objs: Sequence[Any]) -> list[list[Any]]:
    return [[insert_value(model, connection, field, obj, False) for field in fields] for obj in objs]


def _converted(rows: list[Row], fields: Sequence[Any], connection: Any) -> list[Row]:
    converters = [field.result_converter(connection) for field in fields]
    if not any(converters):
        return rows
    return [
        tuple(value if convert is None else convert(value) for value, convert in zip(row, converters, strict=True))
        for row in rows
    ]


__all__ = ["update_returning", "upsert_rows"]
