"""
Rows by COPY: what ``bulk_create(method="copy")`` runs on PostgreSQL.

The rows go as they are, without a statement around them: nothing is computed by the database in between and nothing comes
back. Keys that a sequence counts are therefore taken from it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from fastjango.core.exceptions import fix
from fastjango.db.connections import connections
from fastjango.db.errors import NotSupportedError
from fastjango.db.execute import change_many, fetch
from fastjango.db.models.expressions import DatabaseDefault

from .insert import SlowWay
from .insert_columns import columns_for
from .write_plans import WritePlan, cached, compile_write


def check_can_copy(connection: Any, with_conflicts: bool) -> None:
    """
    Refuse what COPY cannot do.

    Raises:
        NotSupportedError: The database has no COPY.
        ValueError: Conflicts are to be resolved.
    """
    if not connection.features.supports_copy:
        raise fix(
            NotSupportedError('This database backend does not support bulk_create(method="copy").'),
            "leave out method; only PostgreSQL has COPY",
            code="models.E605",
        )
    if with_conflicts:
        raise fix(
            ValueError('bulk_create(method="copy") cannot ignore or update rows that exist.'),
            "leave out method, or copy only rows that are new",
            code="models.E605",
        )


def take_keys(model: Any, using: str, objs: Sequence[Any]) -> None:
    """Give each of *objs* the next key of the model's sequence, where it has one. Queries: 1."""
    opts, connection = model._meta, connections[using]
    plan = cached(model, connection, "keys of a sequence", lambda: _keys_plan(connection))
    table = connection.ops.quote_name(opts.db_table)
    rows = fetch(using, plan.sql, plan.args([table, opts.pk.column, len(objs)]))
    for obj, (key,) in zip(objs, rows, strict=True):
        setattr(obj, opts.pk.attname, key)


def _keys_plan(connection: Any) -> WritePlan:
    """Return the statement that gives the next keys of the sequence of a table (p0) and column (p1), so many (p2)."""
    kinds: list[Any] = [sa.Text(), sa.Text(), sa.Integer()]
    table, column, count = [
        sa.BindParameter[Any](f"p{place}", None, type_=kind, required=False) for place, kind in enumerate(kinds)
    ]
    name = sa.select(sa.func.pg_get_serial_sequence(table, column)).scalar_subquery()
    number = sa.func.nextval(sa.cast(name, postgresql.REGCLASS))
    return compile_write(
        sa.select(number).select_from(sa.func.generate_series(sa.literal_column("1"), count)), connection
    )


def copy_rows(model: Any, using: str, fields: Sequence[Any], objs: Sequence[Any], batch_size: int | None) -> None:
    """
    Insert objects by COPY. What the database computes is not told: it is loaded when somebody reads it.

    Raises:
        ValueError: A value is an expression.
    Queries: 1 per batch.
    """
    connection = connections[using]
    made_there = [field for field in fields if _is_default_of_all(field, objs)]
    sent = [field for field in fields if field not in made_there]
    columns = columns_for(model._meta, connection, sent, False)
    sql = connection.ops.copy_statement(model._meta.db_table, [field.column for field in sent])
    size = batch_size or len(objs)
    for start in range(0, len(objs), size):
        slow = SlowWay(model, connection, sent, False)
        rows = columns.rows(objs[start : start + size], slow)
        if slow.found_expression or columns.has_placeholders:
            raise fix(
                ValueError(f'bulk_create(method="copy") of {model.__name__} sends values, and got an expression.'),
                "compute it in Python, or leave out method",
                code="models.E605",
            )
        change_many(using, sql, rows)
    for field in made_there:
        for obj in objs:
            del obj.__dict__[field.attname]


def _is_default_of_all(field: Any, objs: Sequence[Any]) -> bool:
    """Tell whether the database makes this column of all objects."""
    return field.has_db_default() and all(isinstance(obj.__dict__.get(field.attname), DatabaseDefault) for obj in objs)


__all__ = ["check_can_copy", "copy_rows", "take_keys"]
