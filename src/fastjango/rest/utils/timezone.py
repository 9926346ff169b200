"""Local times that do not exist or exist twice."""

from __future__ import annotations

import datetime as dt
from typing import Any


def datetime_exists(value: dt.datetime) -> bool:
    """Return whether an aware *value* exists: clocks that are put forward skip an hour."""
    zone = value.tzinfo
    back = value.astimezone(dt.UTC).astimezone(zone)
    return value.replace(tzinfo=None) == back.replace(tzinfo=None)


def datetime_ambiguous(value: dt.datetime) -> bool:
    """Return whether an aware *value* exists twice: clocks that are put back repeat an hour."""
    return datetime_exists(value) and value.replace(fold=not value.fold).utcoffset() != value.utcoffset()


def valid_datetime(value: dt.datetime) -> bool:
    """Return whether an aware *value* names one moment. Errors of foreign time zone classes are let through."""
    zone: Any = value.tzinfo
    if isinstance(zone, dt.timezone):
        return True
    return not datetime_ambiguous(value) and datetime_exists(value)
