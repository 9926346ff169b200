"""A PostgreSQL database with all extensions and the tables of ``hotel_models`` under the alias ``default``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.contract.postgres.hotel_models import MODELS
from tools.services import answers

from fastjango.conf import settings
from fastjango.contrib.postgres import operations
from fastjango.db import connections, transaction
from fastjango.db.engines import complete, load_backend
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

    on_server(f"CREATE DATABASE {NAME}")
    conf = {"ENGINE": "fastjango.db.backends.postgresql", "NAME": NAME, "POOL": {"size": 3, "timeout": 5}}
    conf.update({name.upper(): value for name, value in options.items()})
    yield conf
    on_server(f"DROP DATABASE {NAME} WITH (FORCE)")


@contextmanager
def _default(server: dict[str, Any]) -> Iterator[Any]:
    """Put the database under the alias ``default``, with the app installed, for the length of the block."""
    conf = dict(server)
    complete(conf)
    old_conf, old_wrapper = connections.settings["default"], connections["default"]
    wrapper: Any = load_backend(conf["ENGINE"]).DatabaseWrapper(conf, "default")
    connections.settings["default"], connections["default"] = conf, wrapper
    try:
        with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, "fastjango.contrib.postgres"]):
            yield wrapper
    finally:
        wrapper.close()
        wrapper.close_pool()
        connections.settings["default"], connections["default"] = old_conf, old_wrapper


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
