"""Test databases of PostgreSQL."""

from __future__ import annotations

import sys
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.db.backends.base.creation import BaseDatabaseCreation
from fastjango.db.errors import Error


class DatabaseCreation(BaseDatabaseCreation):
    """Creation of PostgreSQL test databases."""

    def _quote_name(self, name: str) -> str:
        return str(self.connection.ops.quote_name(name))

    def _get_database_create_suffix(self, encoding: str | None = None, template: str | None = None) -> str:
        suffix = ""
        if encoding:
            suffix += f" ENCODING '{encoding}'"
        if template:
            suffix += f" TEMPLATE {self._quote_name(template)}"
        return suffix and "WITH" + suffix

    def sql_table_creation_suffix(self) -> str:
        """Return encoding and template of the settings."""
        test_settings = self.connection.settings_dict["TEST"]
        if test_settings.get("COLLATION") is not None:
            raise ImproperlyConfigured("PostgreSQL does not support collation setting at database creation time.")
        return self._get_database_create_suffix(
            encoding=test_settings["CHARSET"], template=test_settings.get("TEMPLATE")
        )

    def _database_exists(self, cursor: Any, database_name: str) -> bool:
        cursor.execute("SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s", [database_name.strip('"')])
        return cursor.fetchone() is not None

    def _execute_create_test_db(self, cursor: Any, parameters: dict[str, str], keepdb: bool = False) -> None:
        if keepdb and self._database_exists(cursor, parameters["dbname"]):
            return
        try:
            super()._execute_create_test_db(cursor, parameters, keepdb)
        except Error as exc:
            exists = getattr(exc.__cause__, "sqlstate", "") == "42P04"
            if not exists:
                self.log(f"Got an error creating the test database: {exc}")
                sys.exit(2)
            if not keepdb:
                raise

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        self.connection.close()
        self.connection.close_pool()
        source = self.connection.settings_dict["NAME"]
        target = self.get_test_db_clone_settings(suffix)["NAME"]
        parameters = {
            "dbname": self._quote_name(target),
            "suffix": self._get_database_create_suffix(template=source),
        }
        with self._nodb_cursor() as cursor:
            try:
                self._execute_create_test_db(cursor, parameters, keepdb)
            except Error:
                try:
                    if verbosity >= 1:
                        display = self._get_database_display_str(verbosity, target)
                        self.log(f"Destroying old test database for alias {display}...")
                    cursor.execute("DROP DATABASE {dbname}".format(**parameters))
                    self._execute_create_test_db(cursor, parameters, keepdb)
                except Error as exc:
                    self.log(f"Got an error cloning the test database: {exc}")
                    sys.exit(2)
