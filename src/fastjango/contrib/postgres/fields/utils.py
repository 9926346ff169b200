"""A value as an object with one attribute: what ``value_to_string`` of a field takes."""

from __future__ import annotations

from typing import Any


class AttributeSetter:
    """An object whose only attribute is *name*."""

    def __init__(self, name: str, value: Any) -> None:
        setattr(self, name, value)


__all__ = ["AttributeSetter"]
