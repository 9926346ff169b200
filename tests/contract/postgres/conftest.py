"""A PostgreSQL database with all extensions and the tables of ``hotel_models`` under the alias ``default``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.contract.postgres.hotel_models import MODELS
from tests.fixtures.databases import default_database, new_database

from fastjango.conf import settings
from fastjango.contrib.postgres import operations
from fastjango.db import transaction
from fastjango.db.migrations.state import ProjectState
from fastjango.test import override_settings

NAME = f"fastjango_postgres_tests_{os.getpid()}"
EXTENSIONS = (
    operations.BloomExtension,
    operations.BtreeGinExtension,
    operations.BtreeGistExtension,
    operations.CITextExtension,
    operations.HStoreExtension,
    operations.TrigramExtension,
    operations.UnaccentExtension,
)


@pytest.fixture(scope="session")
def server() -> Iterator[dict[str, Any]]:
    """The settings of a new database."""
    with new_database("postgresql", NAME, POOL={"size": 3, "timeout": 5}) as conf:
        yield conf


@contextmanager
def _default(server: dict[str, Any]) -> Iterator[Any]:
    """Put the database under the alias ``default``, with the app installed, for the length of the block."""
    apps = [*settings.INSTALLED_APPS, "fastjango.contrib.postgres"]
    with default_database(server) as connection, override_settings(INSTALLED_APPS=apps):
        yield connection


@pytest.fixture(scope="session")
def tables(server: dict[str, Any]) -> dict[str, Any]:
    """The settings of the database, which has extensions and tables now."""
    with _default(server) as connection:
        state = ProjectState()
        with connection.schema_editor() as editor:
            for extension in EXTENSIONS:
                extension().database_forwards("hotel", editor, state, state)
            for model in MODELS:
                editor.create_model(model)
    return server


@pytest.fixture
def database(tables: dict[str, Any]) -> Iterator[Any]:
    """The connection object of the database; what a test saves, stays."""
    with _default(tables) as connection:
        yield connection


@pytest.fixture
def rolled_back(database: Any) -> Iterator[Any]:
    """A transaction that leaves nothing behind."""
    with transaction.atomic():
        yield database
        transaction.set_rollback(True)
