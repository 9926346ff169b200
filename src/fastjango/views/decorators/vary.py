"""Which request headers a view's response depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastjango.http.caching import patch_vary_headers
from fastjango.views.decorators.around import View, around


def vary_on_headers(*headers: str) -> Callable[[View], View]:
    """Add names to ``Vary``."""

    def after(request: Any, response: Any) -> None:
        patch_vary_headers(response, headers)

    return lambda func: around(func, after=after)


vary_on_cookie = vary_on_headers("Cookie")
vary_on_cookie.__doc__ = "Say that the response depends on the cookies."

__all__ = ["vary_on_cookie", "vary_on_headers"]
