"""``dbshell`` for SQLite: the ``sqlite3`` program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.db.backends.base.client import BaseDatabaseClient


class DatabaseClient(BaseDatabaseClient):
    """Runs ``sqlite3``."""

    executable_name = "sqlite3"

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """Return the command line for the database file."""
        return [str(cls.executable_name), settings_dict["NAME"], *parameters], None
