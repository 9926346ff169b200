"""The pool's queue and shelf: who gets a connection, and that nobody waits for one that is there."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.util import queue as sa_queue

from fastjango.db.bridge import bridge
from fastjango.db.errors import PoolTimeout
from fastjango.db.pool import LeasePool, TwoFacedPool, TwoFacedQueue


class Raw:
    """A driver connection that does nothing."""

    def __init__(self) -> None:
        self.clean = True
        self.closed = False

    def close(self) -> None:
        self.closed = True

    def create_function(self, *args: Any, **kwargs: Any) -> None:
        """SQLAlchemy's SQLite dialect gives each new connection functions."""


def make(size: int = 1, timeout: float = 0.2, **options: Any) -> tuple[LeasePool, list[Raw]]:
    """Return a pool over fake connections, and the list of those that were opened."""
    opened: list[Raw] = []

    def create() -> Any:
        opened.append(Raw())
        return opened[-1]

    engine = sqlalchemy.create_engine(
        "sqlite://",
        creator=create,
        poolclass=TwoFacedPool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=timeout,
        pool_reset_on_return=None,
        _initialize=False,
    )
    pool = LeasePool(
        engine,
        is_clean=lambda raw: raw.clean,
        clean=lambda raw: setattr(raw, "clean", True),
        **options,
    )
    return pool, opened


def test_a_lease_that_came_back_is_taken_again() -> None:
    pool, opened = make()

    first = pool.take()
    pool.give(first)

    assert pool.take() is first
    assert len(opened) == 1


def test_an_open_transaction_is_rolled_back_before_the_next_owner() -> None:
    pool, _ = make()
    lease = pool.take()
    lease.raw.clean = False

    pool.give(lease)

    assert pool.take().raw.clean


def test_a_connection_that_cannot_be_cleaned_is_thrown_away() -> None:
    pool, opened = make()
    pool._clean = lambda raw: None
    lease = pool.take()
    lease.raw.clean = False

    pool.give(lease)

    assert opened[0].closed
    assert pool.take().raw is opened[1]


def test_an_old_connection_is_replaced() -> None:
    pool, opened = make(max_age_seconds=0.0)

    pool.give(pool.take())
    pool.take()

    assert opened[0].closed


def test_retired_connections_are_not_used_again() -> None:
    pool, opened = make(size=2)
    shelved, leased = pool.take(), pool.take()
    pool.give(shelved)

    pool.retire()
    pool.give(leased)

    assert [raw.closed for raw in opened] == [True, True]


def test_a_thread_gets_the_connection_that_another_one_shelves() -> None:
    pool, opened = make(timeout=5)
    lease = pool.take()
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(pool.take()))
    thread.start()
    time.sleep(0.05)

    pool.give(lease)
    thread.join(2)

    assert found[0].raw is opened[0]


def test_a_task_gets_the_connection_that_a_thread_shelves() -> None:
    pool, opened = make(timeout=5)
    lease = pool.take()

    async def main() -> Any:
        threading.Timer(0.05, pool.give, [lease]).start()
        return await bridge(pool.take)

    assert asyncio.run(main()).raw is opened[0]


def test_waiting_ends_with_an_error_in_both_worlds() -> None:
    pool, _ = make(timeout=0.05)
    lease = pool.take()

    with pytest.raises(PoolTimeout):
        pool.take()
    with pytest.raises(PoolTimeout):
        asyncio.run(bridge(pool.take))
    pool.give(lease)


def test_a_waiter_may_open_a_connection_when_another_ones_attempt_fails() -> None:
    queue = TwoFacedQueue(1)
    ended: list[bool] = []

    def wait() -> None:
        try:
            queue.get(True, 5)
        except sa_queue.Empty:
            ended.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.05)

    queue.nudge()
    thread.join(2)

    assert ended == [True]
