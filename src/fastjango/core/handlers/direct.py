"""
FastAPI's path functions, asked for their response without sending it first.

``mount.py`` runs any ASGI application until it sends. A path function of FastAPI gives a response object before it is
sent; where nothing of the route waits for the sending, that object is taken as it is: no messages, no wrappers. A route
with dependencies that ``yield``, a route class of the user, overridden dependencies, a response that streams: all go the
ordinary way. Used by ``routers.py`` and ``app.py``.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, request_response
from starlette._exception_handler import wrap_app_handling_exceptions
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Send

from fastjango.core.handlers.mount import body_receiver, is_too_large, respond, too_large
from fastjango.http import HttpResponse

Scope = MutableMapping[str, Any]
Handler = Callable[[Request], Awaitable[Response]]

# The functions that FastAPI makes of a handler share this code; the handler is in their closure.
_WRAPPER: Final = next(
    (
        code
        for code in request_response.__code__.co_consts
        if inspect.iscode(code) and code.co_name == "app" and "f" in code.co_freevars
    ),
    None,
)
_send_itself: Final = Response.__call__


def direct_handler(route: Any) -> Handler | None:
    """Return FastAPI's handler of *route*, a route or its context in an included router; None where it has to send."""
    original = getattr(route, "original_route", route)
    if not isinstance(original, APIRoute) or type(original).get_route_handler is not APIRoute.get_route_handler:
        return None
    if _yields(route.dependant):
        return None
    app = route.app
    if _WRAPPER is None or getattr(app, "__code__", None) is not _WRAPPER:
        return None
    handler: Any = inspect.getclosurevars(app).nonlocals.get("f")
    return handler if inspect.iscoroutinefunction(handler) else None


def _yields(dependant: Dependant) -> bool:
    """Return whether the function of *dependant*, or one that it depends on, is a generator."""
    return _is_generator(dependant.call) or any(_yields(below) for below in dependant.dependencies)


def _is_generator(call: Any) -> bool:
    inner = inspect.unwrap(call) if callable(call) else call
    made = getattr(inner, "__call__", None)  # noqa: B004 - the method itself is looked at
    return any(
        inspect.isgeneratorfunction(one) or inspect.isasyncgenfunction(one)
        for one in (call, inner, getattr(inner, "func", None), made)
    )


async def respond_directly(handler: Handler, request: Any, scope: Scope, reads_whole: bool) -> Any:
    """Run *handler* for *request* and return its response; *reads_whole*: it takes the body into memory."""
    if is_too_large(request, reads_whole):
        return too_large()
    receive = body_receiver(request)
    # Nothing is pushed on them: the route has no dependency that yields.
    files = scope["fastapi_middleware_astack"]
    scope["fastapi_inner_astack"] = scope["fastapi_function_astack"] = files
    conn = Request(scope, receive)
    try:
        response = await handler(conn)
    except Exception as exc:  # noqa: BLE001 - raised again where nobody handles it
        return await respond(_handled(conn, exc), request, scope)
    if type(response).__call__ is not _send_itself or not isinstance(response.body, bytes):
        return await respond(response, request, scope)
    made = HttpResponse.from_message(response.status_code, response.raw_headers, response.body)
    if response.background is not None:
        request.__dict__.setdefault("_after_response", []).append(response.background)
    return made


def _handled(conn: Request, raised: Exception) -> ASGIApp:
    """Return an application that answers with what the exception handlers make of *raised*, or raises it."""
    # Not held by a frame of its own traceback: nobody would free such a ring at once.
    held = [raised]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise held.pop()

    return wrap_app_handling_exceptions(app, conn)


__all__ = ["direct_handler", "respond_directly"]
