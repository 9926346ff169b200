"""``squashmigrations``: one migration in the place of several."""

from __future__ import annotations

import os
from typing import Any

from fastjango.conf import settings
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.migration_files import (
    check_migrated_app,
    find_migration,
    tell_manual_porting,
    write_file,
)
from fastjango.db import DEFAULT_DB_ALIAS, connections
from fastjango.db.migrations import Migration
from fastjango.db.migrations.loader import MigrationLoader
from fastjango.db.migrations.migration import SwappableTuple
from fastjango.db.migrations.optimizer import MigrationOptimizer
from fastjango.db.migrations.writer import MigrationWriter


class Command(BaseCommand):
    """Write a migration that does what several do, and replaces them."""

    help = "Squashes an existing set of migrations (from first until specified) into a single new one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose app, range and manner."""
        parser.add_argument("app_label", help="App label of the application to squash migrations for.")
        parser.add_argument(
            "start_migration_name",
            nargs="?",
            help="Migrations will be squashed starting from and including this migration.",
        )
        parser.add_argument("migration_name", help="Migrations will be squashed until and including this migration.")
        parser.add_argument(
            "--no-optimize", action="store_true", help="Do not try to optimize the squashed operations."
        )
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_false",
            dest="interactive",
            help="Tells FastJango to NOT prompt the user for input of any kind.",
        )
        parser.add_argument("--squashed-name", help="Sets the name of the new squashed migration.")
        parser.add_argument(
            "--no-header",
            action="store_false",
            dest="include_header",
            help="Do not add a header comment to the new squashed migration.",
        )

    def handle(self, **options: Any) -> None:
        """Find the range, ask, join the operations, write."""
        self.verbosity = options["verbosity"]
        app_label, last_name = options["app_label"], options["migration_name"]
        check_migrated_app(app_label)
        loader = MigrationLoader(connections[DEFAULT_DB_ALIAS])
        if app_label not in loader.migrated_apps:
            raise CommandError(f"App '{app_label}' does not have migrations (so squashmigrations on it makes no sense)")
        last = find_migration(loader, app_label, last_name)
        chain = self._range(loader, last, options["start_migration_name"])
        if self.verbosity > 0 or options["interactive"]:
            self.stdout.write(self.style.MIGRATE_HEADING("Will squash the following migrations:"))
            for one in chain:
                self.stdout.write(f" - {one.name}")
            if options["interactive"] and not self._agreed():
                return
        operations, dependencies = self._joined(chain, loader)
        operations = self._optimized(operations, app_label, options["no_optimize"])
        members: dict[str, Any] = {
            "dependencies": dependencies,
            "operations": operations,
            "replaces": self._replaced(chain),
        }
        name = self._name(chain, last, options)
        if not options["start_migration_name"]:
            members["initial"] = True
        made: Any = type("Migration", (Migration,), members)
        self._write(made(name, app_label), options)

    def _range(self, loader: MigrationLoader, last: Any, start_name: str | None) -> list[Any]:
        keys = loader.graph.forwards_plan((last.app_label, last.name))
        chain = [loader.get_migration(*key) for key in keys if key[0] == last.app_label]
        if not start_name:
            return chain
        start = find_migration(loader, last.app_label, start_name)
        # By key: the graph may hold another object for the same migration.
        names = [one.name for one in chain]
        if start.name not in names:
            raise CommandError(
                f"The migration '{start}' cannot be found. Maybe it comes after the migration '{last}'?\n"
                f"Have a look at:\n  python manage.py showmigrations {last.app_label}\nto debug this issue."
            )
        return chain[names.index(start.name) :]

    def _agreed(self) -> bool:
        answer = input("Do you wish to proceed? [y/N] ")
        return bool(answer) and answer[0].lower() == "y"

    def _joined(self, chain: list[Any], loader: MigrationLoader) -> tuple[list[Any], list[Any]]:
        """Return all operations, and what the first migration and other apps require."""
        operations: list[Any] = []
        dependencies: list[Any] = []
        own = {(one.app_label, one.name) for one in chain}
        for one in chain:
            operations += one.operations
            for dependency in one.dependencies:
                if isinstance(dependency, SwappableTuple):
                    wanted: Any = (
                        ("__setting__", "AUTH_USER_MODEL")
                        if settings.AUTH_USER_MODEL == dependency.setting
                        else dependency
                    )
                elif tuple(dependency) in own or (dependency[0] == one.app_label and one is not chain[0]):
                    continue
                else:
                    wanted = dependency
                if wanted not in dependencies:
                    dependencies.append(wanted)
        return operations, dependencies

    def _optimized(self, operations: list[Any], app_label: str, skip: bool) -> list[Any]:
        if skip:
            if self.verbosity > 0:
                self.stdout.write(self.style.MIGRATE_HEADING("(Skipping optimization.)"))
            return operations
        if self.verbosity > 0:
            self.stdout.write(self.style.MIGRATE_HEADING("Optimizing..."))
        found = MigrationOptimizer().optimize(operations, app_label)
        if self.verbosity > 0:
            if len(found) == len(operations):
                self.stdout.write("  No optimizations possible.")
            else:
                self.stdout.write(f"  Optimized from {len(operations)} operations to {len(found)} operations.")
        return found

    def _replaced(self, chain: list[Any]) -> list[tuple[str, str]]:
        """Return the keys that the new migration stands for; a squashed one passes on its own."""
        found: list[tuple[str, str]] = []
        for one in chain:
            if one.replaces:
                found += [tuple(key) for key in one.replaces]
            else:
                found.append((one.app_label, one.name))
        return found

    def _name(self, chain: list[Any], last: Any, options: dict[str, Any]) -> str:
        first = chain[0].name
        if options["squashed_name"]:
            return f"{first.split('_', 1)[0]}_{options['squashed_name']}"
        if options["start_migration_name"]:
            return f"{first}_squashed_{last.name}"
        return f"0001_squashed_{last.name}"

    def _write(self, migration: Any, options: dict[str, Any]) -> None:
        writer = MigrationWriter(migration, options["include_header"])
        if os.path.exists(writer.path):
            raise CommandError(f"Migration {migration.name} already exists. Use a different name.")
        write_file(self, writer)
        if self.verbosity <= 0:
            return
        self.stdout.write(
            self.style.MIGRATE_HEADING(f"Created new squashed migration {writer.path}")
            + "\n  You should commit this migration but leave the old ones in place;"
            + "\n  the new migration will be used for new installs. Once you are sure"
            + "\n  all instances of the codebase have applied the migrations you squashed,"
            + "\n  you can delete them."
        )
        if writer.needs_manual_porting:
            tell_manual_porting(self, "squashed")
