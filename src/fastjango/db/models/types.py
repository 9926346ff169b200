"""Protocols of the model layer, for rooms that must not import each other.

Expressions and lookups stand below fields, models and the query builder; here is
what they expect of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.elements import BindParameter, ColumnElement
    from sqlalchemy.types import TypeEngine


class ConnectionLike(Protocol):
    """What expressions ask of a database connection."""

    alias: str
    vendor: str
    features: Any
    ops: Any

    @property
    def dialect(self) -> Dialect:
        """The SQLAlchemy dialect of this alias."""
        ...


class FieldLike(Protocol):
    """What expressions and lookups ask of a model field."""

    name: str
    attname: str
    column: str
    model: Any
    null: bool
    is_relation: bool
    remote_field: Any

    def get_internal_type(self) -> str:
        """The name of the built-in field class this field behaves like."""
        ...

    def get_prep_value(self, value: Any) -> Any:
        """Check and convert a Python value for use in a query."""
        ...

    def column_type(self) -> TypeEngine[Any]:
        """The SQLAlchemy type of the column."""
        ...

    def get_lookup(self, lookup_name: str) -> Any:
        """The lookup class of that name, or None."""
        ...

    def get_transform(self, lookup_name: str) -> Any:
        """The transform class of that name, or None."""
        ...

    def bind_converter(self, connection: Any) -> Callable[[Any], Any] | None:
        """Prepared value to driver value; None when nothing is to be done."""
        ...

    def result_converter(self, connection: Any) -> Callable[[Any], Any] | None:
        """Driver value to Python value; None when nothing is to be done."""
        ...


class ModelLike(Protocol):
    """What the lower rooms ask of a model class or instance."""

    _meta: Any


class ClauseContext(Protocol):
    """What an expression needs to turn itself into a SQLAlchemy clause."""

    alias: str
    connection: Any
    vendor: str

    def column(self, join_name: str | None, field: Any) -> ColumnElement[Any]:
        """The column of *field* in the table that is joined under *join_name*."""
        ...

    def bind(
        self,
        value: Any,
        slot: int | None,
        field: Any = None,
        convert: Callable[[Any], Any] | None = None,
        type_: TypeEngine[Any] | None = None,
    ) -> BindParameter[Any]:
        """
        A parameter whose value is ``convert(binds[slot])`` at each execution.

        Without a slot it is *value*; *convert* runs at each execution all the same.
        With *type_* the value is converted by that type, else by *field*.
        """
        ...

    def clause(self, expression: Any) -> ColumnElement[Any]:
        """The clause of a resolved expression."""
        ...

    def subquery(self, query: Any) -> Any:
        """The SELECT of an inner query, correlated with this one."""
        ...

    def untyped(self, value: Any, slot: int | None) -> BindParameter[Any]:
        """A parameter whose type the server finds by where it stands; the driver writes it into the text."""
        ...


class QueryLike(Protocol):
    """The query builder, as far as expressions resolve themselves against it."""

    model: Any
    annotations: dict[str, Any]

    def resolve_ref(
        self,
        name: str,
        allow_joins: bool = True,
        reuse: set[str] | None = None,
        summarize: bool = False,
    ) -> Any:
        """The resolved expression that *name* stands for."""
        ...


class Shaped(Protocol):
    """Something that can be the key of a cached plan."""

    def shape_into(self, binds: list[Any]) -> Hashable:
        """A key without user values; these are appended to *binds*."""
        ...


Binds = list[Any]
Expressions = Iterable[Any]

__all__ = [
    "Binds",
    "ClauseContext",
    "ConnectionLike",
    "Expressions",
    "FieldLike",
    "ModelLike",
    "QueryLike",
    "Shaped",
]
