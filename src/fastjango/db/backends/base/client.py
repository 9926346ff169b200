"""``connection.client``: starts the database's own command-line program for ``dbshell``."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from typing import Any


class BaseDatabaseClient:
    """The command-line program of a database."""

    executable_name: str | None = None

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """Return the command line and the extra environment for *settings_dict*."""
        raise NotImplementedError(
            "subclasses of BaseDatabaseClient must provide a settings_to_cmd_args_env() method or override a runshell()."
        )

    def runshell(self, parameters: Iterable[str]) -> None:
        """Run the program and wait for its end."""
        args, env = self.settings_to_cmd_args_env(self.connection.settings_dict, parameters)
        subprocess.run(args, env={**os.environ, **env} if env else None, check=True)
