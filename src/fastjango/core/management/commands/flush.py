"""``flush``: empty every table."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fastjango.apps import apps
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.color import no_style
from fastjango.core.management.sql import emit_post_migrate_signal, sql_flush
from fastjango.db import DEFAULT_DB_ALIAS, connections


class Command(BaseCommand):
    """Remove all data; the tables stay."""

    help = (
        'Removes ALL DATA from the database, including data added during migrations. Does not achieve a "fresh '
        'install" state.'
    )
    stealth_options = ("reset_sequences", "allow_cascade", "inhibit_post_migrate")

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose the database; ask or not."""
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_false",
            dest="interactive",
            help="Tells FastJango to NOT prompt the user for input of any kind.",
        )
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a database to flush. Defaults to the "default" database.',
        )

    def handle(self, **options: Any) -> None:
        """Ask, empty the tables, send ``post_migrate``."""
        database = options["database"]
        connection = connections[database]
        self.style = no_style()
        for app_config in apps.get_app_configs():
            try:
                import_module(".management", app_config.name)
            except ImportError:
                pass
        statements = sql_flush(
            self.style,
            connection,
            reset_sequences=options.get("reset_sequences", True),
            allow_cascade=options.get("allow_cascade", False),
        )
        if options["interactive"]:
            confirm = input(
                f"You have requested a flush of the database.\nThis will IRREVERSIBLY DESTROY all data currently in "
                f"the {connection.settings_dict['NAME']!r} database,\nand return each table to an empty state.\n"
                "Are you sure you want to do this?\n\n    Type 'yes' to continue, or 'no' to cancel: "
            )
        else:
            confirm = "yes"
        if confirm != "yes":
            self.stdout.write("Flush cancelled.")
            return
        try:
            connection.ops.execute_sql_flush(statements)
        except Exception as exc:
            raise CommandError(
                f"Database {connection.settings_dict['NAME']} couldn't be flushed. Possible reasons:\n"
                "  * The database isn't running or isn't configured correctly.\n"
                "  * At least one of the expected database tables doesn't exist.\n"
                "  * The SQL was invalid.\n"
                "Hint: Look at the output of 'fastjango-admin sqlflush'. That's the SQL this command wasn't able to "
                "run."
            ) from exc
        if statements and not options.get("inhibit_post_migrate", False):
            emit_post_migrate_signal(options["verbosity"], options["interactive"], database)
