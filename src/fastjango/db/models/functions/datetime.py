"""Dates and times: ``Extract*`` parts, ``Trunc*`` to a unit, ``Now``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fastjango.conf import settings
from fastjango.core.signals import setting_changed
from fastjango.db.models.expressions.elements import Pieces, call
from fastjango.db.models.expressions.func import Func
from fastjango.db.models.expressions.output import Output, field_class, is_field, lookup_of
from fastjango.db.models.functions import date_sql
from fastjango.db.models.lookups.base import Transform
from fastjango.db.models.lookups.registry import bump_epoch
from fastjango.db.models.lookups.temporal import YearExact, YearGt, YearGte, YearLt, YearLte
from fastjango.utils import timezone

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_CLOCK_PARTS = frozenset({"hour", "minute", "second"})
_CALENDAR_PARTS = frozenset({"iso_week_day", "iso_year", "month", "quarter", "week", "week_day", "year"})


def _kind(field: Any) -> str:
    for name in ("DateTimeField", "DateField", "TimeField", "DurationField"):
        if is_field(field, name):
            return name
    return ""


def _only_date(field: Any) -> bool:
    return type(field) is field_class("DateField")


class TimezoneMixin:
    """Works in the active time zone, or in one of its own."""

    tzinfo: dt.tzinfo | None = None

    def get_tzname(self) -> str | None:
        """Return the name of the zone, or None without time zones."""
        if not settings.USE_TZ:
            return None
        if self.tzinfo is None:
            return timezone.get_current_timezone_name()
        return timezone._get_timezone_name(self.tzinfo)


class Extract(TimezoneMixin, Transform):
    """A part of a date or time, as a number."""

    lookup_name: str | None = None  # type: ignore[assignment]
    output_field = Output("IntegerField")

    def __init__(
        self, expression: Any, lookup_name: str | None = None, tzinfo: dt.tzinfo | None = None, **extra: Any
    ) -> None:
        if self.lookup_name is None:
            self.lookup_name = lookup_name
        if self.lookup_name is None:
            raise ValueError("lookup_name must be provided")
        self.tzinfo = tzinfo
        super().__init__(expression, **extra)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the part."""
        kind = _kind(self.lhs.output_field)
        if kind != "DateTimeField" and self.tzinfo:
            raise ValueError("tzinfo can only be used with DateTimeField.")
        if kind == "DurationField" and not ctx.connection.features.has_native_duration_field:
            raise ValueError("Extract requires native DurationField database support.")
        return date_sql.extract(ctx, str(self.lookup_name), ctx.clause(self.lhs), kind, self.tzinfo)

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """
        Return the resolved part.

        Raises:
            ValueError: The argument has no such part.
        """
        clone = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        field = getattr(clone.lhs, "output_field", None)
        if field is None:
            return clone
        if not _kind(field):
            raise ValueError("Extract input expression must be DateField, DateTimeField, TimeField, or DurationField.")
        if _only_date(field) and clone.lookup_name in _CLOCK_PARTS:
            raise ValueError(f"Cannot extract time component '{clone.lookup_name}' from DateField '{field.name}'.")
        if is_field(field, "DurationField") and clone.lookup_name in _CALENDAR_PARTS:
            raise ValueError(f"Cannot extract component '{clone.lookup_name}' from DurationField '{field.name}'.")
        return clone


@lookup_of("DateField")
class ExtractYear(Extract):
    """The year."""

    lookup_name = "year"


@lookup_of("DateField")
class ExtractIsoYear(Extract):
    """The year that the ISO week belongs to."""

    lookup_name = "iso_year"


@lookup_of("DateField")
class ExtractMonth(Extract):
    """The month, 1 to 12."""

    lookup_name = "month"


@lookup_of("DateField")
class ExtractDay(Extract):
    """The day of the month."""

    lookup_name = "day"


@lookup_of("DateField")
class ExtractWeek(Extract):
    """The ISO week, 1 to 53."""

    lookup_name = "week"


@lookup_of("DateField")
class ExtractWeekDay(Extract):
    """The day of the week, Sunday 1 to Saturday 7."""

    lookup_name = "week_day"


@lookup_of("DateField")
class ExtractIsoWeekDay(Extract):
    """The day of the week, Monday 1 to Sunday 7."""

    lookup_name = "iso_week_day"


@lookup_of("DateField")
class ExtractQuarter(Extract):
    """The quarter, 1 to 4."""

    lookup_name = "quarter"


@lookup_of("TimeField", "DateTimeField")
class ExtractHour(Extract):
    """The hour."""

    lookup_name = "hour"


@lookup_of("TimeField", "DateTimeField")
class ExtractMinute(Extract):
    """The minute."""

    lookup_name = "minute"


@lookup_of("TimeField", "DateTimeField")
class ExtractSecond(Extract):
    """The whole second."""

    lookup_name = "second"


for _lookup in (YearExact, YearGt, YearGte, YearLt, YearLte):
    ExtractYear.register_lookup(_lookup)
    ExtractIsoYear.register_lookup(_lookup)


class Now(Func):
    """The moment at which the statement began."""

    template = "CURRENT_TIMESTAMP"
    output_field = Output("DateTimeField")
    allowed_default: Any = True

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the database's clock."""
        if ctx.vendor == "postgresql":
            # CURRENT_TIMESTAMP stands still within a transaction.
            return Pieces("STATEMENT_TIMESTAMP()")
        if ctx.vendor == "mysql":
            return Pieces("CURRENT_TIMESTAMP(6)")
        if ctx.vendor == "sqlite":
            return call("STRFTIME", Pieces("'%Y-%m-%d %H:%M:%f'"), Pieces("'NOW'"))
        return Pieces("CURRENT_TIMESTAMP")


class TruncBase(TimezoneMixin, Transform):
    """A date or time cut off to a unit."""

    kind: str | None = None

    def __init__(
        self, expression: Any, output_field: Any = None, tzinfo: dt.tzinfo | None = None, **extra: Any
    ) -> None:
        self.tzinfo = tzinfo
        super().__init__(expression, output_field=output_field, **extra)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the cut value."""
        source, target = _kind(self.lhs.output_field), _kind(self.output_field)
        if source != "DateTimeField" and self.tzinfo:
            raise ValueError("tzinfo can only be used with DateTimeField.")
        if target not in {"DateField", "DateTimeField", "TimeField"}:
            raise ValueError("Trunc only valid on DateField, TimeField, or DateTimeField.")
        return date_sql.trunc(ctx, str(self.kind), ctx.clause(self.lhs), source, target, self.tzinfo)

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """
        Return the resolved function.

        Raises:
            TypeError: The argument is no date or time.
            ValueError: The argument cannot be cut to that unit, or gives no such result.
        """
        clone = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        field = clone.lhs.output_field
        if not is_field(field, "DateField", "TimeField"):
            raise TypeError(f"{field.name!r} isn't a DateField, TimeField, or DateTimeField.")
        if not is_field(clone.output_field, "DateField", "DateTimeField", "TimeField"):
            raise ValueError("output_field must be either DateField, TimeField, or DateTimeField")
        _check_trunc(type(self), clone, field)
        return clone

    def convert_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the value in the zone it was cut in, and of the right type."""
        field = self.output_field
        if value is None:
            self._check_zone(field, connection)
            return None
        if is_field(field, "DateTimeField"):
            if not settings.USE_TZ:
                return value
            return timezone.make_aware(value.replace(tzinfo=None), self.tzinfo)
        if isinstance(value, dt.datetime):
            return value.date() if is_field(field, "DateField") else value.time()
        return value

    def _check_zone(self, field: Any, connection: Any) -> None:
        if (
            settings.USE_TZ
            and connection.vendor == "mysql"
            and is_field(field, "DateTimeField")
            and date_sql.needs_zone_tables(self.tzinfo)
            and not connection.features.has_zoneinfo_database
        ):
            raise ValueError(
                "Database returned an invalid datetime value. Are time zone definitions for your database installed?"
            )


def _check_trunc(cls: type[Any], clone: Any, field: Any) -> None:
    fixed = cls.output_field if isinstance(cls.__dict__.get("output_field"), Output) else None
    target = fixed or clone.output_field
    explicit = fixed is not None or type(field) is not type(clone.output_field)
    name = type(target).__name__ if explicit else "DateTimeField"
    if _only_date(field) and (is_field(target, "DateTimeField") or clone.kind in {*_CLOCK_PARTS, "time"}):
        raise ValueError(f"Cannot truncate DateField '{field.name}' to {name}.")
    calendar = {"year", "quarter", "month", "week", "day", "date"}
    if is_field(field, "TimeField") and (is_field(target, "DateTimeField") or clone.kind in calendar):
        raise ValueError(f"Cannot truncate TimeField '{field.name}' to {name}.")


class Trunc(TruncBase):
    """A date or time cut off to the named unit."""

    def __init__(
        self,
        expression: Any,
        kind: str,
        output_field: Any = None,
        tzinfo: dt.tzinfo | None = None,
        **extra: Any,
    ) -> None:
        self.kind = kind
        super().__init__(expression, output_field=output_field, tzinfo=tzinfo, **extra)


class TruncYear(TruncBase):
    """The first moment of the year."""

    kind = "year"


class TruncQuarter(TruncBase):
    """The first moment of the quarter."""

    kind = "quarter"


class TruncMonth(TruncBase):
    """The first moment of the month."""

    kind = "month"


class TruncWeek(TruncBase):
    """The first moment of the week, a Monday."""

    kind = "week"


class TruncDay(TruncBase):
    """The first moment of the day."""

    kind = "day"


@lookup_of("DateTimeField")
class TruncDate(TruncBase):
    """The date."""

    kind = "date"
    lookup_name = "date"
    output_field = Output("DateField")

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the date in the zone."""
        zoned = is_field(self.lhs.output_field, "DateTimeField")
        if not zoned and self.tzinfo:
            raise ValueError("tzinfo can only be used with DateTimeField.")
        return date_sql.cast_date(ctx, ctx.clause(self.lhs), True, self.tzinfo)


@lookup_of("DateTimeField")
class TruncTime(TruncBase):
    """The time of day."""

    kind = "time"
    lookup_name = "time"
    output_field = Output("TimeField")

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the time in the zone."""
        zoned = is_field(self.lhs.output_field, "DateTimeField")
        if not zoned and self.tzinfo:
            raise ValueError("tzinfo can only be used with DateTimeField.")
        return date_sql.cast_time(ctx, ctx.clause(self.lhs), True, self.tzinfo)


class TruncHour(TruncBase):
    """The first moment of the hour."""

    kind = "hour"


class TruncMinute(TruncBase):
    """The first moment of the minute."""

    kind = "minute"


class TruncSecond(TruncBase):
    """The moment without its fraction of a second."""

    kind = "second"


def _forget_plans(*, setting: str, **kwargs: Any) -> None:
    """Plans made with time zones are no plans without."""
    if setting in {"USE_TZ", "TIME_ZONE"}:
        bump_epoch()


setting_changed.connect(_forget_plans)


__all__ = [
    "Extract",
    "ExtractDay",
    "ExtractHour",
    "ExtractIsoWeekDay",
    "ExtractIsoYear",
    "ExtractMinute",
    "ExtractMonth",
    "ExtractQuarter",
    "ExtractSecond",
    "ExtractWeek",
    "ExtractWeekDay",
    "ExtractYear",
    "Now",
    "TimezoneMixin",
    "Trunc",
    "TruncBase",
    "TruncDate",
    "TruncDay",
    "TruncHour",
    "TruncMinute",
    "TruncMonth",
    "TruncQuarter",
    "TruncSecond",
    "TruncTime",
    "TruncWeek",
    "TruncYear",
]
