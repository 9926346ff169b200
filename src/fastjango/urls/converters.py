"""Converters of ``path()``: how a part of the path looks and which value it becomes."""

from __future__ import annotations

import functools
import uuid
import warnings
from typing import Any, Protocol

from fastjango.core.exceptions import RemovedInDjango60Warning


class Converter(Protocol):
    """
    One kind of path parameter.

        class YearConverter:
            regex = "[0-9]{4}"
            def to_python(self, value): return int(value)
            def to_url(self, value): return f"{value:04d}"
    """

    regex: str

    def to_python(self, value: str, /) -> Any:
        """Return the view's value; ``ValueError`` means the pattern does not match."""
        ...

    def to_url(self, value: Any, /) -> str:
        """Return the text for an address; ``ValueError`` means the value cannot stand there."""
        ...


class IntConverter:
    """Zero or a positive integer."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """Return the integer."""
        return int(value)

    def to_url(self, value: Any) -> str:
        """Return its digits."""
        return str(value)


class StringConverter:
    """Any text without a slash."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Return the text."""
        return value

    def to_url(self, value: Any) -> Any:
        """Return the text."""
        return value


class UUIDConverter:
    """A UUID in lower case with dashes."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

    def to_python(self, value: str) -> uuid.UUID:
        """Return the UUID."""
        return uuid.UUID(value)

    def to_url(self, value: Any) -> str:
        """Return its text form."""
        return str(value)


class SlugConverter(StringConverter):
    """ASCII letters, digits, hyphens and underscores."""

    regex = "[-a-zA-Z0-9_]+"


class PathConverter(StringConverter):
    """Any text, slashes included."""

    regex = ".+"


DEFAULT_CONVERTERS: dict[str, Converter] = {
    "int": IntConverter(),
    "path": PathConverter(),
    "slug": SlugConverter(),
    "str": StringConverter(),
    "uuid": UUIDConverter(),
}
REGISTERED_CONVERTERS: dict[str, Converter] = {}


def register_converter(converter: type[Converter], type_name: str) -> None:
    """Make *converter* usable as ``<type_name:parameter>``."""
    if type_name in REGISTERED_CONVERTERS or type_name in DEFAULT_CONVERTERS:
        warnings.warn(
            f"Converter {type_name!r} is already registered. Support for overriding "
            "registered converters is deprecated and will be removed in Django 6.0.",
            RemovedInDjango60Warning,
            stacklevel=2,
        )
    REGISTERED_CONVERTERS[type_name] = converter()
    get_converters.cache_clear()
    # Routes are translated once; those made before must see the new converter.
    for clear in on_register:
        clear()


# Filled by patterns.py, which keeps compiled routes.
on_register: list[Any] = []


@functools.cache
def get_converters() -> dict[str, Converter]:
    """Return all converters by name."""
    return {**DEFAULT_CONVERTERS, **REGISTERED_CONVERTERS}


def get_converter(raw_converter: str) -> Converter:
    """Return one converter; ``KeyError`` when there is none of that name."""
    return get_converters()[raw_converter]


__all__ = [
    "DEFAULT_CONVERTERS",
    "REGISTERED_CONVERTERS",
    "Converter",
    "IntConverter",
    "PathConverter",
    "SlugConverter",
    "StringConverter",
    "UUIDConverter",
    "get_converter",
    "get_converters",
    "on_register",
    "register_converter",
]
