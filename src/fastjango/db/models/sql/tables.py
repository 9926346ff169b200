"""SQLAlchemy elements for the FROM list and its columns, printed the way Django prints them.

Columns carry the name of their table only, never the table itself: which tables a
statement reads is decided by the query alone, so SQLAlchemy neither adds nor
correlates anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnClause, ColumnElement, quoted_name
from sqlalchemy.sql.selectable import FromClause
from sqlalchemy.sql.visitors import InternalTraversal

from fastjango.db.models.expressions.texts import Keyed

QUOTES = '"`'


def identifier(name: str) -> quoted_name:
    """Return *name* as an identifier that is always quoted, unless it brings its own quotes."""
    if len(name) > 2 and name[0] in QUOTES and name[-1] == name[0]:
        return quoted_name(name, False)
    return quoted_name(name, True)


_GENERATED = re.compile(r"[A-Z]+[0-9]+")


def join_identifier(name: str) -> quoted_name:
    """Return the alias of a table; those that we made (T3, U0) need no quotes, others where SQL asks for them."""
    return quoted_name(name, False if _GENERATED.fullmatch(name) else None)


class NamedColumn(Keyed, ColumnClause[Any]):
    """A column of the table called by a name; brings no table into the statement."""

    inherit_cache = False

    def __init__(self, name: str, table_name: str | None, type_: Any, is_alias: bool = False) -> None:
        super().__init__(identifier(name), type_)
        if table_name is not None:
            self.table = sa.table(join_identifier(table_name) if is_alias else identifier(table_name))

    def structure(self, keys: Callable[[Any], Hashable]) -> Hashable:
        """Return the names of table and column, with the way they are quoted: texts are equal without it."""
        table: Any = self.table
        of = None if table is None else (str(table.name), table.name.quote)
        name: Any = self.name
        return str(name), name.quote, of, keys(self.type)

    @property
    def _from_objects(self) -> list[Any]:
        return []


class TableEntry:
    """One entry of the FROM list."""

    __slots__ = ("condition", "join_name", "join_type", "name")

    def __init__(self, name: str, join_name: str, join_type: str | None = None, condition: Any = None) -> None:
        self.name = name
        self.join_name = join_name
        self.join_type = join_type
        self.condition = condition


class FromTables(Keyed, FromClause):
    """The tables of a query with their joins."""

    __visit_name__ = "fastjango_from_tables"
    named_with_column = False
    inherit_cache = False

    def __init__(self, entries: list[TableEntry], extra_tables: list[str]) -> None:
        self.entries = entries
        self.extra_tables = extra_tables

    @property
    def _from_objects(self) -> list[Any]:
        return [self]

    def structure(self, keys: Callable[[Any], Hashable]) -> Hashable:
        """Return the tables and how they are joined."""
        joins = [
            (entry.name, entry.join_name, entry.join_type, None if entry.condition is None else keys(entry.condition))
            for entry in self.entries
        ]
        return (*joins, *self.extra_tables)

    def get_children(self, **kw: Any) -> Any:
        """Return the conditions of the joins."""
        return [entry.condition for entry in self.entries if entry.condition is not None]


@compiles(FromTables)
def _print_tables(element: FromTables, compiler: Any, **options: Any) -> str:
    quote = compiler.preparer.quote
    options = {name: value for name, value in options.items() if name in ("literal_binds", "render_postcompile")}
    words: list[str] = []
    for entry in element.entries:
        table = quote(identifier(entry.name))
        if entry.join_name != entry.name:
            table = f"{table} {quote(join_identifier(entry.join_name))}"
        if entry.join_type is None:
            words.append(f", {table}" if words else table)
        else:
            words.append(f" {entry.join_type} {table} ON ({compiler.process(entry.condition, **options)})")
    words.extend(
        f"{', ' if words or place else ''}{quote(identifier(name))}" for place, name in enumerate(element.extra_tables)
    )
    return "".join(words)


class Counted(Keyed, ColumnElement[int]):
    """A small whole number written into the statement: a LIMIT or a place in the select list."""

    __visit_name__ = "fastjango_counted"
    inherit_cache = False

    def __init__(self, number: int) -> None:
        self.number = int(number)
        self.type = sa.Integer()

    def structure(self, keys: Callable[[Any], Hashable]) -> Hashable:
        """Return the number."""
        return self.number

    @property
    def _from_objects(self) -> list[Any]:
        return []


@compiles(Counted)
def _print_number(element: Counted, compiler: Any, **options: Any) -> str:
    return str(element.number)


class OrderedUpdate(sa.Update):
    """An UPDATE whose rows are changed in an order."""

    inherit_cache = False
    _traverse_internals = [*sa.Update._traverse_internals, ("order", InternalTraversal.dp_clauseelement_tuple)]
    order: tuple[Any, ...] = ()


def ordered_update(statement: Any, order: list[Any]) -> Any:
    """Return the UPDATE with an ORDER BY, as MariaDB and MySQL know it."""
    if not order:
        return statement
    ordered = OrderedUpdate(statement.table)
    ordered.__dict__.update(statement.__dict__, order=tuple(order))
    return ordered


@compiles(OrderedUpdate)
def _print_ordered_update(element: OrderedUpdate, compiler: Any, **options: Any) -> str:
    update = compiler.visit_update(element, **options)
    return f"{update} ORDER BY {', '.join(compiler.process(clause) for clause in element.order)}"


__all__ = ["Counted", "FromTables", "NamedColumn", "TableEntry", "identifier", "ordered_update"]
