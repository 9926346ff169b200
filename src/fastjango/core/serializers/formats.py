"""Which formats there are, and the functions that take a format's name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from fastjango.conf import settings
from fastjango.core.serializers.base import SerializerDoesNotExist

_HERE = "fastjango.core.serializers"

BUILTIN_SERIALIZERS = {
    "xml": f"{_HERE}.xml_serializer",
    "python": f"{_HERE}.python",
    "json": f"{_HERE}.json",
    "yaml": f"{_HERE}.pyyaml",
    "jsonl": f"{_HERE}.jsonl",
}


def _formats() -> dict[str, Any]:
    """Return the modules by format; they hang on the package, where tests replace them."""
    found: dict[str, Any] = vars(sys.modules[_HERE]).setdefault("_serializers", {})
    return found


class BadSerializer:
    """Stands for a format whose module cannot be imported; the reason is raised when it is used."""

    internal_use_only = False

    def __init__(self, exception: BaseException) -> None:
        self.exception = exception

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise self.exception


def register_serializer(
    format: str,  # noqa: A002 - Django's name
    serializer_module: str,
    serializers: dict[str, Any] | None = None,
) -> None:
    """
    Add a format.

    Args:
        serializer_module: Dotted path of a module with ``Serializer`` and ``Deserializer``.
        serializers: Add it to this dictionary, instead of the formats of the process.
    """
    if serializers is None and not _formats():
        _load_serializers()
    module: Any
    try:
        module = importlib.import_module(serializer_module)
    except ImportError as error:
        bad = BadSerializer(error)
        module = ModuleType("bad_serializer")
        module.Deserializer = bad
        module.Serializer = bad
    (_formats() if serializers is None else serializers)[format] = module


def unregister_serializer(format: str) -> None:  # noqa: A002 - Django's name
    """Remove a format."""
    if not _formats():
        _load_serializers()
    if format not in _formats():
        raise SerializerDoesNotExist(format)
    del _formats()[format]


def get_serializer(format: str) -> Any:  # noqa: A002 - Django's name
    """Return the ``Serializer`` class of a format; ``SerializerDoesNotExist`` when there is none."""
    return _module_of(format).Serializer


def get_serializer_formats() -> list[str]:
    """Return the names of all formats."""
    if not _formats():
        _load_serializers()
    return list(_formats())


def get_public_serializer_formats() -> list[str]:
    """Return the names of the formats that give text."""
    return [name for name in get_serializer_formats() if not _formats()[name].Serializer.internal_use_only]


def get_deserializer(format: str) -> Any:  # noqa: A002 - Django's name
    """Return the ``Deserializer`` of a format; ``SerializerDoesNotExist`` when there is none."""
    return _module_of(format).Deserializer


def serialize(format: str, queryset: Any, **options: Any) -> Any:  # noqa: A002 - Django's name
    """Return the objects of *queryset* in a format."""
    serializer = get_serializer(format)()
    serializer.serialize(queryset, **options)
    return serializer.getvalue()


def deserialize(format: str, stream_or_string: Any, **options: Any) -> Iterator[Any]:  # noqa: A002 - Django's name
    """Yield the objects that a text holds as ``DeserializedObject``s."""
    found: Iterator[Any] = get_deserializer(format)(stream_or_string, **options)
    return found


def _module_of(name: str) -> Any:
    if not _formats():
        _load_serializers()
    try:
        return _formats()[name]
    except KeyError:
        raise SerializerDoesNotExist(name) from None


def _load_serializers() -> None:
    """Collect the built-in formats and those of ``SERIALIZATION_MODULES``."""
    found: dict[str, Any] = {}
    modules = {**BUILTIN_SERIALIZERS, **getattr(settings, "SERIALIZATION_MODULES", {})}
    for name, module in modules.items():
        register_serializer(name, module, found)
    _formats().update(found)
