"""
Deprecations: the warning classes, helpers to rename methods, and the base of old-style middleware.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from fastjango.core.exceptions import RemovedInDjango60Warning, RemovedInDjango61Warning
from fastjango.utils.worlds import iscoroutinefunction, markcoroutinefunction, run_sync

RemovedInNextVersionWarning = RemovedInDjango60Warning
RemovedAfterNextVersionWarning = RemovedInDjango61Warning

__all__ = [
    "DeprecationForHistoricalMigrationMixin",
    "MiddlewareMixin",
    "RemovedAfterNextVersionWarning",
    "RemovedInDjango60Warning",
    "RemovedInDjango61Warning",
    "RemovedInFastJango02Warning",
    "RemovedInNextVersionWarning",
    "RenameMethodsBase",
    "warn_about_renamed_method",
]


class RemovedInFastJango02Warning(DeprecationWarning):
    """A feature of ours that FastJango 0.2 will no longer have."""


class warn_about_renamed_method:  # noqa: N801 - Django's name
    """A decorator that warns when a method is called by its old name."""

    def __init__(
        self, class_name: str, old_method_name: str, new_method_name: str, deprecation_warning: type[Warning]
    ) -> None:
        self.class_name = class_name
        self.old_method_name = old_method_name
        self.new_method_name = new_method_name
        self.deprecation_warning = deprecation_warning

    def __call__(self, f: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            warnings.warn(
                f"`{self.class_name}.{self.old_method_name}` is deprecated, use `{self.new_method_name}` instead.",
                self.deprecation_warning,
                stacklevel=2,
            )
            return f(*args, **kwargs)

        return wrapper


class RenameMethodsBase(type):
    """
    A metaclass that keeps renamed methods callable, and overridable, by their old names.

    Subclasses list ``(old name, new name, warning class)`` in ``renamed_methods``.
    """

    renamed_methods: ClassVar[tuple[tuple[str, str, type[Warning]], ...]] = ()

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        new_class = super().__new__(cls, name, bases, attrs)
        for base in inspect.getmro(new_class):
            for renamed in cls.renamed_methods:
                cls._connect(base, *renamed)
        return new_class

    @staticmethod
    def _connect(base: type, old_name: str, new_name: str, warning: type[Warning]) -> None:
        old = base.__dict__.get(old_name)
        new = base.__dict__.get(new_name)
        wrapper = warn_about_renamed_method(base.__name__, old_name, new_name, warning)
        if old and not new:
            warnings.warn(f"`{base.__name__}.{old_name}` method should be renamed `{new_name}`.", warning, stacklevel=4)
            setattr(base, new_name, old)
            setattr(base, old_name, wrapper(old))
        if new and not old:
            setattr(base, old_name, wrapper(new))


class MiddlewareMixin:
    """
    Base of a middleware with ``process_request`` and ``process_response``, for sync and async chains.

    Args:
        get_response: The next layer; required.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[..., Any]) -> None:
        if get_response is None:
            raise ValueError("get_response must be provided.")
        self.get_response = get_response
        self.async_mode = iscoroutinefunction(get_response)
        if self.async_mode:
            markcoroutinefunction(self)
        super().__init__()

    def __repr__(self) -> str:
        layer = getattr(self.get_response, "__qualname__", type(self.get_response).__name__)
        return f"<{type(self).__qualname__} get_response={layer}>"

    def __call__(self, request: Any) -> Any:
        if self.async_mode:
            return self.__acall__(request)
        # As _before() and _after() do, without two calls per layer and request.
        process = getattr(self, "process_request", None)
        response = process(request) if process else None
        if response is None:
            response = self.get_response(request)
        process = getattr(self, "process_response", None)
        return process(request, response) if process else response

    async def __acall__(self, request: Any) -> Any:
        """Answer *request* in an async chain."""
        response = await run_sync(self._before, request)
        if response is None:
            answer: Awaitable[Any] = self.get_response(request)
            response = await answer
        return await run_sync(self._after, request, response)

    def _before(self, request: Any) -> Any:
        process = getattr(self, "process_request", None)
        return process(request) if process else None

    def _after(self, request: Any, response: Any) -> Any:
        process = getattr(self, "process_response", None)
        return process(request, response) if process else response


class DeprecationForHistoricalMigrationMixin:
    """A mark for things that stay only because old migrations name them."""
