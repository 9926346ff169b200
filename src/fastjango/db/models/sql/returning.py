"""Statements that change rows and tell about them: UPDATE ... RETURNING, and an upsert that says what was new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.connections import connections
from fastjango.db.errors import IntegrityError
from fastjango.db.execute import fetch
from fastjango.db.models.constants import OnConflict

from .insert import PLAIN, SlowWay, compile_insert
from .insert_columns import columns_for
from .write import compile_update, kept_update, to_one_table, update_value
from .write_plans import array_plan, insert_plan

Row = tuple[Any, ...]
DUPLICATE_ENTRY = 1062
"""MariaDB's number for a row that a unique key refuses."""
# A row that was updated carries the number of the transaction that did it.
IS_NEW: tuple[str, Any] = ("is new", sa.literal_column("(xmax = 0)"))


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


def update_returning_kept(
    shape: Any, binds: Row, using: str, values: Sequence[tuple[Any, Any, Any]], fields: Sequence[Any]
) -> list[Row] | None:
    """
    See ``update_returning``; by the plan that *shape* keeps, None when a statement has to be compiled.

    Queries: 1.
    """
    found = kept_update(shape, binds, using, values, fields)
    return None if found is None else _converted(fetch(using, *found), fields, connections[using])


def upsert_rows(
    model: Any, using: str, fields: Sequence[Any], objs: Sequence[Any], unique: Sequence[Any], updated: Sequence[Any]
) -> list[tuple[Row, bool]]:
    """
    Insert objects, or update the rows that have the same *unique* fields; return their keys and whether they are new.

    Queries: on PostgreSQL one per batch, elsewhere one for a new row and two for one that was there.
    """
    connection = connections[using]
    columns = columns_for(model._meta, connection, fields, False)
    slow = SlowWay(model, connection, fields, False)
    lines = columns.rows(objs, slow)
    plain = not (slow.found_expression or columns.has_placeholders)
    conflict = (OnConflict.UPDATE, updated, unique)
    if connection.vendor != "postgresql":
        return [_upsert_one(model, connection, fields, line, conflict, plain) for line in lines]
    found: dict[int, tuple[Row, bool]] = {}
    for places in _rounds(lines, [place for place, field in enumerate(fields) if field in unique]):
        size = len(places) if plain else max(1, connection.ops.bulk_batch_size(list(fields), places))
        for start in range(0, len(places), size):
            batch = places[start : start + size]
            rows = _upsert_many(model, connection, fields, [lines[place] for place in batch], conflict, plain)
            found.update(zip(batch, rows, strict=True))
    return [found[place] for place in range(len(lines))]


def _rounds(lines: list[Row], key: list[int]) -> list[list[int]]:
    """Part the lines so that no statement has two with the same key: PostgreSQL changes a row once per statement."""
    rounds: list[list[int]] = []
    seen: dict[Row, int] = {}
    for place, line in enumerate(lines):
        values = tuple(line[column] for column in key)
        number = seen.get(values, 0) if _is_hashable(values) else 0
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(place)
        if key and _is_hashable(values):
            seen[values] = number + 1
    return rounds


def _is_hashable(values: Row) -> bool:
    try:
        hash(values)
    except TypeError:
        return False
    return True


def _upsert_many(
    model: Any, connection: Any, fields: Sequence[Any], lines: list[Row], conflict: Any, plain: bool
) -> list[tuple[Row, bool]]:
    keys = model._meta.pk_fields
    arrays = connection.ops.column_arrays(fields, lines) if plain else None
    if arrays is not None:
        plan = array_plan(model, connection, fields, [kind for kind, _ in arrays], keys, conflict, [IS_NEW])
        sql, args = plan.sql, plan.args([array for _, array in arrays])
    else:
        sql, args = compile_insert(model, connection, fields, lines, keys, conflict, [IS_NEW[1]])
    rows = fetch(connection.alias, sql, args)
    found = _converted([row[:-1] for row in rows], keys, connection)
    return [(key, bool(row[-1])) for key, row in zip(found, rows, strict=True)]


def _upsert_one(
    model: Any, connection: Any, fields: Sequence[Any], line: Row, conflict: Any, plain: bool
) -> tuple[Row, bool]:
    keys = model._meta.pk_fields
    # MySQL's IGNORE would also cut texts off and let missing values pass: there a plain INSERT is tried.
    first = PLAIN if connection.vendor == "mysql" else (OnConflict.IGNORE, (), ())
    for attempt, is_new in ((first, True), (conflict, False)):
        if plain:
            plan = insert_plan(model, connection, fields, 1, keys, attempt)
            sql, args = plan.sql, plan.args(line)
        else:
            sql, args = compile_insert(model, connection, fields, [line], keys, attempt)
        try:
            rows = fetch(connection.alias, sql, args)
        except IntegrityError as exc:
            if attempt is not PLAIN or exc.args[0] != DUPLICATE_ENTRY:
                raise
            continue
        if rows:
            return _converted(rows, keys, connection)[0], is_new
    raise RuntimeError("The database returned no row for an object that was inserted or updated.")


def _converted(rows: list[Row], fields: Sequence[Any], connection: Any) -> list[Row]:
    converters = [field.result_converter(connection) for field in fields]
    if not any(converters):
        return rows
    return [
        tuple(value if convert is None else convert(value) for value, convert in zip(row, converters, strict=True))
        for row in rows
    ]


__all__ = ["update_returning", "update_returning_kept", "upsert_rows"]
