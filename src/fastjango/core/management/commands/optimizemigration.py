"""``optimizemigration``: fewer operations in one migration file."""

from __future__ import annotations

import sys
from typing import Any

from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.migration_files import (
    check_migrated_app,
    find_migration,
    tell_manual_porting,
    write_file,
)
from fastjango.db.migrations import Migration
from fastjango.db.migrations.loader import MigrationLoader
from fastjango.db.migrations.optimizer import MigrationOptimizer
from fastjango.db.migrations.writer import MigrationWriter
from fastjango.utils.version import get_docs_version


class Command(BaseCommand):
    """Reduce the operations of a migration and write its file again."""

    help = "Optimizes the operations for the named migration."

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose app and migration."""
        parser.add_argument("app_label", help="App label of the application to optimize the migration for.")
        parser.add_argument("migration_name", help="Migration name to optimize the operations for.")
        parser.add_argument(
            "--check",
            action="store_true",
            help="Exit with a non-zero status if the migration can be optimized.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Optimize, and write or only tell."""
        verbosity, app_label = options["verbosity"], options["app_label"]
        check_migrated_app(app_label)
        loader = MigrationLoader(None)
        check_migrated_app(app_label, loader)
        migration = find_migration(loader, app_label, options["migration_name"])
        operations = MigrationOptimizer().optimize(migration.operations, migration.app_label)
        before, after = len(migration.operations), len(operations)
        if before == after:
            if verbosity > 0:
                self.stdout.write("No optimizations possible.")
            return
        if verbosity > 0:
            self.stdout.write(f"Optimizing from {before} operations to {after} operations.")
        if options["check"]:
            sys.exit(1)
        migration.operations = operations
        writer = MigrationWriter(migration)
        # The text tells whether functions must be copied by hand.
        writer.as_string()
        if writer.needs_manual_porting:
            writer = self._replacement(migration)
            if verbosity > 0:
                tell_manual_porting(self, "optimized")
        write_file(self, writer)
        if verbosity > 0:
            self.stdout.write(self.style.MIGRATE_HEADING(f"Optimized migration {writer.path}"))

    def _replacement(self, migration: Any) -> MigrationWriter:
        """Return a new migration in the place of one whose functions must be copied by hand."""
        if migration.replaces:
            raise CommandError(
                "Migration will require manual porting but is already a squashed migration.\n"
                "Transition to a normal migration first: "
                f"https://docs.djangoproject.com/en/{get_docs_version()}/topics/migrations/#squashing-migrations"
            )
        members = {
            "dependencies": migration.dependencies,
            "operations": migration.operations,
            "replaces": [(migration.app_label, migration.name)],
        }
        made: Any = type("Migration", (Migration,), members)
        return MigrationWriter(made(f"{migration.name}_optimized", migration.app_label))
