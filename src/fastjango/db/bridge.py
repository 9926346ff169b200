"""
Where a sync body meets the event loop. The only file that knows greenlets.

``bridge(fn)`` runs sync code in a greenlet; whenever that code reaches a driver that has to wait, the driver calls
:func:`await_only` and the loop goes on with other work. ``bridged(coro)`` does the same for a coroutine, so that plain
sync database calls inside an ``async def`` are awaited as well. The greenlets carry SQLAlchemy's provider flag: its
asyncio layer works inside a bridge, and our drivers work inside its ``greenlet_spawn``.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import itertools
import os
from asyncio import _get_running_loop
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from time import perf_counter, thread_time
from typing import Any, Final, ParamSpec, TypeVar, cast

import anyio
from greenlet import GreenletExit, getcurrent, greenlet  # type: ignore[import-untyped]  # has no stubs

from fastjango.core.exceptions import SynchronousOnlyOperation, fix
from fastjango.utils.loops import OTHER_LOOP, loaded_modules, runs_on_other_loop

P = ParamSpec("P")
R = TypeVar("R")

try:
    import resource
except ImportError:  # not on Windows
    getrusage: Any = None
    _RUSAGE_THREAD: int | None = None
else:
    getrusage = resource.getrusage
    _RUSAGE_THREAD = getattr(resource, "RUSAGE_THREAD", None)
_untold = itertools.count()

PROVIDER_FLAG: Final = "__sqlalchemy_greenlet_provider__"
IDLE_GREENLETS: Final = 256
_MESSAGE: Final = "You cannot call this from an async context - use a thread or sync_to_async."


class HoldClock:
    """Measures how long code in a bridge holds the loop between two waits, in seconds."""

    __slots__ = ("_longest", "_since")

    def __init__(self) -> None:
        self._longest = 0.0
        self._since = perf_counter()

    def pause(self) -> None:
        """The code waits: the loop is free."""
        self._longest = max(self._longest, perf_counter() - self._since)

    def resume(self) -> None:
        """The code runs again."""
        self._since = perf_counter()

    def longest(self) -> float:
        """Return the longest time so far, the running one included."""
        return max(self._longest, perf_counter() - self._since)


class StrictHoldClock(HoldClock):
    """
    A clock that leaves out what others did: a thread that the system stopped has not held the loop by itself.

    A piece counts when at least half of it was computing, or when the thread waited for something of its own accord. Costs
    two system calls per wait, so it is for those who are under suspicion.
    """

    __slots__ = ("_computed", "_waits")

    def __init__(self) -> None:
        super().__init__()
        self._mark()

    def _mark(self) -> None:
        self._computed = thread_time()
        self._waits = _own_waits()

    def pause(self) -> None:
        """The code waits: the loop is free."""
        self._longest = self.longest()

    def resume(self) -> None:
        """The code runs again."""
        super().resume()
        self._mark()

    def longest(self) -> float:
        """Return the longest time so far, the running one included."""
        held = perf_counter() - self._since
        if held <= self._longest:
            return self._longest
        own = thread_time() - self._computed >= held / 2 or _own_waits() != self._waits
        return held if own else self._longest


def _own_waits() -> int:
    """Return how often this thread has waited of its own accord; where the system does not say, every time anew."""
    if _RUSAGE_THREAD is None:
        return next(_untold)
    return int(getrusage(_RUSAGE_THREAD).ru_nvcsw)


class BridgeGreenlet(greenlet):  # type: ignore[misc]  # greenlet is untyped
    """
    A greenlet from which :func:`await_only` may switch to the loop.

    It runs one job after the other: making a greenlet costs ten times what a switch to one costs. Between two jobs it
    waits on the shelf of its parent, which is its thread's own greenlet, and holds nothing of the last one.
    """

    __sqlalchemy_greenlet_provider__ = True
    hold_clock: HoldClock | None = None
    job: Callable[[], Any] | None = None
    result: Any = None
    error: BaseException | None = None

    def run(self) -> None:
        """Run jobs until the greenlet is thrown away; the result or the error of each lies in an attribute."""
        while True:
            try:
                self.result = self.job()  # type: ignore[misc]  # whoever switches here has set it
            except GreenletExit:
                # The loop that waited for the job is gone.
                raise
            except BaseException as exc:
                self.error = exc
            self.job = None
            parent: Any = self.parent
            parent.switch(_FINISHED)

    def outcome(self) -> Any:
        """Return what the job gave, or raise what it raised; the greenlet is free for another."""
        result, self.result = self.result, None
        error, self.error = self.error, None
        self.hold_clock = None
        # The context of the last request is not kept alive by a greenlet that waits for work.
        self.gr_context = None
        parent: Any = self.parent
        shelf = _shelf_of(parent)
        if len(shelf) < IDLE_GREENLETS:
            shelf.append(self)
        if error is None:
            return result
        try:
            raise error
        finally:
            del error


_FINISHED: Final = object()


class _Yielded:
    """Says that the coroutine itself awaits *value*; anything else is an awaitable of the database layer."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _shelf_of(parent: greenlet) -> deque[BridgeGreenlet]:
    """Return the greenlets that wait for work below *parent*, the thread's own greenlet; they end with it."""
    kept: dict[str, Any] = parent.__dict__
    try:
        return kept["bridges"]  # type: ignore[no-any-return]
    except KeyError:
        made = kept["bridges"] = deque()
        return made


def _greenlet_for(job: Callable[[], Any], parent: greenlet) -> BridgeGreenlet:
    """Return a greenlet that runs *job* at the next switch to it, in the context of *parent*."""
    shelf = _shelf_of(parent)
    if shelf:
        child = shelf.pop()
        child.parent = parent
    else:
        child = BridgeGreenlet(parent=parent)
    # The same context object, so that variables set inside are seen outside.
    child.gr_context = parent.gr_context
    child.job = job
    return child


def in_bridge() -> bool:
    """Whether the caller may wait by awaiting."""
    return getattr(getcurrent(), PROVIDER_FLAG, False)


def await_only(awaitable: Awaitable[R]) -> R:
    """
    Wait for *awaitable* from sync code inside a bridge; the loop runs on meanwhile.

    Raises:
        SynchronousOnlyOperation: The caller is not inside a bridge.
    """
    current = getcurrent()
    if not getattr(current, PROVIDER_FLAG, False) or current.parent is None:
        if inspect.iscoroutine(awaitable):
            awaitable.close()
        raise not_bridged()
    clock = getattr(current, "hold_clock", None)
    if clock is None:
        return cast("R", current.parent.switch(awaitable))
    clock.pause()
    try:
        return cast("R", current.parent.switch(awaitable))
    finally:
        clock.resume()


class _Passed(Awaitable[Any]):
    """What a coroutine that is driven from sync code waits for; handed up to the loop as it is."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, Any, Any]:
        return (yield self._value)


def drive(coro: Coroutine[Any, Any, R]) -> R:
    """
    Run *coro* to its end from sync code inside a bridge; its waits are the bridge's.

    The coroutine runs in the greenlet of the caller, so sync database calls in it are awaited as well.
    """
    step: Callable[[Any], Any] = coro.send
    value: Any = None
    waits_for: Any = None
    try:
        while True:
            waits_for = step(value)
            try:
                value = await_only(_Passed(waits_for))
                step = coro.send
            except BaseException as exc:
                value, step = exc, coro.throw
    except StopIteration as stop:
        result: R = stop.value
        return result
    finally:
        # An exception is not held by a frame of its own traceback: only the garbage collector would free it.
        value = waits_for = None


@contextmanager
def watch_hold(*, strict: bool = False) -> Iterator[HoldClock]:
    """Give the current bridge a new clock for the length of the block; outside a bridge it measures the whole block."""
    current = getcurrent()
    clock = StrictHoldClock() if strict else HoldClock()
    if not isinstance(current, BridgeGreenlet):
        yield clock
        return
    before, current.hold_clock = current.hold_clock, clock
    try:
        yield clock
    finally:
        current.hold_clock = before


async def to_its_end(coro: Coroutine[Any, Any, R]) -> R:
    """
    Await *coro* whatever happens: for the clean-up after a cancellation, which must not be cut short by the next one.

    A cancellation that comes meanwhile is not raised here; the caller is about to raise the one it cleans up after.
    """
    task = asyncio.ensure_future(coro)
    with anyio.CancelScope(shield=True):
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                continue
    return task.result()


async def bridge(fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run the sync *fn* on the loop; its database waits are awaited."""
    current = getcurrent()
    if getattr(current, PROVIDER_FLAG, False):
        # Already inside a bridge: the surrounding one does the waiting.
        return fn(*args, **kwargs)
    child = _greenlet_for(functools.partial(fn, *args, **kwargs) if args or kwargs else fn, current)
    message = child.switch()
    while message is not _FINISHED:
        try:
            value = await message
        except BaseException as exc:
            message = child.throw(exc)
        else:
            message = child.switch(value)
    result: R = child.outcome()
    return result


class bridged(Awaitable[R]):
    """
    Run a coroutine so that sync database calls anywhere inside it are awaited.

        result = await bridged(endpoint(request))
    """

    __slots__ = ("_coro",)

    def __init__(self, coro: Coroutine[Any, Any, R]) -> None:
        self._coro = coro

    def __await__(self) -> Generator[Any, Any, R]:
        current = getcurrent()
        if getattr(current, PROVIDER_FLAG, False):
            return (yield from self._coro.__await__())
        return (yield from self._drive(current))

    def _drive(self, current: greenlet) -> Generator[Any, Any, R]:
        """Pass awaits of the coroutine and of the database layer up to the loop until it is done."""
        mark = _Yielded(None)
        child = _greenlet_for(functools.partial(_step_through, self._coro, mark), current)
        message = child.switch()
        while message is not _FINISHED:
            try:
                got = (yield message.value) if message is mark else (yield from message.__await__())
            except BaseException as exc:
                message = child.throw(exc)
            else:
                message = child.switch(got)
        result: R = child.outcome()
        return result


def _step_through(coro: Coroutine[Any, Any, R], mark: _Yielded) -> R:
    """Run *coro* in the greenlet of the caller; what it awaits goes to the parent in *mark*."""
    parent: Any = getcurrent().parent
    step: Callable[[Any], Any] = coro.send
    value: Any = None
    try:
        while True:
            mark.value = step(value)
            try:
                value = parent.switch(mark)
                step = coro.send
            except BaseException as exc:
                value, step = exc, coro.throw
    except StopIteration as stop:
        result: R = stop.value
        return result
    finally:
        value = mark.value = None


def bridged_task_factory(loop: asyncio.AbstractEventLoop, coro: Any, **kwargs: Any) -> asyncio.Task[Any]:
    """A task factory for ``loop.set_task_factory``: every task of the loop runs inside a bridge."""
    if inspect.iscoroutine(coro):
        coro = _as_coroutine(coro)
    return asyncio.Task(coro, loop=loop, **kwargs)


async def _as_coroutine(coro: Coroutine[Any, Any, R]) -> R:
    return await bridged(coro)


def bridged_function(fn: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Decorate an ``async def`` so that each call of it runs inside a bridge."""

    @functools.wraps(fn)
    async def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        return await bridged(fn(*args, **kwargs))

    return inside


def not_bridged(what: str = "this database call") -> SynchronousOnlyOperation:
    """Return the error for blocking work on a running loop."""
    return fix(
        SynchronousOnlyOperation(_MESSAGE),
        f"{what} ran on the event loop outside the bridge: await its a-twin (aget, asave, ...), "
        "or wrap the code in `await bridge(function, ...)` / `await bridged(coroutine)` from fastjango.db.bridge",
        code="db.E101",
    )


def async_unsafe_allowed() -> bool:
    """Whether the environment allows blocking database calls on a running loop."""
    return bool(os.environ.get("FASTJANGO_ALLOW_ASYNC_UNSAFE") or os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"))


def guard_loop() -> None:
    """
    Refuse to block a running event loop.

    Raises:
        SynchronousOnlyOperation: A loop runs in this thread and the caller is not inside a bridge; or it is trio's.
    """
    if _get_running_loop() is None:
        if OTHER_LOOP in loaded_modules:
            guard_other_loop()
    elif not in_bridge() and not async_unsafe_allowed():
        raise not_bridged()


def guard_other_loop() -> None:
    """
    Refuse to use a database on a loop that is not asyncio's; asked where asyncio does not run and trio is imported.

    Raises:
        SynchronousOnlyOperation: trio runs in this thread.
    """
    if runs_on_other_loop():
        raise fix(
            SynchronousOnlyOperation("Databases are reached on asyncio; this code runs on trio."),
            "run the server on asyncio, or make the call in a thread: "
            "`await anyio.to_thread.run_sync(function)`; a FastAPI route written with `def` runs in one",
            code="db.E110",
        )


def caller() -> asyncio.Task[Any] | None:
    """Return the task that runs now, ``None`` outside a loop."""
    loop = _get_running_loop()
    return None if loop is None else asyncio.current_task(loop)
