"""
Dates, times and durations read from text: ISO 8601 and the usual variations.

Well-formed texts that name no real date raise ``ValueError``; other texts give None.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

_DATE = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<microsecond>\d{1,6})\d{0,6})?)?"

date_re = re.compile(rf"{_DATE}$", re.ASCII)
time_re = re.compile(rf"{_TIME}$", re.ASCII)
datetime_re = re.compile(rf"{_DATE}[T ]{_TIME}\s*(?P<tzinfo>Z|[+-]\d{{2}}(?::?\d{{2}})?)?$", re.ASCII)

standard_duration_re = re.compile(
    r"^(?:(?P<days>-?\d+) (?:days?, )?)?"
    r"(?P<sign>-?)"
    r"(?:(?:(?P<hours>\d+):)(?=\d+:\d+))?"
    r"(?:(?P<minutes>\d+):)?"
    r"(?P<seconds>\d+)"
    r"(?:[.,](?P<microseconds>\d{1,6})\d{0,6})?$",
    re.ASCII,
)
iso8601_duration_re = re.compile(
    r"^(?P<sign>[-+]?)P"
    r"(?:(?P<days>\d+([.,]\d+)?)D)?"
    r"(?:T"
    r"(?:(?P<hours>\d+([.,]\d+)?)H)?"
    r"(?:(?P<minutes>\d+([.,]\d+)?)M)?"
    r"(?:(?P<seconds>\d+([.,]\d+)?)S)?"
    r")?$",
    re.ASCII,
)
postgres_interval_re = re.compile(
    r"^(?:(?P<days>-?\d+) (?:days? ?))?"
    r"(?:(?P<sign>[-+])?(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d)(?:\.(?P<microseconds>\d{1,6}))?)?$",
    re.ASCII,
)
_DURATIONS = (standard_duration_re, iso8601_duration_re, postgres_interval_re)


def _clock(match: re.Match[str]) -> dict[str, Any]:
    """Return the time of day in a match as keyword arguments."""
    parts = match.groupdict()
    microsecond = (parts["microsecond"] or "").ljust(6, "0")
    return {
        "hour": int(parts["hour"]),
        "minute": int(parts["minute"]),
        "second": int(parts["second"] or 0),
        "microsecond": int(microsecond),
    }


def parse_date(value: str) -> dt.date | None:
    """Return the date in *value*, None when it has not the form of one."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        match = date_re.match(value)
    if match is None:
        return None
    return dt.date(int(match["year"]), int(match["month"]), int(match["day"]))


def parse_time(value: str) -> dt.time | None:
    """Return the time in *value* without an offset, None when it has not the form of one."""
    try:
        return dt.time.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        match = time_re.match(value)
    return dt.time(**_clock(match)) if match else None


def parse_datetime(value: str) -> dt.datetime | None:
    """Return the moment in *value*, aware when it has an offset; None when it has not the form of one."""
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        match = datetime_re.match(value)
    if match is None:
        return None
    day = dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    return dt.datetime.combine(day, dt.time(**_clock(match)), _offset(match["tzinfo"]))


def _offset(text: str | None) -> dt.tzinfo | None:
    """Return the zone of ``Z``, ``+hh``, ``+hhmm`` or ``+hh:mm``."""
    if text is None:
        return None
    if text == "Z":
        return dt.UTC
    minutes = int(text[1:3]) * 60 + (int(text[-2:]) if len(text) > 3 else 0)
    offset = dt.timedelta(minutes=-minutes if text[0] == "-" else minutes)
    # The name is what get_fixed_timezone() gives such zones.
    return dt.timezone(offset, f"{text[0]}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}")


def parse_duration(value: str) -> dt.timedelta | None:
    """
    Return the duration in *value*, None when it has not the form of one.

    Reads ``"%d %H:%M:%S.%f"``, ISO 8601, and the day and time intervals of PostgreSQL.
    """
    match = next(filter(None, (form.match(value) for form in _DURATIONS)), None)
    if match is None:
        return None
    parts = match.groupdict()
    sign = -1 if parts.pop("sign", "+") == "-" else 1
    if parts.get("microseconds"):
        parts["microseconds"] = parts["microseconds"].ljust(6, "0")
    numbers = {unit: float(text.replace(",", ".")) for unit, text in parts.items() if text}
    days = dt.timedelta(numbers.pop("days", 0.0))
    if match.re is iso8601_duration_re:
        days *= sign
    return days + sign * dt.timedelta(**numbers)
