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
from collections.abc import Callable
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

    __slots__ = ("born", "cursor", "extra", "generation", "proxy", "raw", "read", "shelved_at")

    def __init__(self, proxy: PoolProxiedConnection, raw: Any, generation: int) -> None:
        self.proxy = proxy
        self.raw = raw
        self.cursor: Any = None
        # A backend's shorter way from SQL and arguments to rows, set together with the cursor.
        self.read: Callable[[str, Any], list[tuple[Any, ...]]] | None = None
        self.born = time.monotonic()
        self.shelved_at = self.born
        self.generation = generation
        self.extra: dict[str, Any] | None = None


def _hand(waiter: asyncio.Future[Any], value: Any) -> None:
    if not waiter.done():
        waiter.set_result(value)


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
    ) -> None:
        self.engine = engine
        self.shelf: list[Lease] = []
        self.max_age = max_age_seconds
        self.generation = 0
        self._is_clean = is_clean
        self._clean = clean
        self._check = check
        self._lock = threading.Lock()
        queue = getattr(engine.pool, "_pool", None)
        self._queue: TwoFacedQueue | None = queue if isinstance(queue, TwoFacedQueue) else None
        if self._queue is not None:
            self._queue.steal = self._unshelve_for_waiters
            self._queue.freed = self._wake_one
        # Bridges that wait for a lease: it is handed to them, past SQLAlchemy's pool.
        self._waiters: deque[asyncio.Future[Any]] = deque()
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
        if isinstance(pool, TwoFacedPool) and pool.is_exhausted and in_bridge():
            return self._wait_in_bridge(pool)
        return self._check_out()

    def _wait_in_bridge(self, pool: TwoFacedPool) -> Lease:
        """Wait on the loop until a lease is handed over, or until there is one to take."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Any] = loop.create_future()
        self._waiters.append(waiter)
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
        """Give *lease* (``None``: look again) to the first bridge that waits; False when none does."""
        while self._waiters:
            try:
                waiter = self._waiters.popleft()
            except IndexError:
                break
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
        if self._waiters:
            self._hand_over(None)

    def _check_out(self) -> Lease:
        """Take a connection from SQLAlchemy's pool."""
        try:
            proxy = self.engine.raw_connection()
        except sa_exc.TimeoutError as exc:
            raise _too_late(str(exc)) from exc
        lease = Lease(proxy, proxy.dbapi_connection, self.generation)
        if self._is_clean(lease.raw):
            return lease
        # Left behind by a context that was thrown away in the middle of a transaction.
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
        if self._waiters and not self._is_threads_turn() and self._hand_over(lease):
            return
        self.shelf.append(lease)
        if self._queue is not None and self._queue.waiting:
            self._unshelve_for_waiters()

    def _is_threads_turn(self) -> bool:
        """Whether a waiting thread is served before the bridges: every other time."""
        if self._queue is None or not self._queue.waiting:
            return False
        self._threads_turn = not self._threads_turn
        return self._threads_turn

    def _unshelve_for_waiters(self) -> None:
        """Put a shelved connection back into SQLAlchemy's pool, where somebody waits."""
        try:
            lease = self.shelf.pop()
        except IndexError:
            return
        lease.cursor = lease.read = None
        lease.proxy.close()

    def drop(self, lease: Lease) -> None:
        """Throw the connection away; the pool makes a new one when it needs one."""
        lease.cursor = lease.read = None
        try:
            lease.proxy.invalidate()
        finally:
            lease.proxy.close()

    def retire(self) -> None:
        """Let no connection of now be used again: shelved ones are closed, leased ones when they come back."""
        with self._lock:
            self.generation += 1
            shelved, self.shelf[:] = list(self.shelf), []
        for lease in shelved:
            self.drop(lease)

    def close(self) -> None:
        """Close every connection that is not in use; those in use are closed when they come back."""
        self.retire()
        self.engine.pool.dispose()

    def forget(self) -> None:
        """Drop all connections without closing them: they belong to the parent process."""
        self.shelf.clear()
        self.generation += 1
        self.engine.dispose(close=False)
