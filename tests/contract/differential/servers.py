"""Databases on a server, one for each side, filled by Django."""

from __future__ import annotations

import os
from typing import Any

import psycopg
from tests.contract.differential.pair import SIDES, fill

PREFIX = "fastjango_differential"


def postgresql_databases(prefix: str = PREFIX) -> dict[str, dict[str, Any]]:
    """Make a PostgreSQL database for each side, the second a copy of the first."""
    login = {
        "HOST": os.environ.get("PGHOST", "127.0.0.1"),
        "USER": os.environ.get("PGUSER", "postgres"),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
    }
    databases = {side: {"ENGINE": "postgresql", "NAME": f"{prefix}_{side}", **login} for side in SIDES}
    drop_postgresql(databases)
    first, second = (str(databases[side]["NAME"]) for side in SIDES)
    with _administration(databases["django"]) as connection:
        connection.execute(f'CREATE DATABASE "{first}"')
    fill(databases["django"])
    with _administration(databases["django"]) as connection:
        connection.execute(f'CREATE DATABASE "{second}" TEMPLATE "{first}"')
    return databases


def drop_postgresql(databases: dict[str, dict[str, Any]]) -> None:
    """Remove the databases."""
    for database in databases.values():
        with _administration(database) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database["NAME"]}" WITH (FORCE)')


def _administration(database: dict[str, Any]) -> Any:
    return psycopg.connect(
        host=database["HOST"], user=database["USER"], password=database["PASSWORD"], dbname="postgres", autocommit=True
    )
