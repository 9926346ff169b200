"""``dbshell`` for MariaDB and MySQL: the ``mysql`` program."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from typing import Any

from fastjango.db.backends.base.client import BaseDatabaseClient


class DatabaseClient(BaseDatabaseClient):
    """Runs ``mysql``."""

    executable_name = "mysql"

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """Return the command line; the password goes through the environment."""
        options = settings_dict["OPTIONS"]
        args: list[str] = [str(cls.executable_name)]
        database = options.get("database", options.get("db", settings_dict["NAME"]))
        user = options.get("user", settings_dict["USER"])
        password = options.get("password", options.get("passwd", settings_dict["PASSWORD"]))
        host = options.get("host", settings_dict["HOST"])
        port = options.get("port", settings_dict["PORT"])
        ssl = options.get("ssl", {})
        if options.get("read_default_file"):
            args.append(f"--defaults-file={options['read_default_file']}")
        if user:
            args.append(f"--user={user}")
        if host:
            args.append(f"--socket={host}" if "/" in host else f"--host={host}")
        if port:
            args.append(f"--port={port}")
        args.extend(f"--ssl-{key}={ssl[key]}" for key in ("ca", "cert", "key") if ssl.get(key))
        if options.get("charset"):
            args.append(f"--default-character-set={options['charset']}")
        if database:
            args.append(str(database))
        args.extend(parameters)
        return args, {"MYSQL_PWD": str(password)} if password else None

    def runshell(self, parameters: Iterable[str]) -> None:
        """Run the program; Ctrl-C belongs to it meanwhile."""
        handler = signal.getsignal(signal.SIGINT)
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            super().runshell(parameters)
        finally:
            signal.signal(signal.SIGINT, handler)
