"""Small constants of the model layer: the lookup separator, conflict actions."""

from __future__ import annotations

from enum import Enum

LOOKUP_SEP = "__"
"""Stands between the names of a lookup path: ``author__name__icontains``."""


class OnConflict(Enum):
    """What an INSERT does with a row that breaks a unique constraint."""

    IGNORE = "ignore"
    UPDATE = "update"


__all__ = ["LOOKUP_SEP", "OnConflict"]
