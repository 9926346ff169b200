"""``sqlsequencereset``: print the statements that set sequences behind the highest key."""

from __future__ import annotations

from typing import Any

from fastjango.core.management.base import AppCommand, CommandParser
from fastjango.db import DEFAULT_DB_ALIAS, connections


class Command(AppCommand):
    """Print the statements for apps."""

    help = "Prints the SQL statements for resetting sequences for the given app name(s)."
    output_transaction = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose the database."""
        super().add_arguments(parser)
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a database to print the SQL for. Defaults to the "default" database.',
        )

    def handle_app_config(self, app_config: Any, **options: Any) -> str | None:
        """Collect the statements of one app."""
        if app_config.models_module is None:
            return None
        connection = connections[options["database"]]
        statements = connection.ops.sequence_reset_sql(self.style, app_config.get_models(include_auto_created=True))
        if not statements and options["verbosity"] >= 1:
            self.stderr.write("No sequences found.")
        return "\n".join(statements)
