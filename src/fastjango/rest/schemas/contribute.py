"""Puts API views found in ``ROOT_URLCONF`` into the application's OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastjango.conf import settings
from fastjango.rest.schemas.openapi import AutoSchema
from fastjango.rest.schemas.operations import ViewOperations
from fastjango.rest.schemas.paths import route_template, simplify
from fastjango.urls import URLResolver, get_resolver
from fastjango.urls.resolvers import RoutePattern

_METHODS = ("get", "post", "put", "patch", "delete")


def _text(pattern: Any) -> str:
    text = str(pattern)
    return route_template(text) if isinstance(pattern, RoutePattern) else simplify(text)


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
            if type(inspector).get_operation is not AutoSchema.get_operation:
                # The project describes its operations itself.
                operation = inspector.get_operation(path, method.upper())
                schemas.update(inspector.get_components(path, method.upper()))
            else:
                operation = ViewOperations(view, inspector).get_operation(path, method, schemas)
            paths.setdefault(path, {})[method] = operation
    return paths, {"schemas": schemas}
