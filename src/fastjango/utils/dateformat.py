r"""Dates and times as text, written with PHP's format letters.

``format(value, "jS F Y")`` gives ``8th July 1979``. A backslash before a letter shows the
letter itself. Each letter is a method of ``DateFormat`` (all) or ``TimeFormat`` (times only).
"""

from __future__ import annotations

import functools
from calendar import isleap, monthrange
from datetime import date, datetime, time, tzinfo
from email.utils import format_datetime as format_datetime_rfc5322
from typing import Any

from fastjango.utils.dates import MONTHS, MONTHS_3, MONTHS_ALT, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR
from fastjango.utils.functional import cached_property
from fastjango.utils.timezone import (
    _datetime_ambiguous_or_imaginary,
    get_default_timezone,
    is_naive,
    make_aware,
)
from fastjango.utils.translation import gettext as _

__all__ = ["DateFormat", "Formatter", "TimeFormat", "format", "time_format"]

LETTERS = frozenset("aAbcdDeEfFgGhHiIjlLmMnNoOPrsStTUuwWyYzZ")


@functools.lru_cache(maxsize=256)
def split_format(text: str) -> tuple[tuple[bool, str], ...]:
    """Return *text* cut into ``(is_letter, piece)``; literal pieces are unescaped."""
    pieces: list[tuple[bool, str]] = []
    literal: list[str] = []
    position, size = 0, len(text)
    while position < size:
        char = text[position]
        if char == "\\" and position + 1 < size and text[position + 1] != "\n":
            follower = text[position + 1]
            literal.append(follower)
            position += 2
            if follower == "\\" and position < size and text[position] in LETTERS:
                # A letter behind any backslash is never a format letter.
                literal.append(text[position])
                position += 1
            continue
        if char in LETTERS:
            if literal:
                pieces.append((False, "".join(literal)))
                literal = []
            pieces.append((True, char))
        else:
            literal.append(char)
        position += 1
    if literal:
        pieces.append((False, "".join(literal)))
    return tuple(pieces)


class Formatter:
    """The shared half of ``DateFormat`` and ``TimeFormat``: turns a format string into text."""

    data: Any

    def format(self, formatstr: Any) -> str:
        """
        Return the value written as *formatstr* says.

        Raises:
            TypeError: A letter for times was used on a plain date.
        """
        pieces = []
        plain_date = type(self.data) is date
        for is_letter, piece in split_format(formatstr if type(formatstr) is str else str(formatstr)):
            if is_letter:
                if plain_date and hasattr(TimeFormat, piece):
                    raise TypeError(
                        f"The format for date objects may not contain time-related format specifiers (found '{piece}')."
                    )
                piece = str(getattr(self, piece)())
            pieces.append(piece)
        return "".join(pieces)


class TimeFormat(Formatter):
    """The letters that make sense for a time of day."""

    def __init__(self, obj: Any) -> None:
        self.data = obj

    @cached_property
    def timezone(self) -> tzinfo | None:
        """The zone of the value; a naive datetime is in the default zone, other values have none."""
        if not isinstance(self.data, datetime):
            return None
        return get_default_timezone() if is_naive(self.data) else self.data.tzinfo

    def _zone_at_moment(self) -> tzinfo | None:
        """Return the zone, unless its clock shows this moment twice or never."""
        if self.timezone is None or _datetime_ambiguous_or_imaginary(self.data, self.timezone):
            return None
        return self.timezone

    def a(self) -> str:
        """'a.m.' or 'p.m.'."""
        return _("p.m.") if self.data.hour > 11 else _("a.m.")

    def A(self) -> str:
        """'AM' or 'PM'."""
        return _("PM") if self.data.hour > 11 else _("AM")

    def e(self) -> str:
        """The name of the value's own zone; empty if it has none."""
        if not self.timezone or getattr(self.data, "tzinfo", None) is None:
            return ""
        try:
            return self.data.tzname() or ""
        except NotImplementedError:
            return ""

    def f(self) -> str:
        """Hour of the 12-hour clock, with minutes unless they are zero: '1', '1:30'."""
        hour = self.data.hour % 12 or 12
        minute = self.data.minute
        return f"{hour}:{minute:02d}" if minute else str(hour)

    def g(self) -> int:
        """Hour of the 12-hour clock: '1' to '12'."""
        return self.data.hour % 12 or 12

    def G(self) -> int:
        """Hour of the 24-hour clock: '0' to '23'."""
        hour: int = self.data.hour
        return hour

    def h(self) -> str:
        """Hour of the 12-hour clock, two digits."""
        return f"{self.g():02d}"

    def H(self) -> str:
        """Hour of the 24-hour clock, two digits."""
        return f"{self.data.hour:02d}"

    def i(self) -> str:
        """Minutes, two digits."""
        return f"{self.data.minute:02d}"

    def O(self) -> str:  # noqa: E743 - the letter is the interface
        """Offset from UTC as '+0200'."""
        seconds = self.Z()
        if seconds == "":
            return ""
        hours, minutes = divmod(abs(int(seconds)) // 60, 60)
        return f"{'-' if int(seconds) < 0 else '+'}{hours:02d}{minutes:02d}"

    def P(self) -> str:
        """'1 a.m.', '1:30 p.m.', 'midnight', 'noon'."""
        if self.data.minute == 0:
            if self.data.hour == 0:
                return _("midnight")
            if self.data.hour == 12:
                return _("noon")
        return f"{self.f()} {self.a()}"

    def s(self) -> str:
        """Seconds, two digits."""
        return f"{self.data.second:02d}"

    def T(self) -> str:
        """Abbreviation of the zone: 'CET'."""
        zone = self._zone_at_moment()
        return "" if zone is None else str(zone.tzname(self.data))

    def u(self) -> str:
        """Microseconds, six digits."""
        return f"{self.data.microsecond:06d}"

    def Z(self) -> int | str:
        """Offset from UTC in seconds, positive to the east."""
        zone = self._zone_at_moment()
        offset = None if zone is None else zone.utcoffset(self.data)
        return "" if offset is None else offset.days * 86400 + offset.seconds


class DateFormat(TimeFormat):
    """All letters, for dates and datetimes."""

    def b(self) -> str:
        """Month, three letters, lower case."""
        return str(MONTHS_3[self.data.month])

    def c(self) -> str:
        """ISO 8601."""
        text: str = self.data.isoformat()
        return text

    def d(self) -> str:
        """Day of the month, two digits."""
        return f"{self.data.day:02d}"

    def D(self) -> str:
        """Day of the week, three letters."""
        return str(WEEKDAYS_ABBR[self.data.weekday()])

    def E(self) -> str:
        """Month in the form the language uses inside a date."""
        return str(MONTHS_ALT[self.data.month])

    def F(self) -> str:
        """Month, in full."""
        return str(MONTHS[self.data.month])

    def I(self) -> str:  # noqa: E743 - the letter is the interface
        """'1' in daylight saving time, '0' otherwise."""
        zone = self._zone_at_moment()
        return "" if zone is None else ("1" if zone.dst(self.data) else "0")

    def j(self) -> int:
        """Day of the month."""
        day: int = self.data.day
        return day

    def l(self) -> str:  # noqa: E743 - the letter is the interface
        """Day of the week, in full."""
        return str(WEEKDAYS[self.data.weekday()])

    def L(self) -> bool:
        """Whether the year is a leap year."""
        return isleap(self.data.year)

    def m(self) -> str:
        """Month, two digits."""
        return f"{self.data.month:02d}"

    def M(self) -> str:
        """Month, three letters."""
        return str(MONTHS_3[self.data.month]).title()

    def n(self) -> int:
        """Month as a number."""
        month: int = self.data.month
        return month

    def N(self) -> str:
        """Month as the Associated Press abbreviates it."""
        return str(MONTHS_AP[self.data.month])

    def o(self) -> int:
        """Year of the ISO 8601 week."""
        year: int = self.data.isocalendar()[0]
        return year

    def r(self) -> str:
        """RFC 5322: 'Thu, 21 Dec 2000 16:01:07 +0200'."""
        moment = self.data
        if not isinstance(moment, datetime):
            moment = make_aware(datetime.combine(moment, time.min), timezone=get_default_timezone())
        elif is_naive(moment):
            moment = make_aware(moment, timezone=self.timezone)
        return format_datetime_rfc5322(moment)

    def S(self) -> str:
        """The English ordinal suffix: 'st', 'nd', 'rd', 'th'."""
        if self.data.day in (11, 12, 13):
            return "th"
        return {1: "st", 2: "nd", 3: "rd"}.get(self.data.day % 10, "th")

    def t(self) -> str:
        """Number of days in the month."""
        return str(monthrange(self.data.year, self.data.month)[1])

    def U(self) -> int:
        """Seconds since the Unix epoch."""
        moment = self.data
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time.min)
        return int(moment.timestamp())

    def w(self) -> int:
        """Day of the week, Sunday is 0."""
        return int(self.data.isoweekday()) % 7

    def W(self) -> int:
        """ISO 8601 week."""
        week: int = self.data.isocalendar()[1]
        return week

    def y(self) -> str:
        """Year, two digits."""
        return f"{self.data.year % 100:02d}"

    def Y(self) -> str:
        """Year, four digits."""
        return f"{self.data.year:04d}"

    def z(self) -> int:
        """Day of the year."""
        day: int = self.data.timetuple().tm_yday
        return day


def format(value: Any, format_string: Any) -> str:  # noqa: A001 - Django's name
    """Return the date or datetime *value* written as *format_string* says."""
    return DateFormat(value).format(format_string)


def time_format(value: Any, format_string: Any) -> str:
    """Return the time *value* written as *format_string* says."""
    return TimeFormat(value).format(format_string)
