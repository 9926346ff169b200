"""
Class-based views.

    base.py    View, TemplateView, RedirectView
    detail.py  one object;  list.py  many;  edit.py  forms;  dates.py  archives by date (date_steps.py: their steps)
"""

from __future__ import annotations

from fastjango.views.generic.base import RedirectView, TemplateView, View
from fastjango.views.generic.dates import (
    ArchiveIndexView,
    DateDetailView,
    DayArchiveView,
    MonthArchiveView,
    TodayArchiveView,
    WeekArchiveView,
    YearArchiveView,
)
from fastjango.views.generic.detail import DetailView
from fastjango.views.generic.edit import CreateView, DeleteView, FormView, UpdateView
from fastjango.views.generic.list import ListView


class GenericViewError(Exception):
    """A problem in a generic view."""


__all__ = [
    "ArchiveIndexView",
    "CreateView",
    "DateDetailView",
    "DayArchiveView",
    "DeleteView",
    "DetailView",
    "FormView",
    "GenericViewError",
    "ListView",
    "MonthArchiveView",
    "RedirectView",
    "TemplateView",
    "TodayArchiveView",
    "UpdateView",
    "View",
    "WeekArchiveView",
    "YearArchiveView",
]
