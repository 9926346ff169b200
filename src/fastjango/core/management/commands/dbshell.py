"""``dbshell``: the database's own client."""

from __future__ import annotations

import subprocess
from typing import Any

from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.db import DEFAULT_DB_ALIAS, connections


class Command(BaseCommand):
    """Start the client with the settings of a database."""

    help = "Runs the command-line client for specified database, or the default database if none is provided."
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose the database; what follows ``--`` goes to the client."""
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a database onto which to open a shell. Defaults to the "default" database.',
        )
        group = parser.add_argument_group("parameters")
        group.add_argument("parameters", nargs="*")

    def handle(self, **options: Any) -> None:
        """Start the client and wait for it."""
        connection = connections[options["database"]]
        try:
            connection.client.runshell(options["parameters"])
        except FileNotFoundError as exc:
            raise CommandError(
                f"You appear not to have the {connection.client.executable_name!r} program installed or on your path."
            ) from exc
        except subprocess.CalledProcessError as exc:
            raise CommandError(
                '"{}" returned non-zero exit status {}.'.format(" ".join(map(str, exc.cmd)), exc.returncode),
                returncode=exc.returncode,
            ) from exc
