"""``makemigrations``: write the changes of the models into files."""

from __future__ import annotations

import os
import sys
import warnings
from itertools import takewhile
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from fastjango.core.management.utils import find_formatters, run_formatters
from fastjango.db import DEFAULT_DB_ALIAS, OperationalError, connections, router
from fastjango.db.migrations import Migration
from fastjango.db.migrations.autodetector import MigrationAutodetector
from fastjango.db.migrations.loader import MigrationLoader
from fastjango.db.migrations.names import get_migration_name_timestamp
from fastjango.db.migrations.questioner import (
    InteractiveMigrationQuestioner,
    MigrationQuestioner,
    NonInteractiveMigrationQuestioner,
)
from fastjango.db.migrations.safety import PlanReport
from fastjango.db.migrations.state import ProjectState
from fastjango.db.migrations.writer import MigrationWriter


def _is_own(app_label: str) -> bool:
    """Return whether an app is the project's own: neither installed nor part of FastJango."""
    config = apps.get_app_config(app_label)
    return "site-packages" not in config.path and not config.name.startswith("fastjango.")


class Command(BaseCommand):
    """Compare the models with the files and write new ones."""

    autodetector: Any = MigrationAutodetector
    help = "Creates new migration(s) for apps."

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose apps and manner."""
        parser.add_argument(
            "args", metavar="app_label", nargs="*", help="Specify the app label(s) to create migrations for."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Just show what migrations would be made; don't actually write them."
        )
        parser.add_argument("--merge", action="store_true", help="Enable fixing of migration conflicts.")
        parser.add_argument("--empty", action="store_true", help="Create an empty migration.")
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_false",
            dest="interactive",
            help="Tells FastJango to NOT prompt the user for input of any kind.",
        )
        parser.add_argument("-n", "--name", help="Use this name for migration file(s).")
        parser.add_argument(
            "--no-header",
            action="store_false",
            dest="include_header",
            help="Do not add header comments to new migration file(s).",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            dest="check_changes",
            help="Exit with a non-zero status if model changes are missing migrations and don't actually write them. Implies --dry-run.",
        )
        parser.add_argument(
            "--scriptable",
            action="store_true",
            dest="scriptable",
            help="Divert log output and input prompts to stderr, writing only paths of generated migration files to stdout.",
        )
        parser.add_argument(
            "--update",
            action="store_true",
            dest="update",
            help="Merge model changes into the latest migration and optimize the resulting operations.",
        )
        parser.add_argument(
            "--strict",
            action="store_true",
            help="With --check: also exit with a non-zero status when a migration that is not applied would make a "
            "running site wait or fail.",
        )

    @property
    def log_output(self) -> Any:
        """Where messages go."""
        return self.stderr if self.scriptable else self.stdout

    def log(self, msg: str) -> None:
        """Write a message."""
        self.log_output.write(msg)

    @no_translations
    def handle(self, *app_labels: Any, **options: Any) -> None:
        """Find changes, ask, write."""
        self.written_files: list[str] = []
        self.verbosity = options["verbosity"]
        self.interactive = options["interactive"]
        self.dry_run = options["dry_run"]
        self.merge = options["merge"]
        self.migration_name = options["name"]
        if self.migration_name and not self.migration_name.isidentifier():
            raise CommandError("The migration name must be a valid Python identifier.")
        self.include_header = options["include_header"]
        check_changes = options["check_changes"]
        self.scriptable = options["scriptable"]
        if self.scriptable:
            self.stderr.style_func = None
        labels = self._checked_labels(set(app_labels))
        loader = MigrationLoader(None, ignore_no_migrations=True)
        self._check_history(loader)
        conflicts = {
            app_label: names
            for app_label, names in loader.detect_conflicts().items()
            if not labels or app_label in labels
        }
        if conflicts and not self.merge:
            names = "; ".join("{} in {}".format(", ".join(found), app) for app, found in conflicts.items())
            raise CommandError(
                f"Conflicting migrations detected; multiple leaf nodes in the migration graph: ({names}).\n"
                "To fix them run 'python manage.py makemigrations --merge'"
            )
        if self.merge and not conflicts:
            self.log("No conflicts detected to merge.")
            return
        if self.merge and conflicts:
            self.handle_merge(loader, conflicts)
            return
        if check_changes:
            self._check(loader, labels, options)
            return
        self._make(loader, labels, options, check_changes)

    def _check(self, loader: MigrationLoader, labels: set[str], options: dict[str, Any]) -> None:
        """Look for missing migrations, and for waiting ones that a running site would feel."""
        found = self._findings(labels)
        for finding in found:
            self.stderr.write(str(finding), self.style.WARNING)
        self._make(loader, labels, options, check_changes=True)
        if found and options["strict"]:
            sys.exit(1)

    def _findings(self, labels: set[str]) -> list[Any]:
        """
        Return what of the migrations that wait to be applied a running site would feel.

        Where none is applied, as on a build server, the last one of each app is looked at.
        """
        connection = connections[DEFAULT_DB_ALIAS]
        try:
            loader = MigrationLoader(connection, ignore_no_migrations=True)
            report = PlanReport(connection, ProjectState(real_apps=loader.unmigrated_apps))
        except (ImproperlyConfigured, OperationalError):
            # Without a database nobody knows what is waiting.
            return []
        leaves = set(loader.graph.leaf_nodes())
        wanted = set(loader.graph.nodes) - set(loader.applied_migrations) if loader.applied_migrations else leaves
        wanted = {key for key in wanted if (key[0] in labels if labels else _is_own(key[0]))}
        found: list[Any] = []
        for key in dict.fromkeys(key for leaf in sorted(leaves) for key in loader.graph.forwards_plan(leaf)):
            if key in wanted:
                found += report.findings(loader.graph.nodes[key])
            else:
                report.pass_over(loader.graph.nodes[key])
        return found

    def _checked_labels(self, labels: set[str]) -> set[str]:
        has_bad_labels = False
        for app_label in labels:
            try:
                apps.get_app_config(app_label)
            except LookupError as exc:
                self.stderr.write(str(exc))
                has_bad_labels = True
        if has_bad_labels:
            sys.exit(2)
        return labels

    def _check_history(self, loader: MigrationLoader) -> None:
        consistency_check_labels = {config.label for config in apps.get_app_configs()}
        # Without routers only the default database is asked.
        aliases = connections if settings.DATABASE_ROUTERS else [DEFAULT_DB_ALIAS]
        for alias in sorted(aliases):
            connection = connections[alias]
            if connection.settings_dict["ENGINE"] == "fastjango.db.backends.dummy":
                continue
            if not any(
                router.allow_migrate(connection.alias, app_label, model_name=model._meta.object_name)
                for app_label in consistency_check_labels
                for model in apps.get_app_config(app_label).get_models()
            ):
                continue
            try:
                loader.check_consistent_history(connection)
            except OperationalError as exc:
                warnings.warn(
                    "Got an error checking a consistent migration history performed for database connection "
                    f"'{alias}': {exc}",
                    RuntimeWarning,
                    stacklevel=2,
                )

    def _questioner(self, labels: set[str]) -> Any:
        if self.interactive:
            return InteractiveMigrationQuestioner(
                specified_apps=labels, dry_run=self.dry_run, prompt_output=self.log_output
            )
        return NonInteractiveMigrationQuestioner(
            specified_apps=labels, dry_run=self.dry_run, verbosity=self.verbosity, log=self.log
        )

    def _make(self, loader: MigrationLoader, labels: set[str], options: dict[str, Any], check_changes: bool) -> None:
        autodetector = self.autodetector(loader.project_state(), ProjectState.from_apps(apps), self._questioner(labels))
        if options["empty"]:
            if not labels:
                raise CommandError("You must supply at least one app label when using --empty.")
            changes = {app: [Migration("custom", app)] for app in labels}
            changes = autodetector.arrange_for_graph(
                changes=changes, graph=loader.graph, migration_name=self.migration_name
            )
            self.write_migration_files(changes)
            return
        changes = autodetector.changes(
            graph=loader.graph,
            trim_to_apps=labels or None,
            convert_apps=labels or None,
            migration_name=self.migration_name,
        )
        if not changes:
            if self.verbosity >= 1:
                self._tell_nothing(labels)
            return
        if check_changes:
            self.dry_run = True
            self.write_migration_files(changes)
            sys.exit(1)
        if options["update"]:
            self.write_to_last_migration(changes)
        else:
            self.write_migration_files(changes)

    def _tell_nothing(self, labels: set[str]) -> None:
        if labels:
            if len(labels) == 1:
                self.log(f"No changes detected in app '{next(iter(labels))}'")
            else:
                self.log("No changes detected in apps '{}'".format("', '".join(sorted(labels))))
        else:
            self.log("No changes detected")

    # ------------------------------------------------------------ files

    def write_to_last_migration(self, changes: dict[str, list[Any]]) -> None:
        """Put the changes into an app's last migration, which must not be applied or depended on."""
        loader = MigrationLoader(connections[DEFAULT_DB_ALIAS])
        new_changes: dict[str, list[Any]] = {}
        update_previous: dict[str, str] = {}
        for app_label, app_migrations in changes.items():
            leaves = loader.graph.leaf_nodes(app=app_label)
            if not leaves:
                raise CommandError(f"App {app_label} has no migration, cannot update last migration.")
            leaf = leaves[0]
            migration = loader.graph.nodes[leaf]
            if migration.replaces:
                raise CommandError(f"Cannot update squash migration '{migration}'.")
            if leaf in loader.applied_migrations:
                raise CommandError(f"Cannot update applied migration '{migration}'.")
            depending = [
                found
                for found in loader.disk_migrations.values()
                if (migration.app_label, migration.name) in found.dependencies
            ]
            if depending:
                formatted = ", ".join(f"'{found}'" for found in depending)
                raise CommandError(f"Cannot update migration '{migration}' that migrations {formatted} depend on.")
            for new in app_migrations:
                migration.operations.extend(new.operations)
                for dependency in new.dependencies:
                    if isinstance(dependency, tuple) and dependency[0] == migration.app_label:
                        continue
                    migration.dependencies.append(dependency)
            from fastjango.db.migrations.optimizer import MigrationOptimizer

            migration.operations = MigrationOptimizer().optimize(migration.operations, app_label)
            previous_path = MigrationWriter(migration).path
            name_fragment = self.migration_name or migration.suggest_name()
            suggested = migration.name[:4] + f"_{name_fragment}"
            new_name = f"{suggested}_updated" if migration.name == suggested else suggested
            migration.name = new_name
            new_changes[app_label] = [migration]
            update_previous[app_label] = previous_path
        self.write_migration_files(new_changes, update_previous)

    def write_migration_files(self, changes: dict[str, list[Any]], update_previous_migration_paths: Any = None) -> None:
        """Write the files, or only say what would be written."""
        for app_label, app_migrations in changes.items():
            if self.verbosity >= 1:
                self.log(self.style.MIGRATE_HEADING(f"Migrations for '{app_label}':"))
            for migration in app_migrations:
                self._write_one(app_label, migration, update_previous_migration_paths)
        run_formatters(self.written_files, **find_formatters(), stderr=self.stderr)

    def _write_one(self, app_label: str, migration: Any, previous_paths: Any) -> None:
        writer = MigrationWriter(migration, self.include_header)
        if self.verbosity >= 1:
            self.log(f"  {self.style.MIGRATE_LABEL(self.get_relative_path(writer.path))}")
            for operation in migration.operations:
                self.log(f"    {operation.formatted_description()}")
            if self.scriptable:
                self.stdout.write(self.get_relative_path(writer.path))
        if self.dry_run:
            if self.verbosity == 3:
                self.log(self.style.MIGRATE_HEADING(f"Full migrations file '{writer.filename}':"))
                self.log(writer.as_string())
            return
        migrations_directory = os.path.dirname(writer.path)
        os.makedirs(migrations_directory, exist_ok=True)
        init_path = os.path.join(migrations_directory, "__init__.py")
        if not os.path.isfile(init_path):
            open(init_path, "w").close()
        # A value that cannot be written must not leave an empty file.
        text = writer.as_string()
        with open(writer.path, "w", encoding="utf-8") as file:
            file.write(text)
        self.written_files.append(writer.path)
        if previous_paths and app_label in previous_paths:
            self._remove_previous(writer, previous_paths[app_label])

    def _remove_previous(self, writer: MigrationWriter, previous: str) -> None:
        """Delete the file that an updated migration replaces, unless functions in it must be moved by hand."""
        shown = self.get_relative_path(previous)
        if writer.needs_manual_porting:
            self.log(
                self.style.WARNING(
                    f"Updated migration {self.get_relative_path(writer.path)} requires manual porting.\n"
                    f"Previous migration {shown} was kept and must be deleted after porting functions manually."
                )
            )
        elif os.path.abspath(previous) != os.path.abspath(writer.path):
            os.remove(previous)
            self.log(f"Deleted {shown}")

    @staticmethod
    def get_relative_path(path: str) -> str:
        """Return a path as seen from the current folder."""
        try:
            relative = os.path.relpath(path)
        except ValueError:
            return path
        return path if relative.startswith("..") else relative

    # ------------------------------------------------------------ branches

    def handle_merge(self, loader: MigrationLoader, conflicts: dict[str, list[str]]) -> None:
        """Join the branches of each app by a migration that depends on all of them."""
        if self.interactive:
            questioner: Any = InteractiveMigrationQuestioner(prompt_output=self.log_output)
        else:
            questioner = MigrationQuestioner(defaults={"ask_merge": True})
        for app_label, names in conflicts.items():
            merge_migrations = []
            for name in names:
                migration = loader.get_migration(app_label, name)
                migration.ancestry = [
                    key for key in loader.graph.forwards_plan((app_label, name)) if key[0] == migration.app_label
                ]
                merge_migrations.append(migration)

            def all_items_equal(items: Any) -> bool:
                return all(item == items[0] for item in items[1:])

            generations = zip(*(migration.ancestry for migration in merge_migrations), strict=False)
            common_count = sum(1 for _ in takewhile(all_items_equal, generations))
            if not common_count:
                raise ValueError(f"Could not find common ancestor of {names}")
            for migration in merge_migrations:
                migration.branch = migration.ancestry[common_count:]
                migration.merged_operations = [
                    operation for key in migration.branch for operation in loader.get_migration(*key).operations
                ]
            if self.verbosity > 0:
                self.log(self.style.MIGRATE_HEADING(f"Merging {app_label}"))
                for migration in merge_migrations:
                    self.log(self.style.MIGRATE_LABEL(f"  Branch {migration.name}"))
                    for operation in migration.merged_operations:
                        self.log(f"    {operation.formatted_description()}")
            if questioner.ask_merge(app_label):
                self._write_merge(app_label, merge_migrations)

    def _write_merge(self, app_label: str, merge_migrations: list[Any]) -> None:
        numbers = [MigrationAutodetector.parse_number(migration.name) for migration in merge_migrations]
        biggest = max((number for number in numbers if number is not None), default=1)
        subclass = type(
            "Migration",
            (Migration,),
            {"dependencies": [(app_label, migration.name) for migration in merge_migrations]},
        )
        parts = ["%04i" % (biggest + 1)]
        if self.migration_name:
            parts.append(self.migration_name)
        else:
            parts.append("merge")
            leaf_names = "_".join(sorted(migration.name for migration in merge_migrations))
            parts.append(get_migration_name_timestamp() if len(leaf_names) > 47 else leaf_names)
        new_migration = subclass("_".join(parts), app_label)
        writer = MigrationWriter(new_migration, self.include_header)
        if self.dry_run:
            if self.verbosity == 3:
                self.log(self.style.MIGRATE_HEADING(f"Full merge migrations file '{writer.filename}':"))
                self.log(writer.as_string())
            return
        with open(writer.path, "w", encoding="utf-8") as file:
            file.write(writer.as_string())
        run_formatters([writer.path], **find_formatters(), stderr=self.stderr)
        if self.verbosity > 0:
            self.log(f"\nCreated new merge migration {writer.path}")
            if self.scriptable:
                self.stdout.write(writer.path)
