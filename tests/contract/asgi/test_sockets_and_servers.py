"""WebSockets, and the application under a real server."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from tests.contract.asgi import site

from fastjango import FastJango
from fastjango.test import override_settings


async def handshake(app: FastJango, *headers: tuple[bytes, bytes], path: str = "/api/echo") -> list[dict[str, Any]]:
    """Open a WebSocket, say hello when it is accepted, and return what the application sent."""
    sent: list[Any] = []
    incoming = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "hello"}])

    async def receive() -> Any:
        return next(incoming, {"type": "websocket.disconnect", "code": 1000})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "subprotocols": [],
        "state": {},
        "extensions": {},
    }
    await app(scope, receive, send)
    return sent


HOST = (b"host", b"testserver")


@pytest.mark.parametrize(
    "headers", [[HOST], [HOST, (b"origin", b"http://testserver")]], ids=["no browser", "a page of ours"]
)
def test_a_socket_of_our_own_is_accepted_and_may_query(app: FastJango, headers: Any) -> None:
    sent = asyncio.run(handshake(app, *headers))

    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert sent[1]["text"] == "hello 1"


@pytest.mark.parametrize(
    "headers",
    [
        [HOST, (b"origin", b"https://evil.example")],
        [HOST, (b"origin", b"http://testserver.evil.example")],
        [HOST, (b"origin", b"null")],
        [HOST, (b"origin", b"")],
        [HOST, (b"origin", b"http://[::1")],
        [HOST, (b"origin", b"\xff\x00")],
        [(b"host", b"evil.example")],
        [(b"host", b"")],
        [],
        [HOST, (b"host", b"evil.example")],
        [(b"host", b"evil.example"), HOST],
        [HOST, (b"origin", b"https://evil.example"), (b"origin", b"http://testserver")],
    ],
    ids=str,
)
def test_a_socket_with_a_foreign_origin_or_host_is_refused(app: FastJango, headers: Any) -> None:
    sent = asyncio.run(handshake(app, *headers))

    assert "websocket.accept" not in [message["type"] for message in sent]


def test_a_trusted_origin_may_open_a_socket(app: FastJango) -> None:
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://*.partner.example", "https://one.example"]):
        for origin in (b"https://shop.partner.example", b"https://one.example"):
            assert asyncio.run(handshake(app, HOST, (b"origin", origin)))[0]["type"] == "websocket.accept"


def test_a_trusted_origin_with_another_scheme_is_refused(app: FastJango) -> None:
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://*.partner.example", "https://one.example"]):
        for origin in (b"http://shop.partner.example", b"http://one.example"):
            assert asyncio.run(handshake(app, HOST, (b"origin", origin)))[0]["type"] != "websocket.accept"


def test_an_unknown_socket_is_refused(app: FastJango) -> None:
    sent = asyncio.run(handshake(app, HOST, path="/nowhere"))

    assert "websocket.accept" not in [message["type"] for message in sent]


@pytest.fixture
def served(app: FastJango) -> Iterator[str]:
    """Serve the application with uvicorn in a thread; gives its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://localhost:{port}"
    server.should_exit = True
    thread.join(10)


def test_a_client_that_leaves_cancels_its_request(served: str, pool_is_clean: Callable[[], bool]) -> None:
    with httpx.Client(base_url=served) as client:
        ok = client.get("/api/books/1")
        with pytest.raises(httpx.ReadTimeout):
            client.get("/api/hang", timeout=0.5)
    deadline = time.monotonic() + 5
    while not pool_is_clean() and time.monotonic() < deadline:
        time.sleep(0.02)

    assert ok.json() == {"title": "First", "author": "renamed"}
    assert "hanging" in site.diary
    assert pool_is_clean()
    assert not site.Author.objects.filter(name="lost").exists()
