"""Routes whose response is sent from a child task, as Starlette's file and streaming responses do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import FileResponse, Response, StreamingResponse

from fastjango.core.handlers.mount import Exchange

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}


async def _body_of(response: Response) -> bytes:
    async def receive() -> dict[str, Any]:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("nothing is received here")

    exchange = Exchange(response.__call__, dict(SCOPE), receive)
    start = await exchange.advance()
    assert start is not None
    assert start["status"] == 200
    parts = []
    while (message := await exchange.advance()) is not None:
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    await exchange.finish()
    assert exchange.finished
    return b"".join(parts)


def test_a_file_comes_whole(tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(b"0123456789" * 20_000)
    assert asyncio.run(_body_of(FileResponse(path))) == path.read_bytes()


def test_a_stream_that_waits_comes_whole() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for number in range(3):
            await asyncio.sleep(0.001)
            yield b"part %d;" % number

    assert asyncio.run(_body_of(StreamingResponse(parts()))) == b"part 0;part 1;part 2;"


def test_a_stream_that_fails_raises() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        asyncio.run(_body_of(StreamingResponse(parts())))
