"""Decorators about decorators: for methods, and from middleware."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper, wraps
from typing import Any, Protocol, TypeVar, cast

from fastjango.utils.worlds import iscoroutinefunction, markcoroutinefunction

D = TypeVar("D", bound=Callable[..., Any])


class Decorator(Protocol):
    """Something around a function that is called as the function itself."""

    __name__: str

    def __call__(self, function: D, /) -> D: ...


class classonlymethod(classmethod):  # type: ignore[type-arg]  # noqa: N801 - Django's name
    """A class method that instances do not have."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is not None:
            raise AttributeError("This method is available only on the class, not on instances.")
        return super().__get__(instance, cls)


def _update_method_wrapper(_wrapper: Any, decorator: Decorator) -> None:
    """Copy the attributes that *decorator* sets onto *_wrapper*."""

    @decorator
    def probe(*args: Any, **kwargs: Any) -> None:
        """Never called."""

    update_wrapper(_wrapper, probe)


def _multi_decorate(decorators: Any, method: Any) -> Any:
    """Return *method* with function decorators around it, each seeing a plain function."""
    # A slice: what has no order, a set, is a mistake here.
    wrappers: list[Decorator] = list(decorators[::-1]) if hasattr(decorators, "__iter__") else [decorators]

    def _wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        # A partial of the bound method takes attributes, which a bound method does not.
        bound: Any = wraps(method)(partial(method.__get__(self, type(self))))
        for wrapper in wrappers:
            bound = wrapper(bound)
        return bound(*args, **kwargs)

    for wrapper in wrappers:
        _update_method_wrapper(_wrapper, wrapper)
    update_wrapper(_wrapper, method)
    return markcoroutinefunction(_wrapper) if iscoroutinefunction(method) else _wrapper


def method_decorator(decorator: Any, name: str = "") -> Callable[[D], D]:
    """
    Return a decorator for methods made from one, or several, for functions.

    Args:
        name: On a class: the method to decorate.
    """

    def outer(target: Any) -> Any:
        if not isinstance(target, type):
            return _multi_decorate(decorator, target)
        if not (name and hasattr(target, name)):
            raise ValueError(
                "The keyword argument `name` must be the name of a method "
                f"of the decorated class: {target}. Got '{name}' instead."
            )
        method = getattr(target, name)
        if not callable(method):
            raise TypeError(f"Cannot decorate '{name}' as it isn't a callable attribute of {target} ({method}).")
        setattr(target, name, _multi_decorate(decorator, method))
        return target

    if not hasattr(decorator, "__iter__"):
        update_wrapper(outer, decorator)
    label = decorator if hasattr(decorator, "__name__") else type(decorator)
    outer.__name__ = f"method_decorator({label.__name__})"
    return cast("Callable[[D], D]", outer)


def decorator_from_middleware_with_args(middleware_class: Any) -> Callable[..., Decorator]:
    """Return a function that takes the middleware's arguments and gives a view decorator."""
    return make_middleware_decorator(middleware_class)


def decorator_from_middleware(middleware_class: Any) -> Decorator:
    """Return a view decorator that does what the middleware does."""
    return make_middleware_decorator(middleware_class)()


class _ViewSteps:
    """The steps of a middleware around one view."""

    def __init__(self, middleware: Any, view: Callable[..., Any]) -> None:
        self.middleware, self.view = middleware, view

    def before(self, request: Any, args: Any, kwargs: Any) -> Any:
        """Return an early response, or None."""
        result = None
        if hasattr(self.middleware, "process_request"):
            result = self.middleware.process_request(request)
        if result is None and hasattr(self.middleware, "process_view"):
            result = self.middleware.process_view(request, self.view, args, kwargs)
        return result

    def failed(self, request: Any, exc: Exception) -> Any:
        """Return a response to the view's exception, or None."""
        if hasattr(self.middleware, "process_exception"):
            return self.middleware.process_exception(request, exc)
        return None

    def after(self, request: Any, response: Any) -> Any:
        """Return the response as the middleware leaves it."""
        if not (hasattr(response, "render") and callable(response.render)):
            if hasattr(self.middleware, "process_response"):
                return self.middleware.process_response(request, response)
            return response
        if hasattr(self.middleware, "process_template_response"):
            response = self.middleware.process_template_response(request, response)
        if hasattr(self.middleware, "process_response"):
            response.add_post_render_callback(lambda rendered: self.middleware.process_response(request, rendered))
        return response


def make_middleware_decorator(middleware_class: Any) -> Callable[..., Decorator]:
    """Return a maker of view decorators that run *middleware_class* around the view."""

    def _make_decorator(*m_args: Any, **m_kwargs: Any) -> Decorator:
        def _decorator(view_func: D) -> D:
            steps = _ViewSteps(middleware_class(view_func, *m_args, **m_kwargs), view_func)
            made = _around_async(steps, view_func) if iscoroutinefunction(view_func) else _around(steps, view_func)
            return cast("D", made)

        return _decorator

    return _make_decorator


def _around(steps: _ViewSteps, view_func: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view_func)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
        early = steps.before(request, args, kwargs)
        if early is not None:
            return early
        try:
            response = view_func(request, *args, **kwargs)
        except Exception as exc:
            response = steps.failed(request, exc)
            if response is None:
                raise
            return response
        return steps.after(request, response)

    return wrapper


def _around_async(steps: _ViewSteps, view_func: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view_func)
    async def wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
        early = steps.before(request, args, kwargs)
        if early is not None:
            return early
        try:
            response = await view_func(request, *args, **kwargs)
        except Exception as exc:
            response = steps.failed(request, exc)
            if response is None:
                raise
            return response
        return steps.after(request, response)

    return wrapper


def sync_and_async_middleware(func: Any) -> Any:
    """Mark a middleware function as usable in both kinds of chain."""
    func.sync_capable = func.async_capable = True
    return func


def sync_only_middleware(func: Any) -> Any:
    """Mark a middleware function as usable in a sync chain only."""
    func.sync_capable, func.async_capable = True, False
    return func


def async_only_middleware(func: Any) -> Any:
    """Mark a middleware function as usable in an async chain only."""
    func.sync_capable, func.async_capable = False, True
    return func
