"""From patterns of URLs to view objects: the endpoints that a schema describes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import PermissionDenied
from fastjango.http import Http404
from fastjango.rest import exceptions
from fastjango.rest.request import clone_request
from fastjango.rest.schemas.paths import uri_template
from fastjango.rest.settings import api_settings
from fastjango.rest.views import APIView
from fastjango.urls import URLPattern, URLResolver

_ORDER = {"GET": 0, "POST": 1, "PUT": 2, "PATCH": 3, "DELETE": 4}


def get_pk_name(model: Any) -> str:
    """Return the name of the primary key, of the parent where the model inherits it."""
    key = model._meta.concrete_model._meta.pk
    while key.remote_field and key.remote_field.parent_link:
        key = key.remote_field.model._meta.pk
    return str(key.name)


def is_api_view(callback: Any) -> bool:
    """Return whether a view function belongs to an API view or viewset."""
    cls = getattr(callback, "cls", None)
    return isinstance(cls, type) and issubclass(cls, APIView)


def endpoint_ordering(endpoint: tuple[str, str, Any]) -> tuple[int]:
    """Return the sorting key of an endpoint: reading first, deleting last."""
    return (_ORDER.get(endpoint[1], 5),)


class EndpointEnumerator:
    """
    Finds the endpoints below patterns.

    Args:
        patterns: Where to look; those of *urlconf* when not given.
        urlconf: A module or its dotted path; ``ROOT_URLCONF`` when not given.
    """

    def __init__(self, patterns: Any = None, urlconf: Any = None) -> None:
        if patterns is None:
            urlconf = settings.ROOT_URLCONF if urlconf is None else urlconf
            patterns = (import_module(urlconf) if isinstance(urlconf, str) else urlconf).urlpatterns
        self.patterns = patterns

    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> list[tuple[str, str, Any]]:
        """Return path, method and view function of each endpoint, ordered by method."""
        found: list[tuple[str, str, Any]] = []
        for pattern in self.patterns if patterns is None else patterns:
            text = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += self.get_api_endpoints(pattern.url_patterns, text)
            elif isinstance(pattern, URLPattern):
                path = self.get_path_from_regex(text)
                if self.should_include_endpoint(path, pattern.callback):
                    methods = self.get_allowed_methods(pattern.callback)
                    found += [(path, method, pattern.callback) for method in methods]
        return sorted(found, key=endpoint_ordering)

    def get_path_from_regex(self, path_regex: str) -> str:
        """Return the text of patterns as a URI template."""
        return uri_template(path_regex)

    def should_include_endpoint(self, path: str, callback: Any) -> bool:
        """Return whether a schema shows the endpoint: API views that do not refuse, without format suffixes."""
        if not is_api_view(callback) or callback.cls.schema is None:
            return False
        if callback.initkwargs.get("schema", True) is None:
            return False
        return not path.endswith((".{format}", ".{format}/"))

    def get_allowed_methods(self, callback: Any) -> list[str]:
        """Return the methods that the view answers, those about the view itself left out."""
        if getattr(callback, "actions", None) is not None:
            methods: Iterable[str] = [
                name.upper() for name in callback.actions if name in callback.cls.http_method_names
            ]
        else:
            methods = callback.cls().allowed_methods
        return [method for method in methods if method not in ("OPTIONS", "HEAD")]


class BaseSchemaGenerator:
    """
    Base of generators: finds endpoints and makes their views. A subclass says in ``get_schema()`` what becomes of them.

    Args:
        title, description, version: Of the API.
        url: What stands in front of all paths.
        patterns, urlconf: Where endpoints are looked for.
    """

    endpoint_inspector_cls: Any = EndpointEnumerator
    #: Whether ``{pk}`` is shown by the name of the model's field; ``SCHEMA_COERCE_PATH_PK``.
    coerce_path_pk: Any = None

    def __init__(
        self,
        title: str | None = None,
        url: str | None = None,
        description: str | None = None,
        patterns: Any = None,
        urlconf: Any = None,
        version: str | None = None,
    ) -> None:
        self.coerce_path_pk = api_settings.SCHEMA_COERCE_PATH_PK
        self.patterns = patterns
        self.urlconf = urlconf
        self.title = title
        self.description = description
        self.version = version
        self.url = f"{url}/" if url and not url.endswith("/") else url
        self.endpoints: Any = None

    def _initialise_endpoints(self) -> None:
        if self.endpoints is None:
            self.endpoints = self.endpoint_inspector_cls(self.patterns, self.urlconf).get_api_endpoints()

    def _get_paths_and_endpoints(self, request: Any) -> tuple[list[str], list[tuple[str, str, Any]]]:
        """Return all paths, and path, method and view object of each endpoint."""
        paths, endpoints = [], []
        for pattern_path, method, callback in self.endpoints:
            view = self.create_view(callback, method, request)
            path = self.coerce_path(pattern_path, method, view)
            paths.append(path)
            endpoints.append((path, method, view))
        return paths, endpoints

    def create_view(self, callback: Any, method: str, request: Any = None) -> Any:
        """Return a view object as it would answer *method*, with the user of *request* where there is one."""
        view = callback.cls(**getattr(callback, "initkwargs", {}))
        view.args, view.kwargs, view.format_kwarg = (), {}, None
        view.request = clone_request(request, method) if request is not None else None
        view.action_map = actions = getattr(callback, "actions", None)
        if actions is not None:
            view.action = "metadata" if method == "OPTIONS" else actions.get(method.lower())
        return view

    def coerce_path(self, path: str, method: str, view: Any) -> str:
        """Return *path* with the name of the model's key for ``{pk}``, ``{id}`` where there is no model."""
        if not self.coerce_path_pk or "{pk}" not in path:
            return path
        model = getattr(getattr(view, "queryset", None), "model", None)
        name = get_pk_name(model) if model else "id"
        return path.replace("{pk}", f"{{{name}}}")

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """Return the schema; with a request and not *public*, of what its user may see."""
        raise NotImplementedError(".get_schema() must be implemented in subclasses.")

    def has_view_permissions(self, path: str, method: str, view: Any) -> bool:
        """Return whether the user may see the endpoint; without a request everybody may."""
        if view.request is None:
            return True
        with contextlib.suppress(exceptions.APIException, Http404, PermissionDenied):
            view.check_permissions(view.request)
            return True
        return False


__all__ = ["BaseSchemaGenerator", "EndpointEnumerator", "endpoint_ordering", "get_pk_name", "is_api_view"]
