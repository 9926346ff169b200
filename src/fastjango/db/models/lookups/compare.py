"""Equality and order: ``exact``, ``gt``, ``gte``, ``lt``, ``lte``, ``range``."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.sql import operators

from fastjango.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from fastjango.db.models.expressions import adapter
from fastjango.db.models.expressions.elements import Pieces, comparison, infix, negation
from fastjango.db.models.expressions.output import known_field, lookup_of
from fastjango.db.models.expressions.refs import Col, ColPairs, Ref
from fastjango.db.models.expressions.shape import Uncacheable
from fastjango.db.models.lookups.base import BuiltinLookup, check_selected, condition, is_query

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_INT64 = (-(2**63), 2**63 - 1)
INTEGER_RANGES: dict[str, tuple[int, int]] = {
    "SmallIntegerField": (-(2**15), 2**15 - 1),
    "SmallAutoField": (-(2**15), 2**15 - 1),
    "PositiveSmallIntegerField": (0, 2**15 - 1),
    "IntegerField": (-(2**31), 2**31 - 1),
    "AutoField": (-(2**31), 2**31 - 1),
    "PositiveIntegerField": (0, 2**31 - 1),
    "BigIntegerField": _INT64,
    "BigAutoField": _INT64,
    "PositiveBigIntegerField": (0, _INT64[1]),
}


def column_field(field: Any) -> Any:
    """Return the field that says what a relation's column holds; itself where it has several."""
    for _ in range(16):
        if getattr(field, "remote_field", None) is None:
            break
        try:
            target = getattr(field, "target_field", None)
        except FieldError:
            break
        if target is None:
            break
        field = target
    return field


def has_own_storage(field: Any) -> bool:
    """Whether a field's class converts its values for the database in its own way."""
    own = column_field(field)
    return getattr(own, "has_own_values", False) or not type(own).__module__.startswith("fastjango.db.models.")


TEXT_FIELDS = frozenset({"CharField", "EmailField", "FileField", "FilePathField", "SlugField", "TextField", "URLField"})
_PLAIN_TYPES: dict[str, frozenset[type[Any]]] = {
    **{name: frozenset({str}) for name in TEXT_FIELDS},
    **{name: frozenset({int}) for name in INTEGER_RANGES},
    "BooleanField": frozenset({bool}),
    "DateField": frozenset({dt.date}),
    "FloatField": frozenset({float}),
    "UUIDField": frozenset({UUID}),
}


def plain_types_of(field: Any) -> frozenset[type[Any]]:
    """Return the types whose values a column takes as they are, without a look at each."""
    if field is None or has_own_storage(field):
        return frozenset()
    return _PLAIN_TYPES.get(column_field(field).get_internal_type(), frozenset())


def _is_aware(value: dt.datetime) -> bool:
    return value.tzinfo is not None


_PLAIN_CHECKS: dict[str, dict[type[Any], Callable[[Any], bool]]] = {
    "DecimalField": {Decimal: Decimal.is_finite},
    "DateTimeField": {dt.datetime: _is_aware},
}


def plain_checks_of(field: Any) -> dict[type[Any], Callable[[Any], bool]]:
    """Return, by type, the test of values that a column takes as they are if they pass it."""
    if field is None or has_own_storage(field):
        return {}
    return _PLAIN_CHECKS.get(column_field(field).get_internal_type(), {})


def integer_range(field: Any, ctx: ClauseContext | None = None) -> tuple[int, int] | None:
    """Return what the integers of a column may be, or None for other columns."""
    if field is None:
        return None
    bounds = INTEGER_RANGES.get(column_field(field).get_internal_type())
    if bounds is None:
        return None
    # SQLite checks no sizes but its integers end at 64 bits.
    if ctx is not None and ctx.vendor == "sqlite":
        return (0 if bounds[0] == 0 else _INT64[0]), _INT64[1]
    # MySQL's columns without a sign reach twice as far.
    if ctx is not None and ctx.vendor == "mysql" and bounds[0] == 0:
        return 0, 2 * bounds[1] + 1
    return bounds


def _temporal_kind(side: Any) -> str | None:
    field = known_field(side)
    return None if field is None else str(field.get_internal_type())


def _as_moment(side: Any, clause: Clause) -> Clause:
    if isinstance(side, Col) and _temporal_kind(side) == "DateTimeField":
        return clause
    midnight = infix(clause, "||", Pieces("' 00:00:00'"))
    # A date plus a duration is a moment by its type, and still written as a date.
    return Pieces("CASE WHEN LENGTH(", clause, ") = 10 THEN ", midnight, " ELSE ", clause, " END")


class Comparison(BuiltinLookup):
    """A lookup with one of SQL's comparison operators."""

    operator: Callable[..., Any]
    sign: ClassVar[str]
    underflow: ClassVar[type[Exception]] = EmptyResultSet
    overflow: ClassVar[type[Exception]] = EmptyResultSet

    def _plain_types(self) -> frozenset[type[Any]]:
        return frozenset() if isinstance(self.lhs, ColPairs) else plain_types_of(self.bind_field)

    plain_types = cached_property(_plain_types)

    @cached_property
    def plain_checks(self) -> dict[type[Any], Callable[[Any], bool]]:
        """The types of which values that pass a test need no preparation."""
        return {} if isinstance(self.lhs, ColPairs) else plain_checks_of(self.bind_field)

    def prepare(self, value: Any) -> Any:
        """Return what another value of a cached query becomes."""
        check = self.plain_checks.get(type(value))
        return value if check is not None and check(value) else super().prepare(value)

    def value_kind(self, value: Any) -> Hashable:
        """Return on which side of the column's range an integer lies."""
        if type(value) is not int:
            return ()
        bounds = integer_range(self.bind_field)
        if bounds is None or bounds[0] <= value <= bounds[1]:
            return ()
        if bounds[0] == 0 and bounds[1] < value <= 2 * bounds[1] + 1:
            return "unsigned"
        if _INT64[0] <= value <= _INT64[1]:
            return "wide" if value > 0 else "-wide"
        return "over" if value > 0 else "under"

    def _check_range(self, ctx: ClauseContext) -> None:
        if not isinstance(self.rhs, int) or isinstance(self.rhs, bool):
            return
        bounds = integer_range(self.bind_field, ctx)
        if bounds is None:
            return
        if self.rhs < bounds[0]:
            raise self.underflow
        if self.rhs > bounds[1]:
            raise self.overflow

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the comparison."""
        self._check_range(ctx)
        left, right = self.lhs_clause(ctx), self.rhs_clause(ctx)
        if ctx.vendor == "sqlite" and not self.rhs_is_direct_value():
            left, right = self._same_precision(left, right)
        return comparison(left, type(self).operator, right)

    def _same_precision(self, left: Clause, right: Clause) -> tuple[Clause, Clause]:
        """Make a date its midnight where it is compared with a moment: both are texts there."""
        kinds = [_temporal_kind(side) for side in (self.lhs, self.rhs)]
        if set(kinds) == {"DateField", "DateTimeField"}:
            return _as_moment(self.lhs, left), _as_moment(self.rhs, right)
        return left, right

    @adapter.native
    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Return the operator and the right side."""
        return f"{self.sign} {rhs}"


@lookup_of("Field")
class Exact(Comparison):
    """Equal to the value; to the one row of a sliced queryset."""

    lookup_name = "exact"
    operator = operators.eq
    sign = "="

    def get_prep_lookup(self) -> Any:
        """Return the value; an inner query selects its primary key."""
        rhs = self.rhs
        if is_query(rhs):
            if not rhs.has_limit_one():
                raise ValueError("The QuerySet value for an exact lookup must be limited to one result using slicing.")
            if not rhs.has_select_fields:
                rhs.clear_select_clause()
                rhs.add_fields(["pk"])
            else:
                check_selected(rhs, "exact")
        return super().get_prep_lookup()

    def _is_test(self, value: Any) -> bool:
        """Whether a condition is asked to be true or false; a column, under any name, is compared instead."""
        if not isinstance(value, bool):
            return False
        left = self.lhs
        while isinstance(left, Ref):
            left = left.source
        return not isinstance(left, Col) and bool(getattr(left, "conditional", False))

    def value_kind(self, value: Any) -> Hashable:
        """Return the value where it decides between a condition and its opposite."""
        return value if self._is_test(value) else super().value_kind(value)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the comparison; a condition that is to be true is itself."""
        if not self._is_test(self.rhs):
            return super().build_clause(ctx)
        try:
            clause = self.lhs_clause(ctx)
        except EmptyResultSet:
            raise (EmptyResultSet if self.rhs else FullResultSet) from None
        except FullResultSet:
            raise (FullResultSet if self.rhs else EmptyResultSet) from None
        return clause if self.rhs else negation(clause)


@lookup_of("Field")
class GreaterThan(Comparison):
    """Greater than the value."""

    lookup_name = "gt"
    operator = operators.gt
    sign = ">"


@lookup_of("Field")
class GreaterThanOrEqual(Comparison):
    """Greater than the value or equal to it."""

    lookup_name = "gte"
    operator = operators.ge
    sign = ">="


@lookup_of("Field")
class LessThan(Comparison):
    """Less than the value."""

    lookup_name = "lt"
    operator = operators.lt
    sign = "<"


@lookup_of("Field")
class LessThanOrEqual(Comparison):
    """Less than the value or equal to it."""

    lookup_name = "lte"
    operator = operators.le
    sign = "<="


@lookup_of("IntegerField")
class IntegerFieldExact(Exact):
    """Equality on an integer column; what is out of range equals nothing."""


@lookup_of("IntegerField")
class IntegerGreaterThan(GreaterThan):
    """``gt`` on an integer column; everything is greater than what is below the range."""

    underflow = FullResultSet


class _Rounded:
    """Rounds a fraction up: ``gte=1.5`` on integers is ``gte=2``."""

    def get_prep_lookup(self: Any) -> Any:
        """Return the value, rounded up when it is a float."""
        if isinstance(self.rhs, float):
            self.rhs = math.ceil(self.rhs)
        return super().get_prep_lookup()  # type: ignore[misc]


@lookup_of("IntegerField")
class IntegerGreaterThanOrEqual(_Rounded, GreaterThanOrEqual):
    """``gte`` on an integer column."""

    underflow = FullResultSet


@lookup_of("IntegerField")
class IntegerLessThan(_Rounded, LessThan):
    """``lt`` on an integer column; everything is less than what is above the range."""

    overflow = FullResultSet


@lookup_of("IntegerField")
class IntegerLessThanOrEqual(LessThanOrEqual):
    """``lte`` on an integer column."""

    overflow = FullResultSet


def first_of(value: Any) -> Any:
    """Return the lower bound of a range."""
    return value[0]


def second_of(value: Any) -> Any:
    """Return the upper bound of a range."""
    return value[1]


def _clamped(pick: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def bound(value: Any) -> Any:
        part = pick(value)
        return max(_INT64[0], min(_INT64[1], int(part) if isinstance(part, float | Decimal) else part))

    return bound


_LOWER, _UPPER = _clamped(first_of), _clamped(second_of)
_BIG = BigInteger()


@lookup_of("Field")
class Range(BuiltinLookup):
    """Between two values, both included."""

    lookup_name = "range"

    def get_prep_lookup(self) -> Any:
        """Return both values checked and converted."""
        return prepare_items(self)

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key; a bound that is an expression makes it uncacheable."""
        if any(hasattr(item, "resolve_expression") for item in self.rhs):
            raise Uncacheable("a range with expressions")
        return super().shape_into(binds)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``BETWEEN`` and both values."""
        lower, upper = self._bounds(ctx)
        return condition(self.lhs_clause(ctx).self_group(operators.between_op), " BETWEEN ", lower, " AND ", upper)

    def _bounds(self, ctx: ClauseContext) -> tuple[Clause, Clause]:
        lower, upper = self.rhs
        if any(hasattr(item, "resolve_expression") for item in (lower, upper)) or self.bilateral_transforms:
            return item_clause(self, ctx, lower), item_clause(self, ctx, upper)
        field = self.bind_field
        if integer_range(field) is not None:
            return (
                ctx.bind(self.rhs, self.rhs_slot, None, _LOWER, _BIG),
                ctx.bind(self.rhs, self.rhs_slot, None, _UPPER, _BIG),
            )
        return (
            ctx.bind(self.rhs, self.rhs_slot, field, first_of),
            ctx.bind(self.rhs, self.rhs_slot, field, second_of),
        )

    @adapter.native
    def get_rhs_op(self, connection: Any, rhs: Any) -> str:
        """Return the operator and both values."""
        return f"BETWEEN {rhs[0]} AND {rhs[1]}"


def prepare_items(lookup: Any) -> Any:
    """Return the items of a lookup's right side checked and converted by its field."""
    if hasattr(lookup.rhs, "resolve_expression"):
        return lookup.rhs
    field = getattr(lookup.lhs, "output_field", None)
    prepare = getattr(field, "get_prep_value", None) if lookup.prepare_rhs else None
    return [item if prepare is None or hasattr(item, "resolve_expression") else prepare(item) for item in lookup.rhs]


def item_clause(lookup: Any, ctx: ClauseContext, item: Any) -> Clause:
    """Return one item of a right side that also holds expressions."""
    clone = lookup.copy()
    clone.rhs, clone.rhs_slot = item, None
    return clone.rhs_clause(ctx)  # type: ignore[no-any-return]


__all__ = [
    "TEXT_FIELDS",
    "Comparison",
    "Exact",
    "GreaterThan",
    "GreaterThanOrEqual",
    "IntegerFieldExact",
    "IntegerGreaterThan",
    "IntegerGreaterThanOrEqual",
    "IntegerLessThan",
    "IntegerLessThanOrEqual",
    "LessThan",
    "LessThanOrEqual",
    "Range",
    "column_field",
    "first_of",
    "has_own_storage",
    "integer_range",
    "item_clause",
    "plain_types_of",
    "prepare_items",
    "second_of",
]
