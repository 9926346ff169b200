"""The current time zone, and aware and naive datetimes.

The zone that ``activate`` sets belongs to the current context (a request, a task), not
to the thread. Zones are ``zoneinfo`` objects or any other ``tzinfo``.
"""

from __future__ import annotations

import functools
import zoneinfo
from contextlib import ContextDecorator
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import timezone as fixed_timezone
from types import TracebackType
from typing import Any

from fastjango.conf import settings

__all__ = [
    "activate",
    "deactivate",
    "get_current_timezone",
    "get_current_timezone_name",
    "get_default_timezone",
    "get_default_timezone_name",
    "get_fixed_timezone",
    "is_aware",
    "is_naive",
    "localdate",
    "localtime",
    "make_aware",
    "make_naive",
    "now",
    "override",
    "template_localtime",
]

utc = UTC
_active: ContextVar[tzinfo | None] = ContextVar("fastjango_active_timezone", default=None)


def get_fixed_timezone(offset: timedelta | int) -> tzinfo:
    """Return the zone that lies *offset* (minutes or a timedelta) east of UTC."""
    minutes = int(offset.total_seconds() // 60) if isinstance(offset, timedelta) else int(offset)
    hours, rest = divmod(abs(minutes), 60)
    name = f"{'-' if minutes < 0 else '+'}{hours:02d}{rest:02d}"
    return fixed_timezone(timedelta(minutes=minutes), name)


@functools.lru_cache(maxsize=1)
def get_default_timezone() -> tzinfo:
    """Return the zone of the setting ``TIME_ZONE``."""
    return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def get_default_timezone_name() -> str:
    """Return the name of the default zone."""
    return _get_timezone_name(get_default_timezone())


def get_current_timezone() -> tzinfo:
    """Return the zone activated in this context, or the default zone."""
    return _active.get() or get_default_timezone()


def get_current_timezone_name() -> str:
    """Return the name of the current zone."""
    return _get_timezone_name(get_current_timezone())


def _get_timezone_name(timezone: tzinfo) -> str:
    return timezone.tzname(None) or str(timezone)


def activate(timezone: tzinfo | str) -> None:
    """
    Make *timezone* the current zone of this context.

    Raises:
        ValueError: *timezone* is neither a ``tzinfo`` nor the name of a zone.
    """
    if isinstance(timezone, tzinfo):
        _active.set(timezone)
    elif isinstance(timezone, str):
        _active.set(zoneinfo.ZoneInfo(timezone))
    else:
        raise ValueError(f"Invalid timezone: {timezone!r}")


def deactivate() -> None:
    """Go back to the default zone in this context."""
    _active.set(None)


class override(ContextDecorator):  # noqa: N801 - Django's name
    """Use *timezone* inside a ``with`` block or a decorated function; ``None`` means the default zone."""

    def __init__(self, timezone: tzinfo | str | None) -> None:
        self.timezone = timezone
        self.old_timezone: tzinfo | None = None

    def __enter__(self) -> None:
        self.old_timezone = _active.get()
        if self.timezone is None:
            deactivate()
        else:
            activate(self.timezone)

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        _active.set(self.old_timezone)


def template_localtime(value: Any, use_tz: bool | None = None) -> Any:
    """Return *value* in the current zone if it is an aware datetime and zones are in use; else *value*."""
    if (
        isinstance(value, datetime)
        and (settings.USE_TZ if use_tz is None else use_tz)
        and not is_naive(value)
        and getattr(value, "convert_to_local_time", True)
    ):
        return localtime(value)
    return value


def localtime(value: datetime | None = None, timezone: tzinfo | None = None) -> datetime:
    """
    Return the aware datetime *value* (default: now) in *timezone* (default: the current zone).

    Raises:
        ValueError: *value* is naive.
    """
    moment = now() if value is None else value
    if is_naive(moment):
        raise ValueError("localtime() cannot be applied to a naive datetime")
    return moment.astimezone(get_current_timezone() if timezone is None else timezone)


def localdate(value: datetime | None = None, timezone: tzinfo | None = None) -> date:
    """Return the date of ``localtime(value, timezone)``."""
    return localtime(value, timezone).date()


def now() -> datetime:
    """Return the current time: aware in UTC with ``USE_TZ``, else naive local time."""
    return datetime.now(tz=utc if settings.USE_TZ else None)


def is_aware(value: Any) -> bool:
    """Tell whether *value* knows its offset from UTC."""
    return value.utcoffset() is not None


def is_naive(value: Any) -> bool:
    """Tell whether *value* does not know its offset from UTC."""
    return value.utcoffset() is None


def make_aware(value: datetime, timezone: tzinfo | None = None) -> datetime:
    """
    Return the naive *value* as an aware datetime in *timezone* (default: the current zone).

    Raises:
        ValueError: *value* is already aware.
    """
    if is_aware(value):
        raise ValueError(f"make_aware expects a naive datetime, got {value}")
    return value.replace(tzinfo=get_current_timezone() if timezone is None else timezone)


def make_naive(value: datetime, timezone: tzinfo | None = None) -> datetime:
    """
    Return the aware *value* as a naive datetime of *timezone* (default: the current zone).

    Raises:
        ValueError: *value* is naive.
    """
    if is_naive(value):
        raise ValueError("make_naive() cannot be applied to a naive datetime")
    zone = get_current_timezone() if timezone is None else timezone
    return value.astimezone(zone).replace(tzinfo=None)


def _datetime_ambiguous_or_imaginary(value: datetime, timezone: tzinfo) -> bool:
    """Tell whether the wall clock of *timezone* shows *value* twice or never."""
    return timezone.utcoffset(value.replace(fold=1 - value.fold)) != timezone.utcoffset(value)
