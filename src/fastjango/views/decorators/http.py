"""Which methods a view takes, and conditional requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from fastjango.http import HttpResponseNotAllowed
from fastjango.http.caching import get_conditional_response
from fastjango.middleware.http import ConditionalGetMiddleware
from fastjango.utils import timezone
from fastjango.utils.decorators import decorator_from_middleware
from fastjango.utils.http import http_date, quote_etag
from fastjango.utils.log import log_response
from fastjango.utils.worlds import iscoroutinefunction
from fastjango.views.decorators.around import View, around

conditional_page = decorator_from_middleware(ConditionalGetMiddleware)


def require_http_methods(request_method_list: Sequence[str]) -> Callable[[View], View]:
    """Answer other methods than these, in upper case, with 405."""

    def decorator(func: View) -> View:
        def check(request: Any, *args: Any, **kwargs: Any) -> Any:
            if request.method in request_method_list:
                return None
            response = HttpResponseNotAllowed(request_method_list)
            log_response(
                "Method Not Allowed (%s): %s", request.method, request.path, response=response, request=request
            )
            return response

        return around(func, before=check)

    return decorator


require_GET = require_http_methods(["GET"])  # noqa: N816 - Django's name
require_GET.__doc__ = "Answer other methods than GET with 405."
require_POST = require_http_methods(["POST"])  # noqa: N816 - Django's name
require_POST.__doc__ = "Answer other methods than POST with 405."
require_safe = require_http_methods(["GET", "HEAD"])
require_safe.__doc__ = "Answer other methods than GET and HEAD with 405."


def condition(
    etag_func: Callable[..., str | None] | None = None,
    last_modified_func: Callable[..., dt.datetime | None] | None = None,
) -> Callable[[View], View]:
    """
    Answer from the client's copy, where two cheap functions say that it is still good.

    Args:
        etag_func, last_modified_func: Called with what the view gets; ``None`` from them means: not known.
    """

    def before(request: Any, args: Any, kwargs: Any) -> tuple[Any, str | None, int | None]:
        last_modified = None
        if last_modified_func and (moment := last_modified_func(request, *args, **kwargs)):
            if not timezone.is_aware(moment):
                moment = timezone.make_aware(moment, dt.UTC)
            last_modified = int(moment.timestamp())
        etag = etag_func(request, *args, **kwargs) if etag_func else None
        etag = quote_etag(etag) if etag is not None else None
        return get_conditional_response(request, etag=etag, last_modified=last_modified), etag, last_modified

    def after(request: Any, response: Any, etag: str | None, last_modified: int | None) -> None:
        # What an unsafe method leaves behind is not known here.
        if request.method not in ("GET", "HEAD"):
            return
        if last_modified and not response.has_header("Last-Modified"):
            response.headers["Last-Modified"] = http_date(last_modified)
        if etag:
            response.headers.setdefault("ETag", etag)

    def decorator(func: View) -> View:
        if iscoroutinefunction(func):

            @wraps(func)
            async def inner(request: Any, *args: Any, **kwargs: Any) -> Any:
                response, etag, last_modified = before(request, args, kwargs)
                if response is None:
                    response = await func(request, *args, **kwargs)
                after(request, response, etag, last_modified)
                return response

            return cast("View", inner)

        @wraps(func)
        def inner_sync(request: Any, *args: Any, **kwargs: Any) -> Any:
            response, etag, last_modified = before(request, args, kwargs)
            if response is None:
                response = func(request, *args, **kwargs)
            after(request, response, etag, last_modified)
            return response

        return cast("View", inner_sync)

    return decorator


def etag(etag_func: Callable[..., str | None]) -> Callable[[View], View]:
    """Answer from the client's copy while the ETag is the same."""
    return condition(etag_func=etag_func)


def last_modified(last_modified_func: Callable[..., dt.datetime | None]) -> Callable[[View], View]:
    """Answer from the client's copy while nothing has changed since."""
    return condition(last_modified_func=last_modified_func)


__all__ = [
    "condition",
    "conditional_page",
    "etag",
    "last_modified",
    "require_GET",
    "require_POST",
    "require_http_methods",
    "require_safe",
]
