"""A pool that is too small gives clear errors after its time-out, and never a dead lock."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.contract.db.cancelling import FileServer, Server, assert_whole

from fastjango import FastJango
from fastjango.db.bridge import await_only, bridge, in_bridge
from fastjango.db.errors import PoolTimeout
from fastjango.db.execute import fetch, stream
from fastjango.db.transaction import atomic
from fastjango.http import HttpResponse
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches, path


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if request.param == "sqlite":
        file = FileServer(request.getfixturevalue("file"))
        yield file
        file.other.close()
        return
    alias = {"postgresql": "pg", "mariadb": "mariadb"}[request.param]
    yield Server(request.getfixturevalue(request.param), alias, "fj_t", "INSERT INTO fj_t (name) VALUES (%s)")


def resize(server: Server, size: int, timeout: float) -> None:
    server.wrapper.settings_dict["POOL"] = {"size": size, "timeout": timeout}
    server.wrapper.close_pool()


def pause(seconds: float) -> None:
    if in_bridge():
        await_only(asyncio.sleep(seconds))
    else:
        time.sleep(seconds)


def hold(server: Server, seconds: float) -> None:
    """Read in a transaction, and keep its connection for a while."""
    # Readers of SQLite do not wait for one another.
    with atomic(using=server.alias, read_only=True):
        server.rows()
        pause(seconds)


def in_tasks(work: Callable[[], None], number: int) -> list[BaseException | None]:
    async def main() -> list[Any]:
        return list(await asyncio.gather(*(bridge(work) for _ in range(number)), return_exceptions=True))

    return asyncio.run(asyncio.wait_for(main(), 30))


def in_threads(work: Callable[[], None], number: int) -> list[BaseException | None]:
    found: list[BaseException | None] = []

    def run() -> None:
        try:
            work()
        except BaseException as exc:
            found.append(exc)
        else:
            found.append(None)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


WORLDS = pytest.mark.parametrize("world", [in_tasks, in_threads])
World = Callable[[Callable[[], None], int], list[BaseException | None]]


@WORLDS
def test_who_waits_too_long_gets_a_clear_error(server: Server, world: World) -> None:
    resize(server, 2, 0.2)
    began = time.monotonic()

    found = world(lambda: hold(server, 1.0), 5)

    errors = [exc for exc in found if exc is not None]
    assert len(found) == 5
    assert 1 <= len(errors) <= 3
    assert {type(exc) for exc in errors} == {PoolTimeout}
    assert "timed out" in str(errors[0])
    assert "POOL" in "".join(getattr(errors[0], "__notes__", []))
    assert time.monotonic() - began < 15
    assert_whole(server.wrapper)
    assert server.rows() == 0


@WORLDS
def test_who_waits_long_enough_is_served(server: Server, world: World) -> None:
    resize(server, 2, 30)

    assert world(lambda: hold(server, 0.05), 12) == [None] * 12
    assert_whole(server.wrapper)


@WORLDS
def test_blocks_in_blocks_and_streams_in_them_need_one_connection(server: Server, world: World) -> None:
    resize(server, 1, 20)

    def work() -> None:
        with atomic(using=server.alias):
            server.rows()
            with atomic(using=server.alias):
                pause(0.01)
                for _ in stream(server.alias, "SELECT 1 UNION ALL SELECT 2", (), 1):
                    fetch(server.alias, "SELECT 3")
            with server.wrapper.cursor() as cursor:
                cursor.execute("SELECT 4")
                cursor.fetchall()

    assert world(work, 6) == [None] * 6
    assert_whole(server.wrapper)


@WORLDS
def test_a_second_connection_while_holding_one_is_an_error_and_no_dead_lock(server: Server, world: World) -> None:
    resize(server, 2, 0.3)

    def work() -> None:
        # A stream keeps a connection of its own, outside a transaction.
        for _ in stream(server.alias, "SELECT 1 UNION ALL SELECT 2", (), 1):
            pause(0.05)
            server.rows()

    found = world(work, 6)

    assert len(found) == 6
    assert {type(exc) for exc in found} <= {type(None), PoolTimeout}
    assert_whole(server.wrapper)
    assert world(work, 1) == [None]


def test_threads_and_tasks_wait_in_one_line(server: Server) -> None:
    resize(server, 1, 30)
    order: list[str] = []

    def thread() -> None:
        hold(server, 0.01)
        order.append("thread")

    def task() -> None:
        hold(server, 0.01)
        order.append("task")

    async def main() -> None:
        first = asyncio.create_task(bridge(hold, server, 0.4))
        await asyncio.sleep(0.05)
        threads = []
        tasks = []
        for _ in range(3):
            threads.append(threading.Thread(target=thread))
            threads[-1].start()
            await asyncio.sleep(0.05)
            tasks.append(asyncio.create_task(bridge(task)))
            await asyncio.sleep(0.02)
        await asyncio.gather(first, *tasks)
        for one in threads:
            await asyncio.to_thread(one.join, 20)

    asyncio.run(asyncio.wait_for(main(), 30))

    # Those who come later do not overtake: the first half has both kinds.
    assert Counter(order) == {"thread": 3, "task": 3}
    assert set(order[:3]) == {"thread", "task"}
    assert_whole(server.wrapper)


# --- requests -------------------------------------------------------------------------------------

_servers: list[Server] = []


def slow_page(request: Any) -> HttpResponse:
    hold(_servers[-1], 0.6)
    return HttpResponse("read")


urlpatterns = [path("slow/", slow_page)]


def test_requests_beyond_the_pool_are_answered_with_503_and_later_ones_with_200(server: Server) -> None:
    resize(server, 2, 0.15)
    _servers.append(server)

    async def main(app: FastJango) -> tuple[Counter[int], int]:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            urls = ["/slow/", "/async", "/sync"] * 3
            answers = await asyncio.gather(*(client.get(url) for url in urls))
            assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 503)
            after = await client.get("/async")
            return Counter(answer.status_code for answer in answers), after.status_code

    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], DEBUG=False):
        clear_url_caches()
        app = FastJango()

        @app.get("/async")
        async def on_loop() -> None:
            hold(server, 0.6)

        @app.get("/sync")
        def in_thread() -> None:
            hold(server, 0.6)

        statuses, after = asyncio.run(asyncio.wait_for(main(app), 30))
    clear_url_caches()
    _servers.pop()

    assert set(statuses) == {200, 503}
    assert statuses[200] >= 2
    assert after == 200
    assert_whole(server.wrapper)
