"""
A PostgreSQL server that is restarted under load: one error per connection at most, then all goes on.

The server is one of the tests' own; they are skipped by name where none can be made.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.contract.db.private_cluster import Cluster, missing
from tests.fixtures.databases import make, remove

from fastjango import FastJango
from fastjango.apps.registry import Apps
from fastjango.db import DatabaseError, connections, models
from fastjango.db.bridge import bridge
from fastjango.db.execute import change, fetch
from fastjango.db.transaction import atomic
from fastjango.http import HttpResponse
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches, path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing() is not None, reason=f"no PostgreSQL server of our own: {missing()}"),
]
POOL = 5


class Item(models.Model):
    number = models.IntegerField()

    class Meta:
        app_label = "restarted"
        db_table = "fj_items"
        apps = Apps()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Any]:
    wrapper = make("pg", **cluster.settings(size=POOL, timeout=20))
    change("pg", "DROP TABLE IF EXISTS fj_items")
    change("pg", "CREATE TABLE fj_items (id serial PRIMARY KEY, number integer)")
    Item.objects.using("pg").bulk_create(Item(number=number) for number in range(50))
    yield wrapper
    remove("pg")


class Tally:
    """What happened to the work."""

    def __init__(self) -> None:
        self.done = 0
        self.errors: Counter[str] = Counter()

    def note(self, exc: BaseException) -> None:
        self.errors[f"{type(exc).__name__}: {str(exc)[:60]}"] += 1


def read(number: int) -> None:
    Item.objects.using("pg").get(pk=number % 50 + 1)


def read_many(number: int) -> None:
    assert len(list(Item.objects.using("pg").filter(number__gte=number % 10)[:20])) == 20


def write(number: int) -> None:
    with atomic(using="pg"):
        item = Item.objects.using("pg").select_for_update().get(pk=number % 50 + 1)
        item.number += 0
        item.save(using="pg")


def streamed(number: int) -> None:
    assert sum(1 for _ in Item.objects.using("pg").iterator(chunk_size=10)) >= 50


def by_cursor(number: int) -> None:
    with connections["pg"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM fj_items WHERE number > %s", [number % 10])
        cursor.fetchone()


KINDS: list[Callable[[int], None]] = [read, read, read_many, write, streamed, by_cursor]


def settled(wrapper: Any) -> None:
    """Assert that the pool is whole and that every connection in it works."""
    pool = wrapper.pool
    assert pool.engine.pool.checkedout() == len(pool.shelf) <= POOL
    assert all(lease.raw.is_idle for lease in pool.shelf)
    for _ in range(POOL * 3):
        assert fetch("pg", "SELECT 1") == [(1,)]


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_tasks_go_on_after_a_restart(cluster: Cluster, database: Any, mode: str) -> None:
    tally = Tally()

    async def worker(number: int, stop: asyncio.Event) -> None:
        turn = number
        while not stop.is_set():
            turn += 1
            try:
                await bridge(KINDS[turn % len(KINDS)], turn)
                tally.done += 1
            except DatabaseError as exc:
                tally.note(exc)
            await asyncio.sleep(0)

    async def main() -> tuple[int, int]:
        stop = asyncio.Event()
        workers = [asyncio.create_task(worker(number, stop)) for number in range(12)]
        await asyncio.sleep(1)
        before = tally.done
        await asyncio.to_thread(cluster.restart, mode)
        at_restart = tally.done
        await asyncio.sleep(2)
        stop.set()
        await asyncio.gather(*workers)
        return before, tally.done - at_restart

    before, after = asyncio.run(main())

    assert sum(tally.errors.values()) <= POOL, tally.errors
    assert before > 50
    assert after > before / 4
    settled(database)


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_threads_go_on_after_a_restart(cluster: Cluster, database: Any, mode: str) -> None:
    tally = Tally()
    stop = threading.Event()

    def worker(number: int) -> None:
        turn = number
        while not stop.is_set():
            turn += 1
            try:
                KINDS[turn % len(KINDS)](turn)
                tally.done += 1
            except DatabaseError as exc:
                tally.note(exc)

    threads = [threading.Thread(target=worker, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    cluster.restart(mode)
    at_restart = tally.done
    time.sleep(2)
    stop.set()
    for thread in threads:
        thread.join()

    assert sum(tally.errors.values()) <= POOL, tally.errors
    assert tally.done - at_restart > 50
    settled(database)


def test_idle_connections_are_found_dead_once(cluster: Cluster, database: Any) -> None:
    leases = [database.pool.take() for _ in range(POOL)]
    for lease in leases:
        database.pool.give(lease)
    cluster.restart("fast")
    errors = 0

    for number in range(20):
        try:
            read(number)
        except DatabaseError:
            errors += 1

    assert errors == 1
    settled(database)


def test_prepared_statements_are_prepared_anew(cluster: Cluster, database: Any) -> None:
    async def ask() -> int:
        errors = 0
        for number in range(30):
            try:
                await bridge(read, number)
                await bridge(read_many, number)
            except DatabaseError:
                errors += 1
        return errors

    async def main() -> list[int]:
        found = [await ask()]
        for mode in ("immediate", "fast"):
            await asyncio.to_thread(cluster.restart, mode)
            found.append(await ask())
        return found

    assert asyncio.run(main()) == [0, 1, 1]


def count_items(request: Any) -> HttpResponse:
    return HttpResponse(str(Item.objects.using("pg").count()))


def change_item(request: Any, pk: int) -> HttpResponse:
    write(pk)
    return HttpResponse("changed")


urlpatterns = [path("count/", count_items), path("change/<int:pk>/", change_item)]


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_an_application_answers_again_after_a_restart(cluster: Cluster, database: Any, mode: str) -> None:
    statuses: Counter[int] = Counter()

    async def visitor(client: httpx.AsyncClient, number: int, stop: asyncio.Event) -> None:
        turn = number
        urls = ["/count/", f"/change/{number}/", "/async/7", "/sync/8"]
        while not stop.is_set():
            turn += 1
            statuses[(await client.get(urls[turn % 4])).status_code] += 1

    async def main(app: FastJango) -> int:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            stop = asyncio.Event()
            visitors = [asyncio.create_task(visitor(client, number, stop)) for number in range(12)]
            await asyncio.sleep(1.5)
            await asyncio.to_thread(cluster.restart, mode)
            at_restart = statuses[200]
            await asyncio.sleep(2.5)
            stop.set()
            await asyncio.gather(*visitors)
            return statuses[200] - at_restart

    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], DEBUG=False):
        clear_url_caches()
        app = FastJango()

        @app.get("/async/{pk}")
        async def one(pk: int) -> int:
            return int(Item.objects.using("pg").get(pk=pk).number)

        @app.get("/sync/{pk}")
        def in_thread(pk: int) -> int:
            return int(Item.objects.using("pg").get(pk=pk).number)

        after = asyncio.run(main(app))
    clear_url_caches()

    assert set(statuses) <= {200, 500}
    assert statuses[500] <= POOL, statuses
    assert after > 50, statuses
    settled(database)
