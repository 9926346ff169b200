"""The slot through which expressions and lookups know the field classes above them.

``fields/__init__.py`` calls ``provide_fields({"CharField": CharField, ...})`` once. Lookups
and transforms are declared with ``@lookup_of("CharField")`` and are registered on the
field class as soon as it is provided, whichever of the two is imported first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fastjango.core.exceptions import FieldError

_classes: dict[str, type[Any]] = {}
_waiting: dict[str, list[type[Any]]] = {}

C = TypeVar("C", bound=type[Any])


def provide_fields(classes: Mapping[str, type[Any]]) -> None:
    """Fill the slot (called by ``db/models/fields``); waiting lookups are registered."""
    _classes.update(classes)
    for name in classes:
        for lookup in _waiting.pop(name, ()):
            _classes[name].register_lookup(lookup)


def field_class(name: str) -> type[Any]:
    """Return the field class called *name*, such as ``"IntegerField"``."""
    try:
        return _classes[name]
    except KeyError:
        raise LookupError(f"The field class {name} is not known yet; import fastjango.db.models first.") from None


def make_field(name: str, **options: Any) -> Any:
    """Return a new field that belongs to no model, for use as an output field."""
    return field_class(name)(**options)


def is_field(value: Any, *names: str) -> bool:
    """Whether *value* is an instance of one of the named field classes."""
    return any(isinstance(value, _classes[name]) for name in names if name in _classes)


def known_field(expression: Any) -> Any:
    """Return the output field of *expression*, or None where it has none or its parts disagree (nobody asked yet)."""
    try:
        return getattr(expression, "_output_field_or_none", None)
    except FieldError:
        return None


def lookup_of(*names: str) -> Callable[[C], C]:
    """Register the decorated lookup or transform on these field classes."""

    def register(lookup: C) -> C:
        for name in names:
            if name in _classes:
                _classes[name].register_lookup(lookup)
            else:
                _waiting.setdefault(name, []).append(lookup)
        return lookup

    return register


class Output:
    """A class attribute ``output_field`` that makes its field at the first look."""

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        self.options = options
        self.field: Any = None

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        if self.field is None:
            self.field = make_field(self.name, **self.options)
        return self.field


__all__ = ["Output", "field_class", "is_field", "known_field", "lookup_of", "make_field", "provide_fields"]
