"""MariaDB through the same calls: statements, transactions, the event loop, introspection."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fastjango.db import IntegrityError
from fastjango.db.bridge import bridge
from fastjango.db.execute import change, fetch, insert_id
from fastjango.db.transaction import atomic


def test_statements_and_savepoints(mariadb: Any) -> None:
    assert insert_id("mariadb", "INSERT INTO fj_t (name) VALUES (%s)", ("a",)) == 1

    with atomic(using="mariadb"):
        change("mariadb", "INSERT INTO fj_t (name) VALUES (%s)", ("b",))
        with pytest.raises(IntegrityError), atomic(using="mariadb"):
            change("mariadb", "INSERT INTO fj_t (name) VALUES (%s)", ("a",))

    assert fetch("mariadb", "SELECT name FROM fj_t ORDER BY id") == [("a",), ("b",)]


def test_the_loop_ticks_while_a_query_waits(mariadb: Any) -> None:
    ticks = 0

    async def ticker() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    async def main() -> None:
        task = asyncio.create_task(ticker())
        await bridge(fetch, "mariadb", "SELECT sleep(0.2)")
        task.cancel()

    asyncio.run(main())

    assert ticks >= 10


def test_a_timeout_kills_the_statement_and_keeps_the_connection(mariadb: Any) -> None:
    async def main() -> Any:
        before = await bridge(fetch, "mariadb", "SELECT connection_id()")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await bridge(fetch, "mariadb", "SELECT sleep(5)")
        assert await bridge(fetch, "mariadb", "SELECT connection_id()") == before
        return await bridge(
            fetch,
            "mariadb",
            "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT sleep%%' AND id <> connection_id()",
        )

    assert asyncio.run(main()) == [(0,)]


def test_introspection_names_columns_and_constraints(mariadb: Any) -> None:
    with mariadb.cursor() as cursor:
        columns = [info.name for info in mariadb.introspection.get_table_description(cursor, "fj_t")]
        constraints = mariadb.introspection.get_constraints(cursor, "fj_t")

    assert columns == ["id", "name"]
    assert constraints["name"]["unique"]
    assert constraints["PRIMARY"]["primary_key"]
