"""A cache in Redis; several servers are one to write to and the others to read from."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from typing import Any

from fastjango.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from fastjango.core.cache.serializers import JSONSerializer, make_serializer
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.utils.functional import cached_property
from fastjango.utils.module_loading import import_string


class RedisSerializer(JSONSerializer):
    """Tagged JSON, with whole numbers left to Redis, which can count."""

    def dumps(self, obj: Any) -> Any:
        """Return *obj* as bytes, or as the number that it is."""
        return obj if type(obj) is int else super().dumps(obj)

    def loads(self, data: Any) -> Any:
        """Return the value."""
        try:
            return int(data)
        except ValueError:
            return super().loads(data)


class RedisCacheClient:
    """
    Talks to the servers.

    Args:
        serializer: See ``serializers.py``.
        pool_class: Of redis-py, or its dotted path.
        options: For the connection pool.
    """

    def __init__(
        self,
        servers: list[str],
        serializer: Any = None,
        pool_class: Any = None,
        parser_class: Any = None,
        **options: Any,
    ) -> None:
        try:
            import redis
        except ImportError as error:
            raise ImproperlyConfigured(
                "The Redis cache needs the redis package: pip install 'fastjango[redis]'."
            ) from error
        self._lib = redis
        self._servers = servers
        self._pools: dict[int, Any] = {}
        self._client = redis.Redis
        if isinstance(pool_class, str):
            pool_class = import_string(pool_class)
        self._pool_class = pool_class or redis.ConnectionPool
        if isinstance(parser_class, str):
            parser_class = import_string(parser_class)
        if parser_class is not None:
            options["parser_class"] = parser_class
        self._pool_options = options
        self._serializer = RedisSerializer() if serializer is None else make_serializer(serializer)

    def _get_connection_pool_index(self, write: bool) -> int:
        # The first server takes the writes.
        if write or len(self._servers) == 1:
            return 0
        return random.randint(1, len(self._servers) - 1)

    def _get_connection_pool(self, write: bool) -> Any:
        index = self._get_connection_pool_index(write)
        if index not in self._pools:
            self._pools[index] = self._pool_class.from_url(self._servers[index], **self._pool_options)
        return self._pools[index]

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return a client; *key* is for subclasses that spread keys over servers."""
        return self._client(connection_pool=self._get_connection_pool(write))

    def add(self, key: str, value: Any, timeout: Any) -> bool:
        """Set a value unless there is one."""
        client = self.get_client(key, write=True)
        value = self._serializer.dumps(value)
        if timeout == 0:
            # Redis knows no such time-out: set it for nobody.
            added = bool(client.set(key, value, nx=True))
            if added:
                client.delete(key)
            return added
        return bool(client.set(key, value, ex=timeout, nx=True))

    def get(self, key: str, default: Any) -> Any:
        """Return a value, or *default*."""
        value = self.get_client(key).get(key)
        return default if value is None else self._serializer.loads(value)

    def set(self, key: str, value: Any, timeout: Any) -> None:
        """Set a value."""
        client = self.get_client(key, write=True)
        if timeout == 0:
            client.delete(key)
        else:
            client.set(key, self._serializer.dumps(value), ex=timeout)

    def touch(self, key: str, timeout: Any) -> bool:
        """Give a value a new time-out."""
        client = self.get_client(key, write=True)
        return bool(client.persist(key)) if timeout is None else bool(client.expire(key, timeout))

    def delete(self, key: str) -> bool:
        """Remove a value."""
        return bool(self.get_client(key, write=True).delete(key))

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the values that there are."""
        keys = list(keys)
        values = self.get_client(None).mget(keys) if keys else []
        return {
            key: self._serializer.loads(value) for key, value in zip(keys, values, strict=True) if value is not None
        }

    def has_key(self, key: str) -> bool:
        """Return whether there is a value."""
        return bool(self.get_client(key).exists(key))

    def incr(self, key: str, delta: int) -> Any:
        """Add *delta* to a number in one step."""
        client = self.get_client(key, write=True)
        if not client.exists(key):
            raise ValueError(f"Key '{key}' not found.")
        return client.incr(key, delta)

    def set_many(self, data: dict[str, Any], timeout: Any) -> None:
        """Set several values in one trip."""
        pipeline = self.get_client(None, write=True).pipeline()
        pipeline.mset({key: self._serializer.dumps(value) for key, value in data.items()})
        if timeout is not None:
            for key in data:
                pipeline.expire(key, timeout)
        pipeline.execute()

    def delete_many(self, keys: Iterable[str]) -> None:
        """Remove several values."""
        self.get_client(None, write=True).delete(*keys)

    def clear(self) -> bool:
        """Remove everything in the database."""
        return bool(self.get_client(None, write=True).flushdb())


class RedisCache(BaseCache):
    """
    A cache in Redis.

    Args:
        server: Addresses, as a list or separated by commas or semicolons.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._servers = re.split("[;,]", server) if isinstance(server, str) else server
        self._class = RedisCacheClient
        self._options = params.get("OPTIONS", {})

    @cached_property
    def _cache(self) -> Any:
        return self._class(self._servers, **self._options)

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> Any:
        """Return the time-out in whole seconds, None for never, zero for at once."""
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        # A negative one has passed already.
        return None if timeout is None else max(0, int(timeout))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value unless there is one; return whether it was set."""
        key = self.make_and_validate_key(key, version=version)
        return bool(self._cache.add(key, value, self.get_backend_timeout(timeout)))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value, or *default*."""
        return self._cache.get(self.make_and_validate_key(key, version=version), default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Set a value."""
        key = self.make_and_validate_key(key, version=version)
        self._cache.set(key, value, self.get_backend_timeout(timeout))

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
        return {names[name]: value for name, value in self._cache.get_many(names.keys()).items()}

    def has_key(self, key: Any, version: Any = None) -> bool:
        """Return whether there is a value."""
        return bool(self._cache.has_key(self.make_and_validate_key(key, version=version)))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Add *delta* to a number in one step; ``ValueError`` when there is none."""
        return self._cache.incr(self.make_and_validate_key(key, version=version), delta)

    def set_many(self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        """Set several values in one trip."""
        if data:
            named = {self.make_and_validate_key(key, version=version): value for key, value in data.items()}
            self._cache.set_many(named, self.get_backend_timeout(timeout))
        return []

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        """Remove several values in one trip."""
        names = [self.make_and_validate_key(key, version=version) for key in keys]
        if names:
            self._cache.delete_many(names)

    def clear(self) -> Any:
        """Remove everything in the database."""
        return self._cache.clear()
