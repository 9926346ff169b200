"""
Other values for each of many rows: what ``bulk_update()`` runs when no value is an expression.

PostgreSQL gets one array per column (UPDATE ... FROM unnest), MariaDB and MySQL a joined table of the rows; SQLite runs one
prepared UPDATE once per row, which is faster there than any statement of many rows, and joins the rows if there is a condition.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.selectable import FromClause

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.connections import connections
from fastjango.db.execute import change, change_many

from .context import BindBook, BindSource, Context
from .insert_columns import columns_for
from .plan import CompiledText, compile_text
from .write import to_one_table, where_clause
from .write_plans import table_of

Row = tuple[Any, ...]
JOINED_ROWS = 1000
"""Rows per statement where they are written out."""
LINES = 300
"""Rows per statement on SQLite, where they are parts of a compound SELECT."""
_INTEGERS = frozenset({"AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField"})


class _Expression(Exception):
    """A value is an expression: the database has to compute it."""


class _Prepared:
    """Prepares the values that do not go into the database as they are."""

    def __init__(self, connection: Any, fields: Sequence[Any]) -> None:
        self.connection = connection
        self.fields = fields

    def __call__(self, obj: Any, place: int) -> Any:
        field = self.fields[place]
        value = getattr(obj, field.attname)
        if hasattr(value, "resolve_expression"):
            raise _Expression
        value = field.get_db_prep_save(value, connection=self.connection)
        if hasattr(value, "to_clause"):
            raise _Expression
        return value


def bulk_update_rows(shape: Any, binds: Row, using: str, fields: Sequence[Any], objs: Sequence[Any]) -> int | None:
    """
    Write *fields* of *objs*, found by their keys among the rows of *shape*; return how many rows there were.

    None: a value, a field or the condition needs a statement of its own kind; nothing was written.
    Queries: 1; on MariaDB and MySQL one per thousand objects.
    """
    connection = connections[using]
    model = shape.model
    opts = model._meta
    keys = list(opts.pk_fields)
    columns = columns_for(opts, connection, [*fields, *keys], True)
    own = opts.concrete_model
    if columns.has_placeholders or not all(_is_plain(field, own) for field in fields):
        return None
    try:
        rows = columns.rows(objs, _Prepared(connection, columns.fields))
    except _Expression:
        return None
    # Of an object that is there twice the first one counts.
    by_key: dict[Row, Row] = {}
    for row in rows:
        by_key.setdefault(row[len(fields) :], row)
    rows = list(by_key.values())
    write = _WRITERS.get(connection.vendor, _one_by_one)
    return write(_Target(shape, binds, connection, fields, keys), rows)


def _is_plain(field: Any, concrete_model: Any) -> bool:
    return (
        field.model._meta.concrete_model is concrete_model
        and not field.generated
        and not hasattr(field, "update_parts")
        and not hasattr(field, "placeholder_clause")
    )


class _Target:
    """The rows of a shape that are found by their keys, and the columns that they get."""

    def __init__(self, shape: Any, binds: Row, connection: Any, fields: Sequence[Any], keys: Sequence[Any]) -> None:
        self.shape = shape
        self.binds = binds
        self.connection = connection
        self.fields = fields
        self.keys = keys
        self.every = [*fields, *keys]

    def plan(self, kinds: Sequence[Any], make_source: Callable[[list[Any]], Any], copies: int = 1) -> Any:
        """
        Return the kept UPDATE, or None when the condition cannot be said in it.

        Args:
            kinds: The types of the parameters, which follow the binds of the shape.
            make_source: Gets the parameters and returns a clause with the columns c0, c1, ...: new values, then keys.
            copies: How many lines of parameters there are.
        """
        key = (self.connection.alias, "bulk update", tuple(field.column for field in self.every))
        kept = self.shape.plans.get(key)
        if kept is None or kept[0] is not self.connection:
            kept = (self.connection, self._compiled(kinds, make_source, copies))
            if self.shape.interned:
                self.shape.plans[key] = kept
        return kept[1]

    def _compiled(self, kinds: Sequence[Any], make_source: Callable[[list[Any]], Any], copies: int) -> Any:
        query = self.shape.query.clone()
        query.get_initial_alias()
        query.annotations = {}
        query._annotation_select_cache = None
        binds = BindBook()
        ctx = Context(query, self.connection, binds, query.slot_base)
        places = itertools.count(len(self.binds))
        parameters = [
            binds.add(BindSource(next(places), None, None, None, raw=True), kind)
            for _ in range(copies)
            for kind in kinds
        ]
        source = make_source(parameters)
        table = table_of(query.get_meta(), list(dict.fromkeys(self.every)))
        statement = sa.update(table).values(
            {field.column: source.c[f"c{place}"] for place, field in enumerate(self.fields)}
        )
        for place, field in enumerate(self.keys, len(self.fields)):
            statement = statement.where(table.c[field.column] == source.c[f"c{place}"])
        try:
            to_one_table(query, self.connection)
            condition = where_clause(query, ctx)
        except EmptyResultSet:
            return None
        if condition is not None:
            statement = statement.where(condition)
        return CompiledText(*compile_text(statement, binds, self.connection, kept=self.shape.interned))


class _Row:
    """The parameters of one row as a table."""

    def __init__(self, parameters: Sequence[Any]) -> None:
        self.c = {f"c{place}": parameter for place, parameter in enumerate(parameters)}


def _one_by_one(target: _Target, rows: Sequence[Row]) -> int | None:
    if target.shape.query.where.children:
        # A condition may look at rows that have been changed by then.
        most = target.connection.features.max_query_params or LINES
        return _by_join(target, rows, min(LINES, max(1, most // len(target.every))))
    plan = target.plan([field.column_type() for field in target.every], _Row)
    if plan is None:
        return None
    binds = target.binds
    return change_many(target.connection.alias, plan.sql, [plan.args((*binds, *row)) for row in rows])


# -- PostgreSQL


def _by_arrays(target: _Target, rows: Sequence[Row]) -> int | None:
    arrays = target.connection.ops.column_arrays(target.every, rows)
    if arrays is None:
        return None
    kinds = [kind for kind, _ in arrays]

    def source(parameters: list[Any]) -> Any:
        names = [sa.column(f"c{place}", kind) for place, kind in enumerate(kinds)]
        return sa.func.UNNEST(*parameters).table_valued(*names, name="v").render_derived(name="v")

    plan = target.plan([postgresql.ARRAY(kind) for kind in kinds], source)
    if plan is None:
        return None
    args = plan.args((*target.binds, *(array for _, array in arrays)))
    return change(target.connection.alias, plan.sql, args)


# -- MariaDB and MySQL


class _Lines(FromClause):
    """Two lines of parameters as a table: ``(SELECT p0 AS c0, p1 AS c1 UNION ALL SELECT p2, p3) AS v``."""

    __visit_name__ = "fastjango_lines"
    named_with_column = True
    name = "v"
    inherit_cache = False

    def __init__(self, kinds: Sequence[Any], parameters: Sequence[Any]) -> None:
        self.kinds = kinds
        self.lines = [parameters[: len(kinds)], parameters[len(kinds) :]]

    def _populate_column_collection(self, columns: Any, primary_key: Any, foreign_keys: Any) -> None:
        for place, kind in enumerate(self.kinds):
            column: Any = sa.column(f"c{place}", kind)
            column.table = self
            columns.add(column)

    @property
    def _from_objects(self) -> list[Any]:
        return [self]


@compiles(_Lines)
def _print_lines(element: _Lines, compiler: Any, **options: Any) -> str:
    first, second = element.lines
    named = ", ".join(f"{compiler.process(value)} AS c{place}" for place, value in enumerate(first))
    return f"(SELECT {named}{_AND}{', '.join(map(compiler.process, second))}) AS v"


_AND = " UNION ALL SELECT "


def _by_join_of_integers(target: _Target, rows: Sequence[Row]) -> int | None:
    # Texts of a joined table have a collation of their own, which need not be that of the keys; and a condition with
    # another table could not read the one that is changed.
    if not all(_stored_as(key) in _INTEGERS for key in target.keys) or target.shape.query.where.children:
        return None
    return _by_join(target, rows, JOINED_ROWS)


def _by_join(target: _Target, rows: Sequence[Row], size: int) -> int | None:
    kinds = [field.column_type() for field in target.every]
    two = target.plan(kinds, lambda parameters: _Lines(kinds, parameters), copies=2)
    if two is None:
        return None
    start = two.sql.index(_AND)
    end = two.sql.index(") AS v", start)
    line = two.sql[start:end]
    # Behind the lines come the values of the condition.
    values = 2 * len(kinds)
    rest = two.args((*target.binds, *itertools.repeat(None, values)))[values:]
    changed = 0
    for first in range(0, len(rows), size):
        batch = rows[first : first + size]
        sql = f"{two.sql[:start]}{line * (len(batch) - 1)}{two.sql[end:]}"
        changed += change(target.connection.alias, sql, (*chain.from_iterable(batch), *rest))
    return changed


def _stored_as(field: Any) -> str:
    while getattr(field, "remote_field", None) is not None and hasattr(field, "target_field"):
        field = field.target_field
    return str(field.get_internal_type())


_WRITERS = {"postgresql": _by_arrays, "mysql": _by_join_of_integers, "sqlite": _one_by_one}

__all__ = ["bulk_update_rows"]
