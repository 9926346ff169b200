"""Functions as API views: ``@api_view`` and the policies of such views; ``@action`` for methods of viewsets."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fastjango.forms.utils import pretty_name
from fastjango.rest.views import APIView
from fastjango.utils.worlds import iscoroutinefunction

F = TypeVar("F", bound=Callable[..., Any])
_POLICIES = (
    "renderer_classes",
    "parser_classes",
    "authentication_classes",
    "throttle_classes",
    "throttle_scope",
    "permission_classes",
    "content_negotiation_class",
    "metadata_class",
    "versioning_class",
    "schema",
)


def api_view(http_method_names: Sequence[str] | None = None) -> Callable[[Any], Any]:
    """Make a function, sync or async, an API view of the given methods (GET)."""
    names = ["GET"] if http_method_names is None else http_method_names

    def decorator(func: Any) -> Any:
        if isinstance(http_method_names, types.FunctionType):
            raise AssertionError("@api_view missing list of allowed HTTP methods")
        if not isinstance(http_method_names, list | tuple | None):
            raise AssertionError(f"@api_view expected a list of strings, received {type(http_method_names).__name__}")
        handler = _async_handler(func) if iscoroutinefunction(func) else _handler(func)
        body: dict[str, Any] = {
            "__doc__": func.__doc__,
            "__module__": func.__module__,
            # In the order given, as the header ``Allow`` shows them.
            "http_method_names": list(dict.fromkeys(name.lower() for name in (*names, "OPTIONS"))),
        }
        body.update({name.lower(): handler for name in names})
        for policy in _POLICIES:
            if hasattr(func, policy):
                body[policy] = getattr(func, policy)
        view_class: Any = type(func.__name__, (APIView,), body)
        view = view_class.as_view()
        return view

    return decorator


def _handler(func: Any) -> Any:
    def handler(self: Any, *args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return handler


def _async_handler(func: Any) -> Any:
    async def handler(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await func(*args, **kwargs)

    return handler


def _policy(name: str, value: Any) -> Callable[[F], F]:
    def decorator(func: F) -> F:
        if hasattr(func, "cls"):
            raise TypeError(f"@{name} must come after (below) the @api_view decorator.")
        setattr(func, name, value)
        return func

    return decorator


def renderer_classes(renderer_classes: Any) -> Callable[[F], F]:
    """Set the renderers of an ``@api_view``; goes below it."""
    return _policy("renderer_classes", renderer_classes)


def parser_classes(parser_classes: Any) -> Callable[[F], F]:
    """Set the parsers."""
    return _policy("parser_classes", parser_classes)


def authentication_classes(authentication_classes: Any) -> Callable[[F], F]:
    """Set the authenticators."""
    return _policy("authentication_classes", authentication_classes)


def throttle_classes(throttle_classes: Any) -> Callable[[F], F]:
    """Set the throttles."""
    return _policy("throttle_classes", throttle_classes)


def throttle_scope(throttle_scope: str | None) -> Callable[[F], F]:
    """Set the scope that a ``ScopedRateThrottle`` counts under."""
    return _policy("throttle_scope", throttle_scope)


def permission_classes(permission_classes: Any) -> Callable[[F], F]:
    """Set the permissions."""
    return _policy("permission_classes", permission_classes)


def content_negotiation_class(content_negotiation_class: Any) -> Callable[[F], F]:
    """Set the negotiator."""
    return _policy("content_negotiation_class", content_negotiation_class)


def metadata_class(metadata_class: Any) -> Callable[[F], F]:
    """Set what answers ``OPTIONS``."""
    return _policy("metadata_class", metadata_class)


def versioning_class(versioning_class: Any) -> Callable[[F], F]:
    """Set the versioning scheme."""
    return _policy("versioning_class", versioning_class)


def schema(view_inspector: Any) -> Callable[[F], F]:
    """Set what describes the view in schemas."""
    return _policy("schema", view_inspector)


def action(
    methods: Any = None,
    detail: bool | None = None,
    url_path: str | None = None,
    url_name: str | None = None,
    **kwargs: Any,
) -> Callable[[Any], Any]:
    """
    Mark a method of a viewset as an action that routers give an address.

    Args:
        methods: Of HTTP; GET.
        detail: For one object, or for the list.
        url_path, url_name: In place of the method's name.
        kwargs: Attributes of the view for this action.
    """
    names = ["get"] if methods is None else [method.lower() for method in methods]
    if detail is None:
        raise AssertionError("@action() missing required argument: 'detail'")
    if "name" in kwargs and "suffix" in kwargs:
        raise TypeError("`name` and `suffix` are mutually exclusive arguments.")

    def decorator(func: Any) -> Any:
        func.mapping = MethodMapper(func, names)
        func.detail = detail
        func.url_path = url_path or func.__name__
        func.url_name = url_name or func.__name__.replace("_", "-")
        func.kwargs = kwargs
        if "name" not in kwargs and "suffix" not in kwargs:
            func.kwargs["name"] = pretty_name(func.__name__)
        func.kwargs["description"] = func.__doc__ or None
        return func

    return decorator


class MethodMapper(dict[str, str]):
    """Names of handlers by HTTP method; ``@my_action.mapping.delete`` adds one."""

    def __init__(self, action: Any, methods: Sequence[str]) -> None:
        super().__init__()
        self.action = action
        for method in methods:
            self[method] = self.action.__name__

    def _map(self, method: str, func: Any) -> Any:
        if method in self:
            raise AssertionError(f"Method '{method}' has already been mapped to '.{self[method]}'.")
        if func.__name__ == self.action.__name__:
            raise AssertionError(
                "Method mapping does not behave like the property decorator. You cannot use the same method name for each "
                "mapping declaration."
            )
        self[method] = func.__name__
        return func

    def get(self, func: Any) -> Any:  # type: ignore[override]  # the decorator is the point
        """Map GET."""
        return self._map("get", func)

    def post(self, func: Any) -> Any:
        """Map POST."""
        return self._map("post", func)

    def put(self, func: Any) -> Any:
        """Map PUT."""
        return self._map("put", func)

    def patch(self, func: Any) -> Any:
        """Map PATCH."""
        return self._map("patch", func)

    def delete(self, func: Any) -> Any:
        """Map DELETE."""
        return self._map("delete", func)

    def head(self, func: Any) -> Any:
        """Map HEAD."""
        return self._map("head", func)

    def options(self, func: Any) -> Any:
        """Map OPTIONS."""
        return self._map("options", func)

    def trace(self, func: Any) -> Any:
        """Map TRACE."""
        return self._map("trace", func)


__all__ = [
    "APIView",
    "MethodMapper",
    "action",
    "api_view",
    "authentication_classes",
    "content_negotiation_class",
    "metadata_class",
    "parser_classes",
    "permission_classes",
    "renderer_classes",
    "schema",
    "throttle_classes",
    "throttle_scope",
    "versioning_class",
]
