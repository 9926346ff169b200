"""The tables that there should be, made in a place that is thrown away: what the live ones are compared with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastjango.db import connections
from fastjango.db.migrations.drift.facts import TableFacts, facts_of
from fastjango.db.transaction import atomic, set_rollback

_ALIAS = "fastjango_drift"


def twin_facts(connection: Any, models: list[Any], tables: list[str]) -> dict[str, TableFacts]:
    """
    Return what the tables of *models* would look like in a database like this one.

    PostgreSQL makes temporary tables in a transaction that is rolled back; SQLite a database in memory; MySQL a database of
    another name, for which the user needs the right to create one.
    """
    if connection.vendor == "postgresql":
        return _in_transaction(connection, models, tables)
    with _elsewhere(connection) as other:
        _create(other, models)
        return facts_of(other, tables)


def _create(connection: Any, models: list[Any]) -> None:
    with connection.schema_editor() as editor:
        for model in models:
            editor.create_model(model)


def _in_transaction(connection: Any, models: list[Any], tables: list[str]) -> dict[str, TableFacts]:
    with atomic(connection.alias):
        with connection.cursor() as cursor:
            # Temporary tables go before the live ones of the same name.
            cursor.execute("SELECT set_config('search_path', 'pg_temp, ' || current_setting('search_path'), true)")
        _create(connection, models)
        found = facts_of(connection, tables)
        set_rollback(True, using=connection.alias)
    return found


@contextmanager
def _elsewhere(connection: Any) -> Iterator[Any]:
    name = ":memory:" if connection.vendor == "sqlite" else f"fastjango_drift_{os.getpid()}"
    settings = {**connection.settings_dict, "NAME": name}
    if connection.vendor == "mysql":
        _run(connection, f"CREATE DATABASE {connection.ops.quote_name(name)}")
    other = type(connection)(settings, _ALIAS)
    connections.settings[_ALIAS] = settings
    connections[_ALIAS] = other
    try:
        yield other
    finally:
        other.close()
        other.close_pool()
        getattr(other, "destroy_memory", lambda: None)()
        del connections[_ALIAS]
        del connections.settings[_ALIAS]
        if connection.vendor == "mysql":
            _run(connection, f"DROP DATABASE {connection.ops.quote_name(name)}")


def _run(connection: Any, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


__all__ = ["twin_facts"]
