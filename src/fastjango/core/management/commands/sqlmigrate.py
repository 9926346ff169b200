"""``sqlmigrate``: the statements of one migration."""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.color import no_style
from fastjango.db import DEFAULT_DB_ALIAS, connections
from fastjango.db.migrations.exceptions import AmbiguityError
from fastjango.db.migrations.loader import MigrationLoader


class Command(BaseCommand):
    """Print the SQL."""

    help = "Prints the SQL statements for the named migration."
    output_transaction = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose the migration."""
        parser.add_argument("app_label", help="App label of the application containing the migration.")
        parser.add_argument("migration_name", help="Migration name to print the SQL for.")
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a database to create SQL for. Defaults to the "default" database.',
        )
        parser.add_argument(
            "--backwards", action="store_true", help="Creates SQL to unapply the migration, rather than to apply it"
        )

    def handle(self, *args: Any, **options: Any) -> str:
        """Collect the statements."""
        # The output is SQL, without colour; what the system checks said before it had theirs.
        self.style = no_style()
        connection = connections[options["database"]]
        loader = MigrationLoader(connection, replace_migrations=False)
        app_label, migration_name = options["app_label"], options["migration_name"]
        try:
            apps.get_app_config(app_label)
        except LookupError as exc:
            raise CommandError(str(exc)) from exc
        if app_label not in loader.migrated_apps:
            raise CommandError(f"App '{app_label}' does not have migrations")
        try:
            migration = loader.get_migration_by_prefix(app_label, migration_name)
        except AmbiguityError:
            raise CommandError(
                f"More than one migration matches '{migration_name}' in app '{app_label}'. Please be more specific."
            ) from None
        except KeyError:
            raise CommandError(
                f"Cannot find a migration matching '{migration_name}' from app '{app_label}'. Is it in INSTALLED_APPS?"
            ) from None
        target = (app_label, migration.name)
        self.output_transaction = migration.atomic and connection.features.can_rollback_ddl
        statements = loader.collect_sql([(loader.graph.nodes[target], options["backwards"])])
        if not statements and options["verbosity"] >= 1:
            self.stderr.write("No operations found.")
        return "\n".join(statements)
