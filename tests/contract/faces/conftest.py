"""A database of each kind under the alias ``default``, for what has to be the same on all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.databases import VENDORS, default_database, new_database, sqlite_file

NAME = f"fastjango_faces_tests_{os.getpid()}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[dict[str, Any]]:
    """The settings of a PostgreSQL database that all tests of a run share."""
    with new_database("postgresql", NAME, POOL={"size": 5, "timeout": 5}) as conf:
        yield conf


@pytest.fixture(scope="session")
def mysql() -> Iterator[dict[str, Any]]:
    """The settings of a MariaDB or MySQL database that all tests of a run share."""
    with new_database("mysql", NAME, POOL={"size": 5, "timeout": 5}) as conf:
        yield conf


@pytest.fixture(params=VENDORS)
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """The connection object of the alias ``default``: SQLite in a file, PostgreSQL, MariaDB."""
    vendor = request.param
    conf = sqlite_file(tmp_path / "db.sqlite3") if vendor == "sqlite3" else request.getfixturevalue(vendor)
    with default_database(conf) as wrapper:
        yield wrapper
