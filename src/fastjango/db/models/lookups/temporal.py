"""Comparisons of years: a range of dates that an index can serve, instead of a function."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql import operators

from fastjango.conf import settings
from fastjango.db.models.expressions.elements import comparison
from fastjango.db.models.expressions.output import is_field
from fastjango.db.models.lookups.base import condition
from fastjango.db.models.lookups.compare import (
    Comparison,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    column_field,
)
from fastjango.utils import timezone

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_DAY = dt.timedelta(days=1)


def first_day(year: int, iso: bool) -> dt.date:
    """Return the first day of a year, or of an ISO year."""
    return dt.date.fromisocalendar(year, 1, 1) if iso else dt.date(year, 1, 1)


def last_day(year: int, iso: bool) -> dt.date:
    """Return the last day of a year, or of an ISO year."""
    if not iso or year == dt.MAXYEAR:
        return dt.date(year, 12, 31)
    return dt.date.fromisocalendar(year + 1, 1, 1) - _DAY


def _moment(day: dt.date, clock: dt.time) -> dt.datetime:
    moment = dt.datetime.combine(day, clock)
    if not settings.USE_TZ:
        return moment
    try:
        aware = timezone.make_aware(moment)
        aware.astimezone(dt.UTC)
    except OverflowError:
        # In UTC it lies in the year 0 or 10000, of which no database has a moment.
        return moment.replace(tzinfo=dt.UTC)
    return aware


def _bounds(iso: bool, with_time: bool) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    if not with_time:
        return (lambda year: first_day(year, iso)), (lambda year: last_day(year, iso))
    return (
        lambda year: _moment(first_day(year, iso), dt.time.min),
        lambda year: _moment(last_day(year, iso), dt.time.max),
    )


class YearLookup(Comparison):
    """A comparison of the year of a date."""

    plain_range = (dt.MINYEAR, dt.MAXYEAR)

    def value_kind(self, value: Any) -> Hashable:
        """Return whether the calendar has that year."""
        if type(value) is int and not dt.MINYEAR <= value <= dt.MAXYEAR:
            return "over" if value > 0 else "under"
        return ()

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the comparison with the first and last moment of the year."""
        if not self.rhs_is_direct_value() or self.bilateral_transforms:
            return super().build_clause(ctx)
        if not dt.MINYEAR <= self.rhs <= dt.MAXYEAR:
            # No date is near; the nearest such number decides alike, and dates that are NULL stay unknown.
            below, above = sa.literal_column("0", sa.Integer), sa.literal_column("10000", sa.Integer)
            nearest = below if self.rhs < dt.MINYEAR else above
            return comparison(ctx.clause(self.lhs), type(self).operator, nearest)
        source = self.lhs.lhs
        field = column_field(source.output_field)
        start, finish = _bounds(self.lhs.lookup_name == "iso_year", is_field(field, "DateTimeField"))
        lower = ctx.bind(self.rhs, self.rhs_slot, field, start)
        upper = ctx.bind(self.rhs, self.rhs_slot, field, finish)
        return self.compare(ctx.clause(source), lower, upper)

    def compare(self, left: Clause, lower: Clause, upper: Clause) -> Clause:
        """Return the comparison of a date with the bounds of the year."""
        (bound,) = self.get_bound_params(lower, upper)
        return comparison(left, type(self).operator, bound)

    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        """Return which of the bounds the comparison needs."""
        raise NotImplementedError("subclasses of YearLookup must provide a get_bound_params() method")


class YearExact(YearLookup, Exact):
    """In the year."""

    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        """Return the bounds that decide."""
        return (start, finish)

    def compare(self, left: Clause, lower: Clause, upper: Clause) -> Clause:
        """Return between both bounds."""
        return condition(left.self_group(operators.between_op), " BETWEEN ", lower, " AND ", upper)


class YearGt(YearLookup, GreaterThan):
    """After the year."""

    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        """Return the bounds that decide."""
        return (finish,)


class YearGte(YearLookup, GreaterThanOrEqual):
    """In the year or after it."""

    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        """Return the bounds that decide."""
        return (start,)


class YearLt(YearLookup, LessThan):
    """Before the year."""

    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        """Return the bounds that decide."""
        return (start,)


class YearLte(YearLookup, LessThanOrEqual):
    """In the year or before it."""

    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        """Return the bounds that decide."""
        return (finish,)


__all__ = ["YearExact", "YearGt", "YearGte", "YearLookup", "YearLt", "YearLte"]
