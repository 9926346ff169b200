"""
``URLPattern`` and ``URLResolver``: patterns tied to views and to further patterns; the fifth stop of a request.

Resolving goes through the compiled form (``dispatch.py``); only the answer "nothing matches" walks the patterns one by
one, to tell which were tried. Reversing lives in ``reversing.py``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from fastjango.conf import settings
from fastjango.core.checks import Error
from fastjango.core.checks import Warning as CheckWarning
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.urls.dispatch import Dispatch, RouterTaken, later, within
from fastjango.urls.exceptions import Resolver404
from fastjango.urls.match import ResolverMatch
from fastjango.urls.patterns import RegexPattern, check_resolver
from fastjango.urls.reversing import ReverseTable
from fastjango.urls.utils import get_callable
from fastjango.utils.functional import cached_property


class URLPattern:
    """A pattern with its view."""

    def __init__(
        self,
        pattern: Any,
        callback: Callable[..., Any],
        default_args: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        self.pattern = pattern
        self.callback = callback
        self.default_args = default_args or {}
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pattern.describe()}>"

    def check(self) -> list[Any]:
        """Return what is wrong or doubtful about pattern, name and view."""
        return [*self._check_pattern_name(), *self.pattern.check(), *self._check_callback()]

    def _check_pattern_name(self) -> list[CheckWarning]:
        if self.pattern.name is None or ":" not in self.pattern.name:
            return []
        return [
            CheckWarning(
                f"Your URL pattern {self.pattern.describe()} has a name including a ':'. Remove the colon, to "
                "avoid ambiguous namespace references.",
                id="urls.W003",
            )
        ]

    def _check_callback(self) -> list[Error]:
        view = self.callback
        if not (isinstance(view, type) and hasattr(view, "as_view")):
            return []
        return [
            Error(
                f"Your URL pattern {self.pattern.describe()} has an invalid view, pass {view.__name__}.as_view() "
                f"instead of {view.__name__}.",
                id="urls.E009",
            )
        ]

    def resolve(self, path: str) -> ResolverMatch | None:
        """Return the match of *path*, or ``None``."""
        match = self.pattern.match(path)
        if not match:
            return None
        _, args, captured = match
        return ResolverMatch(
            self.callback,
            args,
            {**captured, **self.default_args},
            self.pattern.name,
            route=str(self.pattern),
            captured_kwargs=captured,
            extra_kwargs=self.default_args,
        )

    @cached_property
    def lookup_str(self) -> str:
        """The dotted path of the view, as ``reverse()`` takes it."""
        view: Any = self.callback
        if isinstance(view, functools.partial):
            view = view.func
        view = getattr(view, "view_class", view)
        if not hasattr(view, "__name__"):
            return f"{view.__module__}.{type(view).__name__}"
        return f"{view.__module__}.{view.__qualname__}"


class URLResolver(ReverseTable):
    """
    A pattern with further patterns behind it; the whole URLconf is one with the pattern ``^/``.

    Args:
        urlconf_name: Module, dotted path, or list of patterns.
        default_kwargs: Passed to every view below.
    """

    def __init__(
        self,
        pattern: Any,
        urlconf_name: Any,
        default_kwargs: dict[str, Any] | None = None,
        app_name: str | None = None,
        namespace: str | None = None,
    ) -> None:
        super().__init__()
        self.pattern = pattern
        self.urlconf_name = urlconf_name
        self.callback = None
        self.default_kwargs = default_kwargs or {}
        self.namespace = namespace
        self.app_name = app_name

    def __repr__(self) -> str:
        if isinstance(self.urlconf_name, list) and self.urlconf_name:
            # Every pattern of a list would be too much.
            urlconf = f"<{type(self.urlconf_name[0]).__name__} list>"
        else:
            urlconf = repr(self.urlconf_name)
        return f"<{type(self).__name__} {urlconf} ({self.app_name}:{self.namespace}) {self.pattern.describe()}>"

    def check(self) -> list[Any]:
        """Return what is wrong or doubtful about this and all patterns below."""
        messages: list[Any] = []
        for pattern in self.url_patterns:
            messages.extend(check_resolver(pattern))
        return messages or self.pattern.check()

    @cached_property
    def urlconf_module(self) -> Any:
        """The module, or the list, that the patterns come from."""
        if isinstance(self.urlconf_name, str):
            return import_module(self.urlconf_name)
        return self.urlconf_name

    @cached_property
    def url_patterns(self) -> Any:
        """The patterns behind this one."""
        patterns = getattr(self.urlconf_module, "urlpatterns", self.urlconf_module)
        try:
            iter(patterns)
        except TypeError as exc:
            raise ImproperlyConfigured(
                f"The included URLconf '{self.urlconf_name}' does not appear to have any patterns in it. If you see "
                "the 'urlpatterns' variable with valid patterns in the file then the issue is probably caused by a "
                "circular import."
            ) from exc
        return patterns

    def resolve_error_handler(self, view_type: int) -> Callable[..., Any]:
        """Return the view for a status: ``handler404`` and the like of the URLconf, or the standard one."""
        callback = getattr(self.urlconf_module, f"handler{view_type}", None)
        if not callback:
            callback = getattr(import_module("fastjango.conf.urls"), f"handler{view_type}")
        return get_callable(callback)

    # ------------------------------------------------------------ resolving

    @cached_property
    def _dispatch(self) -> Dispatch:
        return Dispatch(self.url_patterns, URLPattern, URLResolver)

    def resolve(self, path: Any) -> ResolverMatch:
        """
        Return the match of *path*.

        Raises:
            Resolver404: No pattern has it.
        """
        # It may be lazy text.
        path = str(path)
        taken = self.pattern.match(path)
        if not taken:
            raise Resolver404({"path": path})
        rest, args, kwargs = taken
        found = self._dispatch.find(rest)
        if found is None:
            raise Resolver404({"tried": self._walk(rest)[1], "path": rest})
        found.tried = later(self._tried_before_match, rest)
        if args or kwargs or self.default_kwargs or self.app_name or self.namespace:
            return within(self, args, kwargs, found)
        return found

    def _tried_before_match(self, path: str) -> Any:
        return self._walk(path)[1]

    def _walk(self, path: str) -> tuple[bool, list[list[Any]]]:
        """Return whether a pattern has *path*, and the patterns tried up to there."""
        tried: list[list[Any]] = []
        for pattern in self.url_patterns:
            try:
                match = pattern.resolve(path)
            except RouterTaken:
                raise
            except Resolver404 as exc:
                inner = exc.args[0].get("tried") if exc.args else None
                tried.extend([pattern, *steps] for steps in inner) if inner else tried.append([pattern])
                continue
            if not match:
                tried.append([pattern])
                continue
            tried.extend([pattern, *steps] for steps in match.tried or ()) if match.tried else tried.append([pattern])
            return True, tried
        return False, tried


@functools.cache
def _get_cached_resolver(urlconf: Any = None) -> URLResolver:
    return URLResolver(RegexPattern(r"^/"), urlconf)


def get_resolver(urlconf: Any = None) -> URLResolver:
    """Return the resolver of a URLconf, ``ROOT_URLCONF`` when none is given."""
    return _get_cached_resolver(settings.ROOT_URLCONF if urlconf is None else urlconf)


@functools.cache
def get_ns_resolver(ns_pattern: str, resolver: URLResolver, converters: Any) -> URLResolver:
    """Return a resolver for *resolver* with the patterns around it in front."""
    pattern = RegexPattern(ns_pattern)
    pattern.converters = dict(converters)
    ns_resolver = URLResolver(pattern, resolver.url_patterns)
    return URLResolver(RegexPattern(r"^/"), [ns_resolver])


def clear_resolvers() -> None:
    """Forget all resolvers; patterns are read anew."""
    _get_cached_resolver.cache_clear()
    get_ns_resolver.cache_clear()
    get_callable.cache_clear()


__all__ = [
    "URLPattern",
    "URLResolver",
    "_get_cached_resolver",
    "clear_resolvers",
    "get_ns_resolver",
    "get_resolver",
]
