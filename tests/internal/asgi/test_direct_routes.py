"""Which routes give their response without sending it, and that the outcome is the same."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import weakref
from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException
from fastapi.responses import StreamingResponse
from fastapi.routing import iter_route_contexts

from fastjango.core.handlers.app import FastJango
from fastjango.core.handlers.direct import direct_handler
from fastjango.core.handlers.routers import RouteTable
from fastjango.test import override_settings

router = APIRouter()
events: list[str] = []
requests: list[Any] = []


async def closing() -> AsyncIterator[str]:
    yield "open"
    events.append("closed")


async def plain() -> str:
    return "plain"


@router.get("/plain")
async def plain_route(value: Annotated[str, Depends(plain)]) -> str:
    return value


@router.get("/closing")
async def closing_route(value: Annotated[str, Depends(closing)]) -> str:
    return value


@router.get("/after")
async def after_route(tasks: BackgroundTasks) -> str:
    tasks.add_task(events.append, "background")
    return "sent"


@router.get("/refused")
async def refused_route() -> str:
    raise HTTPException(418, "no coffee", headers={"X-Pot": "tea"})


@router.get("/stream")
async def stream_route() -> StreamingResponse:
    return StreamingResponse(iter([b"one,", b"two"]))


class Held:
    """What a failing route has in its hands."""


held: list[weakref.ref[Held]] = []


def fail() -> None:
    thing = Held()
    held.append(weakref.ref(thing))
    raise ValueError("on purpose")


@router.get("/failing")
async def failing_route() -> None:
    fail()


@router.get("/failing-late")
async def failing_late_route() -> None:
    thing = Held()
    held.append(weakref.ref(thing))
    loop = asyncio.get_running_loop()
    pending = loop.create_future()
    loop.call_soon(pending.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await pending
    raise ValueError("on purpose")


@router.get("/failing-closing")
async def failing_closing_route(value: Annotated[str, Depends(closing)]) -> None:
    fail()


def _handler(path: str) -> Any:
    return next(direct_handler(route) for route in iter_route_contexts(router.routes) if route.path == path)


def ask(app: Any, path: str, sent: list[Any] | None = None) -> tuple[int, dict[bytes, bytes], bytes]:
    """Return status, headers and body of a GET; *sent* gets the messages as they go out."""
    messages = [] if sent is None else sent

    async def receive() -> dict[str, Any]:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("nothing is received here")

    async def send(message: Any) -> None:
        messages.append(message)
        events.append(message["type"])

    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"},
        **{"path": path, "raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"testserver")]},
        **{"client": ("127.0.0.1", 1), "server": ("testserver", 80), "root_path": "", "state": {}},
    }
    events.clear()
    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in messages)
    return messages[0]["status"], dict(messages[0]["headers"]), body


@override_settings(ALLOWED_HOSTS=["testserver"], MIDDLEWARE=[])
def app_with_routes() -> Any:
    app = FastJango()
    app.include_router(router, prefix="/direct")
    return app


def test_a_path_function_is_called_directly() -> None:
    """If this fails after an upgrade of FastAPI, everything works, but each request makes the detour over messages."""
    assert _handler("/plain") is not None


def test_a_dependency_that_yields_takes_the_ordinary_way() -> None:
    assert _handler("/closing") is None


def test_a_dependency_is_closed_behind_the_response() -> None:
    status, _, body = ask(app_with_routes(), "/direct/closing")

    assert (status, body) == (200, b'"open"')
    assert events[-1] == "closed"


def test_background_tasks_run_behind_the_response() -> None:
    ask(app_with_routes(), "/direct/after")

    assert events == ["http.response.start", "http.response.body", "background"]


def test_an_http_exception_becomes_its_response() -> None:
    status, headers, body = ask(app_with_routes(), "/direct/refused")

    assert (status, body) == (418, b'{"detail":"no coffee"}')
    assert headers[b"x-pot"] == b"tea"


def test_a_streaming_response_is_sent_in_its_parts() -> None:
    sent: list[Any] = []
    _, _, body = ask(app_with_routes(), "/direct/stream", sent)

    assert body == b"one,two"
    assert len(sent) > 2


def test_overridden_dependencies_are_used() -> None:
    app = app_with_routes()
    app.dependency_overrides[plain] = lambda: "other"

    assert ask(app, "/direct/plain")[2] == b'"other"'


def test_a_request_is_freed_without_the_garbage_collector() -> None:
    app = app_with_routes()
    seen: list[weakref.ref[Any]] = []

    def remember(sender: Any, **kwargs: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        seen.append(weakref.ref(task))

    from fastjango.core.signals import request_started

    ask(app, "/direct/plain")
    request_started.connect(remember)
    gc.collect()
    gc.disable()
    try:
        ask(app, "/direct/plain")
        assert [ref() for ref in seen] == [None]
    finally:
        gc.enable()
        request_started.disconnect(remember)


@pytest.mark.parametrize("path", ["/direct/failing", "/direct/failing-late", "/direct/failing-closing"])
def test_a_request_that_failed_is_freed_without_the_garbage_collector(path: str) -> None:
    app = app_with_routes()

    async def quiet(scope: Any, receive: Any, send: Any) -> None:
        with contextlib.suppress(ValueError):
            await app(scope, receive, send)

    ask(quiet, path)
    held.clear()
    gc.collect()
    gc.disable()
    # The records that pytest keeps hold the exception.
    logging.disable()
    try:
        ask(quiet, path)
        assert [ref() for ref in held] == [None]
    finally:
        logging.disable(logging.NOTSET)
        gc.enable()


def test_a_literal_path_is_matched_as_the_route_itself_does() -> None:
    table = RouteTable(router)
    scope = {"type": "http", "path": "/plain", "method": "GET", "root_path": "", "path_params": {"outer": "1"}}
    (entry,) = table._literal["/plain"]

    assert entry.known is not None
    assert entry.match(scope) == entry.route.matches(scope)
    assert entry.match({**scope, "method": "POST"}) == entry.route.matches({**scope, "method": "POST"})
