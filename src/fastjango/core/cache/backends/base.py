"""
Base of caches: keys, versions, time-outs, and every method in terms of a few.

A backend gives ``add get set touch delete clear``; the async twins run them without blocking the loop.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.utils.module_loading import import_string
from fastjango.utils.regex_helper import _lazy_re_compile
from fastjango.utils.worlds import in_thread


class InvalidCacheBackendError(ImproperlyConfigured):
    """``CACHES`` names a backend that is not there, or no such alias."""


class CacheKeyWarning(RuntimeWarning):
    """A key that memcached would refuse."""


class InvalidCacheKey(ValueError):
    """A key that this cache refuses."""


# In place of a time-out: the cache's own.
DEFAULT_TIMEOUT: Any = object()

# What memcached accepts.
MEMCACHE_MAX_KEY_LENGTH = 250
_UNSAFE = _lazy_re_compile(r"[\x00-\x20\x7f]")
_MISSING: Any = object()


def default_key_func(key: Any, key_prefix: str, version: Any) -> str:
    """Return the key as it is stored: ``prefix:version:key``."""
    return f"{key_prefix}:{version}:{key}"


def get_key_func(key_func: Any) -> Callable[..., str]:
    """Return a key function given as such, by its dotted path, or not at all."""
    if key_func is None:
        return default_key_func
    found: Any = key_func if callable(key_func) else import_string(key_func)
    return found  # type: ignore[no-any-return]


def memcache_key_warnings(key: str) -> Iterable[str]:
    """Yield what memcached would not like about *key*."""
    if len(key) > MEMCACHE_MAX_KEY_LENGTH:
        yield (f"Cache key will cause errors if used with memcached: {key!r} (longer than {MEMCACHE_MAX_KEY_LENGTH})")
    if _UNSAFE.search(key):
        yield f"Cache key contains characters that will cause errors if used with memcached: {key!r}"


class BaseCache:
    """
    A cache.

    Args:
        params: The configuration, without backend and location.
    """

    _missing_key = _MISSING

    def __init__(self, params: dict[str, Any]) -> None:
        timeout = params.get("timeout", params.get("TIMEOUT", 300))
        self.default_timeout = None if timeout is None else _int_or(timeout, 300)
        options = params.get("OPTIONS", {})
        max_entries = params.get("max_entries", options.get("MAX_ENTRIES", 300))
        self._max_entries = _int_or(max_entries, 300)
        cull_frequency = params.get("cull_frequency", options.get("CULL_FREQUENCY", 3))
        self._cull_frequency = _int_or(cull_frequency, 3)
        self.key_prefix = params.get("KEY_PREFIX", "")
        self.version = params.get("VERSION", 1)
        self.key_func = get_key_func(params.get("KEY_FUNCTION"))

    # --- keys and times ----------------------------------------------------------------------

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> float | None:
        """Return when a value expires, in seconds since the epoch; None for never, a past time for at once."""
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        elif timeout == 0:
            # Unlike memcached, where it means never.
            timeout = -1
        return None if timeout is None else time.time() + timeout

    def make_key(self, key: Any, version: Any = None) -> str:
        """Return the key as it is stored."""
        return self.key_func(key, self.key_prefix, self.version if version is None else version)

    def validate_key(self, key: str) -> None:
        """Warn about a key that would not work with memcached."""
        for warning in memcache_key_warnings(key):
            warnings.warn(warning, CacheKeyWarning, stacklevel=3)

    def make_and_validate_key(self, key: Any, version: Any = None) -> str:
        """Return the key as it is stored, after a look at it."""
        key = self.make_key(key, version=version)
        self.validate_key(key)
        return str(key)

    async def _off_loop(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a method from async code; in a worker thread unless the backend knows better."""
        return await in_thread(func, *args, **kwargs)

    # --- what backends give ------------------------------------------------------------------

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value unless there is one; return whether it was set."""
        raise NotImplementedError("subclasses of BaseCache must provide an add() method")

    async def aadd(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value unless there is one, from async code."""
        return bool(await self._off_loop(self.add, key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value, or *default*."""
        raise NotImplementedError("subclasses of BaseCache must provide a get() method")

    async def aget(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value, or *default*, from async code."""
        return await self._off_loop(self.get, key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Set a value; for *timeout* seconds, or for ever when it is None."""
        raise NotImplementedError("subclasses of BaseCache must provide a set() method")

    async def aset(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Set a value from async code."""
        await self._off_loop(self.set, key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Give a value a new time-out; return whether there is one."""
        raise NotImplementedError("subclasses of BaseCache must provide a touch() method")

    async def atouch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Give a value a new time-out, from async code."""
        return bool(await self._off_loop(self.touch, key, timeout, version))

    def delete(self, key: Any, version: Any = None) -> bool:
        """Remove a value; return whether there was one."""
        raise NotImplementedError("subclasses of BaseCache must provide a delete() method")

    async def adelete(self, key: Any, version: Any = None) -> bool:
        """Remove a value, from async code."""
        return bool(await self._off_loop(self.delete, key, version))

    def clear(self) -> Any:
        """Remove everything."""
        raise NotImplementedError("subclasses of BaseCache must provide a clear() method")

    async def aclear(self) -> Any:
        """Remove everything, from async code."""
        return await self._off_loop(self.clear)

    # --- in terms of those -------------------------------------------------------------------

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        """Return the values that there are for *keys*."""
        found = {}
        for key in keys:
            value = self.get(key, self._missing_key, version=version)
            if value is not self._missing_key:
                found[key] = value
        return found

    async def aget_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        """Return the values that there are for *keys*, from async code."""
        found: dict[Any, Any] = await self._off_loop(self.get_many, list(keys), version)
        return found

    def get_or_set(self, key: Any, default: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> Any:
        """Return a value; when there is none, set it to *default*, or to what that returns."""
        value = self.get(key, self._missing_key, version=version)
        if value is self._missing_key:
            if callable(default):
                default = default()
            self.add(key, default, timeout=timeout, version=version)
            # Somebody may have been faster.
            return self.get(key, default, version=version)
        return value

    async def aget_or_set(self, key: Any, default: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> Any:
        """Return a value; when there is none, set it to *default*, from async code."""
        value = await self.aget(key, self._missing_key, version=version)
        if value is self._missing_key:
            if callable(default):
                default = default()
            await self.aadd(key, default, timeout=timeout, version=version)
            return await self.aget(key, default, version=version)
        return value

    def has_key(self, key: Any, version: Any = None) -> bool:
        """Return whether there is a value."""
        return self.get(key, self._missing_key, version=version) is not self._missing_key

    async def ahas_key(self, key: Any, version: Any = None) -> bool:
        """Return whether there is a value, from async code."""
        return bool(await self._off_loop(self.has_key, key, version))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Add *delta* to a number and return it; ``ValueError`` when there is none."""
        value = self.get(key, self._missing_key, version=version)
        if value is self._missing_key:
            raise ValueError(f"Key '{key}' not found")
        self.set(key, value + delta, version=version)
        return value + delta

    async def aincr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Add *delta* to a number, from async code."""
        return await self._off_loop(self.incr, key, delta, version)

    def decr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Take *delta* from a number and return it; ``ValueError`` when there is none."""
        return self.incr(key, -delta, version=version)

    async def adecr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Take *delta* from a number, from async code."""
        return await self.aincr(key, -delta, version=version)

    def __contains__(self, key: Any) -> bool:
        # Through has_key, which backends override.
        return self.has_key(key)

    def set_many(self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        """Set several values; return the keys that could not be set."""
        for key, value in data.items():
            self.set(key, value, timeout=timeout, version=version)
        return []

    async def aset_many(self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        """Set several values, from async code."""
        failed: list[Any] = await self._off_loop(self.set_many, data, timeout, version)
        return failed

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        """Remove several values."""
        for key in keys:
            self.delete(key, version=version)

    async def adelete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        """Remove several values, from async code."""
        await self._off_loop(self.delete_many, list(keys), version)

    def incr_version(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Move a value to a higher version and return that."""
        if version is None:
            version = self.version
        value = self.get(key, self._missing_key, version=version)
        if value is self._missing_key:
            raise ValueError(f"Key '{key}' not found")
        self.set(key, value, version=version + delta)
        self.delete(key, version=version)
        return version + delta

    async def aincr_version(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Move a value to a higher version, from async code."""
        return await self._off_loop(self.incr_version, key, delta, version)

    def decr_version(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Move a value to a lower version and return that."""
        return self.incr_version(key, -delta, version)

    async def adecr_version(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Move a value to a lower version, from async code."""
        return await self.aincr_version(key, -delta, version)

    def close(self, **kwargs: Any) -> None:
        """Give connections back."""

    async def aclose(self, **kwargs: Any) -> None:
        """Give connections back, from async code."""
        self.close(**kwargs)


def _int_or(value: Any, fallback: int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return fallback
