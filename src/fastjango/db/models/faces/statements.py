"""
A queryset as SQLAlchemy's statement, and SQLAlchemy's statements as instances.

``QuerySet.statement`` is a ``select()`` of the model, so a session gives entities for it; of ``values()`` it selects the
columns. Its values are parameters.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeDecorator

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.bridge import bridge
from fastjango.db.connections import connections
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.faces.guest_sessions import as_twin
from fastjango.db.models.faces.session import open_session
from fastjango.db.models.faces.sqlalchemy import entity_of, map_model
from fastjango.db.models.query.iterables import ModelIterable
from fastjango.db.models.sql.context import BindBook, BindSource, Context
from fastjango.db.models.sql.select import build_select
from fastjango.db.models.sql.statement import Options
from fastjango.db.models.sql.tables import FromTables

M = TypeVar("M")


class DriverValue(TypeDecorator[Any]):
    """The type of a parameter whose value is the driver's already."""

    impl = sa.types.NullType
    cache_ok = False

    def __init__(self, type_: Any) -> None:
        super().__init__()
        self.impl = self.impl_instance = sa.types.to_instance(type_)

    def bind_processor(self, dialect: Any) -> Callable[[Any], Any] | None:
        """Return None: nothing is left to be done."""
        return None


class ValueBook(BindBook):
    """Parameters that hold their values."""

    def __init__(self, connection: Any) -> None:
        super().__init__()
        self.connection = connection

    def add(self, source: BindSource, type_: Any) -> sa.BindParameter[Any]:
        """Return a parameter with the value of *source*."""
        value = source.value if source.convert is None else source.convert(source.value)
        if source.field is not None:
            convert = source.field.bind_converter(self.connection)
            if convert is not None and value is not None:
                value = convert(value)
        if source.field is not None or source.raw:
            type_ = DriverValue(type_)
        return sa.BindParameter(None, value, type_=type_, unique=True)


class Tables(FromTables):
    """The FROM list of a queryset, in a statement whose columns belong to the model's own table."""

    inherit_cache = False
    hidden: list[Any]

    @property
    def _hide_froms(self) -> Any:
        return self.hidden


def statement_of(queryset: Any) -> Any:
    """
    Return the SQLAlchemy statement of *queryset*.

    Raises:
        NotSupportedError: The model's table has another name in the query.
    """
    map_model(queryset.model)
    connection = connections[queryset.db]
    query = queryset.peek_query().clone()
    try:
        built = build_select(query, Context(query, connection, ValueBook(connection)), Options(elide_empty=False))
    except EmptyResultSet:
        return sa.select(entity_of(queryset.model)).where(sa.false())
    if queryset._iterable_class is not ModelIterable or query.combinator:
        return built.select
    return _of_model(queryset.model, built)


def _of_model(model: Any, built: Any) -> Any:
    """Return the statement with the model in the place of its columns; annotations follow it."""
    mapper = map_model(model)
    tables = [element for element in visitors.iterate(built.select) if isinstance(element, FromTables)]
    outer = next((element for element in built.select.get_final_froms() if isinstance(element, FromTables)), None)
    if outer is None or not tables:
        raise NotSupportedError(f"The query of {model.__name__} has no table of its own.")
    own = {str(table.name) for table in mapper.tables}
    if any(entry.name in own and entry.join_name != entry.name and entry.join_type is None for entry in outer.entries):
        raise NotSupportedError(f"The table of {model.__name__} has another name in this query.")
    named = Tables(outer.entries, outer.extra_tables)
    named.hidden = [*mapper.tables, mapper.selectable]
    annotations = [built.select.selected_columns[place] for place in built.annotations.values()]
    statement = sa.select(entity_of(model), *annotations).select_from(named)
    for part in _PARTS:
        setattr(statement, part, getattr(built.select, part))
    return statement


# What a statement has beside its columns and tables.
_PARTS = (
    "_distinct",
    "_distinct_on",
    "_for_update_arg",
    "_group_by_clauses",
    "_having_criteria",
    "_limit_clause",
    "_offset_clause",
    "_order_by_clauses",
    "_where_criteria",
)


class FromStatement(Generic[M]):
    """The instances that a statement gives; read once, when they are asked for."""

    def __init__(self, model: type[M], statement: Any, using: str) -> None:
        self.model = model
        self.statement = statement
        self.using = using
        self._found: list[M] | None = None

    def objects(self) -> list[M]:
        """Return the instances. Queries: 1, once."""
        if self._found is None:
            map_model(self.model)
            statement = self.statement
            entity: Any = entity_of(self.model)
            if not _selects(statement, entity):
                statement = sa.select(entity).from_statement(statement)
            with open_session(self.using, info={"using": self.using}) as session:
                found = list(session.scalars(statement).unique())
                session.expunge_all()
            if entity is not self.model:
                found = [as_twin(self.model, instance, self.using) for instance in found]
            self._found = found
        return self._found

    def __iter__(self) -> Iterator[M]:
        return iter(self.objects())

    def __len__(self) -> int:
        return len(self.objects())

    def __getitem__(self, place: Any) -> Any:
        return self.objects()[place]

    def __await__(self) -> Generator[Any, None, list[M]]:
        return bridge(self.objects).__await__()

    def __aiter__(self) -> AsyncIterator[M]:
        async def generator() -> AsyncIterator[M]:
            for item in await self:
                yield item

        return generator()


def _selects(statement: Any, model: Any) -> bool:
    """Whether the first thing that a statement selects is the model itself."""
    described = getattr(statement, "column_descriptions", None)
    if not described:
        return False
    entity = described[0].get("expr")
    return (isinstance(entity, type) and issubclass(entity, model)) or isinstance(entity, orm.util.AliasedClass)


__all__ = ["FromStatement", "statement_of"]
