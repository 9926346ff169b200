"""Databases under test, and ways to cancel what runs on them: used by the tests of cancellation."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from fastjango import FastJango
from fastjango.db.bridge import await_only, bridge
from fastjango.db.execute import change, fetch
from fastjango.http import HttpResponse
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches, path

Body = Callable[["Server"], None]


class Server:
    """One database under test: how to be slow on it, and how to look behind the pool."""

    def __init__(self, wrapper: Any, alias: str, table: str, insert: str) -> None:
        self.wrapper = wrapper
        self.alias = alias
        self.table = table
        self.insert = insert

    def slow(self) -> None:
        """Run a statement that takes too long."""
        sql = {"postgresql": "SELECT pg_sleep(5)", "mysql": "SELECT sleep(5)"}[self.wrapper.vendor]
        fetch(self.alias, sql)

    def add(self, name: str) -> None:
        change(self.alias, self.insert, (name,))

    def rows(self) -> int:
        return int(fetch(self.alias, f"SELECT count(*) FROM {self.table}")[0][0])

    def busy_elsewhere(self) -> int:
        """How many other connections of this pool run a statement or have an open transaction."""
        if self.wrapper.vendor == "postgresql":
            sql = (
                "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() "
                "AND application_name = current_setting('application_name')"
            )
        else:
            sql = (
                "SELECT count(*) FROM information_schema.processlist p LEFT JOIN information_schema.innodb_trx t "
                "ON t.trx_mysql_thread_id = p.id WHERE p.db = DATABASE() AND p.id <> connection_id() "
                "AND (p.command = 'Query' OR t.trx_id IS NOT NULL)"
            )
        return int(fetch(self.alias, sql)[0][0])

    def connected(self) -> int:
        """How many connections the server has from this pool, the asking one included."""
        if self.wrapper.vendor == "postgresql":
            sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = current_setting('application_name')"
        else:
            sql = "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()"
        return int(fetch(self.alias, sql)[0][0])

    def settled(self) -> int:
        """The same, after a moment for a server that notices a closed socket late."""
        for _ in range(20):
            if not self.busy_elsewhere():
                break
            await_only(asyncio.sleep(0.05))
        return self.busy_elsewhere()


class FileServer(Server):
    """SQLite: slow is a lock that somebody else holds."""

    def __init__(self, wrapper: Any) -> None:
        super().__init__(wrapper, "file", "t", "INSERT INTO t (name) VALUES (?)")
        self.other = sqlite3.connect(wrapper.settings_dict["NAME"], isolation_level=None, check_same_thread=False)

    def connected(self) -> int:
        name = os.path.realpath(self.wrapper.settings_dict["NAME"])
        links = [os.path.join("/proc/self/fd", number) for number in os.listdir("/proc/self/fd")]
        # The observer has one as well.
        return int(sum(os.path.exists(link) and os.path.realpath(link) == name for link in links)) - 1

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Let somebody else hold the lock."""
        self.other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self.other.execute("ROLLBACK")

    def slow(self) -> None:
        with self.locked():
            self.add("blocked")

    def busy_elsewhere(self) -> int:
        # An open transaction of ours would keep this lock from being taken.
        try:
            self.other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return 1
        self.other.execute("ROLLBACK")
        return 0


@contextlib.contextmanager
def serving(kind: str, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Give the database of a kind with its table, made by the fixture of its name."""
    if kind == "sqlite":
        file = FileServer(request.getfixturevalue("file"))
        yield file
        file.other.close()
        return
    alias = {"postgresql": "pg", "mariadb": "mariadb"}[kind]
    yield Server(request.getfixturevalue(kind), alias, "fj_t", "INSERT INTO fj_t (name) VALUES (%s)")


def assert_whole(wrapper: Any) -> None:
    """Assert that every connection is back, and none in a transaction."""
    pool = wrapper.pool
    assert all(pool._is_clean(lease.raw) for lease in pool.shelf)
    # Every connection that is out of SQLAlchemy's pool lies on the shelf.
    assert pool.engine.pool.checkedout() == len(pool.shelf)


# --- ways to cancel -----------------------------------------------------------------------------


async def by_task(body: Body, server: Server) -> None:
    task = asyncio.create_task(bridge(body, server))
    await asyncio.sleep(0.1)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def by_timeout(body: Body, server: Server) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await bridge(body, server)


async def by_scope(body: Body, server: Server) -> None:
    with anyio.move_on_after(0.1):
        await bridge(body, server)


async def by_group(body: Body, server: Server) -> None:
    with anyio.move_on_after(0.1):
        async with anyio.create_task_group() as group:
            group.start_soon(bridge, functools.partial(body, server))
            group.start_soon(asyncio.sleep, 5)


async def by_many_cancellations(body: Body, server: Server) -> None:
    """Cancel again and again until the task is at its end."""
    task = asyncio.create_task(bridge(body, server))
    await asyncio.sleep(0.1)
    while not task.done():
        task.cancel()
        await asyncio.sleep(0.0005)
    with contextlib.suppress(asyncio.CancelledError):
        await task


_running: list[tuple[Body, Server]] = []


def _run(request: Any) -> HttpResponse:
    body, server = _running[-1]
    body(server)
    return HttpResponse()


urlpatterns = [path("view/", _run)]


@contextlib.contextmanager
def routed(urlconf: str) -> Iterator[FastJango]:
    """Give an application with the patterns of a module and nothing around them."""
    with override_settings(ROOT_URLCONF=urlconf, MIDDLEWARE=[], DEBUG=False):
        clear_url_caches()
        yield FastJango()
    clear_url_caches()


async def visit(app: FastJango, url: str, patience: float, pause: float = 0) -> list[str]:
    """
    Ask for *url* and go away after *patience* seconds, if the answer is not complete by then; return the messages that came.

    Args:
        pause: How long each part of the answer takes to be sent, in seconds.
    """
    ended = asyncio.Event()
    asked = False
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), patience)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])
        await asyncio.sleep(pause)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            ended.set()

    scope = {
        "type": "http",
        "method": "POST",
        "path": url,
        "raw_path": url.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"testserver")],
        "http_version": "1.1",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    task = asyncio.create_task(app(scope, receive, send))
    if patience < 0.05:
        # A server that ends the exchange at once, as on shutdown.
        asyncio.get_running_loop().call_later(patience, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return sent


async def _leave(url: str, body: Body, server: Server) -> None:
    """Ask an application, and go away before it answers."""
    _running.append((body, server))
    try:
        with routed(__name__) as app:

            @app.post("/route")
            async def route() -> None:
                body(server)

            assert await visit(app, url, 0.05) == [], "an answer to a client that has gone"
    finally:
        _running.pop()


async def by_disconnect(body: Body, server: Server) -> None:
    """Run the body in a view whose client goes away."""
    await _leave("/view/", body, server)


async def by_disconnect_from_route(body: Body, server: Server) -> None:
    """Run the body in a FastAPI route whose client goes away."""
    await _leave("/route", body, server)


SERVERS = ["sqlite", "postgresql", "mariadb"]
CANCELS = [
    by_task,
    by_many_cancellations,
    by_timeout,
    by_scope,
    by_group,
    by_disconnect,
    by_disconnect_from_route,
]
