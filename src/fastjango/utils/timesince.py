"""The time between two moments in words: "2 weeks, 3 days"."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from fastjango.utils.html import avoid_wrapping
from fastjango.utils.timezone import is_aware
from fastjango.utils.translation import gettext, ngettext_lazy

__all__ = ["TIME_STRINGS", "timesince", "timeuntil"]

TIME_STRINGS: dict[str, Any] = {
    "year": ngettext_lazy("%(num)d year", "%(num)d years", "num"),
    "month": ngettext_lazy("%(num)d month", "%(num)d months", "num"),
    "week": ngettext_lazy("%(num)d week", "%(num)d weeks", "num"),
    "day": ngettext_lazy("%(num)d day", "%(num)d days", "num"),
    "hour": ngettext_lazy("%(num)d hour", "%(num)d hours", "num"),
    "minute": ngettext_lazy("%(num)d minute", "%(num)d minutes", "num"),
}
UNITS = tuple(TIME_STRINGS)
_SECONDS = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60))


def timesince(
    d: Any, now: Any = None, reversed: bool = False, time_strings: dict[str, Any] | None = None, depth: int = 2
) -> str:
    """
    Return the time from *d* to *now* (default: the current time) in words.

    Seconds are ignored; if *d* lies after *now* the answer is "0 minutes".

    Args:
        reversed: Measure from *now* to *d* instead.
        time_strings: Texts to use instead of ``TIME_STRINGS``.
        depth: How many adjacent units at most.
    Raises:
        ValueError: *depth* is less than 1.
    """
    if depth <= 0:
        raise ValueError("depth must be greater than 0.")
    texts = TIME_STRINGS if time_strings is None else time_strings
    start = _as_datetime(d)
    end = _as_datetime(now) if now else datetime.now(start.tzinfo if is_aware(start) else None)
    if reversed:
        start, end = end, start
    parts: list[str] = []
    for unit, count in _counts(start, end):
        if count == 0:
            if parts:  # only adjacent units are shown together
                break
            continue
        parts.append(avoid_wrapping(texts[unit] % {"num": count}))
        if len(parts) == depth:
            break
    if not parts:
        return avoid_wrapping(texts["minute"] % {"num": 0})
    return gettext(", ").join(parts)


def timeuntil(d: Any, now: Any = None, time_strings: dict[str, Any] | None = None, depth: int = 2) -> str:
    """Return the time from *now* (default: the current time) to *d* in words."""
    return timesince(d, now, reversed=True, time_strings=time_strings, depth=depth)


def _as_datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    moment: datetime = value
    return moment


def _counts(start: datetime, end: datetime) -> Iterator[tuple[str, int]]:
    """Give ``(unit, how many)`` from years down to minutes; nothing if *end* is not after *start*."""
    if start.tzinfo is not None and end.tzinfo is not None:
        # Calendars are compared in one zone.
        end = end.astimezone(start.tzinfo)
    elapsed = end - start
    if elapsed <= timedelta(0):
        return
    months = (end.year - start.year) * 12 + end.month - start.month
    if (end.day, end.time()) < (start.day, start.time()):
        months -= 1
    years, months = divmod(months, 12)
    yield "year", years
    yield "month", months
    rest = (end - _months_later(start, years * 12 + months)) if years or months else elapsed
    seconds = rest.days * 86400 + rest.seconds
    for unit, size in _SECONDS:
        count, seconds = divmod(seconds, size)
        yield unit, count


def _months_later(moment: datetime, months: int) -> datetime:
    """Return *moment* that many months later, on the last day of the month if its day is missing there."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
