"""``dbshell`` for PostgreSQL: ``psql``."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from typing import Any

from fastjango.db.backends.base.client import BaseDatabaseClient

ENVIRONMENT = {
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


class DatabaseClient(BaseDatabaseClient):
    """Runs ``psql``."""

    executable_name = "psql"

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """Return the command line; secrets go through the environment."""
        options = settings_dict.get("OPTIONS", {})
        name = settings_dict.get("NAME") or ""
        if not name and not options.get("service"):
            name = "postgres"
        args: list[str] = [str(cls.executable_name)]
        for flag, key in (("-U", "USER"), ("-h", "HOST"), ("-p", "PORT")):
            if settings_dict.get(key):
                args += [flag, str(settings_dict[key])]
        args.extend(parameters)
        if name:
            args.append(name)
        env = {variable: str(options[key]) for key, variable in ENVIRONMENT.items() if options.get(key)}
        if settings_dict.get("PASSWORD"):
            env["PGPASSWORD"] = str(settings_dict["PASSWORD"])
        return args, (env or None)

    def runshell(self, parameters: Iterable[str]) -> None:
        """Run the program; Ctrl-C belongs to it meanwhile."""
        handler = signal.getsignal(signal.SIGINT)
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            super().runshell(parameters)
        finally:
            signal.signal(signal.SIGINT, handler)
