"""
Whatever is cancelled, wherever it is: the pool is whole, no transaction is open, nothing runs on the server.

Seven ways to cancel, at every place where a database call can wait, on every driver; ten thousand operations that are
cancelled somewhere are in test_cancel_storm.py.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from tests.contract.db.cancelling import CANCELS, SERVERS, Body, FileServer, Server, assert_whole, serving

from fastjango.db import DatabaseError
from fastjango.db.bridge import await_only, bridge
from fastjango.db.errors import PoolTimeout
from fastjango.db.execute import fetch, stream
from fastjango.db.transaction import atomic


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serving(request.param, request) as made:
        yield made


def in_query(server: Server) -> None:
    server.slow()


def idle_in_transaction(server: Server) -> None:
    with atomic(using=server.alias):
        server.add("x")
        await_only(asyncio.sleep(5))


def in_query_in_transaction(server: Server) -> None:
    if isinstance(server, FileServer):
        # A writer has the lock from its first statement on: it waits in BEGIN.
        with server.locked(), atomic(using=server.alias):
            server.add("x")
        return
    with atomic(using=server.alias):
        server.add("x")
        server.slow()


def in_savepoint(server: Server) -> None:
    with atomic(using=server.alias):
        server.add("x")
        with atomic(using=server.alias):
            server.add("y")
            await_only(asyncio.sleep(5))


def in_stream(server: Server) -> None:
    for _ in stream(server.alias, "SELECT 1 UNION ALL SELECT 2", (), 1):
        await_only(asyncio.sleep(5))


def in_sleep_after_queries(server: Server) -> None:
    server.rows()
    await_only(asyncio.sleep(5))


@contextlib.contextmanager
def slow_statement(server: Server, wanted: str) -> Iterator[None]:
    """Let the statement *wanted* of a transaction's end take its time on the way to the server."""
    wrapper = server.wrapper
    send = wrapper.send

    def slowly(hold: Any, sql: str) -> None:
        if sql == wanted:
            await_only(asyncio.sleep(5))
        send(hold, sql)

    wrapper.send = slowly
    try:
        yield
    finally:
        del wrapper.send


def in_commit(server: Server) -> None:
    with slow_statement(server, "COMMIT"), atomic(using=server.alias):
        server.add("x")


def in_rollback(server: Server) -> None:
    with slow_statement(server, "ROLLBACK"), contextlib.suppress(LookupError), atomic(using=server.alias):
        server.add("x")
        raise LookupError


def at_check_in(server: Server) -> None:
    """A transaction that user code left open is rolled back when its connection comes back; that takes its time."""
    pool = server.wrapper.pool
    clean = pool._clean

    def slowly(raw: Any) -> None:
        await_only(asyncio.sleep(5))
        clean(raw)

    pool._clean = slowly
    try:
        with server.wrapper.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"DELETE FROM {server.table}")
    finally:
        pool._clean = clean


PLACES: list[Body] = [
    in_query,
    idle_in_transaction,
    in_query_in_transaction,
    in_savepoint,
    in_stream,
    in_sleep_after_queries,
    in_commit,
    in_rollback,
    at_check_in,
]


@pytest.mark.parametrize("body", PLACES)
@pytest.mark.parametrize("cancel", CANCELS)
def test_a_cancelled_call_leaves_nothing_behind(
    server: Server, cancel: Callable[[Body, Server], Awaitable[None]], body: Body
) -> None:
    async def main() -> tuple[int, int]:
        await cancel(body, server)
        return await bridge(server.settled), await bridge(server.rows)

    busy, rows = asyncio.run(main())

    assert (busy, rows) == (0, 0)
    assert_whole(server.wrapper)


def test_cancelled_while_waiting_for_a_connection_the_next_one_is_served(server: Server) -> None:
    server.wrapper.settings_dict["POOL"] = {"size": 1, "timeout": 5}
    server.wrapper.close_pool()

    def hold() -> None:
        with atomic(using=server.alias):
            await_only(asyncio.sleep(0.2))

    async def main() -> int:
        first = asyncio.create_task(bridge(hold))
        await asyncio.sleep(0.05)
        waiting = [asyncio.create_task(bridge(server.rows)) for _ in range(3)]
        await asyncio.sleep(0.05)
        waiting[0].cancel()
        waiting[1].cancel()
        await asyncio.gather(first, *waiting, return_exceptions=True)
        return waiting[2].result()

    assert asyncio.run(main()) == 0
    assert server.wrapper.pool.engine.pool.checkedout() == 1


def test_a_full_pool_is_a_clear_error_and_no_dead_lock(server: Server) -> None:
    server.wrapper.settings_dict["POOL"] = {"size": 2, "timeout": 0.1}
    server.wrapper.close_pool()

    def hold() -> None:
        # Each holds a connection and asks for a second one: the classical dead lock of pools.
        pool = server.wrapper.pool
        first = pool.take()
        try:
            await_only(asyncio.sleep(0.02))
            pool.give(pool.take())
        finally:
            pool.give(first)

    async def main() -> list[Any]:
        return list(await asyncio.gather(*(bridge(hold) for _ in range(6)), return_exceptions=True))

    found = asyncio.run(asyncio.wait_for(main(), 20))

    assert PoolTimeout in {type(item) for item in found} <= {type(None), PoolTimeout}
    assert asyncio.run(bridge(server.rows)) == 0


@pytest.mark.slow
def test_connections_killed_under_load_cost_one_error_each_and_the_load_goes_on(postgresql: Any) -> None:
    postgresql.settings_dict["POOL"] = {"size": 5, "timeout": 20}
    postgresql.close_pool()
    errors = 0
    done = 0

    async def worker(stop: asyncio.Event) -> None:
        nonlocal errors, done
        while not stop.is_set():
            try:
                await bridge(fetch, "pg", "SELECT pg_sleep(0.002)")
                done += 1
            except DatabaseError:
                errors += 1

    async def main() -> int:
        stop = asyncio.Event()
        workers = [asyncio.create_task(worker(stop)) for _ in range(10)]
        killed = 0
        for _ in range(3):
            await asyncio.sleep(0.2)
            killed += (
                await bridge(
                    fetch,
                    "pg",
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                    "AND application_name = current_setting('application_name')",
                )
            )[0][0]
        before = done
        await asyncio.sleep(0.3)
        recovered = done - before
        stop.set()
        await asyncio.gather(*workers)
        assert recovered > 10
        return int(killed)

    killed = asyncio.run(main())

    assert 0 < errors <= killed
    assert all(lease.raw.is_idle for lease in postgresql.pool.shelf)
