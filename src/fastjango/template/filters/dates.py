"""Filters for dates and times."""

from __future__ import annotations

from typing import Any

from fastjango.template.filters.registry import register
from fastjango.utils import formats
from fastjango.utils.dateformat import format as format_date
from fastjango.utils.dateformat import time_format
from fastjango.utils.timesince import timesince, timeuntil

__all__ = ["date", "time", "timesince_filter", "timeuntil_filter"]


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, arg: Any = None) -> str:
    """Show a date, in the given format or in that of the language."""
    if value in (None, ""):
        return ""
    try:
        return formats.date_format(value, arg)
    except AttributeError:
        try:
            return format_date(value, arg)
        except AttributeError:
            return ""


@register.filter(expects_localtime=True, is_safe=False)
def time(value: Any, arg: Any = None) -> str:
    """Show a time, in the given format or in that of the language."""
    if value in (None, ""):
        return ""
    try:
        return formats.time_format(value, arg)
    except (AttributeError, TypeError):
        try:
            return time_format(value, arg)
        except (AttributeError, TypeError):
            return ""


@register.filter("timesince", is_safe=False)
def timesince_filter(value: Any, arg: Any = None) -> str:
    """Show how long ago it was: "4 days, 6 hours"."""
    if not value:
        return ""
    try:
        return timesince(value, arg) if arg else timesince(value)
    except (ValueError, TypeError):
        return ""


@register.filter("timeuntil", is_safe=False)
def timeuntil_filter(value: Any, arg: Any = None) -> str:
    """Show how long it is until then: "4 days, 6 hours"."""
    if not value:
        return ""
    try:
        return timeuntil(value, arg)
    except (ValueError, TypeError):
        return ""
