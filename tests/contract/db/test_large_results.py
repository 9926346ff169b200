"""A million rows pass through in little memory, and a stream that is left early leaves a clean connection."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import models
from fastjango.db.execute import change, fetch

MILLION = 1_000_000
# One model object per row would be some three hundred.
MEGABYTES = 48


class Row(models.Model):
    number = models.IntegerField()
    text = models.CharField(max_length=40)

    class Meta:
        app_label = "large_results"
        db_table = "fj_rows"
        apps = Apps()


FILL = {
    "sqlite": "INSERT INTO fj_rows (id, number, text) WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s "
    "WHERE n < {0}) SELECT n, n, 'some text of row ' || n FROM s",
    "postgresql": "INSERT INTO fj_rows (id, number, text) SELECT n, n, 'some text of row ' || n "
    "FROM generate_series(1, {0}) AS n",
    "mysql": "INSERT INTO fj_rows (id, number, text) SELECT seq, seq, concat('some text of row ', seq) FROM seq_1_to_{0}",
}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database(request: pytest.FixtureRequest) -> Iterator[Any]:
    wrapper = request.getfixturevalue("file" if request.param == "sqlite" else request.param)
    change(wrapper.alias, "CREATE TABLE fj_rows (id bigint PRIMARY KEY, number integer, text varchar(40))")
    yield wrapper


def fill(wrapper: Any, rows: int) -> None:
    change(wrapper.alias, FILL[wrapper.vendor].format(rows))


def megabytes() -> float:
    """The memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Watch:
    """Counts rows, adds numbers and keeps the highest use of memory."""

    def __init__(self) -> None:
        gc.collect()
        self.before = self.most = megabytes()
        self.rows = self.total = 0

    def see(self, row: Row) -> None:
        self.rows += 1
        self.total += int(row.number)
        if self.rows % 20_000 == 0:
            self.most = max(self.most, megabytes())

    def check(self) -> None:
        assert (self.rows, self.total) == (MILLION, MILLION * (MILLION + 1) // 2)
        assert self.most - self.before < MEGABYTES


needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory is read from /proc")


@needs_proc
@pytest.mark.slow
def test_a_million_rows_through_iterator_take_bounded_memory(database: Any) -> None:
    fill(database, MILLION)
    watch = Watch()

    for row in Row.objects.using(database.alias).iterator():
        watch.see(row)

    watch.check()


@needs_proc
@pytest.mark.slow
def test_a_million_rows_through_aiterator_take_bounded_memory(database: Any) -> None:
    fill(database, MILLION)
    watch = Watch()

    async def main() -> None:
        async for row in Row.objects.using(database.alias).aiterator():
            watch.see(row)

    asyncio.run(main())

    watch.check()


def test_an_iterator_that_is_left_early_gives_its_connection_back(database: Any) -> None:
    fill(database, 1000)

    rows = Row.objects.using(database.alias).order_by("id").iterator(chunk_size=10)
    first = next(rows)
    rows.close()  # type: ignore[attr-defined]  # a generator

    assert first.number == 1
    assert fetch(database.alias, "SELECT count(*) FROM fj_rows") == [(1000,)]
    pool = database.pool
    assert pool.engine.pool.checkedout() == len(pool.shelf)
    assert all(pool._is_clean(lease.raw) for lease in pool.shelf)


def test_an_async_iterator_that_is_left_early_gives_its_connection_back(database: Any) -> None:
    fill(database, 1000)

    async def main() -> int:
        rows = Row.objects.using(database.alias).order_by("id").aiterator(chunk_size=10)
        async for row in rows:
            await rows.aclose()  # type: ignore[attr-defined]  # a generator
            return int(row.number)
        return 0

    assert asyncio.run(main()) == 1
    pool = database.pool
    assert pool.engine.pool.checkedout() == len(pool.shelf)
    assert all(pool._is_clean(lease.raw) for lease in pool.shelf)


def test_other_statements_can_be_run_while_rows_are_streamed(database: Any) -> None:
    fill(database, 50)

    found = []
    for row in Row.objects.using(database.alias).order_by("id").iterator(chunk_size=5):
        found.append(Row.objects.using(database.alias).get(pk=row.pk).number)

    assert found == list(range(1, 51))
