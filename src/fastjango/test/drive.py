"""How the test clients drive the pipeline: in this thread and context, and without closing the test's connections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastjango.core.handlers.app import default_application
from fastjango.core.handlers.asgi import ASGIRequest
from fastjango.core.handlers.base import BaseHandler
from fastjango.core.handlers.loop import wait_for
from fastjango.core.handlers.wsgi import LimitedStream, WSGIRequest
from fastjango.core.signals import request_finished, request_started
from fastjango.db import close_old_connections
from fastjango.db.bridge import bridge
from fastjango.test.payload import FakePayload


def closing_iterator_wrapper(iterable: Iterable[bytes], close: Callable[[], None]) -> Iterable[bytes]:
    """Yield the parts and close in the end, without closing the test's database connections."""
    try:
        yield from iterable
    finally:
        request_finished.disconnect(close_old_connections)
        close()
        request_finished.connect(close_old_connections)


async def aclosing_iterator_wrapper(iterable: Any, close: Callable[[], None]) -> Any:
    """Do the same for an async iterator."""
    try:
        async for part in iterable:
            yield part
    finally:
        request_finished.disconnect(close_old_connections)
        close()
        request_finished.connect(close_old_connections)


def conditional_content_removal(request: Any, response: Any) -> Any:
    """Drop the body where HTTP has none: 1xx, 204, 304 and HEAD (RFC 9112, section 6.3)."""
    empty_status = 100 <= response.status_code < 200 or response.status_code in (204, 304)
    if empty_status or request.method == "HEAD":
        if response.streaming:
            response.streaming_content = []
        else:
            response.content = b""
    return response


class ClientHandler(BaseHandler):
    """The pipeline as the sync client drives it."""

    request_class: Any = WSGIRequest

    def __init__(self, enforce_csrf_checks: bool = True, *args: Any, **kwargs: Any) -> None:
        self.enforce_csrf_checks = enforce_csrf_checks
        super().__init__(*args, **kwargs)
        self.fallback = _application_routes

    def __call__(self, environ: dict[str, Any]) -> Any:
        if self._middleware_chain is None:
            self.load_middleware()
        request_started.disconnect(close_old_connections)
        request_started.send(sender=self.__class__, environ=environ)
        request_started.connect(close_old_connections)
        request = WSGIRequest(environ)
        request._dont_enforce_csrf_checks = not self.enforce_csrf_checks  # type: ignore[attr-defined]
        response = self.get_response(request)
        conditional_content_removal(request, response)
        response.wsgi_request = request
        if response.streaming:
            wrapper = aclosing_iterator_wrapper if response.is_async else closing_iterator_wrapper
            response.streaming_content = wrapper(response.streaming_content, response.close)
        else:
            request_finished.disconnect(close_old_connections)
            response.close()
            request_finished.connect(close_old_connections)
            for call in request.__dict__.get("_after_response", ()):
                wait_for(_call(call))
        return response


async def _call(call: Callable[[], Awaitable[None]]) -> None:
    await call()


def _application_routes(request: Any) -> Any:
    return default_application().pipeline._find_route(request)


class AsyncClientHandler(BaseHandler):
    """The pipeline as the async client drives it."""

    request_class: Any = ASGIRequest

    def __init__(self, enforce_csrf_checks: bool = True, *args: Any, **kwargs: Any) -> None:
        self.enforce_csrf_checks = enforce_csrf_checks
        super().__init__(*args, **kwargs)
        self.fallback = _application_routes

    async def __call__(self, scope: dict[str, Any]) -> Any:
        if self._middleware_chain is None:
            self.load_middleware(is_async=True)
        body_file = scope.pop("_body_file", None) or FakePayload("")
        request_started.disconnect(close_old_connections)
        await request_started.asend(sender=self.__class__, scope=scope)
        request_started.connect(close_old_connections)
        request = ASGIRequest(scope, LimitedStream(body_file, len(body_file)))  # type: ignore[arg-type]
        request._dont_enforce_csrf_checks = not self.enforce_csrf_checks  # type: ignore[attr-defined]
        response = await self.get_response_async(request)
        conditional_content_removal(request, response)
        response.asgi_request = request
        if response.streaming:
            wrapper = aclosing_iterator_wrapper if response.is_async else closing_iterator_wrapper
            response.streaming_content = wrapper(response.streaming_content, response.close)
        else:
            request_finished.disconnect(close_old_connections)
            await bridge(response.close)
            request_finished.connect(close_old_connections)
            for call in request.__dict__.get("_after_response", ()):
                await call()
        return response
