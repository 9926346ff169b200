"""The live test server: uvicorn in a thread, serving the project's application on a free port."""

from __future__ import annotations

import asyncio
import contextvars
import socket
import threading
from typing import Any

import uvicorn
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles

from fastjango.conf import settings
from fastjango.core.handlers.app import default_application
from fastjango.core.handlers.monitor import LoopMonitor
from fastjango.core.handlers.placement import threaded_loops
from fastjango.db import connections


class LiveServerThread(threading.Thread):
    """
    Runs the server until :meth:`terminate`.

    Attributes:
        is_ready: Set when the server answers, or when it failed (then ``error`` says how).
        port: The port it listens on.
    """

    def __init__(
        self,
        host: str,
        static_handler: Any = None,
        connections_override: dict[str, Any] | None = None,
        port: int = 0,
    ) -> None:
        self.host = host
        self.port = port
        self.is_ready = threading.Event()
        self.error: BaseException | None = None
        self.static_handler = static_handler
        self.connections_override = connections_override or {}
        self._server: uvicorn.Server | None = None
        self._context = contextvars.copy_context()
        super().__init__()

    def run(self) -> None:
        """Serve, in the context of the test that started the thread where its connections are shared."""
        if self.connections_override:
            self._context.run(self._serve)
        else:
            self._serve()

    def _serve(self) -> None:
        for alias, connection in self.connections_override.items():
            connections[alias] = connection
        try:
            listener = socket.create_server((self.host, self.port), family=_family(self.host))
            self.port = listener.getsockname()[1]
            app: Any = FolderFiles(default_application(), settings.MEDIA_URL, settings.MEDIA_ROOT)
            if self.static_handler is not None:
                app = self.static_handler(app)
            else:
                app = FolderFiles(app, settings.STATIC_URL, settings.STATIC_ROOT)
            config = uvicorn.Config(app, log_level="error", lifespan="on", access_log=False, ws="auto")
            self._server = _Server(config, self.is_ready)
            # A view of a test may ask its own server, with a client that blocks: as in Django, it has a thread.
            threaded_loops.add(threading.get_ident())
            asyncio.run(self._server.serve(sockets=[listener]))
        except BaseException as exc:
            self.error = exc
        finally:
            threaded_loops.discard(threading.get_ident())
            self.is_ready.set()
            if not self.connections_override:
                connections.close_all()

    def terminate(self) -> None:
        """Stop the server and wait for the thread."""
        if self._server is not None:
            self._server.should_exit = True
        self.join(timeout=10)


class FolderFiles:
    """
    Answers with the files of a folder, below a path; passes everything else on.

    What a web server does for collected static files and for uploads. A URL with a host of its own is none of its
    business, and so is a folder that is not set.
    """

    def __init__(self, app: Any, url: str | None, root: Any) -> None:
        self.app = app
        self.path = (
            url if root and url and url.startswith("/") and url.strip("/") and not url.startswith("//") else None
        )
        self.files = StaticFiles(directory=root, check_dir=False) if self.path else None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.files is None or scope["type"] != "http" or not scope["path"].startswith(self.path):
            await self.app(scope, receive, send)
            return
        try:
            # Starlette joins the folder and the path, and refuses what leads out of the folder.
            response: Any = await self.files.get_response(scope["path"].removeprefix(self.path), scope)
        except HTTPException as exc:
            response = PlainTextResponse(str(exc.detail), exc.status_code)
        await response(scope, receive, send)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready
        self._monitor: LoopMonitor | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if not settings.DEBUG:
            # With DEBUG the application has one. A view that calls this very server should not hang without a word.
            self._monitor = LoopMonitor()
            self._monitor.start()
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._monitor is not None:
            self._monitor.stop()
        await super().shutdown(sockets=sockets)

    def install_signal_handlers(self) -> None:
        """Leave the signals to the main thread."""


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
