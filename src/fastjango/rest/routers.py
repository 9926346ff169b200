"""Routers: URL patterns from viewsets."""

from __future__ import annotations

import itertools
from collections import namedtuple
from collections.abc import Iterable
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.rest import views
from fastjango.rest.response import Response
from fastjango.rest.reverse import reverse
from fastjango.rest.urlpatterns import format_suffix_patterns
from fastjango.urls import NoReverseMatch, path, re_path

Route = namedtuple("Route", ["url", "mapping", "name", "detail", "initkwargs"])
DynamicRoute = namedtuple("DynamicRoute", ["url", "name", "detail", "initkwargs"])


def escape_curly_brackets(url_path: str) -> str:
    """Return *url_path* with its braces doubled: ``format()`` is called on it."""
    return url_path.replace("{", "{{").replace("}", "}}")


def flatten(list_of_lists: Iterable[Iterable[Any]]) -> Iterable[Any]:
    """Return the items of all lists."""
    return itertools.chain(*list_of_lists)


class BaseRouter:
    """Base of routers: a registry of viewsets."""

    def __init__(self) -> None:
        self.registry: list[tuple[str, Any, str]] = []

    def register(self, prefix: str, viewset: Any, basename: str | None = None) -> None:
        """
        Add a viewset.

        Args:
            prefix: Of its addresses.
            basename: Of the names of its patterns; from the model when not given.
        Raises:
            ImproperlyConfigured: The basename is taken.
        """
        if basename is None:
            basename = self.get_default_basename(viewset)
        if self.is_already_registered(basename):
            raise ImproperlyConfigured(
                f'Router with basename "{basename}" is already registered. Please provide a unique basename for viewset '
                f'"{viewset}"'
            )
        self.registry.append((prefix, viewset, basename))
        # Made again with the new one.
        self.__dict__.pop("_urls", None)

    def is_already_registered(self, new_basename: str) -> bool:
        """Return whether a viewset has this basename."""
        return any(basename == new_basename for _prefix, _viewset, basename in self.registry)

    def get_default_basename(self, viewset: Any) -> str:
        """Return the basename of a viewset that was given none."""
        raise NotImplementedError("get_default_basename must be overridden")

    def get_urls(self) -> list[Any]:
        """Return the URL patterns."""
        raise NotImplementedError("get_urls must be overridden")

    @property
    def urls(self) -> list[Any]:
        """The URL patterns, made once."""
        if "_urls" not in self.__dict__:
            self._urls = self.get_urls()
        return self._urls


class SimpleRouter(BaseRouter):
    """
    Patterns for the standard actions and for those of ``@action``.

    Args:
        trailing_slash: At the end of addresses.
        use_regex_path: Addresses are regular expressions, else ``path()`` routes.
    """

    routes: list[Any] = [
        Route(
            url=r"^{prefix}{trailing_slash}$",
            mapping={"get": "list", "post": "create"},
            name="{basename}-list",
            detail=False,
            initkwargs={"suffix": "List"},
        ),
        DynamicRoute(
            url=r"^{prefix}/{url_path}{trailing_slash}$",
            name="{basename}-{url_name}",
            detail=False,
            initkwargs={},
        ),
        Route(
            url=r"^{prefix}/{lookup}{trailing_slash}$",
            mapping={"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"},
            name="{basename}-detail",
            detail=True,
            initkwargs={"suffix": "Instance"},
        ),
        DynamicRoute(
            url=r"^{prefix}/{lookup}/{url_path}{trailing_slash}$",
            name="{basename}-{url_name}",
            detail=True,
            initkwargs={},
        ),
    ]

    def __init__(self, trailing_slash: bool = True, use_regex_path: bool = True) -> None:
        self.trailing_slash = "/" if trailing_slash else ""
        self._use_regex = use_regex_path
        if use_regex_path:
            self._base_pattern = "(?P<{lookup_prefix}{lookup_url_kwarg}>{lookup_value})"
            self._default_value_pattern = "[^/.]+"
            self._url_conf: Any = re_path
        else:
            self._base_pattern = "<{lookup_value}:{lookup_prefix}{lookup_url_kwarg}>"
            self._default_value_pattern = "str"
            self._url_conf = path
            # Routes have no anchors.
            self.routes = [route._replace(url=route.url.removeprefix("^").removesuffix("$")) for route in self.routes]
        super().__init__()

    def get_default_basename(self, viewset: Any) -> str:
        """Return the name of the model of the viewset's query set."""
        queryset = getattr(viewset, "queryset", None)
        if queryset is None:
            raise AssertionError(
                "`basename` argument not specified, and could not automatically determine the name from the viewset, as it "
                "does not have a `.queryset` attribute."
            )
        name: str = queryset.model._meta.object_name.lower()
        return name

    def get_routes(self, viewset: Any) -> list[Any]:
        """Return the routes, with one for each extra action of the viewset."""
        known = list(flatten([route.mapping.values() for route in self.routes if isinstance(route, Route)]))
        extra = viewset.get_extra_actions()
        taken = [action.__name__ for action in extra if action.__name__ in known]
        if taken:
            raise ImproperlyConfigured(
                "Cannot use the @action decorator on the following methods, as they are existing routes: "
                + ", ".join(taken)
            )
        made: list[Any] = []
        for route in self.routes:
            if isinstance(route, DynamicRoute):
                actions = [action for action in extra if bool(action.detail) == bool(route.detail)]
                made += [self._get_dynamic_route(route, action) for action in actions]
            else:
                made.append(route)
        return made

    def _get_dynamic_route(self, route: Any, action: Any) -> Route:
        return Route(
            url=route.url.replace("{url_path}", escape_curly_brackets(action.url_path)),
            mapping=action.mapping,
            name=route.name.replace("{url_name}", action.url_name),
            detail=route.detail,
            initkwargs={**route.initkwargs, **action.kwargs},
        )

    def get_method_map(self, viewset: Any, method_map: Any) -> dict[str, str]:
        """Return the part of the mapping for which the viewset has actions."""
        return {method: action for method, action in method_map.items() if hasattr(viewset, action)}

    def get_lookup_regex(self, viewset: Any, lookup_prefix: str = "") -> str:
        """Return the part of addresses that names one object."""
        lookup_field = getattr(viewset, "lookup_field", "pk")
        lookup_url_kwarg = getattr(viewset, "lookup_url_kwarg", None) or lookup_field
        lookup_value = None
        if not self._use_regex:
            lookup_value = getattr(viewset, "lookup_value_converter", None)
        if lookup_value is None:
            lookup_value = getattr(viewset, "lookup_value_regex", self._default_value_pattern)
        return self._base_pattern.format(
            lookup_prefix=lookup_prefix, lookup_url_kwarg=lookup_url_kwarg, lookup_value=lookup_value
        )

    def get_urls(self) -> list[Any]:
        """Return the URL patterns."""
        made: list[Any] = []
        for prefix, viewset, basename in self.registry:
            lookup = self.get_lookup_regex(viewset)
            for route in self.get_routes(viewset):
                mapping = self.get_method_map(viewset, route.mapping)
                if not mapping:
                    continue
                regex = route.url.format(prefix=prefix, lookup=lookup, trailing_slash=self.trailing_slash)
                if not prefix:
                    # An empty prefix would leave a slash in front.
                    if self._use_regex:
                        regex = "^" + regex[2:] if regex.startswith("^/") else regex
                    else:
                        regex = regex.removeprefix("/")
                initkwargs = {**route.initkwargs, "basename": basename, "detail": route.detail}
                view = viewset.as_view(mapping, **initkwargs)
                made.append(self._url_conf(regex, view, name=route.name.format(basename=basename)))
        return made


class APIRootView(views.APIView):
    """
    The default basic root view for DefaultRouter
    """

    _ignore_model_permissions = True
    schema = None
    api_root_dict: Any = None

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Answer with the addresses of all lists."""
        found = {}
        namespace = request.resolver_match.namespace
        for key, url_name in (self.api_root_dict or {}).items():
            name = f"{namespace}:{url_name}" if namespace else url_name
            try:
                found[key] = reverse(name, args=args, kwargs=kwargs, request=request, format=kwargs.get("format"))
            except NoReverseMatch:
                # It needs arguments that this page does not have.
                continue
        return Response(found)


class DefaultRouter(SimpleRouter):
    """A router with a root page that lists all resources, and with format suffixes."""

    include_root_view = True
    include_format_suffixes = True
    root_view_name = "api-root"
    default_schema_renderers: Any = None
    APIRootView: Any = APIRootView

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.root_renderers = kwargs.pop("root_renderers", None)
        super().__init__(*args, **kwargs)

    def get_api_root_view(self, api_urls: Any = None) -> Any:
        """Return the view of the root page."""
        list_name = self.routes[0].name
        names = {prefix: list_name.format(basename=basename) for prefix, _viewset, basename in self.registry}
        options: dict[str, Any] = {"api_root_dict": names}
        if self.root_renderers is not None:
            options["renderer_classes"] = list(self.root_renderers)
        return self.APIRootView.as_view(**options)

    def get_urls(self) -> list[Any]:
        """Return the URL patterns."""
        urls = super().get_urls()
        if self.include_root_view:
            urls.append(path("", self.get_api_root_view(api_urls=urls), name=self.root_view_name))
        return format_suffix_patterns(urls) if self.include_format_suffixes else urls


__all__ = ["APIRootView", "BaseRouter", "DefaultRouter", "DynamicRoute", "Route", "SimpleRouter"]
