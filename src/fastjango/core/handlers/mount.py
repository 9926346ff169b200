"""
FastAPI and Starlette routes inside the pipeline.

A route is run until it sends its response; what it sent becomes an ``HttpResponse`` that the middleware sees and may
change, and the route's coroutine waits. When the real response is out it goes on, so background tasks and the closing of
dependencies keep their place behind the response. Received from ``app.py``; nothing here knows URL patterns.
"""

from __future__ import annotations

import asyncio
from asyncio import _get_running_loop
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, MutableMapping
from typing import IO, Any

from anyio import CancelScope, sleep_forever

from fastjango.conf import settings
from fastjango.core.handlers.other_loops import TaskExchange
from fastjango.http import HttpResponse, JsonResponse, StreamingHttpResponse
from fastjango.http.response_headers import ResponseHeaders

Message = MutableMapping[str, Any]


class _Sent:
    """What the route's coroutine yields while it waits in ``send``; never reaches the event loop."""

    __slots__ = ("message",)

    def __init__(self, message: Message) -> None:
        self.message = message

    def __await__(self) -> Generator[Any, Any, None]:
        yield self


class Exchange:
    """
    One run of an ASGI application, stopped at each message it sends.

    The application's own task is driven here, so its ``send`` costs no switch. Starlette's file and streaming responses
    send from a child task: their messages wait in a queue, and the child with them, until they are asked for.
    """

    def __init__(self, app: Callable[..., Any], scope: MutableMapping[str, Any], receive: Any) -> None:
        self._coro = app(scope, receive, self._send)
        self._task: asyncio.Task[Any] | None = None
        # What the application waits for, while its child's message was handed out.
        self._pending: asyncio.Future[Any] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._owed: asyncio.Future[None] | None = None
        self._queue: deque[tuple[Message, asyncio.Future[None]]] = deque()
        # Where children wait in send.
        self._waits: set[CancelScope] = set()
        self.finished = False
        # Nobody reads on: the application is cancelled when it is its turn again.
        self.abandoned = self._cancelled = False

    async def _send(self, message: Message) -> None:
        task = asyncio.current_task()
        if task is self._task:
            await _Sent(message)
            return
        taken = asyncio.get_running_loop().create_future()
        self._queue.append((message, taken))
        self._wake()
        # A send is no moment at which a child notices that its group was cancelled: what it says next may be an error.
        with CancelScope(shield=True) as waits:
            self._waits.add(waits)
            try:
                await taken
            finally:
                self._waits.discard(waits)

    def _wake(self, _: Any = None) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _take(self) -> Message:
        message, self._owed = self._queue.popleft()
        return message

    def _let_go_on(self) -> None:
        """
        Let the child go on whose message was handed out: it is sent by now.

        Not sooner: at its end a child may cancel the application's task, which must wait in here then.
        """
        owed, self._owed = self._owed, None
        if owed is not None and not owed.done():
            owed.set_result(None)

    def advance(self) -> _Advance:
        """Return an awaitable of the next message, or of None at the end."""
        return _Advance(self)

    async def finish(self) -> None:
        """Let the application run to its end, or cancel it where it was abandoned; what it still sends is dropped."""
        try:
            while not self.finished:
                await self.advance()
        except asyncio.CancelledError:
            if not self.abandoned:
                raise

    def step(self) -> Generator[Any, Any, Message | None]:
        """Drive the coroutine to its next message, handing its other waits up to the loop."""
        coro = self._coro
        self._let_go_on()
        self._task = asyncio.current_task()
        pending, self._pending = self._pending, None
        error: BaseException | None = None
        if self.abandoned and not self._cancelled:
            self._cancelled = True
            if pending is None or not pending.cancel():
                pending, error = None, asyncio.CancelledError()
        try:
            while True:
                if pending is not None and not pending.done():
                    if self._queue:
                        self._pending = pending
                        return self._take()
                    error = yield from self._wait(pending)
                    if error is None:
                        continue
                pending = None
                got = coro.send(None) if error is None else coro.throw(error)
                error = None
                if type(got) is _Sent:
                    return got.message
                if getattr(got, "_asyncio_future_blocking", None):
                    got._asyncio_future_blocking = False
                    pending = got
                    continue
                try:
                    yield got
                except BaseException as exc:
                    error = exc
                if self._queue and error is None:
                    return self._take()
        except StopIteration:
            self.finished = True
            return self._take() if self._queue else None
        except BaseException:
            self.finished = True
            # What was thrown in, and who has it, is not held by a frame of its own traceback.
            pending = error = got = None
            raise

    def _wait(self, pending: asyncio.Future[Any]) -> Generator[Any, Any, BaseException | None]:
        """Wait until *pending* is done or a child sends; return what is to be raised in the application."""
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        pending.add_done_callback(self._wake)
        try:
            yield from waiter
        except asyncio.CancelledError as exc:
            for waits in tuple(self._waits):
                waits.shield = False
            # As a task does: the cancellation goes to what is waited for, which may take its time to end. Its text
            # tells AnyIO which of its scopes is meant.
            return None if pending.cancel(*exc.args) else exc
        except BaseException as exc:
            return exc
        finally:
            self._waiter = None
            pending.remove_done_callback(self._wake)
        return None


class _Advance(Awaitable[Message | None]):
    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __await__(self) -> Generator[Any, Any, Message | None]:
        return self._exchange.step()


async def respond(app: Callable[..., Any], request: Any, scope: MutableMapping[str, Any]) -> Any:
    """
    Run *app* for *request* and return its response.

    Raises:
        RuntimeError: The application ended without a response.
    """
    if is_too_large(request, getattr(app, "reads_whole", False)):
        return too_large()
    if hasattr(request, "environ"):
        # WSGI and the test client drive the route in several tasks, one after the other; nobody cancels them.
        scope["fastapi_async_cleanup_scopes"] = _NoScopes()
    exchange_class = Exchange if _get_running_loop() is not None else TaskExchange
    exchange = exchange_class(app, scope, body_receiver(request))
    start = await exchange.advance()
    while start is not None and start["type"] != "http.response.start":
        # What a template was rendered with, for test clients.
        request.__dict__.setdefault("_early_messages", []).append(start)
        start = await exchange.advance()
    if start is None:
        raise RuntimeError("An ASGI route ended without sending a response.")
    body = await exchange.advance()
    content = b"" if body is None else body.get("body", b"")
    if body is not None and body.get("more_body", False):
        response: Any = StreamingHttpResponse(_parts(exchange, content), status=start["status"])
        response.headers = ResponseHeaders.from_raw(start.get("headers", ()))
    else:
        response = HttpResponse.from_message(start["status"], start.get("headers", ()), content)
    if not exchange.finished:
        after = request.__dict__.setdefault("_after_response", [])
        after.append(exchange.finish)
    return response


class _NoScopes(dict[Any, CancelScope]):
    """
    Instead of the cancel scopes that FastAPI enters around dependencies with ``yield``: scopes that nobody enters.

    A scope must be left in the task that has entered it.
    """

    def get(self, key: Any, default: Any = None) -> CancelScope:
        """Return a new scope, which keeps nothing from being cancelled."""
        return CancelScope()


async def _parts(exchange: Exchange | TaskExchange, first: bytes) -> AsyncIterator[bytes]:
    try:
        yield first
        while True:
            message = await exchange.advance()
            if message is None:
                return
            yield message.get("body", b"")
            if not message.get("more_body", False):
                return
    except GeneratorExit:
        exchange.abandoned = True
        raise


def is_too_large(request: Any, reads_whole: bool) -> bool:
    """
    Whether the body is one that a route reads whole, and over ``DATA_UPLOAD_MAX_MEMORY_SIZE``.

    Where the route does not read every type whole, multipart forms have limits of their own, and other types it may
    read as a stream.
    """
    limit: int | None = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if limit is None or request.method in _BODYLESS:
        return False
    kind = request.content_type or ""
    if not (reads_whole or kind.endswith("json") or kind in {"", "application/x-www-form-urlencoded"}):
        return False
    received: bytes | None = getattr(request, "_received", None)
    if received is not None:
        return len(received) > limit
    stream: IO[bytes] = request._stream
    if not stream.seekable():
        # The test client's: its length is as announced.
        return int(request.META.get("CONTENT_LENGTH") or 0) > limit
    place = stream.tell()
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(place)
    return size > limit


_BODYLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def too_large() -> JsonResponse:
    """Return the answer to a body that is too large."""
    return JsonResponse({"detail": "Request body too large."}, status=413)


def body_receiver(request: Any) -> Callable[[], Awaitable[Message]]:
    """Return a ``receive`` that gives the body which has been received already, in pieces of 64 KiB."""
    state = {"sent": False}

    async def receive() -> Message:
        if state["sent"]:
            # Nothing comes any more: a client that goes away cancels the whole request.
            loop = _get_running_loop()
            await (sleep_forever() if loop is None else loop.create_future())
        received = getattr(request, "_received", None)
        if received is not None:
            state["sent"] = True
            return {"type": "http.request", "body": received, "more_body": False}
        piece = request._stream.read(65536)
        if not piece:
            state["sent"] = True
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    return receive
