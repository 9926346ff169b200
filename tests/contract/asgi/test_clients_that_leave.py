"""A client that leaves while a response streams ends it: servers take what is sent to nobody, so nothing else would."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from fastapi import APIRouter, BackgroundTasks
from starlette.responses import StreamingResponse

from fastjango import FastJango
from fastjango.http import StreamingHttpResponse
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches, include, path

router = APIRouter()
diary: list[str] = []


async def ticks() -> AsyncIterator[bytes]:
    try:
        while True:
            yield b"tick\n"
            await asyncio.sleep(0.01)
    finally:
        diary.append("ended")


async def one_tick() -> AsyncIterator[bytes]:
    try:
        yield b"tick\n"
        await asyncio.sleep(1000)
    finally:
        diary.append("ended")


def sync_ticks() -> Iterator[bytes]:
    try:
        while True:
            yield b"tick\n"
            time.sleep(0.01)
    finally:
        diary.append("ended")


async def few_ticks() -> AsyncIterator[bytes]:
    yield b"tick\n"
    await asyncio.sleep(0.01)
    yield b"tick\n"
    diary.append("ended")


@router.get("/route")
async def route() -> StreamingResponse:
    return StreamingResponse(ticks())


@router.get("/sync-route")
async def sync_route() -> StreamingResponse:
    return StreamingResponse(sync_ticks())


@router.get("/few")
async def few(tasks: BackgroundTasks) -> StreamingResponse:
    tasks.add_task(diary.append, "background")
    return StreamingResponse(few_ticks())


urlpatterns = [
    path("view", lambda request: StreamingHttpResponse(ticks())),
    path("quiet", lambda request: StreamingHttpResponse(one_tick())),
    path("sync-view", lambda request: StreamingHttpResponse(sync_ticks())),
    path("", include(router)),
]


class Client:
    """Asks for *url* and leaves after *parts* parts of the answer; a closed gate keeps the sender waiting."""

    def __init__(self, url: str, parts: int, *, gate: bool = False) -> None:
        self.url = url
        self.parts = parts
        self.gate = gate
        self.left = asyncio.Event()
        self.bodies: list[bytes] = []

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] != "http.response.body":
            return
        self.bodies.append(message.get("body", b""))
        if not message.get("more_body", False):
            self.left.set()  # as servers do: behind the last message there is nobody
            await asyncio.sleep(0.05)
        elif len(self.bodies) == self.parts:
            self.left.set()
            if self.gate:
                await asyncio.sleep(1000)

    async def ask(self, app: FastJango) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self.url,
            "raw_path": self.url.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"testserver")],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "state": {},
        }
        async with asyncio.timeout(10):
            await app(scope, self.receive, self.send)
        if "sync-route" in self.url:
            # Starlette drops a generator that is not async, and does not close it.
            gc.collect()


@pytest.fixture
def streaming_app() -> Iterator[FastJango]:
    diary.clear()
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=["fastjango.middleware.common.CommonMiddleware"]):
        clear_url_caches()
        yield FastJango()


@pytest.mark.parametrize("url", ["/view", "/sync-view", "/route", "/sync-route"])
def test_a_stream_without_end_ends_when_its_client_leaves(streaming_app: FastJango, url: str) -> None:
    asyncio.run(Client(url, parts=3).ask(streaming_app))

    assert diary == ["ended"]


def test_a_stream_that_waits_ends_when_its_client_leaves(streaming_app: FastJango) -> None:
    asyncio.run(Client("/quiet", parts=1).ask(streaming_app))

    assert diary == ["ended"]


@pytest.mark.parametrize("url", ["/view", "/sync-view", "/route", "/sync-route"])
def test_a_stream_whose_sender_waits_ends_when_its_client_leaves(streaming_app: FastJango, url: str) -> None:
    asyncio.run(Client(url, parts=3, gate=True).ask(streaming_app))

    assert diary == ["ended"]


def test_a_stream_that_comes_to_its_end_keeps_what_follows(streaming_app: FastJango) -> None:
    client = Client("/few", parts=100)
    asyncio.run(client.ask(streaming_app))

    assert b"".join(client.bodies) == b"tick\ntick\n"
    assert diary == ["ended", "background"]
