"""
Requests on an event loop that is not asyncio's: trio, where Hypercorn or a test runs the application on it.

The bridge hands every wait up to whichever loop there is; what differs is written with AnyIO here. A request gets a task
group, in which a client that leaves is looked for and in which a route that sends its response itself runs. Used by
``sending.py`` and ``mount.py``; on asyncio they have cheaper ways.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, Final

from anyio import CancelScope, Event, create_task_group, get_cancelled_exc_class, sleep, sleep_forever
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint_if_cancelled

from fastjango.db.bridge import bridged

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

#: Where the task group of a request stands in its ASGI scope.
GROUP: Final = "fastjango.task_group"
# A request that is answered sooner is not watched: nobody gains by cancelling it.
WATCH_AFTER_SECONDS: Final = 0.2


class RequestGroup:
    """The tasks of one request, and the runs of applications in it."""

    __slots__ = ("exchanges", "tasks")

    def __init__(self, tasks: TaskGroup) -> None:
        self.tasks = tasks
        self.exchanges: list[TaskExchange] = []

    def end(self) -> None:
        """Cancel what still runs."""
        self.tasks.cancel_scope.cancel()
        for exchange in self.exchanges:
            exchange.abandon()


async def in_group(exchange: Coroutine[Any, Any, None], scope: Scope) -> None:
    """Run one HTTP exchange inside a bridge and a task group, which ends with it; what it raises is raised as it is."""
    failure: BaseException | None = None
    async with create_task_group() as tasks:
        scope[GROUP] = group = RequestGroup(tasks)
        try:
            await bridged(exchange)
        except BaseException as exc:
            if _is_cancellation(exc):
                raise
            # Raised below: the group would wrap it in an ExceptionGroup.
            failure = exc
        finally:
            scope.pop(GROUP, None)
            group.end()
    if failure is not None:
        try:
            raise failure
        finally:
            # Its traceback holds this frame.
            del failure


def _is_cancellation(exc: BaseException) -> bool:
    """Whether *exc* is, or holds, what ends a cancelled task."""
    kind = get_cancelled_exc_class()
    return isinstance(exc, kind) or (isinstance(exc, BaseExceptionGroup) and exc.split(kind)[0] is not None)


class GroupWatch:
    """Cancel the tasks of the request when its client goes away; begins to look after ``WATCH_AFTER_SECONDS``."""

    __slots__ = ("_looking", "gone")

    def __init__(self, receive: Receive, group: RequestGroup) -> None:
        self.gone = False
        # Shielded: it ends by stop() alone, and says nothing when something else cancels the request.
        self._looking = CancelScope(shield=True)
        group.tasks.start_soon(self._listen, receive, group)

    async def _listen(self, receive: Receive, group: RequestGroup) -> None:
        with self._looking:
            await sleep(WATCH_AFTER_SECONDS)
            while (await receive())["type"] != "http.disconnect":
                pass
            self.gone = True
            group.tasks.cancel_scope.cancel()

    def begin(self, loop: object) -> None:
        """Nothing: it looks already."""

    def stop(self) -> None:
        """Stop looking."""
        self._looking.cancel()


class TaskExchange:
    """
    One run of an ASGI application in a task of the request's group, stopped at each message it sends.

    The face of ``mount.Exchange``, which drives the application without a task of its own. As there, handing over a
    message is no moment at which a cancellation is noticed.
    """

    def __init__(self, app: Callable[..., Any], scope: Scope, receive: Receive) -> None:
        group: RequestGroup | None = scope.get(GROUP)
        if group is None:
            raise RuntimeError(
                "A route that sends its response itself runs on trio only behind the ASGI application. Call the "
                "FastJango object, or run this on asyncio."
            )
        self._queue: deque[tuple[Message, Event]] = deque()
        self._news = Event()
        self._owed: Event | None = None
        self._error: BaseException | None = None
        # Where the application and its children wait in send.
        self._waits: set[CancelScope] = set()
        self._was_cancelled = False
        self._running = CancelScope()
        self.finished = False
        # Nobody reads on: the application is cancelled at the end.
        self.abandoned = False
        group.exchanges.append(self)
        group.tasks.start_soon(self._run, app, scope, receive)

    async def _run(self, app: Callable[..., Any], scope: Scope, receive: Receive) -> None:
        try:
            with self._running:
                await bridged(app(scope, receive, self._send))
        except BaseException as exc:
            if _is_cancellation(exc):
                self._was_cancelled = True
                raise
            # Raised where the next message is asked for.
            self._error = exc
        finally:
            self.finished = True
            self._news.set()

    async def _send(self, message: Message) -> None:
        taken = Event()
        self._queue.append((message, taken))
        self._news.set()
        with CancelScope(shield=True) as waits:
            self._waits.add(waits)
            await taken.wait()
        self._waits.discard(waits)
        if not taken.is_set():
            # Nobody asks for it any more, and the group is cancelled.
            await sleep_forever()

    def abandon(self) -> None:
        """Cancel the application, and let nobody wait in ``send`` any longer."""
        self._running.cancel()
        for waits in tuple(self._waits):
            waits.cancel()

    async def advance(self) -> Message | None:
        """Return the next message, or None at the end; raises what the application raised."""
        if self._owed is not None:
            # It is sent by now: whoever sent it may go on.
            self._owed.set()
            self._owed = None
        while not self._queue:
            if self.finished:
                error, self._error = self._error, None
                if error is not None:
                    raise error
                if self._was_cancelled:
                    await checkpoint_if_cancelled()
                return None
            self._news = Event()
            # The application notices a cancellation by itself, and ends.
            with CancelScope(shield=True):
                await self._news.wait()
        message, self._owed = self._queue.popleft()
        return message

    async def finish(self) -> None:
        """Let the application run to its end, or cancel it where it was abandoned; what it still sends is dropped."""
        if self.abandoned:
            self.abandon()
        while not self.finished:
            await self.advance()
        error, self._error = self._error, None
        if error is not None:
            raise error


__all__ = ["GROUP", "WATCH_AFTER_SECONDS", "GroupWatch", "TaskExchange", "in_group"]
