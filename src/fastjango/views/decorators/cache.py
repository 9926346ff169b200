"""Caching of single views: in our cache, and in browsers and proxies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastjango.http.caching import add_never_cache_headers, patch_cache_control
from fastjango.middleware.cache import CacheMiddleware
from fastjango.utils.decorators import decorator_from_middleware_with_args
from fastjango.views.decorators.around import View, around


def cache_page(
    timeout: float | None, *, cache: str | None = None, key_prefix: str | None = None
) -> Callable[[View], View]:
    """
    Keep the view's pages in the cache.

    Args:
        timeout: Seconds.
        cache: Alias of the cache, the default one when not given.
    """
    return decorator_from_middleware_with_args(CacheMiddleware)(
        page_timeout=timeout, cache_alias=cache, key_prefix=key_prefix
    )


def _require_request(request: Any, decorator: str) -> None:
    if not hasattr(request, "META"):
        raise TypeError(
            f"{decorator} didn't receive an HttpRequest. If you are decorating a classmethod, be sure to use "
            "@method_decorator."
        )


def cache_control(**kwargs: Any) -> Callable[[View], View]:
    """Add directives to ``Cache-Control``."""

    def before(request: Any, *view_args: Any, **view_kwargs: Any) -> None:
        _require_request(request, "cache_control")

    def after(request: Any, response: Any) -> None:
        patch_cache_control(response, **kwargs)

    return lambda viewfunc: around(viewfunc, before=before, after=after)


def never_cache(view_func: View) -> View:
    """Have nobody keep the view's responses."""

    def before(request: Any, *args: Any, **kwargs: Any) -> None:
        _require_request(request, "never_cache")

    def after(request: Any, response: Any) -> None:
        add_never_cache_headers(response)

    return around(view_func, before=before, after=after)


__all__ = ["cache_control", "cache_page", "never_cache"]
