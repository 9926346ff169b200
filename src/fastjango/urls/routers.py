"""
FastAPI routers among the patterns: ``path("api/", include(router))`` or ``path("api/", router)``.

The handlers mount their routes; here they only have their place in the order and in ``reverse()``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute, Match

from fastjango.urls.dispatch import RouterTaken
from fastjango.urls.exceptions import Resolver404
from fastjango.urls.match import ResolverMatch
from fastjango.urls.resolve import URLResolver
from fastjango.urls.reversing import Possibility, Table
from fastjango.utils.datastructures import MultiValueDict
from fastjango.utils.regex_helper import normalize

if TYPE_CHECKING:
    from fastapi import APIRouter

_parameter_re = re.compile(r"{([a-zA-Z_][a-zA-Z0-9_]*)(?::([a-zA-Z_][a-zA-Z0-9_]*))?}")


class RouterPattern(URLResolver):
    """A FastAPI router behind a pattern."""

    def __init__(
        self,
        pattern: Any,
        router: APIRouter,
        default_kwargs: dict[str, Any] | None = None,
        app_name: str | None = None,
        namespace: str | None = None,
    ) -> None:
        super().__init__(pattern, [], default_kwargs, app_name, namespace)
        self.router = router

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pattern.describe()} with {len(self.router.routes)} routes>"

    def check(self) -> list[Any]:
        """Return what is doubtful about the pattern."""
        found: list[Any] = self.pattern.check()
        return found

    def resolve(self, path: Any) -> ResolverMatch:
        """
        Never return: a path of the router is left to the handler that has mounted it.

        Raises:
            RouterTaken: A route has the path, so that no later pattern may answer.
            Resolver404: No route has it.
        """
        taken = self.pattern.match(str(path))
        if taken:
            rest = taken[0] if taken[0].startswith("/") else f"/{taken[0]}"
            if any(_has_path(route, rest) for route in self.router.routes):
                raise RouterTaken({"path": path})
        raise Resolver404({"path": path})

    def _make_table(self) -> Table:
        table = Table(MultiValueDict(), {}, {})
        for route in reversed(self.router.routes):
            name, route_path = getattr(route, "name", None), getattr(route, "path", None)
            if not name or route_path is None:
                continue
            front = str(self.pattern)
            relative = route_path.removeprefix("/") if front.endswith("/") or not front else route_path
            regex = _parameter_re.sub(_group, _escape_around(relative))
            table.reverse.appendlist(name, Possibility(normalize(regex), regex, {}, {}))
        return table


def _has_path(route: BaseRoute, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return route.matches(scope)[0] is not Match.NONE


def _escape_around(path: str) -> str:
    """Return *path* with everything escaped but its ``{parameters}``."""
    parts, end = [], 0
    for match in _parameter_re.finditer(path):
        parts += [re.escape(path[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*parts, re.escape(path[end:])])


def _group(match: re.Match[str]) -> str:
    return f"(?P<{match[1]}>{'.+' if match[2] == 'path' else '[^/]+'})"


__all__ = ["RouterPattern"]
