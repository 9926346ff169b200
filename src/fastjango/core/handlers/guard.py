"""
What FastAPI's own middleware stack does around its routes, for a route inside the pipeline.

Exceptions that no route handles go to the application's handlers, bodies over ``max_body_size`` are refused, telemetry
sees what was raised. ``app.py`` puts it around every application that sends its response itself.
"""

from __future__ import annotations

from typing import Any

from fastapi._body_limit import AppBodyLimitMiddleware
from fastapi.telemetry._asgi import ExceptionTelemetryMiddleware
from starlette._exception_handler import wrap_app_handling_exceptions
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send


class Guarded:
    """An ASGI application with FastAPI's stack around it."""

    def __init__(self, found: Any, max_body_size: int | None) -> None:
        self.found = found
        # Whether the body is read into memory as a whole; asked by mount.py.
        self.reads_whole: bool = getattr(found, "reads_whole", False)
        app: ASGIApp = self._handling
        if max_body_size is not None:
            app = AppBodyLimitMiddleware(app, max_body_size)
        self.app = app

    async def _handling(self, scope: Scope, receive: Receive, send: Send) -> None:
        await wrap_app_handling_exceptions(self.found, Request(scope, receive, send))(scope, receive, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app if scope.get("fastapi.telemetry") is None else ExceptionTelemetryMiddleware(self.app)
        await app(scope, receive, send)


async def plain_500(request: Any, exc: Exception) -> Response:
    """Answer for a FastAPI route that failed, where the application has no handler of its own."""
    return PlainTextResponse("Internal Server Error", status_code=500)


def guarded(found: Any, max_body_size: int | None) -> Guarded:
    """Return *found* with what FastAPI has around its routes."""
    return Guarded(found, max_body_size)


__all__ = ["Guarded", "guarded", "plain_500"]
