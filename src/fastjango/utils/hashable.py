"""Hashable stand-ins for values that cannot be hashed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def make_hashable(value: Any) -> Any:
    """
    Return *value*, or tuples in place of its dictionaries and iterables.

    Raises:
        TypeError: *value* is unhashable and cannot be iterated over.
    """
    if isinstance(value, dict):
        return tuple((key, make_hashable(part)) for key, part in sorted(value.items()))
    try:
        hash(value)
    except TypeError:
        if not isinstance(value, Iterable):
            raise
        return tuple(map(make_hashable, value))
    return value
