"""
How cached values become bytes and come back: tagged JSON by default, pickle only for those who ask for it.

``CACHES[alias]["OPTIONS"]["serializer"]`` names another class, by dotted path. Design: docs/design/cache-values.md.
"""

from __future__ import annotations

import pickle
from typing import Any, Protocol

from fastjango.core.cache.codecs import dumps, loads
from fastjango.utils.module_loading import import_string


class Serializer(Protocol):
    """Turns a value into bytes and back."""

    def dumps(self, obj: Any) -> Any:
        """Return *obj* as bytes."""
        ...

    def loads(self, data: Any) -> Any:
        """Return the value of such bytes."""
        ...


class JSONSerializer:
    """Tagged JSON: safe to read, whoever wrote it."""

    def dumps(self, obj: Any) -> bytes:
        """Return *obj* as bytes; ``TypeError`` for objects that no codec knows."""
        return dumps(obj)

    def loads(self, data: Any) -> Any:
        """Return the value of such bytes."""
        return loads(data)


class PickleSerializer:
    """
    Pickle, for values that JSON cannot hold.

    Whoever can write to the cache can run code in the processes that read it: only for caches that nobody
    else reaches.
    """

    def __init__(self, protocol: int | None = None) -> None:
        self.protocol = pickle.HIGHEST_PROTOCOL if protocol is None else protocol

    def dumps(self, obj: Any) -> bytes:
        """Return *obj* as bytes."""
        return pickle.dumps(obj, self.protocol)

    def loads(self, data: Any) -> Any:
        """Return the value of such bytes."""
        return pickle.loads(data)  # noqa: S301 - asked for by the project


def make_serializer(given: Any = None) -> Serializer:
    """Return a serializer for the option: an object, a class, a dotted path, or None for tagged JSON."""
    if given is None:
        return JSONSerializer()
    if isinstance(given, str):
        given = import_string(given)
    made: Any = given() if callable(given) else given
    return made  # type: ignore[no-any-return]
