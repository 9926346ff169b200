"""
Headers about caching, and the keys under which whole responses are cached.

``Cache-Control`` and ``Vary`` are edited here, never by hand, so that what one layer asks for is not lost to the next.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable, Sequence
from typing import Any

from fastjango.conf import settings
from fastjango.core.cache import caches
from fastjango.http.conditional import (
    _if_match_passes,
    _if_none_match_passes,
    _not_modified,
    _precondition_failed,
    get_conditional_response,
    set_response_etag,
)
from fastjango.utils.http import http_date
from fastjango.utils.timezone import get_current_timezone_name
from fastjango.utils.translation import get_language

cc_delim_re = re.compile(r"\s*,\s*")


def _split_directive(text: str) -> tuple[str, str | bool]:
    name, equals, value = text.partition("=")
    return name.lower(), value if equals else True


def patch_cache_control(response: Any, **kwargs: Any) -> None:
    """
    Add directives to ``Cache-Control``; underscores stand for hyphens, ``True`` for a directive without a value.

    The shorter of two ``max-age`` stays; ``private`` and ``public`` take one another's place.
    """
    directives: dict[str, Any] = {}
    for field in filter(None, cc_delim_re.split(response.get("Cache-Control", ""))):
        name, value = _split_directive(field)
        if name == "no-cache":
            directives.setdefault(name, []).append(value)
        else:
            directives[name] = value
    if "max-age" in directives and "max_age" in kwargs:
        kwargs["max_age"] = min(int(directives["max-age"]), kwargs["max_age"])
    if "private" in directives and "public" in kwargs:
        del directives["private"]
    elif "public" in directives and "private" in kwargs:
        del directives["public"]
    for keyword, value in kwargs.items():
        name = keyword.replace("_", "-")
        if name == "no-cache":
            known = directives.setdefault(name, [])
            if value not in known:
                known.append(value)
        else:
            directives[name] = value
    parts: list[str] = []
    for name, value in directives.items():
        # no-cache for everything says more than no-cache for some fields.
        values = ([True] if True in value else value) if isinstance(value, list) else [value]
        parts.extend(name if one is True else f"{name}={one}" for one in values)
    response.headers["Cache-Control"] = ", ".join(parts)


def get_max_age(response: Any) -> int | None:
    """Return the seconds of ``max-age``, ``None`` when there are none."""
    if not response.has_header("Cache-Control"):
        return None
    directives = dict(_split_directive(field) for field in cc_delim_re.split(response.headers["Cache-Control"]))
    try:
        return int(directives["max-age"])
    except (ValueError, TypeError, KeyError):
        return None


def patch_response_headers(response: Any, cache_timeout: float | None = None) -> None:
    """Add ``Expires`` and ``max-age`` for *cache_timeout* seconds, ``CACHE_MIDDLEWARE_SECONDS`` when not given."""
    seconds: float = settings.CACHE_MIDDLEWARE_SECONDS if cache_timeout is None else cache_timeout
    seconds = max(seconds, 0)
    if not response.has_header("Expires"):
        response.headers["Expires"] = http_date(time.time() + seconds)
    patch_cache_control(response, max_age=seconds)


def add_never_cache_headers(response: Any) -> None:
    """Have nobody keep the response."""
    patch_response_headers(response, cache_timeout=-1)
    patch_cache_control(response, no_cache=True, no_store=True, must_revalidate=True, private=True)


def patch_vary_headers(response: Any, newheaders: Iterable[str]) -> None:
    """Add header names to ``Vary``; one ``*`` makes it ``*`` alone."""
    names = cc_delim_re.split(response.headers["Vary"]) if response.has_header("Vary") else []
    known = {name.lower() for name in names}
    names += [name for name in newheaders if name.lower() not in known]
    response.headers["Vary"] = "*" if "*" in names else ", ".join(names)


def has_vary_header(response: Any, header_query: str) -> bool:
    """Return whether ``Vary`` has a name."""
    if not response.has_header("Vary"):
        return False
    return header_query.lower() in {name.strip().lower() for name in response.headers["Vary"].split(",")}


# ---------------------------------------------------------------- keys


def _i18n_cache_key_suffix(request: Any, cache_key: str) -> str:
    """Return the key with language and time zone, where a page may depend on them."""
    if settings.USE_I18N:
        cache_key += f".{getattr(request, 'LANGUAGE_CODE', get_language())}"
    if settings.USE_TZ:
        cache_key += f".{get_current_timezone_name()}"
    return cache_key


def _generate_cache_key(request: Any, method: str, headerlist: Sequence[str], key_prefix: str) -> str:
    """Return the key of a page, which depends on the values of the headers it varies on."""
    seen = hashlib.md5(usedforsecurity=False)
    for header in headerlist:
        value = request.META.get(header)
        if value is not None:
            # With its name: the value of one header must not pass for that of another, nor a missing one for an empty.
            seen.update(f"{header}={value}\0".encode())
    url = hashlib.md5(request.build_absolute_uri().encode("ascii"), usedforsecurity=False)
    key = f"views.decorators.cache.cache_page.{key_prefix}.{method}.{url.hexdigest()}.{seen.hexdigest()}"
    return _i18n_cache_key_suffix(request, key)


def _generate_cache_header_key(key_prefix: str, request: Any) -> str:
    """Return the key under which the headers that a page varies on are kept."""
    url = hashlib.md5(request.build_absolute_uri().encode("ascii"), usedforsecurity=False)
    key = f"views.decorators.cache.cache_header.{key_prefix}.{url.hexdigest()}"
    return _i18n_cache_key_suffix(request, key)


def get_cache_key(request: Any, key_prefix: str | None = None, method: str = "GET", cache: Any = None) -> str | None:
    """Return the key of the cached page for *request*, ``None`` when none was cached."""
    prefix: str = settings.CACHE_MIDDLEWARE_KEY_PREFIX if key_prefix is None else key_prefix
    if cache is None:
        cache = caches[settings.CACHE_MIDDLEWARE_ALIAS]
    headerlist = cache.get(_generate_cache_header_key(prefix, request))
    return None if headerlist is None else _generate_cache_key(request, method, headerlist, prefix)


def learn_cache_key(
    request: Any,
    response: Any,
    cache_timeout: float | None = None,
    key_prefix: str | None = None,
    cache: Any = None,
) -> str:
    """Remember which headers the page varies on; return the key for this very response."""
    prefix: str = settings.CACHE_MIDDLEWARE_KEY_PREFIX if key_prefix is None else key_prefix
    if cache_timeout is None:
        cache_timeout = settings.CACHE_MIDDLEWARE_SECONDS
    if cache is None:
        cache = caches[settings.CACHE_MIDDLEWARE_ALIAS]
    headerlist: list[str] = []
    if response.has_header("Vary"):
        names = (name.upper().replace("-", "_") for name in cc_delim_re.split(response.headers["Vary"]))
        # The key has the language itself; the header would only split what is the same.
        headerlist = sorted(f"HTTP_{name}" for name in names if name != "ACCEPT_LANGUAGE" or not settings.USE_I18N)
    cache.set(_generate_cache_header_key(prefix, request), headerlist, cache_timeout)
    return _generate_cache_key(request, request.method, headerlist, prefix)


__all__ = [
    "_generate_cache_header_key",
    "_generate_cache_key",
    "_i18n_cache_key_suffix",
    "_if_match_passes",
    "_if_none_match_passes",
    "_not_modified",
    "_precondition_failed",
    "add_never_cache_headers",
    "cc_delim_re",
    "get_cache_key",
    "get_conditional_response",
    "get_max_age",
    "has_vary_header",
    "learn_cache_key",
    "patch_cache_control",
    "patch_response_headers",
    "patch_vary_headers",
    "set_response_etag",
]
