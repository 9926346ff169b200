"""The request log of the development server: one coloured line per request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Any

from fastjango.utils.encoding import escape_uri_path


class RequestLog:
    """ASGI middleware that writes method, path, status, size and milliseconds of each request."""

    def __init__(self, app: Any, stream: Any, style: Any) -> None:
        self.app = app
        self.stream = stream
        self.style = style

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        seen = {"status": 0, "size": 0}

        async def watch(message: Any) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
            elif message["type"] == "http.response.body":
                seen["size"] += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            self._write(scope, seen["status"], seen["size"], (perf_counter() - began) * 1000)

    def _write(self, scope: Any, status: int, size: int, milliseconds: float) -> None:
        path = escape_uri_path(scope["path"])
        if scope.get("query_string"):
            path += "?" + scope["query_string"].decode("latin-1").replace("\r", "").replace("\n", "")
        now = datetime.now().strftime("%d/%b/%Y %H:%M:%S")
        line = f'[{now}] "{scope["method"]} {path}" {status} {size} {milliseconds:.0f}ms'
        self.stream.write(line, self._style_for(status))

    def _style_for(self, status: int) -> Callable[[str], str]:
        style: Any = self.style
        if status == 304:
            chosen = style.HTTP_NOT_MODIFIED
        elif status == 404:
            chosen = style.HTTP_NOT_FOUND
        else:
            name = {1: "INFO", 2: "SUCCESS", 3: "REDIRECT", 4: "BAD_REQUEST"}.get(status // 100, "SERVER_ERROR")
            chosen = getattr(style, f"HTTP_{name}")
        return chosen  # type: ignore[no-any-return]
