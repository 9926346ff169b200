"""The request log of the development server: one line per request, through the logger ``fastjango.server``."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastjango.utils.encoding import escape_uri_path

logger = logging.getLogger("fastjango.server")


class RequestLog:
    """ASGI middleware that writes ``"GET / HTTP/1.1" 200 123``: method, address, status and bytes of each answer."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = {"status": 500, "size": 0}

        async def watch(message: Any) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
            elif message["type"] == "http.response.body":
                seen["size"] += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            _write(scope, seen["status"], seen["size"])


def _write(scope: Any, status: int, size: int) -> None:
    address = escape_uri_path(scope["path"])
    if scope.get("query_string"):
        address += "?" + quote(scope["query_string"], safe="/:@&+$,-_.!~*'()=?%;[]")
    request_line = f"{scope['method']} {address} HTTP/{scope.get('http_version', '1.1')}"
    level = logging.ERROR if status >= 500 else logging.WARNING if status >= 400 else logging.INFO
    # The time is that of the line, and the status chooses its colour: see ServerFormatter.
    extra = {"server_time": datetime.now().strftime("%d/%b/%Y %H:%M:%S"), "status_code": status, "request": scope}
    logger.log(level, '"%s" %s %s', request_line, status, size, extra=extra)
