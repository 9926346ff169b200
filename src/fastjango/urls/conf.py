"""``path()``, ``re_path()`` and ``include()``: what a URLconf is written with."""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.urls.patterns import LocalePrefixPattern, RegexPattern, RoutePattern
from fastjango.urls.resolve import URLPattern, URLResolver
from fastjango.urls.routers import RouterPattern

Included = tuple[Any, str | None, str | None]


def _is_router(value: Any) -> bool:
    """Return whether *value* is a FastAPI router; where FastAPI is not imported there is none."""
    fastapi = sys.modules.get("fastapi")
    return fastapi is not None and isinstance(value, fastapi.APIRouter)


def include(arg: Any, namespace: str | None = None) -> Included:
    """
    Return what ``path()`` needs to put other patterns behind a prefix.

    Args:
        arg: Module, dotted path, list of patterns, pair of list and ``app_name``, or a FastAPI ``APIRouter``.
        namespace: The instance namespace; the application namespace when not given.
    Raises:
        ImproperlyConfigured: A namespace without ``app_name``, or language prefixes below another pattern.
    """
    app_name = None
    if isinstance(arg, tuple):
        try:
            urlconf, app_name = arg
        except ValueError:
            if namespace:
                raise ImproperlyConfigured(
                    "Cannot override the namespace for a dynamic module that provides a namespace."
                ) from None
            raise ImproperlyConfigured(
                f"Passing a {len(arg)}-tuple to include() is not supported. Pass a 2-tuple containing the list of "
                "patterns and app_name, and provide the namespace argument to include() instead."
            ) from None
    else:
        urlconf = arg
    if isinstance(urlconf, str):
        urlconf = import_module(urlconf)
    if _is_router(urlconf):
        return urlconf, app_name, namespace or app_name
    patterns = getattr(urlconf, "urlpatterns", urlconf)
    app_name = getattr(urlconf, "app_name", app_name)
    if namespace and not app_name:
        raise ImproperlyConfigured(
            "Specifying a namespace in include() without providing an app_name is not supported. Set the app_name "
            "attribute in the included module, or pass a 2-tuple containing the list of patterns and app_name instead."
        )
    # A list is known already; a module's own patterns may not be complete yet.
    if isinstance(patterns, list | tuple):
        for entry in patterns:
            if isinstance(getattr(entry, "pattern", None), LocalePrefixPattern):
                raise ImproperlyConfigured("Using i18n_patterns in an included URLconf is not allowed.")
    return urlconf, app_name, namespace or app_name


def _path(
    route: Any, view: Any, kwargs: dict[str, Any] | None = None, name: str | None = None, Pattern: Any = None
) -> Any:
    if kwargs is not None and not isinstance(kwargs, dict):
        raise TypeError(f"kwargs argument must be a dict, but got {type(kwargs).__name__}.")
    if _is_router(view):
        view = (view, None, None)
    if isinstance(view, list | tuple):
        pattern = Pattern(route, is_endpoint=False)
        urlconf, app_name, namespace = view
        kind: Any = RouterPattern if _is_router(urlconf) else URLResolver
        return kind(pattern, urlconf, kwargs, app_name=app_name, namespace=namespace)
    if callable(view):
        return URLPattern(Pattern(route, name=name, is_endpoint=True), view, kwargs, name)
    if hasattr(type(view), "as_view"):
        cls = type(view).__name__
        raise TypeError(f"view must be a callable, pass {cls}.as_view(), not {cls}().")
    raise TypeError("view must be a callable or a list/tuple in the case of include().")


path = partial(_path, Pattern=RoutePattern)
re_path = partial(_path, Pattern=RegexPattern)

__all__ = ["include", "path", "re_path"]
