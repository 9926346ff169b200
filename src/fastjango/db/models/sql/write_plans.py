"""Compiled INSERT, UPDATE and DELETE statements over plain values, kept per model.

Statements with expressions are compiled each time (``write.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from fastjango.conf import settings
from fastjango.db.models.constants import OnConflict
from fastjango.db.models.lookups import registry
from fastjango.db.tags import with_tags

from .plan import one_line
from .tables import identifier

PLAN_LIMIT = 256
REPEATED_ROWS = 1000
"""Texts of so many rows are kept: those of full batches, and of the rest."""
REPEATS = 8
Values = Sequence[Any]


class WritePlan:
    """SQL and the order of its parameters."""

    __slots__ = ("order", "repeats", "sql")

    def __init__(self, sql: str, order: tuple[int, ...] | None) -> None:
        self.sql = sql
        self.order = order
        # The same for many rows, by their number.
        self.repeats: dict[int, WritePlan] = {}

    def args(self, values: Values) -> tuple[Any, ...]:
        """Return the driver's parameters; *values* are in the order they were declared."""
        if self.order is None:
            return tuple(values)
        return tuple(values[place] for place in self.order)


class ConflictTarget(tuple[Any, ...]):
    """The fields of a unique constraint that is named, with what its index says beyond them."""

    name: str | None = None
    elements: Sequence[Any] = ()
    where: Any = None


class Places:
    """Hands out parameters p0, p1, ... and remembers their number."""

    def __init__(self) -> None:
        self.count = 0

    def take(self, field: Any) -> Any:
        """Return the next parameter, typed like the column of *field*."""
        name = f"p{self.count}"
        self.count += 1
        return sa.BindParameter(name, None, type_=field.column_type(), required=False)


def table_of(opts: Any, fields: Sequence[Any]) -> Any:
    """Return a table element with the columns of *fields*."""
    return sa.table(
        identifier(opts.db_table), *(sa.column(identifier(field.column), field.column_type()) for field in fields)
    )


def cached(model: Any, connection: Any, key: Any, make: Callable[[], Any]) -> Any:
    """Return the plan under *key*, made now if there is none."""
    plans: dict[Any, Any] = model._meta.__dict__.setdefault("_write_plans", {})
    key = (connection.alias, registry.epoch, key)
    found = plans.get(key)
    # Another connection object under the alias may be of another database.
    if found is None or found[0] is not connection:
        if len(plans) >= PLAN_LIMIT:
            plans.clear()
        found = plans[key] = (connection, make())
    return found[1]


def compile_write(statement: Any, connection: Any) -> WritePlan:
    """Compile a statement whose parameters are p0, p1, ..."""
    compiled = statement.compile(dialect=connection.dialect)
    names = compiled.positiontup or []
    order = tuple(int(name[1:]) for name in names)
    sql = one_line(str(compiled))
    if settings.SQL_TAGS:
        sql = with_tags(sql)
    return WritePlan(sql, None if order == tuple(range(len(order))) else order)


def conflict_insert(
    table: Any, connection: Any, on_conflict: Any, update_fields: Sequence[Any], unique_fields: Sequence[Any]
) -> Any:
    """Return an INSERT that does as *on_conflict* says."""
    if on_conflict is None:
        return sa.insert(table)
    if connection.vendor == "mysql":
        return _mysql_insert(table, on_conflict, update_fields)
    dialect: Any = postgresql if connection.vendor == "postgresql" else sqlite
    statement = dialect.insert(table)
    if on_conflict == OnConflict.IGNORE:
        return statement.on_conflict_do_nothing()
    columns = [table.c[field.column] for field in unique_fields]
    return statement.on_conflict_do_update(
        index_elements=[*columns, *getattr(unique_fields, "elements", ())],
        index_where=getattr(unique_fields, "where", None),
        set_={field.column: statement.excluded[field.column] for field in update_fields},
    )


def _mysql_insert(table: Any, on_conflict: Any, update_fields: Sequence[Any]) -> Any:
    statement = mysql.insert(table)
    if on_conflict == OnConflict.IGNORE:
        return statement.prefix_with("IGNORE")
    return statement.on_duplicate_key_update(
        {field.column: statement.inserted[field.column] for field in update_fields}
    )


def insert_plan(
    model: Any,
    connection: Any,
    fields: Sequence[Any],
    rows: int,
    returning: Sequence[Any],
    conflict: tuple[Any, Sequence[Any], Sequence[Any]],
) -> WritePlan:
    """Return the INSERT of *rows* rows."""
    if rows > 1:
        one = insert_plan(model, connection, fields, 1, returning, conflict)
        found = one.repeats.get(rows)
        if found is None:
            found = repeated(one, rows)
            if rows <= REPEATED_ROWS:
                if len(one.repeats) >= REPEATS:
                    one.repeats.clear()
                one.repeats[rows] = found
        return found
    on_conflict, update_fields, unique_fields = conflict
    key = _insert_key("insert", fields, returning, conflict)

    def make() -> WritePlan:
        every = list(dict.fromkeys([*fields, *returning, *update_fields, *unique_fields]))
        table = table_of(model._meta, every)
        places = Places()
        statement = conflict_insert(table, connection, on_conflict, update_fields, unique_fields)
        statement = statement.values({field.column: places.take(field) for field in fields})
        if returning:
            statement = statement.returning(*(table.c[field.column] for field in returning))
        return compile_write(statement, connection)

    return cached(model, connection, key, make)  # type: ignore[no-any-return]


def _insert_key(word: str, fields: Sequence[Any], returning: Sequence[Any], conflict: Any) -> Any:
    on_conflict, update_fields, unique_fields = conflict
    return (
        word,
        tuple(field.column for field in fields),
        tuple(field.column for field in returning),
        on_conflict,
        tuple(field.column for field in update_fields),
        tuple(field.column for field in unique_fields),
        getattr(unique_fields, "name", None),
    )


def array_plan(
    model: Any,
    connection: Any,
    fields: Sequence[Any],
    kinds: Sequence[Any],
    returning: Sequence[Any],
    conflict: tuple[Any, Sequence[Any], Sequence[Any]],
    more: Sequence[tuple[str, Any]] = (),
) -> WritePlan:
    """Return the INSERT of any number of rows, given as one array per column; clauses *more* are returned, keyed by names."""
    on_conflict, update_fields, unique_fields = conflict

    def make() -> WritePlan:
        every = list(dict.fromkeys([*fields, *returning, *update_fields, *unique_fields]))
        table = table_of(model._meta, every)
        arrays = [
            sa.BindParameter(f"p{place}", None, type_=postgresql.ARRAY(kind), required=False)
            for place, kind in enumerate(kinds)
        ]
        rows: Any = sa.select(sa.literal_column("*")).select_from(sa.func.UNNEST(*arrays))
        statement = conflict_insert(table, connection, on_conflict, update_fields, unique_fields)
        statement = statement.from_select([field.column for field in fields], rows)
        if returning or more:
            statement = statement.returning(
                *(table.c[field.column] for field in returning), *(clause for _, clause in more)
            )
        return compile_write(statement, connection)

    key = (_insert_key("insert arrays", fields, returning, conflict), tuple(name for name, _ in more))
    return cached(model, connection, key, make)  # type: ignore[no-any-return]


def repeated(plan: WritePlan, rows: int) -> WritePlan:
    """
    Return an INSERT of many rows from that of one: its list of parameters, repeated.

    Compiling thousands of parameters would take longer than inserting them.
    """
    start = plan.sql.index(") VALUES (") + len(") VALUES ")
    depth = 0
    for end in range(start, len(plan.sql)):
        depth += {"(": 1, ")": -1}.get(plan.sql[end], 0)
        if depth == 0:
            break
    row = plan.sql[start : end + 1]
    sql = f"{plan.sql[:start]}{', '.join([row] * rows)}{plan.sql[end + 1 :]}"
    order = plan.order
    if order is not None:
        width = len(order)
        order = tuple(place + width * row_number for row_number in range(rows) for place in order)
    return WritePlan(sql, order)


def update_plan(model: Any, connection: Any, fields: Sequence[Any], where: Sequence[Any], count: int) -> WritePlan:
    """Return ``UPDATE ... SET fields WHERE`` the key fields are equal, or in *count* values."""
    key = ("update", tuple(field.column for field in fields), tuple(field.column for field in where), count)

    def make() -> WritePlan:
        table = table_of(model._meta, list(dict.fromkeys([*fields, *where])))
        places = Places()
        statement = sa.update(table).values({field.column: places.take(field) for field in fields})
        return compile_write(statement.where(_keys(table, where, count, places)), connection)

    return cached(model, connection, key, make)  # type: ignore[no-any-return]


def delete_plan(model: Any, connection: Any, where: Sequence[Any], count: int) -> WritePlan:
    """Return ``DELETE ... WHERE`` the key fields are equal, or in *count* values."""
    key = ("delete", tuple(field.column for field in where), count)

    def make() -> WritePlan:
        table = table_of(model._meta, where)
        places = Places()
        return compile_write(sa.delete(table).where(_keys(table, where, count, places)), connection)

    return cached(model, connection, key, make)  # type: ignore[no-any-return]


def _keys(table: Any, where: Sequence[Any], count: int, places: Places) -> Any:
    if len(where) == 1:
        column = table.c[where[0].column]
        if count == 1:
            return column == places.take(where[0])
        return column.in_([places.take(where[0]) for _ in range(count)])
    rows = [sa.and_(*(table.c[field.column] == places.take(field) for field in where)) for _ in range(count)]
    return rows[0] if count == 1 else sa.or_(*rows)


__all__ = [
    "ConflictTarget",
    "WritePlan",
    "array_plan",
    "cached",
    "compile_write",
    "conflict_insert",
    "delete_plan",
    "insert_plan",
    "table_of",
    "update_plan",
]
