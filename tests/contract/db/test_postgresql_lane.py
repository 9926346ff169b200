"""Prepared reads of PostgreSQL that a coroutine awaits without a bridge."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import pytest

from fastjango.db import OperationalError, connections
from fastjango.db.bridge import bridge
from fastjango.db.errors import DataError
from fastjango.db.execute import afetch_ready, change, fetch

SLEEP = "SELECT 1 / %s, pg_sleep(%s)"


@pytest.fixture(autouse=True)
def prepared(postgresql: Any) -> None:
    for _ in range(7):
        fetch("pg", SLEEP, (1, 0.0))


async def read(*args: Any) -> Any:
    return await afetch_ready(connections["pg"], SLEEP, args)


async def by_task() -> None:
    task = asyncio.create_task(read(1, 5.0))
    await asyncio.sleep(0.1)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def by_timeout() -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await read(1, 5.0)


async def by_scope() -> None:
    with anyio.move_on_after(0.1):
        await read(1, 5.0)


def test_rows_are_read_without_a_bridge() -> None:
    assert asyncio.run(read(1, 0.0)) == [(1, "")]


def test_what_was_not_prepared_is_left_to_the_ordinary_way() -> None:
    async def other() -> Any:
        return await afetch_ready(connections["pg"], "SELECT 2", ())

    assert asyncio.run(other()) is None


@pytest.mark.parametrize("cancel", [by_task, by_timeout, by_scope])
def test_a_cancelled_read_leaves_a_clean_pool_and_an_idle_server(
    postgresql: Any, cancel: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    pid = postgresql.pool.shelf[0].raw.info.backend_pid

    asyncio.run(cancel())

    assert len(postgresql.pool.shelf) == postgresql.pool.engine.pool.checkedout() == 1
    assert postgresql.pool.shelf[0].raw.is_idle
    # It answers: nothing runs on it.
    assert fetch("pg", "SELECT pg_backend_pid()") == [(pid,)]
    assert asyncio.run(read(1, 0.0)) == [(1, "")]


def test_an_error_is_ours_and_the_connection_goes_on(postgresql: Any) -> None:
    with pytest.raises(DataError, match="division by zero"):
        asyncio.run(read(0, 0.0))

    assert len(postgresql.pool.shelf) == 1
    assert asyncio.run(read(1, 0.0)) == [(1, "")]


def test_a_lost_server_is_an_error_and_no_dead_connection_stays(postgresql: Any) -> None:
    pid = postgresql.pool.shelf[0].raw.info.backend_pid

    async def lose() -> None:
        task = asyncio.create_task(read(1, 5.0))
        await asyncio.sleep(0.1)
        await bridge(fetch, "pg", "SELECT pg_terminate_backend(%s::int)", (pid,))
        await task

    with pytest.raises(OperationalError):
        asyncio.run(lose())

    assert fetch("pg", "SELECT 1") == [(1,)]
    assert all(lease.raw.is_idle for lease in postgresql.pool.shelf)


def test_a_plan_that_the_schema_has_outrun_is_left_to_the_ordinary_way() -> None:
    sql = "SELECT id, name FROM fj_t WHERE id = %s"
    for _ in range(7):
        fetch("pg", sql, (1,))
    change("pg", "ALTER TABLE fj_t ALTER COLUMN name TYPE varchar(77)")

    async def again() -> Any:
        return await afetch_ready(connections["pg"], sql, (1,))

    assert asyncio.run(again()) is None
    assert fetch("pg", sql, (1,)) == []


def test_many_tasks_share_few_connections(postgresql: Any) -> None:
    async def main() -> list[Any]:
        return await asyncio.gather(*(read_somehow(n % 7 + 1) for n in range(60)))

    async def read_somehow(number: int) -> Any:
        rows = await read(number, 0.001)
        return rows if rows is not None else await bridge(fetch, "pg", SLEEP, (number, 0.001))

    assert asyncio.run(main()) == [[(1 if n % 7 == 0 else 0, "")] for n in range(60)]
    assert len(postgresql.pool.shelf) == postgresql.pool.engine.pool.checkedout()
