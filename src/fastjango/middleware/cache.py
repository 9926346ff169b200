"""
Whole pages in the cache: one half stores on the way out, the other answers on the way in.

Nothing private is stored: no answer to a request with an Authorization header, none that sets a cookie or says
``private``, ``no-cache``, ``no-store`` or ``Vary: *``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from fastjango.conf import settings
from fastjango.core.cache import DEFAULT_CACHE_ALIAS, caches
from fastjango.http.caching import (
    get_cache_key,
    get_max_age,
    has_vary_header,
    learn_cache_key,
    patch_response_headers,
    patch_vary_headers,
)
from fastjango.http.stored import freeze_response, thaw_response
from fastjango.utils.deprecation import MiddlewareMixin
from fastjango.utils.http import parse_http_date_safe

_UNCACHED_DIRECTIVES = frozenset(["no-cache", "no-store", "private"])


class _CacheSettings(MiddlewareMixin):
    """Which cache, and under which keys."""

    cache_alias: str
    key_prefix: str

    def __init__(self, get_response: Callable[..., Any]) -> None:
        super().__init__(get_response)
        self.key_prefix = settings.CACHE_MIDDLEWARE_KEY_PREFIX
        self.cache_alias = settings.CACHE_MIDDLEWARE_ALIAS

    @property
    def cache(self) -> Any:
        """The cache of this context."""
        return caches[self.cache_alias]


class UpdateCacheMiddleware(_CacheSettings):
    """Stores pages; first in ``MIDDLEWARE``, so that it sees the response last."""

    page_timeout: Any = None

    def __init__(self, get_response: Callable[..., Any]) -> None:
        super().__init__(get_response)
        self.cache_timeout = settings.CACHE_MIDDLEWARE_SECONDS

    def _should_update_cache(self, request: Any, response: Any) -> bool:
        return hasattr(request, "_cache_update_cache") and request._cache_update_cache

    def process_response(self, request: Any, response: Any) -> Any:
        """Store the response where it may be stored, and say for how long it is good."""
        if not self._should_update_cache(request, response):
            return response
        if response.streaming or response.status_code not in (200, 304):
            return response
        control = response.get("Cache-Control", "")
        directives = {part.partition("=")[0].strip().lower() for part in control.split(",")}
        if request.META.get("HTTP_AUTHORIZATION") and "public" not in directives:
            # Other caches on the way must not mix these up either.
            patch_vary_headers(response, ("Authorization",))
        # Whoever gets the page from the cache must not get somebody else's cookie or page with it.
        if response.cookies or "Set-Cookie" in response or "HTTP_AUTHORIZATION" in request.META:
            return response
        if directives & _UNCACHED_DIRECTIVES or has_vary_header(response, "*"):
            return response
        # The page's own time goes before the response's, that before the middleware's.
        timeout = self.page_timeout
        if timeout is None:
            timeout = get_max_age(response)
            if timeout is None:
                timeout = self.cache_timeout
            elif timeout == 0:
                # The response asks not to be kept.
                return response
        patch_response_headers(response, timeout)
        if timeout and response.status_code == 200:
            cache_key = learn_cache_key(request, response, timeout, self.key_prefix, cache=self.cache)
            if hasattr(response, "add_post_render_callback"):
                response.add_post_render_callback(lambda rendered: self._store(cache_key, rendered, timeout))
            else:
                self._store(cache_key, response, timeout)
        return response

    def _store(self, cache_key: str, response: Any, timeout: Any) -> None:
        self.cache.set(cache_key, freeze_response(response), timeout)


class FetchFromCacheMiddleware(_CacheSettings):
    """Answers from the cache; last in ``MIDDLEWARE``, so that the others have done what the key depends on."""

    def process_request(self, request: Any) -> Any:
        """Return the stored page, or mark the request as one to store."""
        if request.method not in ("GET", "HEAD"):
            request._cache_update_cache = False
            return None
        cache_key = get_cache_key(request, self.key_prefix, "GET", cache=self.cache)
        if cache_key is None:
            request._cache_update_cache = True
            return None
        stored = self.cache.get(cache_key)
        if stored is None and request.method == "HEAD":
            cache_key = get_cache_key(request, self.key_prefix, "HEAD", cache=self.cache)
            stored = self.cache.get(cache_key)
        if stored is None:
            request._cache_update_cache = True
            return None
        response = thaw_response(stored)
        self._set_age(response)
        request._cache_update_cache = False
        return response

    @staticmethod
    def _set_age(response: Any) -> None:
        """Tell how long the page has been in the cache, from its lifetime and what is left of it."""
        max_age = get_max_age(response)
        expires = parse_http_date_safe(response.get("Expires", ""))
        if max_age is None or expires is None:
            return
        left = expires - int(time.time())
        response.headers["Age"] = max(0, min(max_age, max_age - left))


class CacheMiddleware(UpdateCacheMiddleware, FetchFromCacheMiddleware):
    """
    Both halves in one, for small sites and for ``cache_page()``.

    Args:
        page_timeout: Seconds, before what response and settings say.
    """

    def __init__(
        self,
        get_response: Callable[..., Any],
        cache_timeout: Any = None,
        page_timeout: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(get_response)
        # Given, even as None, they go before the settings.
        if "key_prefix" in kwargs:
            self.key_prefix = kwargs["key_prefix"] or ""
        if "cache_alias" in kwargs:
            self.cache_alias = kwargs["cache_alias"] or DEFAULT_CACHE_ALIAS
        if cache_timeout is not None:
            self.cache_timeout = cache_timeout
        self.page_timeout = page_timeout


__all__ = ["CacheMiddleware", "FetchFromCacheMiddleware", "UpdateCacheMiddleware"]
