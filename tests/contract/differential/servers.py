"""Databases on servers, one for each side, filled by Django."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from tests.contract.differential.pair import SIDES, fill

PREFIX = "fastjango_differential"


Database = dict[str, Any]


def postgresql_databases(prefix: str = PREFIX) -> dict[str, Database]:
    """Make a PostgreSQL database for each side, the second a copy of the first."""
    login = {
        "HOST": os.environ.get("PGHOST", "127.0.0.1"),
        "USER": os.environ.get("PGUSER", "postgres"),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
    }
    databases = {side: {"ENGINE": "postgresql", "NAME": f"{prefix}_{side}", **login} for side in SIDES}
    drop_postgresql(databases)
    first, second = (str(databases[side]["NAME"]) for side in SIDES)
    with _postgresql(databases["django"], "postgres") as connection:
        connection.execute(f'CREATE DATABASE "{first}"')
    with _postgresql(databases["django"], first) as connection:
        # Django hashes with it.
        connection.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")
    fill(databases["django"])
    with _postgresql(databases["django"], "postgres") as connection:
        connection.execute(f'CREATE DATABASE "{second}" TEMPLATE "{first}"')
    return databases


def drop_postgresql(databases: dict[str, Database]) -> None:
    """Remove the databases."""
    for database in databases.values():
        with _postgresql(database, "postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database["NAME"]}" WITH (FORCE)')


def mariadb_databases(prefix: str = PREFIX) -> dict[str, Database]:
    """Make a MariaDB database for each side, both filled by Django, in which texts are equal if their letters are."""
    login = {
        "HOST": os.environ.get("MYSQL_HOST", "127.0.0.1"),
        "USER": os.environ.get("MYSQL_USER", "root"),
        "PASSWORD": os.environ.get("MYSQL_PASSWORD", ""),
        "OPTIONS": {"charset": "utf8mb4"},
    }
    databases = {side: {"ENGINE": "mysql", "NAME": f"{prefix}_{side}", **login} for side in SIDES}
    drop_mariadb(databases)
    for database in databases.values():
        with _mariadb(database) as cursor:
            cursor.execute(f"CREATE DATABASE `{database['NAME']}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        fill(database)
    return databases


def drop_mariadb(databases: dict[str, Database]) -> None:
    """Remove the databases."""
    for database in databases.values():
        with _mariadb(database) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS `{database['NAME']}`")


def _postgresql(database: Database, name: str) -> Any:
    import psycopg

    return psycopg.connect(
        host=database["HOST"], user=database["USER"], password=database["PASSWORD"], dbname=name, autocommit=True
    )


@contextlib.contextmanager
def _mariadb(database: Database) -> Iterator[Any]:
    import pymysql

    connection: Any = pymysql.connect(
        host=database["HOST"], user=database["USER"], password=database["PASSWORD"], autocommit=True
    )
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
