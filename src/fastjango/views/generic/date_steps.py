"""Year, month, week and day of a date view: read from the address, stepped forwards and backwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.db import models
from fastjango.http import Http404
from fastjango.utils import timezone
from fastjango.utils.functional import cached_property
from fastjango.utils.translation import gettext as _


class _FromAddress:
    """Reads parts of a date."""

    request: Any
    kwargs: dict[str, Any]

    def _part(self, name: str, missing: str) -> Any:
        """Return the part from the view, the address or the query."""
        value = getattr(self, name)
        if value is None:
            value = self.kwargs.get(name)
        if value is None:
            value = self.request.GET.get(name)
        if value is None:
            raise Http404(missing)
        return value


class YearMixin(_FromAddress):
    """The year."""

    year_format = "%Y"
    year: Any = None

    def get_year_format(self) -> str:
        """Return the year's format, as ``strptime()`` takes it."""
        return self.year_format

    def get_year(self) -> Any:
        """Return the year as the address has it."""
        return self._part("year", _("No year specified"))

    def get_next_year(self, date: dt.date) -> dt.date | None:
        """Return the first day of the next year that has something, ``None`` when none has."""
        return _get_next_prev(self, date, is_previous=False, period="year")

    def get_previous_year(self, date: dt.date) -> dt.date | None:
        """Return the first day of the year before that has something."""
        return _get_next_prev(self, date, is_previous=True, period="year")

    def _get_next_year(self, date: dt.date) -> dt.date:
        try:
            return date.replace(year=date.year + 1, month=1, day=1)
        except ValueError:
            raise Http404(_("Date out of range")) from None

    def _get_current_year(self, date: dt.date) -> dt.date:
        return date.replace(month=1, day=1)


class MonthMixin(_FromAddress):
    """The month."""

    month_format = "%b"
    month: Any = None

    def get_month_format(self) -> str:
        """Return the month's format, as ``strptime()`` takes it."""
        return self.month_format

    def get_month(self) -> Any:
        """Return the month as the address has it."""
        return self._part("month", _("No month specified"))

    def get_next_month(self, date: dt.date) -> dt.date | None:
        """Return the first day of the next month that has something, ``None`` when none has."""
        return _get_next_prev(self, date, is_previous=False, period="month")

    def get_previous_month(self, date: dt.date) -> dt.date | None:
        """Return the first day of the month before that has something."""
        return _get_next_prev(self, date, is_previous=True, period="month")

    def _get_next_month(self, date: dt.date) -> dt.date:
        try:
            if date.month == 12:
                return date.replace(year=date.year + 1, month=1, day=1)
            return date.replace(month=date.month + 1, day=1)
        except ValueError:
            raise Http404(_("Date out of range")) from None

    def _get_current_month(self, date: dt.date) -> dt.date:
        return date.replace(day=1)


class DayMixin(_FromAddress):
    """The day."""

    day_format = "%d"
    day: Any = None

    def get_day_format(self) -> str:
        """Return the day's format, as ``strptime()`` takes it."""
        return self.day_format

    def get_day(self) -> Any:
        """Return the day as the address has it."""
        return self._part("day", _("No day specified"))

    def get_next_day(self, date: dt.date) -> dt.date | None:
        """Return the next day that has something, ``None`` when none has."""
        return _get_next_prev(self, date, is_previous=False, period="day")

    def get_previous_day(self, date: dt.date) -> dt.date | None:
        """Return the day before that has something."""
        return _get_next_prev(self, date, is_previous=True, period="day")

    def _get_next_day(self, date: dt.date) -> dt.date:
        return date + dt.timedelta(days=1)

    def _get_current_day(self, date: dt.date) -> dt.date:
        return date


class WeekMixin(_FromAddress):
    """The week; it begins on Sunday for ``%U``, on Monday for ``%W`` and ``%V``."""

    week_format = "%U"
    week: Any = None

    def get_week_format(self) -> str:
        """Return the week's format, as ``strptime()`` takes it."""
        return self.week_format

    def get_week(self) -> Any:
        """Return the week as the address has it."""
        return self._part("week", _("No week specified"))

    def get_next_week(self, date: dt.date) -> dt.date | None:
        """Return the first day of the next week that has something, ``None`` when none has."""
        return _get_next_prev(self, date, is_previous=False, period="week")

    def get_previous_week(self, date: dt.date) -> dt.date | None:
        """Return the first day of the week before that has something."""
        return _get_next_prev(self, date, is_previous=True, period="week")

    def _get_next_week(self, date: dt.date) -> dt.date:
        try:
            return date + dt.timedelta(days=7 - self._get_weekday(date))
        except OverflowError:
            raise Http404(_("Date out of range")) from None

    def _get_current_week(self, date: dt.date) -> dt.date:
        return date - dt.timedelta(self._get_weekday(date))

    def _get_weekday(self, date: dt.date) -> int:
        """Return how many days of the week come before *date*."""
        week_format = self.get_week_format()
        if week_format in {"%W", "%V"}:
            return date.weekday()
        if week_format == "%U":
            return (date.weekday() + 1) % 7
        raise ValueError(f"unknown week format: {week_format}")


class DateMixin:
    """
    The field that the objects are dated by.

    Attributes:
        allow_future: Whether objects of the future are shown.
    """

    date_field: str | None = None
    allow_future = False
    model: Any

    def get_date_field(self) -> str:
        """Return the field's name."""
        if self.date_field is None:
            raise ImproperlyConfigured(f"{type(self).__name__}.date_field is required.")
        return self.date_field

    def get_allow_future(self) -> bool:
        """Return whether objects of the future are shown."""
        return self.allow_future

    @cached_property
    def uses_datetime_field(self) -> bool:
        """Whether the field has a time as well."""
        model = self.get_queryset().model if self.model is None else self.model  # type: ignore[attr-defined]  # of a mixin
        return isinstance(model._meta.get_field(self.get_date_field()), models.DateTimeField)

    def _make_date_lookup_arg(self, value: dt.date) -> dt.date:
        """Return what a date is compared with: itself, or its first moment."""
        if not self.uses_datetime_field:
            return value
        moment = dt.datetime.combine(value, dt.time.min)
        return timezone.make_aware(moment) if settings.USE_TZ else moment

    def _make_single_date_lookup(self, date: dt.date) -> dict[str, Any]:
        """Return the lookup of everything on one day."""
        field = self.get_date_field()
        if not self.uses_datetime_field:
            return {field: date}
        return {
            f"{field}__gte": self._make_date_lookup_arg(date),
            f"{field}__lt": self._make_date_lookup_arg(date + dt.timedelta(days=1)),
        }


def _date_from_string(
    year: Any,
    year_format: str,
    month: Any = "",
    month_format: str = "",
    day: Any = "",
    day_format: str = "",
    delim: str = "__",
) -> dt.date:
    """Return the date that the parts give; a 404 when they give none."""
    date_format = delim.join((year_format, month_format, day_format))
    text = delim.join((str(year), str(month), str(day)))
    try:
        return dt.datetime.strptime(text, date_format).date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise Http404(
            _("Invalid date string “%(datestr)s” given format “%(format)s”") % {"datestr": text, "format": date_format}
        ) from None


def _get_next_prev(view: Any, date: dt.date, is_previous: bool, period: str) -> dt.date | None:
    """
    Return the first day of the next (or previous) period with objects in it, ``None`` when there is none.

    Where empty periods are pages too, that is simply the period beside this one. Queries: at most 1.
    """
    date_field = view.get_date_field()
    get_current = getattr(view, f"_get_current_{period}")
    start, end = get_current(date), getattr(view, f"_get_next_{period}")(date)
    if view.get_allow_empty():
        if is_previous and start == dt.date.min:
            return None
        beside: dt.date = get_current(start - dt.timedelta(days=1)) if is_previous else end
        return beside if view.get_allow_future() or beside <= timezone_today() else None
    if is_previous:
        lookup = {f"{date_field}__lt": view._make_date_lookup_arg(start)}
        ordering = f"-{date_field}"
    else:
        lookup = {f"{date_field}__gte": view._make_date_lookup_arg(end)}
        ordering = date_field
    if not view.get_allow_future():
        now = timezone.now() if view.uses_datetime_field else timezone_today()
        lookup[f"{date_field}__lte"] = now
    found = view.get_queryset().filter(**lookup).order_by(ordering)[:1]
    for obj in found:
        value = getattr(obj, date_field)
        if view.uses_datetime_field:
            value = (timezone.localtime(value) if settings.USE_TZ else value).date()
        nearest: dt.date = get_current(value)
        return nearest
    return None


def timezone_today() -> dt.date:
    """Return today's date, in the current time zone where time zones are used."""
    return timezone.localdate() if settings.USE_TZ else dt.date.today()  # noqa: DTZ011 - the machine's own zone


__all__ = [
    "DateMixin",
    "DayMixin",
    "MonthMixin",
    "WeekMixin",
    "YearMixin",
    "_date_from_string",
    "_get_next_prev",
    "timezone_today",
]
