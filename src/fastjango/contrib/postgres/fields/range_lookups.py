"""Lookups and transforms of ranges, and ``contained_by`` of what may lie within one."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar

from fastjango.contrib.postgres import lookups
from fastjango.contrib.postgres.column_types import ServerType
from fastjango.db import models
from fastjango.db.backends.postgresql.psycopg_any import Range
from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.lookups import PostgresOperatorLookup

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.types import TypeEngine

    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

__all__ = ["RangeContainedBy", "RangeContains", "RangeOperators", "register"]


class RangeOperators:
    """The operators of ranges, for exclusion constraints."""

    EQUAL = "="
    NOT_EQUAL = "<>"
    CONTAINS = "@>"
    CONTAINED_BY = "<@"
    OVERLAPS = "&&"
    FULLY_LT = "<<"
    FULLY_GT = ">>"
    NOT_LT = "&>"
    NOT_GT = "&<"
    ADJACENT_TO = "-|-"


class RangeContains(lookups.DataContains):
    """The range has another one in itself, or a single value."""

    def get_prep_lookup(self) -> Any:
        """Return the range; a single value stays as it is."""
        if isinstance(self.rhs, list | tuple):
            return self.lhs.output_field.get_prep_value(self.rhs)
        return self.rhs

    def value_kind(self, value: Any) -> Hashable:
        """Return the kind of a single value: its type is part of the SQL."""
        return "range" if isinstance(value, Range) else models.Value(value).shape_into([])

    def rhs_clause(
        self,
        ctx: ClauseContext,
        convert: Callable[[Any], Any] | None = None,
        type_: TypeEngine[Any] | None = None,
    ) -> Clause:
        """Return a range as it is, and anything else as the type of the bounds."""
        if self.rhs_is_direct_value():
            if isinstance(self.rhs, Range):
                return super().rhs_clause(ctx, convert, type_)
            element = models.Value(self.rhs)
            element.slot = self.rhs_slot
            return self._as_bound(ctx, ctx.clause(element))
        clause = super().rhs_clause(ctx, convert, type_)
        field = getattr(self.rhs, "_output_field_or_none", None)
        if hasattr(field, "base_field"):
            return clause
        return self._as_bound(ctx, clause)

    def _as_bound(self, ctx: ClauseContext, clause: Clause) -> Clause:
        bound = self.lhs.output_field.base_field
        return Pieces("(", clause, f")::{bound.cast_db_type(ctx.connection)}")


class RangeContainedBy(PostgresOperatorLookup):
    """A number, a date or a moment lies within the range."""

    lookup_name = "contained_by"
    postgres_operator = RangeOperators.CONTAINED_BY
    type_mapping: ClassVar[dict[str, str]] = {
        "smallint": "int4range",
        "integer": "int4range",
        "bigint": "int8range",
        "double precision": "numrange",
        "numeric": "numrange",
        "date": "daterange",
        "timestamp with time zone": "tstzrange",
    }

    def get_prep_lookup(self) -> Any:
        """Return the range; a list or tuple holds the two bounds."""
        return Range(*self.rhs) if isinstance(self.rhs, list | tuple) else self.rhs

    def lhs_clause(self, ctx: ClauseContext) -> Clause:
        """Return the value as the type that the ranges have."""
        clause = super().lhs_clause(ctx)
        field = self.lhs.output_field
        if isinstance(field, models.FloatField):
            return Pieces("(", clause, ")::numeric")
        if isinstance(field, models.SmallIntegerField):
            return Pieces("(", clause, ")::integer")
        return clause

    def rhs_clause(
        self,
        ctx: ClauseContext,
        convert: Callable[[Any], Any] | None = None,
        type_: TypeEngine[Any] | None = None,
    ) -> Clause:
        """Return the range as that of the value's type."""
        # The precision of decimals means nothing here.
        db_type = self.lhs.output_field.cast_db_type(ctx.connection).partition("(")[0]
        name = self.type_mapping[db_type]
        if self.rhs_is_direct_value():
            return super().rhs_clause(ctx, convert, ServerType(name))
        return Pieces("(", super().rhs_clause(ctx, convert, type_), f")::{name}")


class FullyLessThan(PostgresOperatorLookup):
    """The whole range lies before the other one."""

    lookup_name = "fully_lt"
    postgres_operator = RangeOperators.FULLY_LT


class FullGreaterThan(PostgresOperatorLookup):
    """The whole range lies after the other one."""

    lookup_name = "fully_gt"
    postgres_operator = RangeOperators.FULLY_GT


class NotLessThan(PostgresOperatorLookup):
    """Nothing of the range lies before the other one."""

    lookup_name = "not_lt"
    postgres_operator = RangeOperators.NOT_LT


class NotGreaterThan(PostgresOperatorLookup):
    """Nothing of the range lies after the other one."""

    lookup_name = "not_gt"
    postgres_operator = RangeOperators.NOT_GT


class AdjacentToLookup(PostgresOperatorLookup):
    """One range begins where the other one ends."""

    lookup_name = "adjacent_to"
    postgres_operator = RangeOperators.ADJACENT_TO


class _Bound(models.Transform):
    """One bound, a value of the base field."""

    def _resolve_output_field(self) -> Any:
        return self.lhs.output_field.base_field


class RangeStartsWith(_Bound):
    """The lower bound."""

    lookup_name = "startswith"
    function = "lower"


class RangeEndsWith(_Bound):
    """The upper bound."""

    lookup_name = "endswith"
    function = "upper"


class _Fact(models.Transform):
    """Something that is true or false of a range."""

    output_field = models.BooleanField()


class IsEmpty(_Fact):
    """Nothing is within the range."""

    lookup_name = "isempty"
    function = "isempty"


class LowerInclusive(_Fact):
    """The lower bound belongs to the range."""

    lookup_name = "lower_inc"
    function = "LOWER_INC"


class LowerInfinite(_Fact):
    """There is no lower bound."""

    lookup_name = "lower_inf"
    function = "LOWER_INF"


class UpperInclusive(_Fact):
    """The upper bound belongs to the range."""

    lookup_name = "upper_inc"
    function = "UPPER_INC"


class UpperInfinite(_Fact):
    """There is no upper bound."""

    lookup_name = "upper_inf"
    function = "UPPER_INF"


def register(range_field: Any) -> None:
    """Give the range fields their lookups, and the fields of bounds theirs."""
    for lookup in (
        RangeContains,
        lookups.ContainedBy,
        lookups.Overlap,
        FullyLessThan,
        FullGreaterThan,
        NotLessThan,
        NotGreaterThan,
        AdjacentToLookup,
        RangeStartsWith,
        RangeEndsWith,
        IsEmpty,
        LowerInclusive,
        LowerInfinite,
        UpperInclusive,
        UpperInfinite,
    ):
        range_field.register_lookup(lookup)
    bounds: tuple[Any, ...] = (
        models.DateField,
        models.DateTimeField,
        models.IntegerField,
        models.FloatField,
        models.DecimalField,
    )
    for field in bounds:
        field.register_lookup(RangeContainedBy)
