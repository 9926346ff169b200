"""
INSERT: what ``save()``, ``bulk_create()`` and many-to-many relations run.

Plain values go through kept plans (``write_plans.py``); rows with expressions are compiled each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa

from fastjango.core.exceptions import FieldError
from fastjango.db.connections import connections
from fastjango.db.execute import change, fetch, insert_id
from fastjango.db.models.constants import OnConflict
from fastjango.db.models.expressions.adapter import Shim, splice

from .context import BindBook, Context
from .insert_columns import InsertColumns, columns_for, has_placeholder
from .plan import compile_text
from .query import Query
from .write_plans import WritePlan, array_plan, conflict_insert, insert_plan, table_of

Row = tuple[Any, ...]
PLAIN: tuple[Any, Row, Row] = (None, (), ())
"""No conflict is expected."""


class SlowWay:
    """Lets fields prepare the values that do not go into the database as they are."""

    __slots__ = ("connection", "fields", "found_expression", "model", "raw")

    def __init__(self, model: Any, connection: Any, fields: Sequence[Any], raw: bool) -> None:
        self.model = model
        self.connection = connection
        self.fields = fields
        self.raw = raw
        # Whether there was an expression: the statement has to be compiled.
        self.found_expression = False

    def __call__(self, obj: Any, place: int) -> Any:
        value = insert_value(self.model, self.connection, self.fields[place], obj, self.raw)
        if hasattr(value, "to_clause"):
            self.found_expression = True
        return value


class OneRow:
    """The kept INSERT of one row of some columns."""

    __slots__ = ("converters", "fields", "plan", "wanted")

    def __init__(self, model: Any, connection: Any, fields: Sequence[Any], returning: Sequence[Any]) -> None:
        # What the caller asked for, to be recognized.
        self.fields = returning
        self.wanted = tuple(returning) if connection.features.can_return_columns_from_insert else ()
        self.plan: WritePlan = insert_plan(model, connection, fields, 1, self.wanted, PLAIN)
        self.converters = _converters(self.wanted, connection)


def insert_rows(
    model: Any,
    using: str,
    fields: Sequence[Any],
    objs: Sequence[Any],
    *,
    returning_fields: Sequence[Any] = (),
    raw: bool = False,
    on_conflict: Any = None,
    update_fields: Sequence[Any] | None = None,
    unique_fields: Sequence[Any] | None = None,
) -> list[Row]:
    """
    Insert objects and return what the database made of *returning_fields*, one row per object.

    Queries: one per batch that the database takes.
    """
    connection = connections[using]
    if on_conflict is None and fields and len(objs) == 1:
        return _insert_one(model, connection, fields, objs, returning_fields, raw)
    conflict = (on_conflict, tuple(update_fields or ()), tuple(unique_fields or ()))
    returning = tuple(returning_fields) if on_conflict is None or _returns(connection, on_conflict) else ()
    if not fields:
        return _insert_defaults(model, connection, objs, returning, conflict)
    size = max(1, connection.ops.bulk_batch_size(list(fields), objs)) if len(objs) > 1 else 1
    if len(objs) > 1 and not connection.features.has_bulk_insert:
        size = 1
    columns = columns_for(model._meta, connection, fields, raw)
    rows: list[Row] = []
    for start in range(0, len(objs), size):
        batch = objs[start : start + size] if size < len(objs) else objs
        slow = SlowWay(model, connection, fields, raw)
        lines = columns.rows(batch, slow)
        wanted = returning if _can_return(connection, len(lines)) else ()
        if slow.found_expression or columns.has_placeholders:
            sql, args = compile_insert(model, connection, fields, lines, wanted, conflict)
        else:
            sql, args = _planned(model, connection, columns, lines, wanted, conflict)
        rows.extend(_send_insert(connection, sql, args, returning, wanted, len(lines)))
    return rows


def _insert_one(
    model: Any, connection: Any, fields: Sequence[Any], objs: Sequence[Any], returning: Sequence[Any], raw: bool
) -> list[Row]:
    columns = columns_for(model._meta, connection, fields, raw)
    one: OneRow | None = columns.plans.get(1)
    if one is None or one.fields is not returning:
        one = columns.plans[1] = OneRow(model, connection, fields, returning)
    slow = SlowWay(model, connection, fields, raw)
    lines = columns.rows(objs, slow)
    if slow.found_expression or columns.has_placeholders:
        sql, args = compile_insert(model, connection, fields, lines, one.wanted, PLAIN)
        return _send_insert(connection, sql, args, tuple(returning), one.wanted, 1)
    plan = one.plan
    args = plan.args(lines[0])
    if one.wanted:
        rows = fetch(connection.alias, plan.sql, args)
        return rows if one.converters is None else _converted(rows, one.converters)
    if returning:
        return [(insert_id(connection.alias, plan.sql, args),)]
    change(connection.alias, plan.sql, args)
    return []


def _planned(
    model: Any, connection: Any, columns: InsertColumns, lines: list[Row], wanted: Row, conflict: Any
) -> tuple[str, Row]:
    """Return SQL and parameters of an INSERT of plain values."""
    fields = columns.fields
    if len(lines) > 1:
        arrays = connection.ops.column_arrays(fields, lines)
        if arrays is not None:
            plan = array_plan(model, connection, fields, [kind for kind, _ in arrays], wanted, conflict)
            return plan.sql, plan.args([array for _, array in arrays])
    plan = insert_plan(model, connection, fields, len(lines), wanted, conflict)
    return plan.sql, plan.args(tuple(chain.from_iterable(lines)))


def _returns(connection: Any, on_conflict: Any) -> bool:
    return on_conflict == OnConflict.UPDATE and bool(connection.features.can_return_rows_from_bulk_insert)


def insert_value(model: Any, connection: Any, field: Any, obj: Any, raw: bool) -> Any:
    """Return the value of one field as its class prepares it: for the driver, or an expression."""
    value = getattr(obj, field.attname) if raw else field.pre_save(obj, add=True)
    if hasattr(value, "resolve_expression"):
        value = resolve_for_insert(model, field, value)
    return field.get_db_prep_save(value, connection=connection)


def resolve_for_insert(model: Any, field: Any, value: Any) -> Any:
    """
    Return an expression ready to be inserted.

    Raises:
        ValueError: It refers to a column.
        FieldError: It is an aggregate or a window.
    """
    resolved = value.resolve_expression(Query(model), allow_joins=False, for_save=True)
    if resolved.contains_column_references:
        raise ValueError(
            f'Failed to insert expression "{resolved}" on {field}. F() expressions '
            "can only be used to update, not to insert."
        )
    check_for_save(field, resolved)
    return resolved


def check_for_save(field: Any, resolved: Any) -> None:
    """
    Refuse what no row can store.

    Raises:
        FieldError: The expression is an aggregate or a window.
    """
    if resolved.contains_aggregate:
        raise FieldError(f"Aggregate functions are not allowed in this query ({field.name}={resolved!r}).")
    if resolved.contains_over_clause:
        raise FieldError(f"Window expressions are not allowed in this query ({field.name}={resolved!r}).")


def _can_return(connection: Any, rows: int) -> bool:
    features = connection.features
    return bool(features.can_return_columns_from_insert if rows == 1 else features.can_return_rows_from_bulk_insert)


def _send_insert(connection: Any, sql: str, args: Any, returning: Row, wanted: Row, rows: int) -> list[Row]:
    if wanted:
        found = fetch(connection.alias, sql, args)
        converters = _converters(wanted, connection)
        return found if converters is None else _converted(found, converters)
    if returning and rows == 1:
        return [(insert_id(connection.alias, sql, args),)]
    change(connection.alias, sql, args)
    return []


def _converters(fields: Sequence[Any], connection: Any) -> list[Any] | None:
    """Return how the values of returned columns become Python values; None when they are already."""
    found = [field.result_converter(connection) for field in fields]
    return found if any(found) else None


def _converted(rows: list[Row], converters: list[Any]) -> list[Row]:
    return [
        tuple(value if convert is None else convert(value) for value, convert in zip(row, converters, strict=True))
        for row in rows
    ]


def compile_insert(
    model: Any,
    connection: Any,
    fields: Sequence[Any],
    lines: Sequence[Sequence[Any]],
    returning: Row,
    conflict: Any,
    more: Sequence[Any] = (),
) -> tuple[str, Row]:
    """Compile an INSERT with expressions among its values; *more* is returned behind the columns."""
    on_conflict, update_fields, unique_fields = conflict
    table = table_of(model._meta, list(dict.fromkeys([*fields, *returning, *update_fields, *unique_fields])))
    binds = BindBook()
    ctx = Context(Query(model), connection, binds)
    values = [
        {field.column: value_clause(ctx, field, value) for field, value in zip(fields, line, strict=True)}
        for line in lines
    ]
    statement = conflict_insert(table, connection, on_conflict, update_fields, unique_fields)
    if returning or more:
        statement = statement.returning(*(table.c[field.column] for field in returning), *more)
    first, *others = values
    # SQLAlchemy has no key for many rows; the columns are those of the first.
    parts = [statement.values(first), *(clause for line in others for clause in line.values())]
    sql, args = compile_text(statement.values(values) if others else parts[0], binds, connection, parts=parts)
    return sql, args(())


def value_clause(ctx: Any, field: Any, value: Any) -> Any:
    """Return what is written for a prepared value of a column: a parameter or an expression."""
    if hasattr(value, "to_clause"):
        return ctx.select_clause(value)
    # Prepared for the driver already: the parameter is typed, not converted again.
    bound = ctx.raw_bind(value, field.column_type())
    if has_placeholder(field):
        return splice(ctx, field.get_placeholder(value, Shim(ctx), ctx.connection), [bound])
    return bound


def _insert_defaults(model: Any, connection: Any, objs: Sequence[Any], returning: Row, conflict: Any) -> list[Row]:
    """Insert rows that have nothing but a key made by the database."""
    pk = model._meta.pk
    rows: list[Row] = []
    for _ in objs:
        table = table_of(model._meta, list(dict.fromkeys([pk, *returning])))
        statement = conflict_insert(table, connection, *conflict)
        empty = sa.null() if connection.vendor == "sqlite" else sa.literal_column("DEFAULT")
        statement = statement.values({pk.column: empty})
        wanted = returning if _can_return(connection, 1) else ()
        if wanted:
            statement = statement.returning(*(table.c[field.column] for field in wanted))
        sql, args = compile_text(statement, BindBook(), connection)
        rows.extend(_send_insert(connection, sql, args(()), returning, wanted, 1))
    return rows


__all__ = ["compile_insert", "insert_rows", "insert_value", "resolve_for_insert", "value_clause"]
