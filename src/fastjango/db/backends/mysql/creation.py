"""Test databases of MariaDB and MySQL."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from fastjango.db.backends.base.creation import BaseDatabaseCreation
from fastjango.db.backends.mysql.client import DatabaseClient
from fastjango.db.errors import Error


class DatabaseCreation(BaseDatabaseCreation):
    """Creation of MariaDB and MySQL test databases."""

    def sql_table_creation_suffix(self) -> str:
        """Return character set and collation of the settings."""
        test = self.connection.settings_dict["TEST"]
        words = []
        if test["CHARSET"]:
            words.append(f"CHARACTER SET {test['CHARSET']}")
        if test["COLLATION"]:
            words.append(f"COLLATE {test['COLLATION']}")
        return " ".join(words)

    def _execute_create_test_db(self, cursor: Any, parameters: dict[str, str], keepdb: bool = False) -> None:
        try:
            super()._execute_create_test_db(cursor, parameters, keepdb)
        except Error as exc:
            exists = bool(exc.args) and exc.args[0] == 1007
            if not exists:
                self.log(f"Got an error creating the test database: {exc}")
                sys.exit(2)
            raise

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        target = self.get_test_db_clone_settings(suffix)["NAME"]
        parameters = {
            "dbname": self.connection.ops.quote_name(target),
            "suffix": self.sql_table_creation_suffix(),
        }
        with self._nodb_cursor() as cursor:
            try:
                self._execute_create_test_db(cursor, parameters, keepdb)
            except Error:
                if keepdb:
                    return
                cursor.execute(f"DROP DATABASE {parameters['dbname']}")
                self._execute_create_test_db(cursor, parameters, keepdb)
        self._copy(self.connection.settings_dict, target)

    @staticmethod
    def _copy(settings_dict: dict[str, Any], target: str) -> None:
        """Copy tables and rows by the server's own programs."""
        load_args, env = DatabaseClient.settings_to_cmd_args_env(settings_dict, [])
        dump_args = ["mysqldump", *load_args[1:-1], "--routines", "--events", load_args[-1]]
        load_args[-1] = target
        dump = subprocess.run(dump_args, env=env, check=True, capture_output=True)
        subprocess.run(load_args, env=env, check=True, input=dump.stdout)
