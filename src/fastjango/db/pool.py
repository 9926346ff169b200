"""
Connections that wait to be used: SQLAlchemy's pool, with a queue that a bridge can await and a shelf for quick reuse.

``LeasePool.take()`` gives a ``Lease`` (a connection checked out of the pool), ``give()`` takes it back. A lease that
comes back is put on the shelf, where the next ``take()`` finds it without going through the pool, unless somebody waits.
A lease with an open transaction never gets back: it is rolled back or thrown away.
"""

from __future__ import annotations

import asyncio
import threading
import time
from asyncio import _get_running_loop
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import exc as sa_exc
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import queue as sa_queue

from fastjango.core.exceptions import fix
from fastjango.db.bridge import await_only, in_bridge
from fastjango.db.errors import PoolTimeout

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlalchemy.pool import PoolProxiedConnection


_nothing = object()


class TwoFacedQueue(sa_queue.Queue[Any]):
    """A queue whose ``get`` awaits inside a bridge and blocks elsewhere."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = True) -> None:
        super().__init__(maxsize, use_lifo)
        self._sleepers: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()
        self.waiting = 0
        self._nudges = 0
        self.steal: Callable[[], Any] | None = None
        # Told when a connection or a place for one became free here.
        self.freed: Callable[[], Any] | None = None

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Put *item* back and wake one waiter of each kind."""
        super().put(item, block, timeout)
        self._wake_one()
        if self.freed is not None:
            self.freed()

    def nudge(self) -> None:
        """Let one waiter look again: a place in the pool became free without an item."""
        with self.mutex:
            self._nudges += 1
            self.not_empty.notify()
        self._wake_one()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take an item, waiting in the way that fits the caller."""
        if not block:
            return super().get(False)
        self.waiting += 1
        try:
            # Whoever shelved a lease before it saw us waiting left it there: fetch it.
            if self.steal is not None:
                self.steal()
            if in_bridge():
                return await_only(self._get_async(timeout))
            return self._get_sync(timeout)
        finally:
            self.waiting -= 1

    def _poll(self) -> Any:
        """Return an item, ``_nothing``, or raise ``Empty`` after a nudge."""
        with self.mutex:
            if not self._empty():
                return self._get()
            if self._nudges:
                self._nudges -= 1
                raise sa_queue.Empty
            return _nothing

    def _get_sync(self, timeout: float | None) -> Any:
        """Wait in the thread until an item is there."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self.not_empty:
            while True:
                item = self._poll()
                if item is not _nothing:
                    return item
                remaining = None if deadline is None else deadline - time.monotonic()
                if remaining is not None and remaining <= 0:
                    raise sa_queue.Empty
                self.not_empty.wait(remaining)

    async def _get_async(self, timeout: float | None) -> Any:
        """Wait on the loop until an item is there."""
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        while True:
            item = self._poll()
            if item is not _nothing:
                return item
            remaining = None if deadline is None else deadline - loop.time()
            if remaining is not None and remaining <= 0:
                raise sa_queue.Empty
            future: asyncio.Future[None] = loop.create_future()
            self._sleepers.append((loop, future))
            try:
                await asyncio.wait_for(future, remaining)
            except TimeoutError:
                continue
            except BaseException:
                # We may have been given the wake-up of an item: pass it on.
                self._wake_one()
                raise

    def _wake_one(self) -> None:
        while self._sleepers:
            try:
                loop, future = self._sleepers.popleft()
            except IndexError:
                return
            if not future.done() and not loop.is_closed():
                loop.call_soon_threadsafe(_wake, future)
                return


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class TwoFacedPool(QueuePool):
    """SQLAlchemy's ``QueuePool`` over :class:`TwoFacedQueue`."""

    _queue_class = TwoFacedQueue

    def _dec_overflow(self) -> Literal[True]:
        """Count one connection less; whoever waits may open one."""
        super()._dec_overflow()
        if isinstance(self._pool, TwoFacedQueue):
            if self._pool.waiting:
                self._pool.nudge()
            if self._pool.freed is not None:
                self._pool.freed()
        return True

    @property
    def is_exhausted(self) -> bool:
        """Whether nobody can be served now: all connections are out, and no more may be opened."""
        return self._overflow >= self._max_overflow and self._pool.empty()


class Lease:
    """A connection that is checked out of the pool: the driver's connection and a cursor kept for reuse."""

    __slots__ = ("aread", "attempt", "born", "cursor", "extra", "generation", "proxy", "raw", "read", "shelved_at")

    def __init__(self, proxy: PoolProxiedConnection, raw: Any, generation: int) -> None:
        self.proxy = proxy
        self.raw = raw
        self.cursor: Any = None
        # A backend's shorter way from SQL and arguments to rows, set together with the cursor.
        self.read: Callable[[str, Any], list[tuple[Any, ...]]] | None = None
        # The same for a backend that reads without waiting; gives None when it would have to wait all the same.
        self.attempt: Callable[[str, Any], list[tuple[Any, ...]] | None] | None = None
        # The same for a backend that can be awaited without a bridge; gives None where the ordinary way is needed.
        self.aread: Callable[[str, Any], Awaitable[list[tuple[Any, ...]] | None]] | None = None
        self.born = time.monotonic()
        self.shelved_at = self.born
        self.generation = generation
        self.extra: dict[str, Any] | None = None

    def forget_cursor(self) -> None:
        """Let go of the cursor and what was made with it."""
        self.cursor = self.read = self.attempt = self.aread = None


def _hand(waiter: asyncio.Future[Any], value: Any) -> None:
    if not waiter.done():
        waiter.set_result(value)


class ThreadWaiter:
    """A thread that waits for a lease; the same few methods as the future of a bridge."""

    __slots__ = ("_lock", "_ready", "_value", "_withdrawn")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._value: Any = _nothing
        self._withdrawn = False

    def offer(self, value: Any) -> bool:
        """Hand *value* over; False when nobody waits any more."""
        with self._lock:
            if self._withdrawn:
                return False
            self._value = value
            self._ready.set()
            return True

    def wait(self, timeout: float) -> Any:
        """Return what was handed over, or ``_nothing`` after *timeout* seconds."""
        self._ready.wait(timeout)
        return self.withdraw()

    def withdraw(self) -> Any:
        """Wait no longer; return what was handed over meanwhile, or ``_nothing``."""
        with self._lock:
            self._withdrawn = True
            return self._value


def _too_late(message: str) -> BaseException:
    return fix(
        PoolTimeout(message),
        "raise DATABASES[...]['POOL']['size'], or look for code that keeps transactions open too long",
        code="db.E103",
    )


class LeasePool:
    """The pool of one alias."""

    def __init__(
        self,
        engine: Engine,
        *,
        max_age_seconds: float | None = None,
        is_clean: Callable[[Any], bool],
        clean: Callable[[Any], None],
        check: Callable[[Any], bool] | None = None,
        is_lost: Callable[[Any], bool] | None = None,
    ) -> None:
        self.engine = engine
        # When the server was last seen to be gone (``time.monotonic()``).
        self.lost_at: float | None = None
        self.shelf: list[Lease] = []
        self.max_age = max_age_seconds
        self.generation = 0
        self._is_clean = is_clean
        self._clean = clean
        self._check = check
        self._is_lost = is_lost
        # Whether only ``take()`` may take from the shelf: a lease may be too old there, or have lost its server.
        self.asks = self.is_guarded = max_age_seconds is not None or check is not None
        self._lock = threading.Lock()
        queue = getattr(engine.pool, "_pool", None)
        # Another class of pool has a queue of its own, of which nothing is known here.
        self.queue: TwoFacedQueue = queue if isinstance(queue, TwoFacedQueue) else TwoFacedQueue()
        self.queue.steal = self._unshelve_for_waiters
        self.queue.freed = self._wake_one
        # Bridges and threads that wait for a lease, longest first: it is handed to them, past SQLAlchemy's pool.
        self.waiters: deque[asyncio.Future[Any] | ThreadWaiter] = deque()
        self._threads_turn = False

    def take(self) -> Lease:
        """
        Return a lease, waiting for one if all are out.

        Raises:
            PoolTimeout: None came back in time.
        """
        while self.shelf:
            try:
                lease = self.shelf.pop()
            except IndexError:
                break
            if self._usable(lease):
                return lease
            self.drop(lease)
        pool = self.engine.pool
        if isinstance(pool, TwoFacedPool) and pool.is_exhausted:
            return self._wait_in_bridge(pool) if in_bridge() else self._wait_in_thread(pool)
        return self._check_out()

    def take_ready(self) -> Lease | None:
        """Return a lease from the shelf about which nothing has to be asked; None: ``take()`` finds one."""
        if self.is_guarded:
            return None
        try:
            lease = self.shelf.pop()
        except IndexError:
            return None
        if lease.generation == self.generation:
            return lease
        self.shelf.append(lease)
        return None

    def give_ready(self, lease: Lease) -> None:
        """Take back what ``take_ready()`` gave, after a statement that leaves no transaction open."""
        if lease.generation != self.generation:
            self.give(lease)
            return
        self.shelf.append(lease)
        if self.waiters or self.queue.waiting:
            # Whoever waits gets it in the ordinary way.
            try:
                lease = self.shelf.pop()
            except IndexError:
                return
            self.give(lease)

    def _wait_in_bridge(self, pool: TwoFacedPool) -> Lease:
        """Wait on the loop until a lease is handed over, or until there is one to take."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Any] = loop.create_future()
        self.waiters.append(waiter)
        if self.shelf or not pool.is_exhausted:
            # One came back before we were seen waiting.
            waiter.cancel()
            return self.take()
        timer = loop.call_later(pool._timeout, _hand, waiter, _nothing)
        try:
            got = await_only(waiter)
        except BaseException:
            if waiter.done() and not waiter.cancelled():
                # It was handed over in the moment of the cancellation: pass it on.
                self._pass_on(waiter.result())
            raise
        finally:
            timer.cancel()
        return self._handed(got, pool)

    def _wait_in_thread(self, pool: TwoFacedPool) -> Lease:
        """Wait in the thread until a lease is handed over, or until there is one to take."""
        waiter = ThreadWaiter()
        self.waiters.append(waiter)
        if self.shelf or not pool.is_exhausted:
            # One came back before we were seen waiting.
            self._pass_on(waiter.withdraw())
            return self.take()
        try:
            got = waiter.wait(pool._timeout)
        except BaseException:
            self._pass_on(waiter.withdraw())
            raise
        return self._handed(got, pool)

    def _handed(self, got: Any, pool: TwoFacedPool) -> Lease:
        """Return the lease that a waiter got, or look again."""
        if got is _nothing:
            raise _too_late(
                f"QueuePool limit of size {pool.size()} overflow {pool._max_overflow} reached, connection timed out, "
                f"timeout {pool._timeout:0.2f}"
            )
        if got is None:
            return self.take()
        return got if self._usable(got) else self._retake(got)

    def _retake(self, lease: Lease) -> Lease:
        self.drop(lease)
        return self.take()

    def _pass_on(self, got: Any) -> None:
        """Give what a waiter got and does not need to the next one."""
        if got is None:
            self._wake_one()
        elif got is not _nothing:
            self.give(got)

    def _hand_over(self, lease: Lease | None) -> bool:
        """Give *lease* (``None``: look again) to the first that waits; False when nobody does."""
        while self.waiters:
            try:
                waiter = self.waiters.popleft()
            except IndexError:
                break
            if isinstance(waiter, ThreadWaiter):
                if waiter.offer(lease):
                    return True
                continue
            if waiter.done():
                continue
            loop = waiter.get_loop()
            if loop is _get_running_loop():
                waiter.set_result(lease)
                return True
            try:
                loop.call_soon_threadsafe(self._hand_or_pass_on, waiter, lease)
            except RuntimeError:
                # Its loop was closed.
                continue
            return True
        return False

    def _hand_or_pass_on(self, waiter: asyncio.Future[Any], lease: Lease | None) -> None:
        if waiter.done():
            self._pass_on(lease)
        else:
            waiter.set_result(lease)

    def _wake_one(self) -> None:
        if self.waiters:
            self._hand_over(None)

    def _check_out(self) -> Lease:
        """Take a connection from SQLAlchemy's pool."""
        try:
            proxy = self.engine.raw_connection()
        except sa_exc.TimeoutError as exc:
            raise _too_late(str(exc)) from exc
        generation = proxy.info.setdefault("fastjango_generation", self.generation)
        lease = Lease(proxy, proxy.dbapi_connection, generation)
        if generation == self.generation and self._is_clean(lease.raw):
            return lease
        # Retired, or left behind by a context that was thrown away in the middle of a transaction.
        self.drop(lease)
        return self._check_out()

    def _usable(self, lease: Lease) -> bool:
        """Whether a shelved lease may be used again."""
        if lease.generation != self.generation:
            return False
        if self.max_age is not None and time.monotonic() - lease.born > self.max_age:
            return False
        # A health check per statement would double its cost: only after a pause.
        return self._check is None or time.monotonic() - lease.shelved_at < 1.0 or self._check(lease.raw)

    def give(self, lease: Lease) -> None:
        """Take a lease back; one with an open transaction is rolled back first, or thrown away."""
        try:
            if not self._is_clean(lease.raw):
                self._clean(lease.raw)
                if not self._is_clean(lease.raw):
                    self.drop(lease)
                    return
        except BaseException:
            self.drop(lease)
            raise
        if lease.generation != self.generation or (
            self.max_age is not None and time.monotonic() - lease.born > self.max_age
        ):
            self.drop(lease)
            return
        if self._check is not None:
            lease.shelved_at = time.monotonic()
        if self.waiters and not self._is_threads_turn() and self._hand_over(lease):
            return
        self.shelf.append(lease)
        if self.queue.waiting:
            self._unshelve_for_waiters()
        elif self.waiters and self.shelf:
            # Somebody began to wait in between.
            self._hand_shelved()

    def _hand_shelved(self) -> None:
        try:
            lease = self.shelf.pop()
        except IndexError:
            return
        if not self._hand_over(lease):
            self.shelf.append(lease)

    def _is_threads_turn(self) -> bool:
        """Whether a connection of SQLAlchemy's own is served before the others: every other time."""
        if not self.queue.waiting:
            return False
        self._threads_turn = not self._threads_turn
        return self._threads_turn

    def _unshelve_for_waiters(self) -> None:
        """Put a shelved connection back into SQLAlchemy's pool, where somebody waits."""
        try:
            lease = self.shelf.pop()
        except IndexError:
            return
        lease.forget_cursor()
        lease.proxy.close()

    def drop(self, lease: Lease) -> None:
        """Throw the connection away; the pool makes a new one when it needs one."""
        if lease.generation == self.generation and self._is_lost is not None and self._is_lost(lease.raw):
            self.lose()
        lease.forget_cursor()
        try:
            lease.proxy.invalidate()
        finally:
            lease.proxy.close()

    def retire(self) -> None:
        """Let no connection of now be used again: shelved ones are closed, leased ones when they come back."""
        with self._lock:
            self.generation += 1
        # One by one: others take from the shelf meanwhile, and put new ones there.
        new: list[Lease] = []
        while True:
            try:
                lease = self.shelf.pop()
            except IndexError:
                break
            if lease.generation == self.generation:
                new.append(lease)
            else:
                self.drop(lease)
        for lease in new:
            self.give(lease)

    def lose(self) -> None:
        """The server is gone: the other connections are dead as well, and new ones may take a moment."""
        self.lost_at = time.monotonic()
        self.retire()

    def close(self) -> None:
        """Close every connection that is not in use; those in use are closed when they come back."""
        self.retire()
        self.engine.pool.dispose()

    def forget(self) -> None:
        """Drop all connections without closing them: they belong to the parent process."""
        self.shelf.clear()
        self.generation += 1
        self.engine.dispose(close=False)
