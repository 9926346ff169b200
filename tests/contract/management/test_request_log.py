"""The lines that the development server writes."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

import pytest

from fastjango.core.management.request_log import RequestLog
from fastjango.utils.log import ServerFormatter


def serve(status: int, path: str = "/", query: bytes = b"") -> None:
    """Answer one request with *status* and three bytes."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"abc"})

    async def send(message: Any) -> None:
        pass

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "http_version": "1.1"}
    asyncio.run(RequestLog(answer)(scope, None, send))


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> list[logging.LogRecord]:
    """The records of the server's logger."""
    found: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = found.append  # type: ignore[method-assign, assignment]
    logger = logging.getLogger("fastjango.server")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logger, "level", logging.INFO)
    logger.manager._clear_cache()  # type: ignore[attr-defined]
    return found


def test_a_line_names_method_address_version_status_and_size(records: list[logging.LogRecord]) -> None:
    serve(200, "/shop/", b"q=a%20b&x=1")

    assert records[0].getMessage() == '"GET /shop/?q=a%20b&x=1 HTTP/1.1" 200 3'


@pytest.mark.parametrize(("status", "level"), [(200, "INFO"), (302, "INFO"), (404, "WARNING"), (500, "ERROR")])
def test_the_level_follows_the_status(records: list[logging.LogRecord], status: int, level: str) -> None:
    serve(status)

    assert records[0].levelname == level


def test_control_characters_do_not_reach_the_terminal(records: list[logging.LogRecord]) -> None:
    serve(200, "/\x1b[2J\r\n", b"a=\x1b[2J\r\n")

    assert not re.search(r"[\x00-\x1f]", records[0].getMessage())


def test_the_line_begins_with_the_time(records: list[logging.LogRecord]) -> None:
    serve(200)

    line = ServerFormatter("[{server_time}] {message}", style="{").format(records[0])
    assert re.fullmatch(r'\[\d\d/\w{3}/\d{4} \d\d:\d\d:\d\d\] .*"GET / HTTP/1\.1" 200 3.*', line)
