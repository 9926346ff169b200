"""
A cache in the memory of this process.

Values are kept as tagged JSON where that holds them, else as deep copies: what is changed after ``set`` or ``get``
does not change the cache. Nothing leaves the process.
"""

from __future__ import annotations

import copy
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from fastjango.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from fastjango.core.cache.codecs import UncacheableValue, dumps, loads
from fastjango.core.cache.serializers import make_serializer

# Shared by all caches of one name.
_caches: dict[str, OrderedDict[str, Any]] = {}
_expire_info: dict[str, dict[str, float | None]] = {}
_locks: dict[str, threading.Lock] = {}

_IMMUTABLE = frozenset({type(None), bool, int, float, str, bytes})


class _Serialized:
    """A value as bytes."""

    __slots__ = ("data",)

    def __init__(self, data: Any) -> None:
        self.data = data


class _Copied:
    """A value that only a copy can hold."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class LocMemCache(BaseCache):
    """
    A cache in memory, shared by all threads; the least recently used values go first.

    Args:
        name: Caches of one name share their values.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._cache = _caches.setdefault(name, OrderedDict())
        self._expire_info = _expire_info.setdefault(name, {})
        self._lock = _locks.setdefault(name, threading.Lock())
        given = params.get("OPTIONS", {}).get("serializer")
        self._serializer = None if given is None else make_serializer(given)

    async def _off_loop(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Memory does not block.
        return func(*args, **kwargs)

    def _pack(self, value: Any) -> Any:
        """Return what is kept for *value*."""
        if type(value) in _IMMUTABLE:
            return value
        if self._serializer is not None:
            return _Serialized(self._serializer.dumps(value))
        try:
            return _Serialized(dumps(value))
        except UncacheableValue:
            return _Copied(copy.deepcopy(value))

    def _unpack(self, kept: Any) -> Any:
        if isinstance(kept, _Serialized):
            return loads(kept.data) if self._serializer is None else self._serializer.loads(kept.data)
        if isinstance(kept, _Copied):
            return copy.deepcopy(kept.value)
        return kept

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value unless there is one; return whether it was set."""
        key = self.make_and_validate_key(key, version=version)
        packed = self._pack(value)
        with self._lock:
            if not self._has_expired(key):
                return False
            self._set(key, packed, timeout)
            return True

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value, or *default*."""
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(key):
                self._delete(key)
                return default
            packed = self._cache[key]
            self._cache.move_to_end(key, last=False)
        return self._unpack(packed)

    def _set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> None:
        if len(self._cache) >= self._max_entries:
            self._cull()
        self._cache[key] = value
        self._cache.move_to_end(key, last=False)
        self._expire_info[key] = self.get_backend_timeout(timeout)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Set a value."""
        key = self.make_and_validate_key(key, version=version)
        packed = self._pack(value)
        with self._lock:
            self._set(key, packed, timeout)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Give a value a new time-out; return whether there is one."""
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(key):
                return False
            self._expire_info[key] = self.get_backend_timeout(timeout)
            return True

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Add *delta* to a number in one step; its time-out stays."""
        stored = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(stored):
                self._delete(stored)
                raise ValueError(f"Key '{key}' not found")
            value = self._unpack(self._cache[stored]) + delta
            self._cache[stored] = self._pack(value)
            self._cache.move_to_end(stored, last=False)
        return value

    def has_key(self, key: Any, version: Any = None) -> bool:
        """Return whether there is a value."""
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(key):
                self._delete(key)
                return False
            return True

    def _has_expired(self, key: str) -> bool:
        expires = self._expire_info.get(key, -1)
        return expires is not None and expires <= time.time()

    def _cull(self) -> None:
        if self._cull_frequency == 0:
            self._cache.clear()
            self._expire_info.clear()
            return
        for _ in range(len(self._cache) // self._cull_frequency):
            key, _value = self._cache.popitem()
            del self._expire_info[key]

    def _delete(self, key: str) -> bool:
        try:
            del self._cache[key]
            del self._expire_info[key]
        except KeyError:
            return False
        return True

    def delete(self, key: Any, version: Any = None) -> bool:
        """Remove a value; return whether there was one."""
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            return self._delete(key)

    def clear(self) -> None:
        """Remove everything."""
        with self._lock:
            self._cache.clear()
            self._expire_info.clear()
