"""Databases of their own for the tests of the connection layer: a memory SQLite, a file SQLite, a PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.databases import make, new_database, remove, settings_of

from fastjango.db.execute import change

POSTGRESQL = settings_of("postgresql", os.environ.get("PGDATABASE", "postgres"))

MARIADB_NAME = f"fastjango_tests_{os.getpid()}"


@pytest.fixture
def memory() -> Iterator[Any]:
    """A SQLite database in memory with a table ``t (id, name)``."""
    wrapper = make("memory", ENGINE="fastjango.db.backends.sqlite3", NAME=":memory:")
    change("memory", "CREATE TABLE t (id integer PRIMARY KEY, name text UNIQUE)")
    yield wrapper
    remove("memory")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Any]:
    """A SQLite database in a file with a table ``t (id, name)``."""
    wrapper = make("file", ENGINE="fastjango.db.backends.sqlite3", NAME=str(tmp_path / "db.sqlite3"))
    change("file", "CREATE TABLE t (id integer PRIMARY KEY, name text UNIQUE)")
    yield wrapper
    remove("file")


@pytest.fixture
def postgresql() -> Iterator[Any]:
    """A PostgreSQL schema of our own with a table ``fj_t (id, name)`` and a pool of three connections."""
    psycopg = pytest.importorskip("psycopg")
    # Other runs may be on the same server: everything carries the number of this process.
    name = f"fastjango_tests_{os.getpid()}"
    try:
        server = psycopg.connect(
            dbname=POSTGRESQL["NAME"],
            host=POSTGRESQL["HOST"],
            user=POSTGRESQL["USER"],
            password=POSTGRESQL["PASSWORD"],
            connect_timeout=3,
            autocommit=True,
        )
    except psycopg.OperationalError:
        pytest.skip("service postgresql does not answer")
    with server:
        server.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        server.execute(f"CREATE SCHEMA {name}")
        options = {"application_name": name, "options": f"-c search_path={name}"}
        wrapper = make("pg", **{**POSTGRESQL, "POOL": {"size": 3, "timeout": 5}, "OPTIONS": options})
        change("pg", "CREATE TABLE fj_t (id serial PRIMARY KEY, name text UNIQUE)")
        yield wrapper
        remove("pg")
        server.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def mariadb() -> Iterator[Any]:
    """A MariaDB or MySQL database with a table ``fj_t (id, name)`` and a pool of three connections."""
    with new_database("mysql", MARIADB_NAME, POOL={"size": 3}) as conf:
        wrapper = make("mariadb", **conf)
        change("mariadb", "CREATE TABLE fj_t (id integer AUTO_INCREMENT PRIMARY KEY, name varchar(20) UNIQUE)")
        yield wrapper
        remove("mariadb")
