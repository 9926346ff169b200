"""
SQL functions in Python that every SQLite connection gets, by name.

``fj_date_*``, ``fj_time_*`` and ``fj_datetime_*`` take dates as SQLite stores them (text); ``tz`` is the zone to see the
value in, ``stored_tz`` the zone it is stored in (``None`` without time zones). Mathematics, hashes and padding fill what
SQLite lacks; ``STDDEV_POP`` and kin are aggregates.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import math
import random
import re
import statistics
import zoneinfo
from collections.abc import Callable
from typing import Any, Final

from fastjango.db.backends.utils import typecast_time, typecast_timestamp
from fastjango.utils.timezone import localtime

MICROSECONDS_PER_DAY: Final = 86_400_000_000
_OFFSET = re.compile(r"^(?P<name>[^+-]*?)(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?$")


@functools.lru_cache(maxsize=256)
def _zone(name: str) -> tuple[zoneinfo.ZoneInfo | None, dt.timedelta | None]:
    """Return the zone of *name*, and a fixed offset where the name carries one (``UTC+05:30``)."""
    if (match := _OFFSET.match(name)) and "/" not in name:
        delta = dt.timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        base = zoneinfo.ZoneInfo(match["name"]) if match["name"] else None
        return base, delta if match["sign"] == "+" else -delta
    return zoneinfo.ZoneInfo(name), None


def _parse(text: Any, tz: str | None = None, stored_tz: str | None = None) -> dt.datetime | None:
    """Return the moment that *text* stands for, seen in *tz*."""
    if text is None:
        return None
    try:
        value = typecast_timestamp(text)
    except (TypeError, ValueError):
        return None
    if value is None:
        return None
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if stored_tz:
        value = value.replace(tzinfo=zoneinfo.ZoneInfo(stored_tz))
    if tz is not None and tz != stored_tz:
        zone, offset = _zone(tz)
        if offset is not None:
            value += offset
        if zone is not None and value.tzinfo is not None:
            value = localtime(value, zone)
    return value


def _plain_date(value: dt.datetime) -> str:
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def date_trunc(kind: str, text: Any, tz: str | None, stored_tz: str | None) -> str | None:
    """Return the first day of the year, quarter, month or week, or the day itself."""
    value = _parse(text, tz, stored_tz)
    if value is None:
        return None
    if kind == "week":
        value -= dt.timedelta(days=value.weekday())
    elif kind == "quarter":
        value = value.replace(month=(value.month - 1) // 3 * 3 + 1, day=1)
    elif kind == "month":
        value = value.replace(day=1)
    elif kind == "year":
        value = value.replace(month=1, day=1)
    elif kind != "day":
        raise ValueError(f"Unsupported lookup type: {kind!r}")
    return _plain_date(value)


def time_trunc(kind: str, text: Any, tz: str | None, stored_tz: str | None) -> str | None:
    """Return the time of day cut to its hour, minute or second."""
    if text is None:
        return None
    moment = _parse(text, tz, stored_tz)
    if moment is None:
        try:
            clock = typecast_time(text)
        except (ValueError, TypeError):
            return None
        if clock is None:
            return None
    else:
        clock = moment.time()
    if kind == "hour":
        return f"{clock.hour:02d}:00:00"
    if kind == "minute":
        return f"{clock.hour:02d}:{clock.minute:02d}:00"
    if kind == "second":
        return f"{clock.hour:02d}:{clock.minute:02d}:{clock.second:02d}"
    raise ValueError(f"Unsupported lookup type: {kind!r}")


def datetime_cast_date(text: Any, tz: str | None, stored_tz: str | None) -> str | None:
    """Return the date of a moment."""
    value = _parse(text, tz, stored_tz)
    return None if value is None else value.date().isoformat()


def datetime_cast_time(text: Any, tz: str | None, stored_tz: str | None) -> str | None:
    """Return the time of day of a moment."""
    value = _parse(text, tz, stored_tz)
    return None if value is None else value.time().isoformat()


def datetime_extract(part: str, text: Any, tz: str | None = None, stored_tz: str | None = None) -> int | None:
    """Return one part of a moment as a number."""
    value = _parse(text, tz, stored_tz)
    if value is None:
        return None
    if part == "week_day":
        return value.isoweekday() % 7 + 1
    if part == "iso_week_day":
        return value.isoweekday()
    if part == "week":
        return value.isocalendar().week
    if part == "quarter":
        return math.ceil(value.month / 3)
    if part == "iso_year":
        return value.isocalendar().year
    return int(getattr(value, part))


def datetime_trunc(kind: str, text: Any, tz: str | None, stored_tz: str | None) -> str | None:
    """Return the moment cut to a unit."""
    value = _parse(text, tz, stored_tz)
    if value is None:
        return None
    if kind in {"year", "quarter", "month", "week", "day"}:
        day = date_trunc(kind, str(value.replace(tzinfo=None)), None, None)
        return f"{day} 00:00:00"
    clock = time_trunc(kind, str(value.replace(tzinfo=None)), None, None)
    return f"{_plain_date(value)} {clock}"


def time_extract(part: str, text: Any) -> int | None:
    """Return one part of a time of day as a number."""
    if text is None:
        return None
    try:
        clock = typecast_time(text)
    except (ValueError, TypeError):
        return None
    return None if clock is None else int(getattr(clock, part))


def _delta(connector: str, value: Any) -> Any:
    """Return an operand of date arithmetic: a duration in microseconds, or a moment."""
    if connector in {"*", "/"}:
        return float(value)
    try:
        return dt.timedelta(microseconds=int(value))
    except ValueError:
        return typecast_timestamp(value)


def format_dtdelta(connector: str, lhs: Any, rhs: Any) -> Any:
    """Calculate with moments and durations; a duration is a number of microseconds."""
    if connector is None or lhs is None or rhs is None:
        return None
    connector = connector.strip()
    try:
        left, right = _delta(connector, lhs), _delta(connector, rhs)
        if connector == "+":
            return str(left + right)
        if connector == "-":
            return str(left - right)
        if connector == "*":
            return left * right
        return left / right
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        return None


def time_diff(lhs: Any, rhs: Any) -> int | None:
    """Return the microseconds between two times of day."""
    if lhs is None or rhs is None:
        return None
    left, right = typecast_time(lhs), typecast_time(rhs)
    if left is None or right is None:
        return None
    return _clock_microseconds(left) - _clock_microseconds(right)


def _clock_microseconds(clock: dt.time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


def timestamp_diff(lhs: Any, rhs: Any) -> int | None:
    """Return the microseconds between two moments."""
    left, right = _parse(lhs), _parse(rhs)
    if left is None or right is None:
        return None
    delta = left - right
    return delta.days * MICROSECONDS_PER_DAY + delta.seconds * 1_000_000 + delta.microseconds


@functools.lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def regexp(pattern: Any, text: Any) -> bool | None:
    """Whether *text* has a match of *pattern* (``text REGEXP pattern``)."""
    if pattern is None or text is None:
        return None
    return bool(_pattern(str(pattern)).search(str(text)))


def _none_guard(func: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function return ``None`` when any argument is ``None``."""

    @functools.wraps(func)
    def guarded(*args: Any) -> Any:
        return None if None in args else func(*args)

    return guarded


def _math_guard(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return *func*, giving NULL for NULL and where there is no result, as SQLite's own functions do."""

    @functools.wraps(func)
    def guarded(*args: Any) -> Any:
        if None in args:
            return None
        try:
            return func(*args)
        except (ArithmeticError, TypeError, ValueError):
            return None

    return guarded


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def lpad(text: str, length: int, fill: str) -> str:
    """Return *text* padded on the left, or cut, to *length*."""
    missing = length - len(text)
    if missing <= 0:
        return text[: max(length, 0)]
    return (fill * (missing // max(len(fill), 1) + 1))[:missing] + text


def rpad(text: str, length: int, fill: str) -> str:
    """Return *text* padded on the right, or cut, to *length*."""
    return (text + fill * max(length, 0))[: max(length, 0)]


def bitxor(left: int, right: int) -> int:
    """Return the bitwise exclusive or."""
    return left ^ right


def _digest(name: str) -> Callable[[Any], str]:
    def digest(text: Any) -> str:
        return hashlib.new(name, str(text).encode()).hexdigest()

    return digest


class ListAggregate(list[Any]):
    """An SQL aggregate that collects its values; subclasses define ``finalize``."""

    def step(self, value: Any) -> None:
        """Take one row's value; NULL does not count."""
        if value is not None:
            self.append(value)


class StdDevPop(ListAggregate):
    """``STDDEV_POP``."""

    def finalize(self) -> float | None:
        """Return the standard deviation of the population."""
        return statistics.pstdev(self) if self else None


class StdDevSamp(ListAggregate):
    """``STDDEV_SAMP``."""

    def finalize(self) -> float | None:
        """Return the standard deviation of the sample."""
        return statistics.stdev(self) if len(self) > 1 else None


def _storable(number: float) -> float:
    """Return the number as a float where it is more than SQLite's integers hold."""
    return number if -(2**63) <= number < 2**63 else float(number)


class VarPop(ListAggregate):
    """``VAR_POP``."""

    def finalize(self) -> float | None:
        """Return the variance of the population."""
        return _storable(statistics.pvariance(self)) if self else None


class VarSamp(ListAggregate):
    """``VAR_SAMP``."""

    def finalize(self) -> float | None:
        """Return the variance of the sample."""
        return _storable(statistics.variance(self)) if len(self) > 1 else None


class AnyValue(ListAggregate):
    """``ANY_VALUE``: some value of the group."""

    def step(self, value: Any) -> None:
        """Keep the first value."""
        if not self:
            self.append(value)

    def finalize(self) -> Any:
        """Return the kept value."""
        return self[0] if self else None


DETERMINISTIC: Final[tuple[tuple[str, int, Callable[..., Any]], ...]] = (
    ("fj_date_extract", 2, datetime_extract),
    ("fj_date_trunc", 4, date_trunc),
    ("fj_datetime_cast_date", 3, datetime_cast_date),
    ("fj_datetime_cast_time", 3, datetime_cast_time),
    ("fj_datetime_extract", 4, datetime_extract),
    ("fj_datetime_trunc", 4, datetime_trunc),
    ("fj_time_extract", 2, time_extract),
    ("fj_time_trunc", 4, time_trunc),
    ("fj_time_diff", 2, time_diff),
    ("fj_timestamp_diff", 2, timestamp_diff),
    ("fj_format_dtdelta", 3, format_dtdelta),
    ("regexp", 2, regexp),
    ("BITXOR", 2, _none_guard(bitxor)),
    ("COT", 1, _none_guard(lambda x: 1 / math.tan(x))),
    ("LPAD", 3, _none_guard(lpad)),
    ("RPAD", 3, _none_guard(rpad)),
    ("MD5", 1, _none_guard(_digest("md5"))),
    ("SHA1", 1, _none_guard(_digest("sha1"))),
    ("SHA224", 1, _none_guard(_digest("sha224"))),
    ("SHA256", 1, _none_guard(_digest("sha256"))),
    ("SHA384", 1, _none_guard(_digest("sha384"))),
    ("SHA512", 1, _none_guard(_digest("sha512"))),
    ("REPEAT", 2, _none_guard(lambda text, count: str(text) * count)),
    ("REVERSE", 1, _none_guard(lambda text: str(text)[::-1])),
    ("SIGN", 1, _none_guard(_sign)),
)
# For an SQLite that was built without them; its own give NULL where a number has no result.
MATHS: Final[tuple[tuple[str, int, Callable[..., Any]], ...]] = (
    ("ACOS", 1, _math_guard(math.acos)),
    ("ASIN", 1, _math_guard(math.asin)),
    ("ATAN", 1, _math_guard(math.atan)),
    ("ATAN2", 2, _math_guard(math.atan2)),
    ("CEILING", 1, _math_guard(math.ceil)),
    ("CEIL", 1, _math_guard(math.ceil)),
    ("COS", 1, _math_guard(math.cos)),
    ("DEGREES", 1, _math_guard(math.degrees)),
    ("EXP", 1, _math_guard(math.exp)),
    ("FLOOR", 1, _math_guard(math.floor)),
    ("LN", 1, _math_guard(math.log)),
    ("LOG", 2, _math_guard(lambda base, x: math.log(x, base))),
    ("MOD", 2, _math_guard(math.fmod)),
    ("PI", 0, lambda: math.pi),
    ("POWER", 2, _math_guard(pow)),
    ("RADIANS", 1, _math_guard(math.radians)),
    ("SIN", 1, _math_guard(math.sin)),
    ("SQRT", 1, _math_guard(math.sqrt)),
    ("TAN", 1, _math_guard(math.tan)),
)
AGGREGATES: Final[tuple[tuple[str, int, type[Any]], ...]] = (
    ("STDDEV_POP", 1, StdDevPop),
    ("STDDEV_SAMP", 1, StdDevSamp),
    ("VAR_POP", 1, VarPop),
    ("VAR_SAMP", 1, VarSamp),
    ("ANY_VALUE", 1, AnyValue),
)


def has_maths(raw: Any) -> bool:
    """Tell whether SQLite was built with mathematical functions of its own."""
    return bool(raw.execute("SELECT sqlite_compileoption_used('ENABLE_MATH_FUNCTIONS')").fetchone()[0])


def register(raw: Any) -> None:
    """Give the connection *raw* all functions of this module."""
    for name, count, func in (*DETERMINISTIC, *(() if has_maths(raw) else MATHS)):
        raw.create_function(name, count, func, deterministic=True)
    # RAND() is evaluated per row; RANDOM() of SQLite gives 64-bit integers.
    raw.create_function("RAND", 0, random.random)
    for name, count, kind in AGGREGATES:
        raw.create_aggregate(name, count, kind)
