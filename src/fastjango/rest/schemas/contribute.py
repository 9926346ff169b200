"""Puts API views found in ``ROOT_URLCONF`` into the application's OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fastjango.conf import settings
from fastjango.rest.schemas.openapi import AutoSchema
from fastjango.urls import URLResolver, get_resolver
from fastjango.urls.resolvers import RoutePattern

_converter = re.compile(r"<(?:[^>:]+:)?(\w+)>")
_METHODS = ("get", "post", "put", "patch", "delete")


def _group_end(regex: str, start: int) -> int:
    """Return the place behind the group that begins at *start*."""
    depth, at = 0, start
    while at < len(regex):
        if regex[at] == "\\":
            at += 1
        elif regex[at] == "(":
            depth += 1
        elif regex[at] == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return at


def simplify(regex: str) -> str:
    """Return a regular expression of a URL as an OpenAPI path: named groups become ``{name}``."""
    out, at = "", 0
    while at < len(regex):
        if regex.startswith("(?P<", at):
            end = regex.index(">", at)
            out += "{" + regex[at + 4 : end] + "}"
            at = _group_end(regex, at)
        elif regex[at] in "^$?":
            at += 1
        elif regex[at] == "\\" and at + 1 < len(regex):
            # An escaped character stands for itself; \Z and the like for none.
            out += regex[at + 1] if not regex[at + 1].isalpha() else ""
            at += 2
        else:
            out += regex[at]
            at += 1
    return out


def _text(pattern: Any) -> str:
    route = str(pattern)
    return _converter.sub(r"{\1}", route) if isinstance(pattern, RoutePattern) else simplify(route)


def api_endpoints(resolver: Any = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Yield path and view function of all API views, those with format suffixes left out."""
    if resolver is None:
        resolver = get_resolver(settings.ROOT_URLCONF)
    for pattern in resolver.url_patterns:
        path = prefix + _text(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from api_endpoints(pattern, path)
        elif hasattr(pattern.callback, "cls") and "{format}" not in path:
            yield path, pattern.callback


def contribute(app: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return paths and components for the application's document."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for path, callback in api_endpoints():
        cls = callback.cls
        # A view says so, or its schema is another's business.
        if getattr(cls, "schema", None) is None or not hasattr(cls, "get_view_description"):
            continue
        actions = getattr(callback, "actions", None)
        methods = actions or {name: None for name in _METHODS if hasattr(cls, name)}
        for method in _METHODS:
            if method not in methods:
                continue
            view = cls(**getattr(callback, "initkwargs", {}))
            view.request = None
            view.args, view.kwargs, view.format_kwarg = (), {}, None
            if actions:
                view.action, view.action_map = actions[method], actions
            inspector = view.schema
            if not isinstance(inspector, AutoSchema):
                continue
            paths.setdefault(path, {})[method] = inspector.get_operation(path, method, schemas)
    return paths, {"schemas": schemas}
