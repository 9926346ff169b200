"""PostgreSQL on the event loop: nothing blocks it, and no cancellation leaves anything behind."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from fastjango.db.bridge import bridge
from fastjango.db.errors import DataError, PoolTimeout
from fastjango.db.execute import change, fetch
from fastjango.db.transaction import atomic

SLOW = "SELECT pg_sleep(5)"
RUNNING = (
    "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(5)' AND state = 'active' "
    "AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()"
)


def in_query() -> None:
    fetch("pg", SLOW)


def in_transaction() -> None:
    with atomic(using="pg"):
        change("pg", "INSERT INTO fj_t (name) VALUES ('x')")
        fetch("pg", SLOW)


def in_savepoint() -> None:
    with atomic(using="pg"), atomic(using="pg"):
        change("pg", "INSERT INTO fj_t (name) VALUES ('x')")
        fetch("pg", SLOW)


def in_idle_transaction() -> None:
    from fastjango.db.bridge import await_only

    with atomic(using="pg"):
        change("pg", "INSERT INTO fj_t (name) VALUES ('x')")
        await_only(asyncio.sleep(5))


async def by_task(body: Callable[[], None]) -> None:
    task = asyncio.create_task(bridge(body))
    await asyncio.sleep(0.1)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def by_timeout(body: Callable[[], None]) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await bridge(body)


async def by_scope(body: Callable[[], None]) -> None:
    with anyio.move_on_after(0.1):
        await bridge(body)


async def by_group(body: Callable[[], None]) -> None:
    with anyio.move_on_after(0.1):
        async with anyio.create_task_group() as group:
            group.start_soon(bridge, body)
            group.start_soon(asyncio.sleep, 5)


@pytest.mark.parametrize("body", [in_query, in_transaction, in_savepoint, in_idle_transaction])
@pytest.mark.parametrize("cancel", [by_task, by_timeout, by_scope, by_group])
def test_a_cancelled_call_leaves_a_clean_pool_and_an_idle_server(
    postgresql: Any, cancel: Callable[[Any], Awaitable[None]], body: Callable[[], None]
) -> None:
    async def main() -> tuple[Any, Any]:
        await cancel(body)
        return await bridge(fetch, "pg", RUNNING), await bridge(fetch, "pg", "SELECT count(*) FROM fj_t")

    running, rows = asyncio.run(main())

    assert running == [(0,)]
    assert rows == [(0,)]
    assert len(postgresql.pool.shelf) == 1
    assert postgresql.pool.engine.pool.checkedout() == 1
    assert all(lease.raw.is_idle for lease in postgresql.pool.shelf)


def test_the_loop_ticks_while_a_query_waits(postgresql: Any) -> None:
    ticks = 0

    async def ticker() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    async def main() -> None:
        task = asyncio.create_task(ticker())
        await bridge(fetch, "pg", "SELECT pg_sleep(0.2)")
        task.cancel()

    asyncio.run(main())

    assert ticks >= 10


def test_more_tasks_than_connections_take_turns(postgresql: Any) -> None:
    async def main() -> list[Any]:
        calls = [bridge(fetch, "pg", "SELECT pg_sleep(0.02)") for _ in range(12)]
        return list(await asyncio.gather(*calls))

    assert len(asyncio.run(main())) == 12
    assert postgresql.pool.engine.pool.checkedout() <= 3


def test_a_full_pool_is_an_error_after_its_timeout(postgresql: Any) -> None:
    postgresql.settings_dict["POOL"] = {"size": 1, "timeout": 0.1}
    postgresql.close_pool()

    async def main() -> None:
        first = asyncio.create_task(bridge(fetch, "pg", "SELECT pg_sleep(0.5)"))
        await asyncio.sleep(0.05)
        with pytest.raises(PoolTimeout, match="timed out"):
            await bridge(fetch, "pg", "SELECT 1")
        await first

    asyncio.run(main())


def test_cancelled_waiting_for_a_connection_leaves_the_queue_working(postgresql: Any) -> None:
    postgresql.settings_dict["POOL"] = {"size": 1, "timeout": 5}
    postgresql.close_pool()

    async def main() -> Any:
        first = asyncio.create_task(bridge(fetch, "pg", "SELECT pg_sleep(0.2)"))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(bridge(fetch, "pg", "SELECT 2"))
        third = asyncio.create_task(bridge(fetch, "pg", "SELECT 3"))
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        return await third

    assert asyncio.run(main()) == [(3,)]


def test_one_transaction_serves_both_worlds(postgresql: Any) -> None:
    async def count() -> Any:
        return await bridge(fetch, "pg", "SELECT count(*) FROM fj_t")

    with atomic(using="pg"):
        change("pg", "INSERT INTO fj_t (name) VALUES ('x')")
        seen = asyncio.run(count())

    assert seen == [(1,)]


def test_a_connection_that_the_server_closed_is_replaced(postgresql: Any) -> None:
    from fastjango.db import OperationalError

    pid = fetch("pg", "SELECT pg_backend_pid()")[0][0]
    lease = postgresql.pool.take()
    change("pg", "SELECT pg_terminate_backend(%s::int)", (pid,))
    postgresql.pool.give(lease)

    with pytest.raises(OperationalError):
        fetch("pg", "SELECT 1")

    assert fetch("pg", "SELECT 1") == [(1,)]


def test_tasks_that_share_a_sync_transaction_take_turns(postgresql: Any) -> None:
    async def query(number: int) -> Any:
        def both() -> Any:
            with postgresql.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.01), %s", [number])
                cursor.fetchall()
            return fetch("pg", "SELECT pg_sleep(0.01), %s::int", (number,))[0][1]

        return await bridge(both)

    async def main() -> Any:
        return await asyncio.gather(*(query(number) for number in range(8)))

    with atomic(using="pg"):
        found = asyncio.run(main())

    assert found == list(range(8))


def test_a_repeated_query_gives_the_same_rows_before_and_after_it_is_prepared(postgresql: Any) -> None:
    async def main() -> list[Any]:
        sql = "SELECT %s::int, %s::text, NULL::text, 1.50::numeric, TIMESTAMPTZ '2024-01-02 03:04:05+00'"
        return [(await bridge(fetch, "pg", sql, (number, "x")))[0][1:] for number in range(12)]

    assert len(set(asyncio.run(main()))) == 1


def test_a_prepared_query_survives_a_change_of_its_table(postgresql: Any) -> None:
    async def main() -> list[Any]:
        async def names() -> Any:
            return (await bridge(fetch, "pg", "SELECT name FROM fj_t WHERE name <> %s", ("y",)))[-1][0]

        await bridge(change, "pg", "INSERT INTO fj_t (name) VALUES ('7')")
        before = [await names() for _ in range(8)][-1]
        await bridge(change, "pg", "ALTER TABLE fj_t ALTER COLUMN name TYPE varchar(80)")
        after = [await names() for _ in range(8)][-1]
        await bridge(change, "pg", "DEALLOCATE ALL")
        return [before, after, *[await names() for _ in range(8)]]

    assert set(asyncio.run(main())) == {"7"}


def test_a_prepared_query_that_fails_raises_our_error_and_leaves_the_connection_working(postgresql: Any) -> None:
    async def main() -> Any:
        sql = "SELECT 10 / %s::int"
        for number in range(1, 9):
            await bridge(fetch, "pg", sql, (number,))
        with pytest.raises(DataError, match="division by zero"):
            await bridge(fetch, "pg", sql, (0,))
        return await bridge(fetch, "pg", sql, (5,))

    assert asyncio.run(main()) == [(2,)]


def test_a_prepared_query_cancelled_on_the_loop_leaves_a_clean_connection(postgresql: Any) -> None:
    async def main() -> Any:
        sql = "SELECT pg_sleep(%s::float8)"
        for _ in range(7):
            await bridge(fetch, "pg", sql, (0.0,))
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await bridge(fetch, "pg", sql, (5.0,))
        return await bridge(fetch, "pg", sql, (0.0,))

    assert asyncio.run(main()) == [("",)]
    assert postgresql.pool.engine.pool.checkedout() <= 1


def test_one_connection_serves_one_loop_after_another(postgresql: Any) -> None:
    async def main() -> Any:
        return await bridge(fetch, "pg", "SELECT 1 + %s::int", (1,))

    assert [asyncio.run(main()) for _ in range(10)] == [[(2,)]] * 10
    assert fetch("pg", "SELECT 1 + %s::int", (1,)) == [(2,)]
