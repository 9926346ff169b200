"""Archives: objects by year, month, week and day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastjango.http import Http404
from fastjango.utils import timezone
from fastjango.utils.translation import gettext as _
from fastjango.views.generic.base import View
from fastjango.views.generic.date_steps import (
    DateMixin,
    DayMixin,
    MonthMixin,
    WeekMixin,
    YearMixin,
    _date_from_string,
    _get_next_prev,
    timezone_today,
)
from fastjango.views.generic.detail import BaseDetailView, SingleObjectTemplateResponseMixin
from fastjango.views.generic.list import MultipleObjectMixin, MultipleObjectTemplateResponseMixin

DatedItems = tuple[Any, Any, dict[str, Any]]
WEEK_STARTS = {"%V": "1", "%U": "0", "%W": "1"}


class BaseDateListView(MultipleObjectMixin, DateMixin, View):
    """Base of the archives: the objects of a period, and the dates within it."""

    allow_empty = False
    date_list_period = "year"
    date_list: Any

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with the objects."""
        self.date_list, self.object_list, extra_context = self.get_dated_items()
        context = self.get_context_data(object_list=self.object_list, date_list=self.date_list, **extra_context)
        return self.render_to_response(context)  # type: ignore[attr-defined]  # of the mixin that shows them

    def get_dated_items(self) -> DatedItems:
        """Return dates, objects and more context; each archive has its own."""
        raise NotImplementedError("A DateView must provide an implementation of get_dated_items()")

    def get_ordering(self) -> Any:
        """Return the order: the newest first, unless said otherwise."""
        return f"-{self.get_date_field()}" if self.ordering is None else self.ordering

    def get_dated_queryset(self, **lookup: Any) -> Any:
        """Return the objects of a period; a 404 when there are none and that is not a page."""
        queryset = self.get_queryset().filter(**lookup)
        if not self.get_allow_future():
            now = timezone.now() if self.uses_datetime_field else timezone_today()
            queryset = queryset.filter(**{f"{self.get_date_field()}__lte": now})
        if not self.get_allow_empty():
            # With pages, one cheap query is better than reading all objects.
            is_empty = not queryset if self.get_paginate_by(queryset) is None else not queryset.exists()
            if is_empty:
                self._refuse_empty(queryset)
        return queryset

    @staticmethod
    def _refuse_empty(queryset: Any) -> None:
        raise Http404(
            _("No %(verbose_name_plural)s available")
            % {"verbose_name_plural": queryset.model._meta.verbose_name_plural}
        )

    def get_date_list_period(self) -> str:
        """Return what the dates are cut to: ``year``, ``month``, ``day``."""
        return self.date_list_period

    def get_date_list(self, queryset: Any, date_type: str | None = None, ordering: str = "ASC") -> Any:
        """Return the dates that have objects. Queries: 1."""
        field = self.get_date_field()
        date_type = date_type or self.get_date_list_period()
        find = queryset.datetimes if self.uses_datetime_field else queryset.dates
        dates = find(field, date_type, ordering)
        if dates is not None and not dates and not self.get_allow_empty():
            self._refuse_empty(queryset)
        return dates

    def _period(self, start: dt.date, end: dt.date) -> dict[str, Any]:
        """Return the lookup of everything from *start* up to, and without, *end*."""
        field = self.get_date_field()
        return {
            f"{field}__gte": self._make_date_lookup_arg(start),
            f"{field}__lt": self._make_date_lookup_arg(end),
        }


class BaseArchiveIndexView(BaseDateListView):
    """The latest objects; the template is left to others."""

    context_object_name = "latest"

    def get_dated_items(self) -> DatedItems:
        """Return all objects, and the periods that have some."""
        queryset = self.get_dated_queryset()
        dates = self.get_date_list(queryset, ordering="DESC")
        if not dates:
            queryset = queryset.none()
        return dates, queryset, {}


class ArchiveIndexView(MultipleObjectTemplateResponseMixin, BaseArchiveIndexView):
    """The latest objects."""

    template_name_suffix = "_archive"


class BaseYearArchiveView(YearMixin, BaseDateListView):
    """A year's objects; the template is left to others."""

    date_list_period = "month"
    make_object_list = False

    def get_dated_items(self) -> DatedItems:
        """Return the year's months, and its objects where asked for."""
        date = _date_from_string(self.get_year(), self.get_year_format())
        queryset = self.get_dated_queryset(**self._period(date, self._get_next_year(date)))
        dates = self.get_date_list(queryset)
        if not self.get_make_object_list():
            # The dates are enough; the objects of a year may be many.
            queryset = queryset.none()
        context = {
            "year": date,
            "next_year": self.get_next_year(date),
            "previous_year": self.get_previous_year(date),
        }
        return dates, queryset, context

    def get_make_object_list(self) -> bool:
        """Return whether the objects are in the context, not only the months."""
        return self.make_object_list


class YearArchiveView(MultipleObjectTemplateResponseMixin, BaseYearArchiveView):
    """A year's months or objects."""

    template_name_suffix = "_archive_year"


class BaseMonthArchiveView(YearMixin, MonthMixin, BaseDateListView):
    """A month's objects; the template is left to others."""

    date_list_period = "day"

    def get_dated_items(self) -> DatedItems:
        """Return the month's days and objects."""
        date = _date_from_string(self.get_year(), self.get_year_format(), self.get_month(), self.get_month_format())
        queryset = self.get_dated_queryset(**self._period(date, self._get_next_month(date)))
        context = {
            "month": date,
            "next_month": self.get_next_month(date),
            "previous_month": self.get_previous_month(date),
        }
        return self.get_date_list(queryset), queryset, context


class MonthArchiveView(MultipleObjectTemplateResponseMixin, BaseMonthArchiveView):
    """A month's objects."""

    template_name_suffix = "_archive_month"


class BaseWeekArchiveView(YearMixin, WeekMixin, BaseDateListView):
    """A week's objects; the template is left to others."""

    def get_dated_items(self) -> DatedItems:
        """Return the week's objects."""
        year, week = self.get_year(), self.get_week()
        year_format, week_format = self.get_year_format(), self.get_week_format()
        if week_format not in WEEK_STARTS:
            choices = ", ".join(sorted(WEEK_STARTS))
            raise ValueError(f"Unknown week format {week_format!r}. Choices are: {choices}")
        if week_format == "%V" and year_format != "%G":
            raise ValueError(
                f"ISO week directive '{week_format}' is incompatible with the year directive '{year_format}'. Use the "
                "ISO year '%G' instead."
            )
        date = _date_from_string(year, year_format, WEEK_STARTS[week_format], "%w", week, week_format)
        queryset = self.get_dated_queryset(**self._period(date, self._get_next_week(date)))
        context = {
            "week": date,
            "next_week": self.get_next_week(date),
            "previous_week": self.get_previous_week(date),
        }
        return None, queryset, context


class WeekArchiveView(MultipleObjectTemplateResponseMixin, BaseWeekArchiveView):
    """A week's objects."""

    template_name_suffix = "_archive_week"


class BaseDayArchiveView(YearMixin, MonthMixin, DayMixin, BaseDateListView):
    """A day's objects; the template is left to others."""

    def get_dated_items(self) -> DatedItems:
        """Return the day's objects."""
        return self._get_dated_items(_day_of(self))

    def _get_dated_items(self, date: dt.date) -> DatedItems:
        queryset = self.get_dated_queryset(**self._make_single_date_lookup(date))
        context = {
            "day": date,
            "previous_day": self.get_previous_day(date),
            "next_day": self.get_next_day(date),
            "previous_month": self.get_previous_month(date),
            "next_month": self.get_next_month(date),
        }
        return None, queryset, context


class DayArchiveView(MultipleObjectTemplateResponseMixin, BaseDayArchiveView):
    """A day's objects."""

    template_name_suffix = "_archive_day"


class BaseTodayArchiveView(BaseDayArchiveView):
    """Today's objects; the template is left to others."""

    def get_dated_items(self) -> DatedItems:
        """Return today's objects."""
        return self._get_dated_items(dt.date.today())  # noqa: DTZ011 - as in Django, the process's own day


class TodayArchiveView(MultipleObjectTemplateResponseMixin, BaseTodayArchiveView):
    """Today's objects."""

    template_name_suffix = "_archive_day"


class BaseDateDetailView(YearMixin, MonthMixin, DayMixin, DateMixin, BaseDetailView):
    """One object of a day; the template is left to others."""

    def get_object(self, queryset: Any = None) -> Any:
        """Return the object; a 404 when it is not of that day, or of the future."""
        date = _day_of(self)
        queryset = self.get_queryset() if queryset is None else queryset
        if not self.get_allow_future() and date > dt.date.today():  # noqa: DTZ011 - as in Django
            raise Http404(
                _("Future %(verbose_name_plural)s not available because %(class_name)s.allow_future is False.")
                % {
                    "verbose_name_plural": queryset.model._meta.verbose_name_plural,
                    "class_name": type(self).__name__,
                }
            )
        return super().get_object(queryset=queryset.filter(**self._make_single_date_lookup(date)))


class DateDetailView(SingleObjectTemplateResponseMixin, BaseDateDetailView):
    """One object of a day."""

    template_name_suffix = "_detail"


def _day_of(view: Any) -> dt.date:
    """Return the day that the address names."""
    return _date_from_string(
        view.get_year(),
        view.get_year_format(),
        view.get_month(),
        view.get_month_format(),
        view.get_day(),
        view.get_day_format(),
    )


__all__ = [
    "ArchiveIndexView",
    "BaseArchiveIndexView",
    "BaseDateDetailView",
    "BaseDateListView",
    "BaseDayArchiveView",
    "BaseMonthArchiveView",
    "BaseTodayArchiveView",
    "BaseWeekArchiveView",
    "BaseYearArchiveView",
    "DateDetailView",
    "DateMixin",
    "DayArchiveView",
    "DayMixin",
    "MonthArchiveView",
    "MonthMixin",
    "TodayArchiveView",
    "WeekArchiveView",
    "WeekMixin",
    "YearArchiveView",
    "YearMixin",
    "_date_from_string",
    "_get_next_prev",
    "timezone_today",
]
