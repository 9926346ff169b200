"""Caches in memcached, by pymemcache or pylibmc."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any

from fastjango.core.cache.backends.base import (
    DEFAULT_TIMEOUT,
    BaseCache,
    InvalidCacheKey,
    memcache_key_warnings,
)
from fastjango.core.cache.serializers import make_serializer
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.utils.functional import cached_property

_THIRTY_DAYS = 30 * 24 * 3600  # seconds; beyond it memcached takes a time-out for a date


class BaseMemcachedCache(BaseCache):
    """What both libraries share."""

    def __init__(
        self, server: Any, params: dict[str, Any], library: Any, value_not_found_exception: type[Exception]
    ) -> None:
        super().__init__(params)
        self._servers = re.split("[;,]", server) if isinstance(server, str) else server
        self.LibraryValueNotFoundException = value_not_found_exception
        self._lib = library
        self._class: Any = library.Client
        self._options = dict(params.get("OPTIONS") or {})
        self._serializer = make_serializer(self._options.pop("serializer", None))

    @property
    def client_servers(self) -> Any:
        """The servers as the library takes them."""
        return self._servers

    @cached_property
    def _cache(self) -> Any:
        return self._class(self.client_servers, **self._options)

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> int:
        """Return the time-out as memcached takes it: seconds, or a date when it is long."""
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        if timeout is None:
            return 0  # never
        if int(timeout) == 0:
            return -1  # at once
        if timeout > _THIRTY_DAYS:
            timeout += int(time.time())
        return int(timeout)

    def _dump(self, value: Any) -> Any:
        """Return the value as the library keeps it; numbers stay numbers, which memcached can count."""
        return value if type(value) is int else self._serializer.dumps(value)

    def _load(self, kept: Any) -> Any:
        return kept if isinstance(kept, int) else self._serializer.loads(kept)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value unless there is one; return whether it was set."""
        key = self.make_and_validate_key(key, version=version)
        return bool(self._cache.add(key, self._dump(value), self.get_backend_timeout(timeout)))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value, or *default*."""
        kept = self._cache.get(self.make_and_validate_key(key, version=version))
        return default if kept is None else self._load(kept)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Set a value; one that is too large removes the old one."""
        key = self.make_and_validate_key(key, version=version)
        if not self._cache.set(key, self._dump(value), self.get_backend_timeout(timeout)):
            self._cache.delete(key)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Give a value a new time-out; return whether there is one."""
        key = self.make_and_validate_key(key, version=version)
        return bool(self._cache.touch(key, self.get_backend_timeout(timeout)))

    def delete(self, key: Any, version: Any = None) -> bool:
        """Remove a value; return whether there was one."""
        return bool(self._cache.delete(self.make_and_validate_key(key, version=version)))

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        """Return the values that there are for *keys*, in one trip."""
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        found = self._cache.get_multi(names.keys())
        return {names[name]: self._load(value) for name, value in found.items()}

    def close(self, **kwargs: Any) -> None:
        """Close the connections; they are opened again when needed."""
        self._cache.disconnect_all()

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Add *delta* to a number in one step; ``ValueError`` when there is none."""
        name = self.make_and_validate_key(key, version=version)
        try:
            # memcached counts in one direction per command.
            value = self._cache.incr(name, delta) if delta >= 0 else self._cache.decr(name, -delta)
        except self.LibraryValueNotFoundException:
            value = None
        if value is None:
            raise ValueError(f"Key '{key}' not found")
        return value

    def set_many(self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        """Set several values in one trip; return the keys that could not be set."""
        names = {self.make_and_validate_key(key, version=version): key for key in data}
        kept = {name: self._dump(data[key]) for name, key in names.items()}
        failed = self._cache.set_multi(kept, self.get_backend_timeout(timeout))
        return [names[name] for name in failed]

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        """Remove several values in one trip."""
        self._cache.delete_multi([self.make_and_validate_key(key, version=version) for key in keys])

    def clear(self) -> None:
        """Remove everything."""
        self._cache.flush_all()

    def validate_key(self, key: str) -> None:
        """Refuse a key that memcached would refuse."""
        for warning in memcache_key_warnings(key):
            raise InvalidCacheKey(warning)


class PyLibMCCache(BaseMemcachedCache):
    """A cache in memcached, by pylibmc."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        try:
            import pylibmc  # type: ignore[import-not-found]
        except ImportError as error:
            raise ImproperlyConfigured("This cache needs the pylibmc package.") from error
        super().__init__(server, params, library=pylibmc, value_not_found_exception=pylibmc.NotFound)

    @property
    def client_servers(self) -> Any:
        """The servers without ``unix:``, which pylibmc does not know."""
        return [server.removeprefix("unix:") for server in self._servers]

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Give a value a new time-out; return whether there is one."""
        key = self.make_and_validate_key(key, version=version)
        if timeout == 0:
            return bool(self._cache.delete(key))
        return bool(self._cache.touch(key, self.get_backend_timeout(timeout)))

    def close(self, **kwargs: Any) -> None:
        """Keep the connections: libmemcached manages them."""


class _Bytes:
    """How pymemcache keeps our bytes: numbers as text, everything else as it is."""

    def serialize(self, key: Any, value: Any) -> tuple[Any, int]:
        """Return bytes and a flag that tells numbers apart."""
        return (str(value).encode(), 2) if isinstance(value, int) else (value, 0)

    def deserialize(self, key: Any, value: Any, flags: int) -> Any:
        """Return the value."""
        return int(value) if flags & 2 else value


class PyMemcacheCache(BaseMemcachedCache):
    """A cache in memcached, by pymemcache."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        try:
            import pymemcache
        except ImportError as error:
            raise ImproperlyConfigured(
                "This cache needs the pymemcache package: pip install 'fastjango[memcached]'."
            ) from error
        super().__init__(server, params, library=pymemcache, value_not_found_exception=KeyError)
        self._class = pymemcache.HashClient
        self._options = {
            "allow_unicode_keys": True,
            "default_noreply": False,
            "serde": _Bytes(),
            **self._options,
        }
