"""Databases under test, and ways to cancel what runs on them: used by the tests of cancellation."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import anyio

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


async def _visit(url: str, body: Body, server: Server) -> None:
    """Ask an application, and go away before it answers."""
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError("an answer to a client that has gone")

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
    _running.append((body, server))
    try:
        with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], DEBUG=False):
            clear_url_caches()
            app = FastJango()

            @app.post("/route")
            async def route() -> None:
                body(server)

            await app(scope, receive, send)
    finally:
        _running.pop()
        clear_url_caches()


async def by_disconnect(body: Body, server: Server) -> None:
    """Run the body in a view whose client goes away."""
    await _visit("/view/", body, server)


async def by_disconnect_from_route(body: Body, server: Server) -> None:
    """Run the body in a FastAPI route whose client goes away."""
    await _visit("/route", body, server)


CANCELS = [
    by_task,
    by_many_cancellations,
    by_timeout,
    by_scope,
    by_group,
    by_disconnect,
    by_disconnect_from_route,
]
