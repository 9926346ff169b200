"""A database with the site's tables under the alias ``default``, the application, and clients for it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from tests.contract.asgi import site
from tests.fixtures.databases import default_database, new_database, sqlite_file

from fastjango import FastJango
from fastjango.db import connections
from fastjango.db.execute import change
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches

T = TypeVar("T")

MIDDLEWARE = [
    "fastjango.contrib.sessions.middleware.SessionMiddleware",
    "fastjango.middleware.common.CommonMiddleware",
    "fastjango.middleware.csrf.CsrfViewMiddleware",
    "fastjango.contrib.auth.middleware.AuthenticationMiddleware",
    "tests.contract.asgi.site.stamp",
]
NAME = f"fastjango_asgi_tests_{os.getpid()}"


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the site's tables, to be copied."""
    path = tmp_path_factory.mktemp("asgi") / "site.sqlite3"
    with default_database(sqlite_file(path)):
        site.create_tables()
        change("default", "PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgresql_with_tables() -> Iterator[dict[str, Any]]:
    """The settings of a PostgreSQL database with the site's tables."""
    with new_database("postgresql", NAME, POOL={"size": 3, "timeout": 5}) as conf:
        with default_database(conf):
            site.create_tables()
        yield conf


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Put a database with the site's tables under the alias ``default``; gives its kind."""
    kind: str = request.param
    if kind == "postgresql":
        conf = request.getfixturevalue("postgresql_with_tables")
    else:
        path = Path(shutil.copy(request.getfixturevalue("sqlite_with_tables"), tmp_path / "site.sqlite3"))
        conf = sqlite_file(path)
    with default_database(conf):
        if kind == "postgresql":
            names = ", ".join(f'"{model._meta.db_table}"' for model in site.own_models())
            change("default", f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        author = site.Author.objects.create(name="Ann")
        site.Book.objects.create(title="First", pages=10, author=author)
        site.diary.clear()
        site.seen.clear()
        yield kind


@pytest.fixture
def app(database: str) -> Iterator[FastJango]:
    """Return the application of the site."""
    changed = override_settings(ROOT_URLCONF="tests.contract.asgi.site", MIDDLEWARE=MIDDLEWARE, DEBUG=False)
    with changed:
        clear_url_caches()
        yield FastJango()


@asynccontextmanager
async def browser(app: FastJango, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Open an HTTP client that talks to *app* without a network."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", **options) as client:
        yield client


@pytest.fixture
def run(app: FastJango) -> Callable[[Callable[[httpx.AsyncClient], Awaitable[T]]], T]:
    """Return a function that runs ``scenario(client)`` on a new loop."""

    def call(scenario: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
        async def main() -> T:
            async with browser(app) as client:
                return await scenario(client)

        return asyncio.run(main())

    return call


@pytest.fixture
def pool_is_clean(database: str) -> Callable[[], bool]:
    """Return a function that says whether every connection is back and outside a transaction."""

    def check() -> bool:
        wrapper = connections["default"]
        pool: Any = wrapper.pool
        shelf = list(pool.shelf)
        out = getattr(pool.engine.pool, "checkedout")() if hasattr(pool.engine.pool, "checkedout") else len(shelf)
        return not wrapper.in_atomic_block and out == len(shelf) and all(pool._is_clean(lease.raw) for lease in shelf)

    return check
