"""
One HTTP exchange over ASGI: receive the body, run the pipeline in a bridge, send the response.

Rules kept here: the body is complete before a database connection is taken; a slow request is cancelled when its client
goes away, and so is a response that streams; what a response holds open is closed whatever happens.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from asyncio import _get_running_loop
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import AsyncExitStack
from typing import Any
from weakref import WeakKeyDictionary, ref

from anyio import to_thread
from starlette.exceptions import HTTPException

from fastjango.conf import settings
from fastjango.core.exceptions import RequestAborted, RequestDataTooBig
from fastjango.core.handlers.errors import response_for_exception
from fastjango.core.handlers.other_loops import GROUP, WATCH_AFTER_SECONDS, GroupWatch, in_group
from fastjango.db.bridge import bridged
from fastjango.http import HttpResponseBadRequest, JsonResponse
from fastjango.http.body import receive_body
from fastjango.urls import set_script_prefix
from fastjango.utils.log import is_server_told

logger = logging.getLogger("fastjango.request")

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_BODYLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def _has_body(scope: Scope) -> bool:
    if scope["method"] not in _BODYLESS:
        return True
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _bad_headers(scope: Scope) -> str | None:
    """Say what is wrong with the header block, if anything is."""
    hosts = 0
    for name, _ in scope["headers"]:
        if name == b"host":
            hosts += 1
    return "Duplicate Host header." if hosts > 1 else None


def _is_readable(query: bytes) -> bool:
    """Whether a raw query string is text."""
    if query.isascii():
        return True
    try:
        query.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_plain(scope: Scope) -> bool:
    """Whether a request has no body and nothing that could be wrong with it: nearly every GET."""
    if scope["method"] not in _BODYLESS or not scope.get("query_string", b"").isascii():
        return False
    hosts = 0
    for name, _ in scope["headers"]:
        if name == b"host":
            hosts += 1
        elif name in (b"content-length", b"transfer-encoding"):
            return False
    return hosts <= 1


async def serve(pipeline: Any, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request; all of it runs inside one bridge."""
    loop = _get_running_loop()
    if loop is not None:
        await bridged(_serve(pipeline, scope, receive, send, loop))
    else:
        await in_group(_serve(pipeline, scope, receive, send, None), scope)


async def _take_in(pipeline: Any, scope: Scope, receive: Receive, send: Send) -> Any:
    """Return the body; None where there is no request, or one that is answered by now."""
    problem = _bad_headers(scope)
    if problem is not None:
        await send_response(HttpResponseBadRequest(problem), send)
        return None
    try:
        body: Any = b""
        if _has_body(scope) or pipeline.receives_all:
            body = await receive_body(receive, max_bytes=settings.DATA_UPLOAD_MAX_BODY_SIZE)
    except RequestAborted:
        return None
    except RequestDataTooBig as exc:
        request = pipeline.request_class(scope, b"")
        await send_response(response_for_exception(request, exc), send)
        return None
    except HTTPException as exc:
        # An ASGI middleware refused the body while it came in.
        refused = JsonResponse({"detail": exc.detail}, status=exc.status_code, headers=dict(exc.headers or {}))
        await send_response(refused, send)
        return None
    if not _is_readable(scope.get("query_string", b"")):
        await send_response(HttpResponseBadRequest(), send)
        return None
    return body


async def _serve(
    pipeline: Any, scope: Scope, receive: Receive, send: Send, loop: asyncio.AbstractEventLoop | None
) -> None:
    if _is_plain(scope) and not pipeline.receives_all:
        body: Any = b""
    else:
        body = await _take_in(pipeline, scope, receive, send)
        if body is None:
            return
    set_script_prefix(settings.FORCE_SCRIPT_NAME or scope.get("root_path", "") or "/")
    scope["fastapi_middleware_astack"] = files = AsyncExitStack()
    request = pipeline.request_class(scope, body)
    watch = DisconnectWatch(receive, loop) if loop is not None else GroupWatch(receive, scope[GROUP])
    response: Any = None
    try:
        try:
            response = pipeline.begin_and_respond(request)
            response._handler_class = type(pipeline)
        finally:
            if response is None or not response.streaming:
                watch.stop()
        for message in request.__dict__.get("_early_messages", ()):
            await send(message)
        await send_response(response, send, watch)
        if "_uncaught" in request.__dict__ and (
            "http.response.debug" in scope.get("extensions", ()) or is_server_told()
        ):
            # As FastAPI does: the server writes it into its log, a test client raises it.
            scope["fastjango.answered"] = True
            raise request.__dict__.pop("_uncaught")
    except asyncio.CancelledError:
        if not watch.gone:
            raise
        # The client left: there is nobody to answer and nothing to report.
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
    finally:
        watch.stop()
        for call in getattr(request, "_after_response", ()):
            await call()
        if response is not None:
            response.close()
        else:
            request.close()
        if files._exit_callbacks:  # type: ignore[attr-defined]
            await files.aclose()
        if type(body) is not bytes:
            body.close()
        # Without these rings the request is freed here, and not by the garbage collector.
        scope.pop("fastjango.request", None)
        request.__dict__.pop("_uncaught", None)


class WatchRound:
    """Goes round the requests of one loop: one timer for all, as nearly all are answered before it is their turn."""

    __slots__ = ("__weakref__", "_asked", "_new", "_old")

    def __init__(self) -> None:
        self._new: list[DisconnectWatch] = []
        self._old: list[DisconnectWatch] = []
        self._asked = False

    def add(self, watch: DisconnectWatch, loop: asyncio.AbstractEventLoop) -> None:
        """Have *watch* begin at the end of the next round."""
        self._new.append(watch)
        if not self._asked:
            self._asked = True
            loop.call_later(WATCH_AFTER_SECONDS / 2, self._go, loop)

    def _go(self, loop: asyncio.AbstractEventLoop) -> None:
        due, self._old, self._new = self._old, self._new, []
        for watch in due:
            watch.begin(loop)
        self._asked = bool(self._old)
        if self._asked:
            loop.call_later(WATCH_AFTER_SECONDS / 2, self._go, loop)


_rounds: WeakKeyDictionary[asyncio.AbstractEventLoop, WatchRound] = WeakKeyDictionary()


class LastRound:
    """The loop that was asked for last, and its round: nearly always the only one. In one value, as threads change it."""

    known: tuple[Callable[[], asyncio.AbstractEventLoop | None], WatchRound] | None = None


def _round_of(loop: asyncio.AbstractEventLoop) -> WatchRound:
    """Return the round of *loop*."""
    known = LastRound.known
    if known is not None and known[0]() is loop:
        return known[1]
    watches = _rounds.get(loop)
    if watches is None:
        watches = _rounds[loop] = WatchRound()
    LastRound.known = (ref(loop), watches)
    return watches


class DisconnectWatch:
    """Cancel the current task when the client goes away; begins to look within ``WATCH_AFTER_SECONDS``."""

    __slots__ = ("_listener", "_receive", "_task", "gone")

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive: Receive | None = receive
        self._listener: asyncio.Task[None] | None = None
        self.gone = False
        self._task = asyncio.current_task(loop)
        _round_of(loop).add(self, loop)

    def begin(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Look from now on, unless the request is answered."""
        if self._receive is not None and self._listener is None and loop is not None:
            self._listener = loop.create_task(self._listen(self._receive))

    async def _listen(self, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                if self._task is not None:
                    self._task.cancel("client disconnected")
                return

    def stop(self) -> None:
        """Stop looking."""
        self._receive = self._task = None
        if self._listener is not None:
            self._listener.cancel()


async def send_response(response: Any, send: Send, watch: DisconnectWatch | GroupWatch | None = None) -> None:
    """Send status, headers and body of *response*; *watch* looks for its client while it streams."""
    headers = response.headers.encoded()
    if response.cookies:
        headers += [(b"set-cookie", morsel.OutputString().encode("latin-1")) for morsel in response.cookies.values()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    if not response.streaming:
        await send({"type": "http.response.body", "body": response.content})
        return
    if watch is not None:
        # Servers take what is sent to a client that has gone: a stream without end would never know.
        watch.begin(_get_running_loop())
    try:
        if response.is_async:
            async for part in response:
                if part:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        else:
            # A sync iterator may read a file or wait: it is asked for its parts in a thread.
            async for part in _in_threads(iter(response)):
                if part:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
    except OSError:
        logger.debug("The client went away while a response was streamed.")
        return
    finally:
        if response.is_async:
            await response.aclose_content()
    if watch is not None:
        # Behind the last message a server says "gone" of every client.
        watch.stop()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


_END: Any = object()


async def _in_threads(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield *parts*, each asked for in a thread; who cancels this waits for the part that is on its way."""
    asking = threading.Lock()

    def ask() -> bytes:
        with asking:
            return next(parts, _END)

    try:
        while (part := await to_thread.run_sync(ask)) is not _END:
            yield part
    except asyncio.CancelledError:
        # Threads go on. While one is in the iterator, nobody could close it.
        await to_thread.run_sync(asking.acquire)
        asking.release()
        raise
