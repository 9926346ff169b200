"""Expressions that refer to no column: values, raw SQL, ``*`` and column defaults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Numeric, null

from fastjango.db.models.expressions import adapter, output
from fastjango.db.models.expressions.base import Expression
from fastjango.db.models.expressions.combinable import makers
from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.expressions.shape import (
    SCALARS,
    SlotCounter,
    Uncacheable,
    field_key,
)
from fastjango.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_INTEGER = Integer()
_BIG_INTEGER = BigInteger()
_NUMERIC = Numeric()

_FIELD_OF_TYPE: tuple[tuple[type[Any], str], ...] = (
    (str, "CharField"),
    (bool, "BooleanField"),
    (int, "IntegerField"),
    (float, "FloatField"),
    (dt.datetime, "DateTimeField"),
    (dt.date, "DateField"),
    (dt.time, "TimeField"),
    (dt.timedelta, "DurationField"),
    (Decimal, "DecimalField"),
    (bytes, "BinaryField"),
    (UUID, "UUIDField"),
)


# Whose values may stand beside bigger ones: the default of a sum, for one.
_SMALL_KINDS = frozenset({"IntegerField", "PositiveIntegerField", "SmallIntegerField", "PositiveSmallIntegerField"})


def _integer_size(value: int) -> str:
    if -(2**31) <= value < 2**31:
        return "int"
    return "bigint" if -(2**63) <= value < 2**63 else "numeric"


@deconstructible(path="fastjango.db.models.Value")
class Value(Expression):
    """A Python value as a parameter of the query."""

    for_save = False
    allowed_default = True

    def __init__(self, value: Any, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.value = value
        self.slot: int | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: the kind of value, not the value."""
        if adapter.has_writer(type(self)):
            raise Uncacheable(f"{type(self).__qualname__} writes its own SQL")
        value = self.value
        kind = type(value)
        explicit = self.__dict__.get("output_field")
        field = None if explicit is None else field_key(explicit)
        if value is None:
            return (type(self), None, field)
        if kind not in SCALARS and explicit is None:
            raise Uncacheable(f"a {kind.__qualname__} without an output field")
        binds.append(value)
        return (type(self), kind, _integer_size(value) if kind is int else None, field)

    def with_slots(self, counter: SlotCounter) -> Value:
        """Return a copy that knows its place in the binds."""
        if self.value is None:
            return self
        clone = self.copy()
        clone.slot = counter.take()
        return clone

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return a copy that knows whether it is about to be saved."""
        clone = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        clone.for_save = for_save
        return clone

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return a parameter, or NULL."""
        field = self._output_field_or_none
        value = self.value
        if value is None and (field is None or self.for_save or not self._wants_none(field)):
            return cast("Clause", null())
        if field is None:
            return ctx.bind(value, self.slot)
        kind = field.get_internal_type()
        if type(value) is int and kind in _SMALL_KINDS:
            return self._integer(ctx, value, field)
        bound: Clause = ctx.bind(value, self.slot, field, self._preparer(field, ctx))
        if kind == "DecimalField" and ctx.vendor == "sqlite":
            return Pieces("CAST(", bound, " AS NUMERIC)", type_=_NUMERIC)
        if hasattr(field, "get_placeholder"):
            shim = adapter.Shim(ctx)
            return adapter.splice(ctx, field.get_placeholder(value, shim, ctx.connection), [bound])
        return bound

    @staticmethod
    def _wants_none(field: Any) -> bool:
        return bool(getattr(field, "stores_none_as_value", False))

    def _integer(self, ctx: ClauseContext, value: int, field: Any) -> Clause:
        size = _integer_size(value)
        if size == "int" or ctx.vendor != "postgresql":
            return ctx.bind(value, self.slot, None, field.get_prep_value, _INTEGER)
        if size == "bigint":
            return ctx.bind(value, self.slot, None, field.get_prep_value, _BIG_INTEGER)
        return ctx.bind(value, self.slot, None, lambda number: Decimal(number), _NUMERIC)

    def _preparer(self, field: Any, ctx: ClauseContext) -> Callable[[Any], Any] | None:
        return getattr(field, "get_prep_value", None)

    def get_group_by_cols(self) -> list[Any]:
        """Return nothing: a constant needs no group."""
        return []

    def _resolve_output_field(self) -> Any:
        for kind, name in _FIELD_OF_TYPE:
            if isinstance(self.value, kind):
                return output.make_field(name)
        return None

    @property
    def empty_result_set_value(self) -> Any:
        """The value itself."""
        return self.value


@deconstructible(path="fastjango.db.models.expressions.RawSQL")
class RawSQL(Expression):
    """SQL of the user's own, with parameters; never build it from input."""

    allowed_default = True
    apart = ("params",)

    def __init__(self, sql: str, params: Any, output_field: Any = None) -> None:
        if output_field is None:
            output_field = output.make_field("Field")
        self.sql, self.params = sql, params
        super().__init__(output_field=output_field)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.sql}, {self.params})"

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: the text and the kinds of its parameters."""
        if type(self) is not RawSQL:
            raise Uncacheable("a class of raw SQL")
        return RawSQL, field_key(self.output_field), adapter.text_key(self.sql, self.params or (), binds)

    def with_slots(self, counter: SlotCounter) -> RawSQL:
        """Return a copy whose parameters know their places in the binds."""
        clone = self.copy()
        clone.params = adapter.slotted_params(self.params or (), counter)
        return clone

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the SQL with its parameters."""
        clause = adapter.splice(ctx, f"({self.sql})", list(self.params or ()))
        clause.atomic = True
        return clause

    def get_group_by_cols(self) -> list[Any]:
        """Return the SQL itself."""
        return [self]

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Join parent models whose columns the SQL names."""
        if getattr(query, "model", None):
            for parent in query.model._meta.all_parents:
                for field in parent._meta.local_fields:
                    if field.column.lower() in self.sql.lower():
                        query.resolve_ref(field.name, allow_joins, reuse, summarize)
                        break
        return super().resolve_expression(query, allow_joins, reuse, summarize, for_save)


class Star(Expression):
    """The ``*`` of ``COUNT(*)``."""

    def __repr__(self) -> str:
        return "'*'"

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``*``."""
        return Pieces("*")


class DatabaseDefault(Expression):
    """The default a column has in the database, in an INSERT."""

    def __init__(self, expression: Any, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.expression = expression

    def get_source_expressions(self) -> list[Any]:
        """Return the default's expression."""
        return [self.expression]

    def set_source_expressions(self, exprs: Any) -> None:
        """Replace the default's expression."""
        (self.expression,) = exprs

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return the DEFAULT keyword where it can stand, else the expression."""
        resolved = self.expression.resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if not for_save:
            return resolved
        return DatabaseDefault(resolved, output_field=self.__dict__.get("output_field"))

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``DEFAULT``, or the expression where the database has no such keyword."""
        if not ctx.connection.features.supports_default_keyword_in_insert:
            return ctx.clause(self.expression)
        return Pieces("DEFAULT")


makers.value = Value

__all__ = ["DatabaseDefault", "RawSQL", "Star", "Value"]
