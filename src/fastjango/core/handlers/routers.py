"""
FastAPI routers that stand in ``urlpatterns``.

``path("api/", include(router))`` and ``path("api/", router)`` are patterns with a prefix; here they become one FastAPI
router per URLconf, with the patterns' prefixes as FastAPI prefixes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter

from fastjango.core.signals import setting_changed
from fastjango.urls import RouterPattern, get_resolver

_mounted: dict[Any, APIRouter] = {}


class NoRoute(Exception):
    """No FastAPI route matches the path."""


_PARAMETER = re.compile(r"<(?:(?P<converter>[^>:]+):)?(?P<name>[^>]+)>")
# FastAPI's converters; another one of ours falls back to a plain segment, which FastAPI then types.
_CONVERTERS = {"int": ":int", "path": ":path", "uuid": ":uuid"}


def mounted_router(urlconf: Any) -> APIRouter:
    """Return the router of all routers in *urlconf*; it has no routes when there are none."""
    key = urlconf if isinstance(urlconf, str) else id(urlconf)
    router = _mounted.get(key)
    if router is None:
        router = APIRouter()
        router.default = no_route
        for prefix, pattern in _walk(get_resolver(urlconf).url_patterns, ""):
            router.include_router(pattern.router, prefix=_fastapi_prefix(prefix + str(pattern.pattern)))
        if len(_mounted) > 64:
            _mounted.clear()
        _mounted[key] = router
    return router


async def no_route(scope: Any, receive: Any, send: Any) -> None:
    """What a router does where none of its routes matches: it says so, and the next one is asked."""
    raise NoRoute


def _walk(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, RouterPattern):
            yield prefix, pattern
        elif hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, prefix + str(pattern.pattern))


def _fastapi_prefix(route: str) -> str:
    path = "/" + _PARAMETER.sub(_parameter, route).lstrip("/")
    return path.rstrip("/")


def _parameter(match: re.Match[str]) -> str:
    return "{" + match["name"] + _CONVERTERS.get(match["converter"] or "", "") + "}"


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting in {"ROOT_URLCONF", "INSTALLED_APPS"}:
        _mounted.clear()


setting_changed.connect(_forget)
