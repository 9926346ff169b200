"""
Plain SQLAlchemy types on our MariaDB and MySQL connections: times of day.

Our driver gives a ``time``; SQLAlchemy expects the ``timedelta`` that the driver gives by default.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import types
from sqlalchemy.dialects import mysql


class PlainTime(mysql.TIME):
    """A time of day."""

    def result_processor(self, dialect: Any, coltype: object) -> Callable[[Any], Any]:
        """Return what leaves a time as it is and reads anything else as SQLAlchemy does."""
        read: Any = super().result_processor(dialect, coltype)
        return lambda value: value if isinstance(value, dt.time) else read(value)


PLAIN_TYPES: dict[type[Any], type[Any]] = {types.Time: PlainTime, mysql.TIME: PlainTime}

__all__ = ["PLAIN_TYPES"]
