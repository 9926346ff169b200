"""Viewsets: the actions on a resource in one class; routers, or ``as_view({"get": "list"})``, bind them to methods."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getmembers
from typing import Any

from fastjango.rest import generics, mixins, views
from fastjango.rest.decorators import MethodMapper
from fastjango.rest.reverse import reverse
from fastjango.urls import NoReverseMatch
from fastjango.utils.decorators import classonlymethod


def _is_extra_action(attr: Any) -> bool:
    return hasattr(attr, "mapping") and isinstance(attr.mapping, MethodMapper)


def _check_attr_name(func: Any, name: str) -> Any:
    if func.__name__ != name:
        raise AssertionError(
            f"Expected function (`{func.__name__}`) to match its attribute name (`{name}`). If using a decorator, ensure the "
            f"inner function is decorated with `functools.wraps`, or that `{func.__name__}.__name__` is otherwise set to "
            f"`{name}`."
        )
    return func


class ViewSetMixin:
    """
    Makes a view class a viewset: handlers are actions, not methods.

    Attributes:
        action: The action of this request.
        basename, detail, name, suffix, description: Set by routers.
    """

    name: Any = None
    description: Any = None
    suffix: Any = None
    detail: Any = None
    basename: Any = None
    action: Any
    action_map: Any

    @classonlymethod
    def as_view(cls: Any, actions: Any = None, **initkwargs: Any) -> Callable[..., Any]:  # noqa: N805
        """
        Return the view function.

        Args:
            actions: Action by HTTP method, in lower case.
        Raises:
            TypeError: No actions, or arguments the class does not have.
        """
        # What routers may set even where a subclass deleted it.
        for name in ("name", "description", "suffix", "detail", "basename"):
            setattr(cls, name, None)
        if not actions:
            raise TypeError(
                "The `actions` argument must be provided when calling `.as_view()` on a ViewSet. For example "
                "`.as_view({'get': 'list'})`"
            )
        for key in initkwargs:
            if key in cls.http_method_names:
                raise TypeError(
                    f"You tried to pass in the {key} method name as a keyword argument to {cls.__name__}(). Don't do that."
                )
            if not hasattr(cls, key):
                raise TypeError(f"{cls.__name__}() received an invalid keyword {key!r}")
        if "name" in initkwargs and "suffix" in initkwargs:
            raise TypeError(
                f"{cls.__name__}() received both `name` and `suffix`, which are mutually exclusive arguments."
            )

        def view(request: Any, *args: Any, **kwargs: Any) -> Any:
            self = cls(**initkwargs)
            if "get" in actions and "head" not in actions:
                actions["head"] = actions["get"]
            self.action_map = actions
            for method, action in actions.items():
                # Else __getattr__ finds it: an object that keeps its own methods waits for the garbage collector.
                if hasattr(cls, method) or cls.__getattr__ is not ViewSetMixin.__getattr__:
                    setattr(self, method, getattr(self, action))
            self.request = request
            self.args = args
            self.kwargs = kwargs
            return self.dispatch(request, *args, **kwargs)

        made: Any = view
        made.__doc__ = cls.__doc__
        made.__name__ = cls.__name__
        made.__qualname__ = cls.__qualname__
        made.__module__ = cls.__module__
        made.__dict__.update(cls.dispatch.__dict__)
        # For breadcrumbs, schemas and tests.
        made.cls = made.view_class = cls
        made.initkwargs = initkwargs
        made.actions = actions
        done: Callable[..., Any] = views.finish_view(cls, made, list(actions.values()))
        return done

    def __getattr__(self, name: str) -> Any:
        actions = self.__dict__.get("action_map")
        if actions is not None and name in actions:
            return getattr(self, actions[name])
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _allowed_methods(self: Any) -> list[str]:
        cls, actions = type(self), self.__dict__.get("action_map") or ()
        known = [*actions, *self.__dict__]
        return [name.upper() for name in self.http_method_names if name in known or hasattr(cls, name)]

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the API request; the action is known from here on."""
        made = super().initialize_request(request, *args, **kwargs)  # type: ignore[misc]  # of the view class beside it
        method = made.method.lower()
        # OPTIONS has no action of its own.
        self.action = "metadata" if method == "options" else self.action_map.get(method)
        return made

    def reverse_action(self, url_name: str, *args: Any, **kwargs: Any) -> str:
        """Return the address of another action of this viewset."""
        name = f"{self.basename}-{url_name}"
        request: Any = getattr(self, "request", None)
        namespace = request.resolver_match.namespace if request and request.resolver_match else None
        if namespace:
            name = f"{namespace}:{name}"
        kwargs.setdefault("request", request)
        return reverse(name, *args, **kwargs)

    @classmethod
    def get_extra_actions(cls) -> list[Any]:
        """Return the methods that ``@action`` marked."""
        return [_check_attr_name(method, name) for name, method in getmembers(cls, _is_extra_action)]

    def get_extra_action_url_map(self: Any) -> dict[str, str]:
        """Return the addresses of the extra actions, by name, for the browsable page."""
        found: dict[str, str] = {}
        # Known only where a router made the view.
        if self.detail is None:
            return found
        for action in self.get_extra_actions():
            if action.detail != self.detail:
                continue
            name = f"{self.basename}-{action.url_name}"
            match = getattr(self.request, "resolver_match", None)
            if match is not None and match.namespace:
                name = f"{match.namespace}:{name}"
            try:
                url = reverse(name, self.args, self.kwargs, request=self.request)
            except NoReverseMatch:
                # It needs more arguments than this page has.
                continue
            found[self.__class__(**action.kwargs).get_view_name()] = url
        return found


class ViewSet(ViewSetMixin, views.APIView):
    """A viewset without any actions."""


class GenericViewSet(ViewSetMixin, generics.GenericAPIView):
    """A viewset without actions, with ``get_queryset()``, ``get_object()`` and the rest of generic views."""


class ReadOnlyModelViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, GenericViewSet):
    """``list`` and ``retrieve``."""


class ModelViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    mixins.ListModelMixin,
    GenericViewSet,
):
    """``list``, ``create``, ``retrieve``, ``update``, ``partial_update`` and ``destroy``."""
