"""Which lookups and transforms a field or a transform has.

``epoch`` grows with each registration: cached plans made before are of the past.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from fastjango.db.models.expressions.shape import shaping_names

epoch = 0
_epochs = itertools.count(1)
# Told at the beginning of each epoch.
forgetters: list[Callable[[], None]] = []


def bump_epoch() -> None:
    """Make all cached plans out of date."""
    global epoch  # noqa: PLW0603 - the one counter of the process
    epoch = next(_epochs)
    for forget in forgetters:
        forget()


class _ClassOrInstance:
    """A method with one body for the class and another for its instances."""

    def __init__(self, class_name: str, instance_name: str) -> None:
        self.names = class_name, instance_name

    def __get__(self, instance: Any, owner: type[Any]) -> Callable[..., Any]:
        if instance is None:
            return getattr(owner, self.names[0])  # type: ignore[no-any-return]
        return getattr(instance, self.names[1])  # type: ignore[no-any-return]


class RegisterLookupMixin:
    """Gives ``register_lookup``, ``get_lookup`` and ``get_transform``."""

    class_lookups: ClassVar[dict[str, type[Any]]]

    @classmethod
    @functools.cache  # one entry per field class
    def get_class_lookups(cls) -> dict[str, type[Any]]:
        """Return the lookups of this class and those it inherits."""
        return cls.merge_dicts([parent.__dict__.get("class_lookups", {}) for parent in cls.__mro__])

    @staticmethod
    def merge_dicts(dicts: Sequence[dict[str, type[Any]]]) -> dict[str, type[Any]]:
        """Return all entries; of equal names that of the earlier dictionary."""
        merged: dict[str, type[Any]] = {}
        for entries in reversed(dicts):
            merged.update(entries)
        return merged

    @classmethod
    def _clear_cached_class_lookups(cls) -> None:
        RegisterLookupMixin.get_class_lookups.cache_clear()
        for subclass in _all_subclasses(cls):
            clear = getattr(subclass.get_class_lookups, "cache_clear", None)
            if clear is not None:
                clear()

    def get_instance_lookups(self) -> dict[str, type[Any]]:
        """Return the lookups of this object: its own before those of its class."""
        lookups = self.get_class_lookups()
        own = self.__dict__.get("instance_lookups")
        return {**lookups, **own} if own else lookups

    get_lookups = _ClassOrInstance("get_class_lookups", "get_instance_lookups")

    def _get_lookup(self, lookup_name: str) -> type[Any] | None:
        own = self.__dict__.get("instance_lookups")
        if own and lookup_name in own:
            return own[lookup_name]  # type: ignore[no-any-return]
        return self.get_class_lookups().get(lookup_name)

    def get_lookup(self: Any, lookup_name: str) -> Any:
        """Return the lookup class of that name, or None."""
        found = self._get_lookup(lookup_name)
        if found is None and hasattr(self, "output_field"):
            return self.output_field.get_lookup(lookup_name)
        if found is not None and not getattr(found, "is_lookup", False):
            return None
        return found

    def get_transform(self: Any, lookup_name: str) -> Any:
        """Return the transform class of that name, or None."""
        found = self._get_lookup(lookup_name)
        if found is None and hasattr(self, "output_field"):
            return self.output_field.get_transform(lookup_name)
        if found is not None and not getattr(found, "is_transform", False):
            return None
        return found

    @classmethod
    def register_class_lookup(cls, lookup: type[Any], lookup_name: str | None = None) -> type[Any]:
        """Register a lookup or transform on the class; also a decorator."""
        name = lookup.lookup_name if lookup_name is None else lookup_name
        if "class_lookups" not in cls.__dict__:
            cls.class_lookups = {}
        cls.class_lookups[name] = lookup
        cls._clear_cached_class_lookups()
        _noted(lookup, name)
        return lookup

    def register_instance_lookup(self, lookup: type[Any], lookup_name: str | None = None) -> type[Any]:
        """Register a lookup or transform on this object only."""
        name = lookup.lookup_name if lookup_name is None else lookup_name
        self.__dict__.setdefault("instance_lookups", {})[name] = lookup
        _noted(lookup, name)
        return lookup

    register_lookup = _ClassOrInstance("register_class_lookup", "register_instance_lookup")

    @classmethod
    def _unregister_class_lookup(cls, lookup: type[Any], lookup_name: str | None = None) -> None:
        """Take a lookup away again; for tests."""
        del cls.class_lookups[lookup.lookup_name if lookup_name is None else lookup_name]
        cls._clear_cached_class_lookups()
        bump_epoch()

    def _unregister_instance_lookup(self, lookup: type[Any], lookup_name: str | None = None) -> None:
        """Take a lookup of this object away again; for tests."""
        del self.__dict__["instance_lookups"][lookup.lookup_name if lookup_name is None else lookup_name]
        bump_epoch()

    _unregister_lookup = _ClassOrInstance("_unregister_class_lookup", "_unregister_instance_lookup")


def _all_subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    yield cls
    for subclass in cls.__subclasses__():
        yield from _all_subclasses(subclass)


def _noted(lookup: type[Any], name: str) -> None:
    if getattr(lookup, "value_shapes_sql", False):
        shaping_names.add(name)
    bump_epoch()


__all__ = ["RegisterLookupMixin", "bump_epoch"]
