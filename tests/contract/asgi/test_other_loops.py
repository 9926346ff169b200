"""The application on trio: everything but the databases, which say what they need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import ModuleType
from typing import Any, TypeVar, cast

import anyio
import httpx
import pytest
from fastapi import Depends, Request, WebSocket
from fastapi.responses import StreamingResponse
from starlette.testclient import TestClient
from tests.contract.asgi import site

from fastjango import FastJango
from fastjango.core import signals
from fastjango.core.exceptions import SynchronousOnlyOperation
from fastjango.core.handlers.loop import wait_for
from fastjango.db import transaction
from fastjango.db.bridge import bridged
from fastjango.db.sqlalchemy import session
from fastjango.dispatch import Signal
from fastjango.http import HttpResponse
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches, path
from fastjango.utils.log import DEFAULT_LOGGING

trio = pytest.importorskip("trio")

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("database"),
]

T = TypeVar("T")

diary: list[str] = []


def sync_view(request: Any) -> HttpResponse:
    return HttpResponse("sync")


async def async_view(request: Any) -> HttpResponse:
    await trio.sleep(0)
    return HttpResponse("async")


def books_view(request: Any) -> HttpResponse:
    return HttpResponse(str(site.Book.objects.count()))


def stamp(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def middleware(request: Any) -> Any:
        response = get_response(request)
        response["X-Stamp"] = "seen"
        return response

    return middleware


def async_stamp(get_response: Callable[[Any], Any]) -> Any:
    async def middleware(request: Any) -> Any:
        await anyio.sleep(0)
        return await get_response(request)

    return middleware


async_stamp.async_capable, async_stamp.sync_capable = True, False  # type: ignore[attr-defined]

urls: Any = ModuleType("other_loops_urls")
urls.urlpatterns = [path("sync/", sync_view), path("async/", async_view), path("books/", books_view)]
MIDDLEWARE = [
    "fastjango.contrib.sessions.middleware.SessionMiddleware",
    "fastjango.middleware.common.CommonMiddleware",
    "fastjango.contrib.auth.middleware.AuthenticationMiddleware",
    f"{__name__}.stamp",
    f"{__name__}.async_stamp",
]


async def resource() -> AsyncIterator[str]:
    diary.append("open")
    try:
        yield "resource"
    finally:
        await trio.sleep(0)
        diary.append("closed")


async def parts() -> AsyncIterator[str]:
    for number in range(3):
        await anyio.sleep(0)
        yield str(number)


def make_app() -> FastJango:
    app = FastJango()

    @app.get("/plain")
    async def plain() -> str:
        await trio.sleep(0)
        return "route"

    @app.get("/dependency")
    async def dependency(found: str = Depends(resource)) -> str:
        diary.append("route")
        return found

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(parts())

    @app.post("/echo")
    async def echo(request: Request) -> str:
        return (await request.body()).decode()

    @app.get("/thread")
    def thread() -> int:
        return site.Book.objects.count()

    @app.get("/fail")
    async def fail(found: str = Depends(resource)) -> str:
        raise KeyError("on purpose")

    @app.get("/forever")
    async def forever() -> str:
        diary.append("waits")
        try:
            await trio.sleep_forever()
        finally:
            diary.append("ended")
        return "never"

    return app


@pytest.fixture
def app(database: str) -> Iterator[FastJango]:
    """An application on URL patterns, middleware and a database."""
    diary.clear()
    with override_settings(ROOT_URLCONF=urls, MIDDLEWARE=MIDDLEWARE, DEBUG=False, LOGGING=DEFAULT_LOGGING):
        clear_url_caches()
        yield make_app()


def on_trio(app: Any, scenario: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
    async def main() -> T:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await scenario(client)

    return cast("T", trio.run(main))


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("/sync/", "sync"),
        ("/async/", "async"),
        ("/plain", '"route"'),
        ("/dependency", '"resource"'),
        ("/stream", "012"),
        ("/thread", "1"),
    ],
)
def test_every_kind_of_view_answers_through_the_middleware(app: FastJango, url: str, text: str) -> None:
    answer = on_trio(app, lambda client: client.get(url))

    assert (answer.status_code, answer.text, answer.headers["x-stamp"]) == (200, text, "seen")


def test_a_body_is_received(app: FastJango) -> None:
    assert on_trio(app, lambda client: client.post("/echo", content=b"words")).json() == "words"


def test_a_dependency_is_closed_behind_the_response_and_when_the_route_fails(app: FastJango) -> None:
    on_trio(app, lambda client: client.get("/dependency"))
    failed = on_trio(app, lambda client: client.get("/fail"))

    assert failed.status_code == 500
    assert diary == ["open", "route", "closed", "open", "closed"]


def test_requests_run_side_by_side(app: FastJango) -> None:
    async def scenario(client: httpx.AsyncClient) -> list[str]:
        answers: list[str] = []

        async def one(url: str) -> None:
            answers.append((await client.get(url)).text)

        async with trio.open_nursery() as nursery:
            for url in ("/stream", "/async/", "/dependency", "/sync/"):
                nursery.start_soon(one, url)
        return sorted(answers)

    assert on_trio(app, scenario) == ['"resource"', "012", "async", "sync"]


def test_a_client_that_leaves_cancels_its_request(app: FastJango) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        diary.append(message["type"])

    async def main() -> None:
        scope = {"type": "http", "method": "GET", "path": "/forever", "query_string": b"", "scheme": "http"}
        scope |= {"headers": [(b"host", b"testserver")], "server": ("testserver", 80), "client": ("test", 1)}
        with trio.fail_after(20):
            await app(scope, receive, send)

    trio.run(main)

    assert diary == ["waits", "ended"]


def test_sockets_and_lifespan_work(app: FastJango) -> None:
    @app.websocket("/socket")
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.close()

    with TestClient(app, backend="trio") as client, client.websocket_connect("/socket") as connection:
        connection.send_text("words")
        assert connection.receive_text() == "words"


def test_a_database_says_that_it_needs_asyncio_and_what_to_do(app: FastJango) -> None:
    async def scenario() -> list[str]:
        said: list[str] = []
        for call in (site.Book.objects.count, transaction.atomic().__enter__, lambda: session().connection()):
            for bridge_it in (False, True):
                try:
                    if bridge_it:
                        await bridged(_called(call))
                    else:
                        call()
                except SynchronousOnlyOperation as exc:
                    said += [str(exc), *exc.__notes__]
        return said

    said = trio.run(scenario)

    assert said.count("Databases are reached on asyncio; this code runs on trio.") == 6
    assert any("anyio.to_thread.run_sync(function)" in line for line in said)
    assert trio.run(anyio.to_thread.run_sync, site.Book.objects.count) == 1


async def _called(call: Callable[[], Any]) -> Any:
    return call()


def test_a_view_that_asks_the_database_fails_and_the_next_request_is_served(app: FastJango) -> None:
    async def scenario(client: httpx.AsyncClient) -> list[int]:
        return [(await client.get(url)).status_code for url in ("/books/", "/sync/")]

    assert on_trio(app, scenario) == [500, 200]


def test_signals_reach_async_receivers_side_by_side() -> None:
    told: list[str] = []
    first_runs = trio.Event()
    signal = Signal()

    async def first(**named: Any) -> str:
        first_runs.set()
        return "first"

    async def second(**named: Any) -> str:
        await first_runs.wait()
        told.append("second")
        raise LookupError("on purpose")

    # The one that waits is called first.
    signal.connect(second)
    signal.connect(first)

    async def main() -> list[Any]:
        with trio.fail_after(20), pytest.raises(LookupError):
            await signal.asend(None)
        return await signal.asend_robust(None)

    answers = dict(trio.run(main))

    assert told == ["second", "second"]
    assert answers[first] == "first"
    assert isinstance(answers[second], LookupError)


def test_request_signals_reach_async_receivers(app: FastJango) -> None:
    async def started(**named: Any) -> None:
        await trio.sleep(0)
        diary.append("started")

    async def finished(**named: Any) -> None:
        await trio.sleep(0)
        diary.append("finished")

    signals.request_started.connect(started)
    signals.request_finished.connect(finished)
    try:
        on_trio(app, lambda client: client.get("/dependency"))
    finally:
        signals.request_started.disconnect(started)
        signals.request_finished.disconnect(finished)

    assert diary == ["started", "open", "route", "closed", "finished"]


def test_sync_code_outside_the_bridge_may_not_wait_for_a_coroutine() -> None:
    async def nothing() -> None: ...

    async def main() -> None:
        wait_for(nothing())

    with pytest.raises(RuntimeError, match="Await it instead"):
        trio.run(main)


def test_an_application_serves_one_loop_after_the_other(app: FastJango) -> None:
    async def main() -> str:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return (await client.get("/stream")).text

    assert [anyio.run(main, backend=name) for name in ("asyncio", "trio", "asyncio")] == ["012"] * 3


def test_a_stream_without_end_ends_with_its_client(app: FastJango) -> None:
    async def numbers() -> AsyncIterator[str]:
        try:
            while True:
                await anyio.sleep(0)
                yield "number"
        finally:
            diary.append("closed")

    @app.get("/endless")
    async def endless() -> StreamingResponse:
        return StreamingResponse(numbers())

    async def main() -> None:
        sent = trio.Event()

        async def receive() -> dict[str, Any]:
            await sent.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            await trio.sleep(0)
            if message.get("body"):
                sent.set()

        scope = {"type": "http", "method": "GET", "path": "/endless", "query_string": b"", "scheme": "http"}
        scope |= {"headers": [(b"host", b"testserver")], "server": ("testserver", 80), "client": ("test", 1)}
        with trio.fail_after(20):
            await app(scope, receive, send)

    trio.run(main)

    assert diary == ["closed"]
