"""A database of each kind under the alias ``default``, for what has to be the same on all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tools.services import answers

from fastjango.db import connections
from fastjango.db.engines import complete, load_backend

NAME = f"fastjango_faces_tests_{os.getpid()}"


@contextmanager
def default_database(conf: dict[str, Any]) -> Iterator[Any]:
    """Put a database under the alias ``default`` for the length of the block."""
    conf = dict(conf)
    complete(conf)
    old_conf, old_wrapper = connections.settings["default"], connections["default"]
    wrapper: Any = load_backend(conf["ENGINE"]).DatabaseWrapper(conf, "default")
    connections.settings["default"], connections["default"] = conf, wrapper
    try:
        yield wrapper
    finally:
        wrapper.close()
        wrapper.close_pool()
        connections.settings["default"], connections["default"] = old_conf, old_wrapper


@contextmanager
def postgresql_database(name: str) -> Iterator[dict[str, Any]]:
    """The settings of a new database on PostgreSQL."""
    if not answers("postgresql"):
        pytest.skip("service postgresql does not answer")
    import psycopg

    options: dict[str, Any] = {
        "host": os.environ.get("PGHOST", "127.0.0.1"),
        "user": os.environ.get("PGUSER", "postgres"),
        "password": os.environ.get("PGPASSWORD", ""),
    }

    def on_server(statement: str) -> None:
        with psycopg.connect(dbname="postgres", autocommit=True, **options) as connection:
            connection.execute(statement.encode())

    on_server(f"CREATE DATABASE {name}")
    conf = {"ENGINE": "fastjango.db.backends.postgresql", "NAME": name, "POOL": {"size": 5, "timeout": 5}}
    conf.update({key.upper(): value for key, value in options.items()})
    try:
        yield conf
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[dict[str, Any]]:
    """The settings of a database that all tests of a run share."""
    with postgresql_database(NAME) as conf:
        yield conf


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """The connection object of the alias ``default``: SQLite in a file, then PostgreSQL."""
    if request.param == "sqlite":
        conf = {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": str(tmp_path / "db.sqlite3")}
    else:
        conf = request.getfixturevalue("postgresql")
    with default_database(conf) as wrapper:
        yield wrapper
