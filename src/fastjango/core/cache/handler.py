"""``caches``: the caches of the setting ``CACHES`` by alias; ``cache``: the one called default."""

from __future__ import annotations

from typing import Any

from fastjango.core import signals
from fastjango.core.cache.backends.base import InvalidCacheBackendError
from fastjango.utils.connection import BaseConnectionHandler, ConnectionProxy
from fastjango.utils.module_loading import import_string

DEFAULT_CACHE_ALIAS = "default"


class CacheHandler(BaseConnectionHandler):
    """Caches by alias, made when first asked for."""

    settings_name = "CACHES"
    exception_class = InvalidCacheBackendError

    def create_connection(self, alias: str) -> Any:
        """Return a cache for the configuration of *alias*."""
        params = dict(self.settings[alias])
        backend = params.pop("BACKEND")
        location = params.pop("LOCATION", "")
        try:
            backend_class = import_string(backend)
        except ImportError as error:
            raise InvalidCacheBackendError(f"Could not find backend '{backend}': {error}") from error
        return backend_class(location, params)


caches = CacheHandler()
cache: Any = ConnectionProxy(caches, DEFAULT_CACHE_ALIAS)


def close_caches(**kwargs: Any) -> None:
    """Tell the caches in use that a request is over; some give their connections back."""
    caches.close_all()


signals.request_finished.connect(close_caches)
