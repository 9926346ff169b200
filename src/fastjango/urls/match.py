"""``ResolverMatch``: which view answers a path, and with what."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastjango.utils.functional import cached_property


class ResolverMatch:
    """
    A resolved path. Unpacks into view, positional and keyword arguments.

    Attributes:
        route: The pattern as it is written, includes joined.
        captured_kwargs, extra_kwargs: Where the keyword arguments come from: the path, or the patterns.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        url_name: str | None = None,
        app_names: Iterable[str | None] | None = None,
        namespaces: Iterable[str | None] | None = None,
        route: str | None = None,
        tried: Any = None,
        captured_kwargs: dict[str, Any] | None = None,
        extra_kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.func = func
        self.args = args
        self.kwargs = kwargs
        self.url_name = url_name
        self.app_names = [name for name in app_names if name] if app_names else []
        self.namespaces = [name for name in namespaces if name] if namespaces else []
        self.route = route
        self._tried = tried
        self.captured_kwargs = captured_kwargs
        self.extra_kwargs = extra_kwargs

    @property
    def tried(self) -> Any:
        """The patterns that were tried before this one; worked out when asked for."""
        if callable(self._tried):
            self._tried = self._tried()
        return self._tried

    @tried.setter
    def tried(self, value: Any) -> None:
        self._tried = value

    @cached_property
    def app_name(self) -> str:
        """The application namespaces, joined by colons."""
        return ":".join(self.app_names)

    @cached_property
    def namespace(self) -> str:
        """The instance namespaces, joined by colons."""
        return ":".join(self.namespaces)

    @cached_property
    def _func_path(self) -> str:
        func = getattr(self.func, "view_class", self.func)
        if not hasattr(func, "__name__"):
            func = type(func)  # an object that can be called
        return f"{func.__module__}.{func.__name__}"

    @cached_property
    def view_name(self) -> str:
        """The name of the pattern, or else of the view, with its namespaces."""
        return ":".join([*self.namespaces, self.url_name or self._func_path])

    def __iter__(self) -> Iterator[Any]:
        return iter((self.func, self.args, self.kwargs))

    def __getitem__(self, index: int) -> Any:
        return (self.func, self.args, self.kwargs)[index]

    def __repr__(self) -> str:
        func = repr(self.func) if isinstance(self.func, functools.partial) else self._func_path
        captured = f", captured_kwargs={self.captured_kwargs!r}" if self.captured_kwargs else ""
        extra = f", extra_kwargs={self.extra_kwargs!r}" if self.extra_kwargs else ""
        return (
            f"ResolverMatch(func={func}, args={self.args!r}, kwargs={self.kwargs!r}, url_name={self.url_name!r}, "
            f"app_names={self.app_names!r}, namespaces={self.namespaces!r}, route={self.route!r}{captured}{extra})"
        )

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise pickle.PicklingError(f"Cannot pickle {type(self).__qualname__}.")


__all__ = ["ResolverMatch"]
