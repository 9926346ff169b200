"""``sqlflush``: print what ``flush`` would run."""

from __future__ import annotations

from typing import Any

from fastjango.core.management.base import BaseCommand, CommandParser
from fastjango.core.management.sql import sql_flush
from fastjango.db import DEFAULT_DB_ALIAS, connections


class Command(BaseCommand):
    """Print the statements."""

    help = (
        "Returns a list of the SQL statements required to return all tables in the database to the state they were in "
        "just after they were installed."
    )
    output_transaction = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose the database."""
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a database to print the SQL for. Defaults to the "default" database.',
        )

    def handle(self, **options: Any) -> str | None:
        """Collect the statements."""
        statements = sql_flush(self.style, connections[options["database"]], allow_cascade=True)
        if not statements and options["verbosity"] >= 1:
            self.stderr.write("No tables found.")
        return "\n".join(statements)
