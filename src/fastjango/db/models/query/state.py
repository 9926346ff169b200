"""
What few querysets have besides their question: a database, columns, prefetches.

It stands in an object of its own, which the copies of a queryset share until one of them is changed: a verb copies the
question and one reference.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from .iterables import ModelIterable


class Rare:
    """The state of a queryset that is mostly at its default; never changed in place."""

    __slots__ = (
        "db",
        "fetch_mode",
        "fields",
        "for_write",
        "hints",
        "iterable_class",
        "known_related_objects",
        "prefetch_related_lookups",
    )

    def __init__(self) -> None:
        self.db: str | None = None
        self.hints: dict[str, Any] = {}
        self.for_write = False
        self.prefetch_related_lookups: tuple[Any, ...] = ()
        self.known_related_objects: dict[Any, dict[Any, Any]] = {}
        self.iterable_class: Any = ModelIterable
        self.fields: tuple[Any, ...] | None = None
        self.fetch_mode: Any = None

    def but(self, name: str, value: Any) -> Rare:
        """Return a copy with another value."""
        other = Rare.__new__(Rare)
        other.db = self.db
        other.hints = self.hints
        other.for_write = self.for_write
        other.prefetch_related_lookups = self.prefetch_related_lookups
        other.known_related_objects = self.known_related_objects
        other.iterable_class = self.iterable_class
        other.fields = self.fields
        other.fetch_mode = self.fetch_mode
        setattr(other, name, value)
        return other


COMMON = Rare()
"""What a queryset of ``Model.objects`` has."""

RARE_NAMES = tuple(f"_{name}" for name in Rare.__slots__)
"""The attributes of querysets that stand in their ``Rare``."""


def rare(name: str) -> Any:
    """Return the attribute of querysets that stands in their ``Rare`` as *name*."""

    def change(queryset: Any, value: Any) -> None:
        state = queryset._rare
        if getattr(state, name) is not value:
            queryset._rare = state.but(name, value)

    return property(attrgetter(f"_rare.{name}"), change)


__all__ = ["COMMON", "RARE_NAMES", "Rare", "rare"]
