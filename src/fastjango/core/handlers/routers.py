"""
FastAPI's routes as a table: which route has a path, found by its literal parts.

``urlpatterns`` may hold routers (``path("api/", include(router))``); with their prefixes they become one FastAPI router per
URLconf. A route is run directly, so that a path is matched once. ``app.py`` asks here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from fastapi import APIRouter
from fastapi.params import Form
from fastapi.routing import APIRoute, iter_route_contexts
from starlette._utils import get_route_path
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Match

from fastjango.core.handlers.direct import direct_handler
from fastjango.core.signals import setting_changed
from fastjango.urls import RouterPattern, get_resolver

Scope = MutableMapping[str, Any]

_mounted: dict[Any, APIRouter] = {}
_first_segments: dict[Any, frozenset[str] | None] = {}

_PARAMETER = re.compile(r"<(?:(?P<converter>[^>:]+):)?(?P<name>[^>]+)>")
# FastAPI's converters; another one of ours falls back to a plain segment, which FastAPI then types.
_CONVERTERS = {"int": ":int", "path": ":path", "uuid": ":uuid"}


class NoRoute(Exception):
    """No FastAPI route matches the path."""


async def no_route(scope: Any, receive: Any, send: Any) -> None:
    """What a router does where none of its routes matches: it says so, and the next one is asked."""
    if scope.get("fastjango.nested"):
        raise HTTPException(404)
    raise NoRoute


class Entry:
    """A route in a table, with what is known of it beforehand."""

    __slots__ = (
        "handler",
        "inclusion",
        "known",
        "methods",
        "order",
        "original",
        "overrides",
        "reads_whole",
        "route",
    )

    def __init__(self, order: int, route: Any) -> None:
        self.order = order
        self.route = route
        self.original = route.original_route
        self.inclusion = getattr(route, "_route_context", None)
        self.methods = getattr(route, "methods", None) or frozenset()
        # FastAPI's own handler, where the route's response can be taken before it is sent.
        self.handler = direct_handler(route)
        # What has the dependency overrides of the application.
        self.overrides = getattr(route, "dependency_overrides_provider", None)
        self.reads_whole = _reads_whole(self.original)
        # What the route adds to the scope of a request for its path, which has no parameters; None where it has to be asked.
        self.known: Scope | None = None

    def learn(self, path: str) -> None:
        """Ask the route, of FastAPI's own class, once what a match of its literal *path* adds to the scope."""
        match, child_scope = self.route.matches({"type": "http", "path": path, "method": "", "root_path": ""})
        if match is not Match.NONE and child_scope.keys() <= {"endpoint", "path_params", "route"}:
            self.known = child_scope

    def match(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether the route has the request, and what it adds to the scope."""
        if self.known is None:
            found: tuple[Match, Scope] = self.route.matches(scope)
            return found
        child_scope = {**self.known, "path_params": dict(scope.get("path_params", ()))}
        is_method = not self.methods or scope["method"] in self.methods
        return Match.FULL if is_method else Match.PARTIAL, child_scope


class FoundRoute:
    """A route that matches a request; an ASGI application that runs it."""

    __slots__ = ("_child_scope", "_entry")

    def __init__(self, entry: Entry, child_scope: Scope) -> None:
        self._entry = entry
        self._child_scope = child_scope

    @property
    def reads_whole(self) -> bool:
        """Whether the route reads its body into memory before its function runs."""
        return self._entry.reads_whole

    def direct(self, scope: Scope) -> Any:
        """Return the route's handler where it may be called directly, the scope made ready; else None."""
        entry = self._entry
        if entry.handler is None or scope["method"] not in entry.methods:
            return None
        if entry.overrides is not None and entry.overrides.dependency_overrides:
            return None
        self._enter(scope)
        scope["route"] = entry.original
        return entry.handler

    def _enter(self, scope: Scope) -> None:
        for key, value in self._child_scope.items():
            known = scope.get(key)
            if key != "path_params" and isinstance(known, dict) and isinstance(value, dict):
                known.update(value)
            else:
                scope[key] = value
        if self._entry.inclusion is not None:
            # As FastAPI tells dependencies and middleware which inclusion of the router this is.
            scope.setdefault("fastapi", {})["effective_route_context"] = self._entry.inclusion

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._enter(scope)
        route = self._entry.route
        original = self._entry.original
        methods = self._entry.methods
        if isinstance(original, APIRoute) and (not methods or scope["method"] in methods):
            scope["route"] = original
            await route.app(scope, receive, send)
        else:
            handle = original.handle if isinstance(original, APIRoute) else getattr(route, "handle", original.handle)
            await handle(scope, receive, send)


class RouteTable:
    """The routes of one router, and of the routers it includes, by literal path and by first segment."""

    def __init__(self, router: Any) -> None:
        self.router = router
        self.size = len(router.routes)
        # Where routes have methods of their own, and where limits of forms are set, the router finds its route itself.
        self.is_stock = not _looks_itself(router)
        self._literal: dict[str, list[Entry]] = {}
        self._by_segment: dict[str, list[Entry]] = {}
        self._anywhere: list[Entry] = []
        for order, route in enumerate(iter_route_contexts(router.routes)):
            entry = Entry(order, route)
            path = route.path
            if path is None:
                self._anywhere.append(entry)
            elif isinstance(route.original_route, APIRoute) and "{" not in path:
                self._literal.setdefault(path, []).append(entry)
                if self.is_stock:
                    entry.learn(path)
            else:
                first = path.lstrip("/").partition("/")[0]
                if not first or "{" in first:
                    self._anywhere.append(entry)
                else:
                    self._by_segment.setdefault(first, []).append(entry)

    def find(self, scope: Scope) -> FoundRoute | None:
        """Return the first route for method and path; else one for the path alone; or None."""
        # Behind a proxy that strips nothing the path begins with the root path.
        path: str = get_route_path(dict(scope)) if scope.get("root_path") else scope["path"]
        candidates = self._literal.get(path, ())
        others = self._by_segment.get(path[1:].partition("/")[0], ())
        if self._anywhere or (candidates and others):
            candidates = sorted([*candidates, *others, *self._anywhere], key=_order)
        partial: FoundRoute | None = None
        for entry in candidates or others:
            match, child_scope = entry.match(scope)
            if match is Match.FULL:
                return FoundRoute(entry, child_scope)
            if match is Match.PARTIAL and partial is None:
                partial = FoundRoute(entry, child_scope)
        return partial

    def find_or_redirect(self, request: Any, scope: Scope) -> Any:
        """Return an ASGI application for the request, or None; a path that only lacks a slash is redirected."""
        watched = scope.get("fastapi.telemetry") is not None
        found: Any = None
        if self.is_stock and not watched:
            found = self.find(scope)
        elif any(route.matches(scope)[0] is not Match.NONE for route in self.router.routes):
            return WholeRouter(self.router)
        if found is not None:
            return found
        path = scope["path"]
        if not self.router.redirect_slashes or path == "/":
            return None
        other = {**scope, "path": path.rstrip("/") if path.endswith("/") else path + "/"}
        if self.find(other) is None:
            return None
        # The address has the host that was asked; it is one of ours.
        request.get_host()
        if watched:
            return WholeRouter(self.router)
        return RedirectResponse(str(URL(scope=other)), status_code=307)


class WholeRouter:
    """An ASGI application that lets a router find its route; it has one for the path."""

    __slots__ = ("router",)

    def __init__(self, router: Any) -> None:
        self.router = router

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["fastjango.nested"] = True
        await self.router(scope, receive, send)


def _order(entry: Entry) -> int:
    return entry.order


def _reads_whole(route: Any) -> bool:
    """Whether FastAPI reads the body of any type into memory for a route: it has a body, and that is no form."""
    body = getattr(route, "body_field", None)
    return body is not None and not isinstance(body.field_info, Form)


def _looks_itself(router: Any) -> bool:
    """Whether *router*, or one that it includes, has routes with methods of their own, or limits of forms."""
    if router.form_limits or _is_own(type(router), ("app", "__call__")):
        return True
    for route in router.routes:
        included = getattr(route, "original_router", None)
        if included is None:
            if _is_own(type(route), ("matches", "handle", "__call__")):
                return True
        elif route.include_context.form_limits or route.include_context.max_body_size is not None:
            return True
        elif _looks_itself(included):
            return True
        elif _is_own(type(included), ("matches", "handle")):
            return True
    return False


def limits_bodies(router: Any) -> bool:
    """Whether *router*, a route in it or a router that it includes has a limit of its own for bodies."""
    if router.max_body_size is not None:
        return True
    for route in router.routes:
        included = getattr(route, "original_router", None)
        of_route = route if included is None else route.include_context
        if getattr(of_route, "max_body_size", None) is not None or (included is not None and limits_bodies(included)):
            return True
    return False


def _is_own(cls: type, names: tuple[str, ...]) -> bool:
    """Whether a class outside of FastAPI and Starlette defines one of the methods."""
    for name in names:
        owner = next((base for base in cls.__mro__ if name in base.__dict__), None)
        if owner is not None and owner.__module__.partition(".")[0] not in {"fastapi", "starlette"}:
            return True
    return False


_tables: dict[int, RouteTable] = {}


def route_table(router: Any) -> RouteTable:
    """Return the table of *router*, made anew when routes were added to it."""
    table = _tables.get(id(router))
    if table is None or table.size != len(router.routes) or table.router is not router:
        if len(_tables) > 64:
            _tables.clear()
        table = _tables[id(router)] = RouteTable(router)
    return table


def last_resort(router: Any) -> Any:
    """Return an ASGI application for what no ordinary route has: front ends of *router*, None where it has none."""
    if not (router._low_priority_routes or any(map(_low_priority, router.routes))):
        return None

    return WholeRouter(router)


def _low_priority(route: Any) -> Any:
    routes = getattr(route, "effective_low_priority_routes", None)
    return routes is not None and routes()


# ---------------------------------------------------------------- routers among the URL patterns


def mounted_router(urlconf: Any, app: Any = None) -> APIRouter:
    """Return the router of all routers in *urlconf*, with the dependency overrides of *app*; it may have no routes."""
    key = (urlconf if isinstance(urlconf, str) else id(urlconf), id(app))
    router = _mounted.get(key)
    if router is None:
        router = APIRouter(dependency_overrides_provider=app)
        router.default = no_route
        for prefix, pattern in _walk(get_resolver(urlconf).url_patterns, ""):
            router.include_router(pattern.router, prefix=_fastapi_prefix(prefix + str(pattern.pattern)))
        if len(_mounted) > 64:
            _mounted.clear()
        _mounted[key] = router
    return router


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


def has_rivals(urlconf: Any, path: str) -> bool:
    """Return whether a URL pattern that is no router could match *path* as well; then the patterns are asked first."""
    key = urlconf if isinstance(urlconf, str) else id(urlconf)
    if key not in _first_segments:
        if len(_first_segments) > 64:
            _first_segments.clear()
        found: set[str] = set()
        literal = _collect(get_resolver(urlconf).url_patterns, found)
        _first_segments[key] = frozenset(found) if literal else None
    segments = _first_segments[key]
    return segments is None or path[1:].partition("/")[0] in segments


def _collect(patterns: Any, found: set[str]) -> bool:
    """Add the first segments of *patterns*; False when one of them may begin with anything."""
    for pattern in patterns:
        if isinstance(pattern, RouterPattern):
            continue
        route = getattr(pattern.pattern, "_route", None)
        if route is None:
            return False
        text = str(route)
        if not text and hasattr(pattern, "url_patterns"):
            if not _collect(pattern.url_patterns, found):
                return False
            continue
        first, slash, _ = text.partition("/")
        if "<" in first or (not slash and hasattr(pattern, "url_patterns")):
            return False
        found.add(first)
    return True


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting in {"ROOT_URLCONF", "INSTALLED_APPS"}:
        _mounted.clear()
        _first_segments.clear()


setting_changed.connect(_forget)
