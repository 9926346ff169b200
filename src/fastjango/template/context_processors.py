"""Context processors: functions of a request that give names to every template."""

from __future__ import annotations

import itertools
from typing import Any

from fastjango.conf import settings
from fastjango.db import connections
from fastjango.http.csrf import get_token
from fastjango.utils.functional import SimpleLazyObject, lazy
from fastjango.utils.timezone import get_current_timezone_name
from fastjango.utils.translation import get_language, get_language_bidi

__all__ = ["csrf", "debug", "i18n", "media", "request", "static", "tz"]


def csrf(request: Any) -> dict[str, Any]:
    """Give ``csrf_token``; it is made when it is used. Always active."""

    def value() -> str:
        token = get_token(request)
        # Without a token the tag must not think that the context was forgotten.
        return "NOTPROVIDED" if token is None else token

    return {"csrf_token": SimpleLazyObject(value)}


def debug(request: Any) -> dict[str, Any]:
    """Give ``debug`` and ``sql_queries`` to people at ``INTERNAL_IPS`` while ``DEBUG`` is on."""
    if not settings.DEBUG or request.META.get("REMOTE_ADDR") not in settings.INTERNAL_IPS:
        return {}

    def queries() -> list[Any]:
        return list(itertools.chain.from_iterable(connections[alias].queries for alias in connections))

    return {"debug": True, "sql_queries": lazy(queries, list)()}


def i18n(request: Any) -> dict[str, Any]:
    """Give ``LANGUAGES``, ``LANGUAGE_CODE`` and ``LANGUAGE_BIDI``."""
    return {
        "LANGUAGES": settings.LANGUAGES,
        "LANGUAGE_CODE": get_language(),
        "LANGUAGE_BIDI": get_language_bidi(),
    }


def tz(request: Any) -> dict[str, Any]:
    """Give ``TIME_ZONE``."""
    return {"TIME_ZONE": get_current_timezone_name()}


def static(request: Any) -> dict[str, Any]:
    """Give ``STATIC_URL``."""
    return {"STATIC_URL": settings.STATIC_URL}


def media(request: Any) -> dict[str, Any]:
    """Give ``MEDIA_URL``."""
    return {"MEDIA_URL": settings.MEDIA_URL}


def request(request: Any) -> dict[str, Any]:
    """Give ``request``."""
    return {"request": request}
