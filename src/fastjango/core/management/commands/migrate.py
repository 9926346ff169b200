"""``migrate``: bring the database in step with the migration files."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from typing import Any

from fastjango.apps import apps
from fastjango.core.exceptions import fix
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from fastjango.db import DEFAULT_DB_ALIAS, DatabaseError, connections, router
from fastjango.db.migrations.autodetector import MigrationAutodetector
from fastjango.db.migrations.drift import drift
from fastjango.db.migrations.exceptions import AmbiguityError
from fastjango.db.migrations.executor import MigrationExecutor
from fastjango.db.migrations.lock import lock_timeout, migration_lock
from fastjango.db.migrations.operations import RunPython
from fastjango.db.migrations.safety import PlanReport
from fastjango.db.migrations.state import ModelState, ProjectState
from fastjango.utils.module_loading import module_has_submodule
from fastjango.utils.text import Truncator


class Command(BaseCommand):
    """Apply migrations, or take them back."""

    autodetector: Any = MigrationAutodetector
    help = "Updates database schema. Manages both apps with migrations and those without."

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose app, migration and manner."""
        parser.add_argument("app_label", nargs="?", help="App label of an application to synchronize the state.")
        parser.add_argument(
            "migration_name",
            nargs="?",
            help='Database state will be brought to the state after that migration. Use the name "zero" to unapply all migrations.',
        )
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
            help='Nominates a database to synchronize. Defaults to the "default" database.',
        )
        parser.add_argument("--fake", action="store_true", help="Mark migrations as run without actually running them.")
        parser.add_argument(
            "--fake-initial",
            action="store_true",
            help="Detect if tables already exist and fake-apply initial migrations if so. Make sure that the current database schema matches your initial migration before using this flag. FastJango will only check for an existing table name.",
        )
        parser.add_argument(
            "--plan",
            action="store_true",
            help="Shows a list of the migration actions that will be performed, and of each the locks that it takes, whether "
            "it rewrites the table, whether code of the release before works beside it, and the safe way to write it.",
        )
        parser.add_argument("--run-syncdb", action="store_true", help="Creates tables for apps without migrations.")
        parser.add_argument(
            "--check",
            action="store_true",
            dest="check_unapplied",
            help="Exits with a non-zero status if unapplied migrations exist and does not actually apply migrations.",
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            dest="prune",
            help="Delete nonexistent migrations from the django_migrations table.",
        )
        self._add_safety_arguments(parser)

    def _add_safety_arguments(self, parser: CommandParser) -> None:
        """Say how to wait for locks, what to compare, and where to go on."""
        parser.add_argument(
            "--lock-timeout",
            type=float,
            metavar="SECONDS",
            help="Let a migration give up when it waits longer than this for a lock, so that others do not queue up "
            "behind it, and try it again (PostgreSQL, MySQL).",
        )
        parser.add_argument(
            "--lock-retries",
            type=int,
            default=10,
            metavar="N",
            help="How often to try again after a lock timeout, with growing pauses. Defaults to 10.",
        )
        parser.add_argument(
            "--drift",
            action="store_true",
            help="Compares the database with what the applied migrations say, and changes nothing. Exits with a non-zero "
            "status if they differ.",
        )
        parser.add_argument(
            "--restart",
            action="store_true",
            help="Begin a migration that stopped in its middle with its first operation, not where it stopped.",
        )

    def get_check_kwargs(self, options: dict[str, Any]) -> dict[str, Any]:
        """Check the database that is migrated."""
        return {**super().get_check_kwargs(options), "databases": [options["database"]]}

    def handle(self, *args: Any, **options: Any) -> None:
        """Plan, show or apply."""
        database = options["database"]
        self.verbosity = options["verbosity"]
        self.interactive = options["interactive"]
        for app_config in apps.get_app_configs():
            if app_config.module is not None and module_has_submodule(app_config.module, "management"):
                import_module(".management", app_config.name)
        connection = connections[database]
        connection.prepare_database()
        if options["drift"]:
            self._show_drift(connection)
            return
        if options["plan"] or options["check_unapplied"]:
            # Nothing is changed: nobody has to wait for that.
            self._run(connection, options)
            return
        with migration_lock(connection, self._tell_waiting), lock_timeout(connection, options["lock_timeout"]):
            self._run(connection, options)

    def _show_drift(self, connection: Any) -> None:
        executor = MigrationExecutor(connection)
        found = drift(connection, executor._create_project_state(with_applied_migrations=True))
        for difference in found:
            self.stdout.write(self.style.WARNING(str(difference)))
        if found:
            app_label = found[0].app_label
            self.stderr.write(
                f"Fix: where the migrations are right, change the database by hand: 'sqlmigrate {app_label} <migration>' "
                "prints their statements. Where the database is right, change the models to match it, run "
                f"'makemigrations {app_label}', and 'migrate {app_label} --fake' writes down that it is so already.",
                self.style.NOTICE,
            )
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("The database is as the applied migrations say."))

    def _tell_waiting(self) -> None:
        if self.verbosity >= 1:
            self.stdout.write(self.style.NOTICE("Another migrate is at work on this database; waiting for it."))

    def _run(self, connection: Any, options: dict[str, Any]) -> None:
        executor = MigrationExecutor(
            connection,
            self.migration_progress_callback,
            lock_retries=options["lock_retries"] if options["lock_timeout"] is not None else 0,
            restart=options["restart"],
        )
        executor.loader.check_consistent_history(connection)
        conflicts = executor.loader.detect_conflicts()
        if conflicts:
            names = "; ".join("{} in {}".format(", ".join(found), app) for app, found in conflicts.items())
            raise CommandError(
                f"Conflicting migrations detected; multiple leaf nodes in the migration graph: ({names}).\n"
                "To fix them run 'python manage.py makemigrations --merge'"
            )
        run_syncdb = options["run_syncdb"]
        targets, target_app_labels_only = self._targets(executor, options)
        if options["prune"]:
            self._prune(executor, options)
            return
        plan = executor.migration_plan(targets)
        if options["plan"]:
            self._show_plan(plan, executor)
            if options["check_unapplied"] and plan:
                sys.exit(1)
            return
        if options["check_unapplied"]:
            if plan:
                sys.exit(1)
            return
        app_label = options["app_label"]
        run_syncdb = (
            run_syncdb
            and executor.loader.unmigrated_apps
            and (app_label is None or app_label in executor.loader.unmigrated_apps)
        )
        if self.verbosity >= 1:
            self._tell(executor, targets, target_app_labels_only, bool(run_syncdb), app_label)
        pre_state = executor._create_project_state(with_applied_migrations=True)
        emit_pre_migrate_signal(
            self.verbosity, self.interactive, connection.alias, stdout=self.stdout, apps=pre_state.apps, plan=plan
        )
        if run_syncdb:
            if self.verbosity >= 1:
                self.stdout.write(self.style.MIGRATE_HEADING("Synchronizing apps without migrations:"))
            self.sync_apps(connection, [app_label] if app_label else executor.loader.unmigrated_apps)
        self._apply(executor, targets, plan, pre_state, connection, options)

    # ------------------------------------------------------------ what to do

    def _targets(self, executor: Any, options: dict[str, Any]) -> tuple[list[Any], bool]:
        app_label = options["app_label"]
        if not app_label:
            return executor.loader.graph.leaf_nodes(), True
        try:
            apps.get_app_config(app_label)
        except LookupError as exc:
            raise CommandError(str(exc)) from exc
        if options["run_syncdb"]:
            if app_label in executor.loader.migrated_apps:
                raise CommandError(f"Can't use run_syncdb with app '{app_label}' as it has migrations.")
            return [], True
        if app_label not in executor.loader.migrated_apps:
            raise CommandError(f"App '{app_label}' does not have migrations.")
        name = options["migration_name"]
        if not name:
            return [key for key in executor.loader.graph.leaf_nodes() if key[0] == app_label], True
        if name == "zero":
            return [(app_label, None)], False
        try:
            migration = executor.loader.get_migration_by_prefix(app_label, name)
        except AmbiguityError as exc:
            raise CommandError(
                f"More than one migration matches '{name}' in app '{app_label}'. Please be more specific."
            ) from exc
        except KeyError as exc:
            raise CommandError(f"Cannot find a migration matching '{name}' from app '{app_label}'.") from exc
        target = (app_label, migration.name)
        # A squashed migration stands for the ones that it replaces, in the graph.
        if target not in executor.loader.graph.nodes and target in executor.loader.replacements:
            incomplete = executor.loader.replacements[target]
            target = incomplete.replaces[-1]
        return [target], False

    def _prune(self, executor: Any, options: dict[str, Any]) -> None:
        app_label = options["app_label"]
        if not app_label:
            raise CommandError("Migrations can be pruned only when an app is specified.")
        if self.verbosity > 0:
            self.stdout.write("Pruning migrations:", self.style.MIGRATE_HEADING)
        to_prune = sorted(
            key
            for key in set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
            if key[0] == app_label
        )
        squashed = [
            key
            for key, migration in executor.loader.replacements.items()
            if any(tuple(replaced) in to_prune for replaced in migration.replaces)
        ]
        if squashed:
            self.stdout.write(
                self.style.NOTICE(
                    "  Cannot use --prune because the following squashed migrations have their 'replaces' attributes "
                    "and may not be recorded as applied:"
                )
            )
            for app, name in squashed:
                self.stdout.write(f"    {app}.{name}")
            self.stdout.write(
                self.style.NOTICE(
                    "  Re-run 'manage.py migrate' if they are not marked as applied, and remove 'replaces' attributes in "
                    "their Migration classes."
                )
            )
            return
        for app, name in to_prune:
            if self.verbosity > 0:
                self.stdout.write(self.style.MIGRATE_LABEL(f"  Pruning {app}.{name}"), ending="")
            executor.recorder.record_unapplied(app, name)
            if self.verbosity > 0:
                self.stdout.write(self.style.SUCCESS(" OK"))
        if not to_prune and self.verbosity > 0:
            self.stdout.write("  No migrations to prune.")

    def _show_plan(self, plan: Any, executor: Any) -> None:
        self.stdout.write("Planned operations:", self.style.MIGRATE_LABEL)
        if not plan:
            self.stdout.write("  No planned migration operations.")
            return
        report = PlanReport(executor.connection, executor._create_project_state(with_applied_migrations=True))
        for migration, backwards in plan:
            self.stdout.write(str(migration), self.style.MIGRATE_HEADING)
            costs = [] if backwards else [report.lines(changes) for _, changes in report.steps(migration)]
            for index, operation in enumerate(migration.operations):
                message, is_error = self.describe_operation(operation, backwards)
                self.stdout.write("    " + message, self.style.WARNING if is_error else None)
                for line, warns in costs[index] if costs else ():
                    self.stdout.write("        " + line, self.style.WARNING if warns else self.style.SQL_KEYWORD)

    @staticmethod
    def describe_operation(operation: Any, backwards: bool) -> tuple[str, bool]:
        """Return a line on a step, and whether it cannot be done."""
        prefix = ""
        is_error = False
        if hasattr(operation, "code"):
            code = operation.reverse_code if backwards else operation.code
            # That nothing is done needs no words.
            action = None if not code else "" if code is RunPython.noop else (code.__doc__ or "")
        elif hasattr(operation, "sql"):
            action = operation.reverse_sql if backwards else operation.sql
        else:
            action = ""
            if backwards:
                prefix = "Undo "
        if action is not None:
            action = str(action).replace("\n", "")
        elif backwards:
            action = "IRREVERSIBLE"
            is_error = True
        if action:
            action = " -> " + action
        truncated = Truncator(action)
        return prefix + operation.describe() + truncated.chars(40), is_error

    def _tell(self, executor: Any, targets: Any, labels_only: bool, run_syncdb: bool, app_label: Any) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING("Operations to perform:"))
        if run_syncdb:
            label = "  Synchronize unmigrated app: " if app_label else "  Synchronize unmigrated apps: "
            names = [app_label] if app_label else sorted(executor.loader.unmigrated_apps)
            self.stdout.write(self.style.MIGRATE_LABEL(label) + ", ".join(names))
        if labels_only:
            names = sorted({app for app, _ in targets})
            self.stdout.write(self.style.MIGRATE_LABEL("  Apply all migrations: ") + (", ".join(names) or "(none)"))
        elif targets[0][1] is None:
            self.stdout.write(self.style.MIGRATE_LABEL("  Unapply all migrations: ") + str(targets[0][0]))
        else:
            self.stdout.write(
                self.style.MIGRATE_LABEL("  Target specific migration: ") + f"{targets[0][1]}, from {targets[0][0]}"
            )

    # ------------------------------------------------------------ doing it

    def _apply(
        self, executor: Any, targets: Any, plan: Any, pre_state: Any, connection: Any, options: dict[str, Any]
    ) -> None:
        if self.verbosity >= 1:
            self.stdout.write(self.style.MIGRATE_HEADING("Running migrations:"))
        fake_initial = options["fake_initial"]
        if not plan:
            if self.verbosity >= 1:
                self.stdout.write("  No migrations to apply.")
                self._tell_changes(executor)
            fake = False
        else:
            fake = options["fake"]
        try:
            post_state = executor.migrate(
                targets, plan=plan, state=pre_state.clone(), fake=fake, fake_initial=fake_initial
            )
        except DatabaseError as exc:
            if "already exists" in str(exc):
                remedy = (
                    "The database has it already. Tables that are as the first migration says: 'migrate --fake-initial'; another "
                    "migration that is there: 'migrate <app> <name> --fake'; 'migrate --drift' says what differs."
                )
                fix(exc, remedy)
            raise
        # Receivers see models as they are now, with their relations.
        post_state.clear_delayed_apps_cache()
        post_apps = post_state.apps
        with post_apps.bulk_update():
            # Apps without migrations take part with the models that they have now.
            keys = [(state.app_label, state.name_lower) for state in post_apps.real_models]
            for key in keys:
                post_apps.unregister_model(*key)
        post_apps.render_multiple([ModelState.from_model(apps.get_model(*key)) for key in keys])
        emit_post_migrate_signal(
            self.verbosity, self.interactive, connection.alias, stdout=self.stdout, apps=post_apps, plan=plan
        )

    def _tell_changes(self, executor: Any) -> None:
        autodetector = self.autodetector(executor.loader.project_state(), ProjectState.from_apps(apps))
        changes = autodetector.changes(graph=executor.loader.graph)
        if changes:
            self.stdout.write(
                self.style.NOTICE(
                    "  Your models in app(s): {} have changes that are not yet reflected in a migration, and so won't be "
                    "applied.".format(", ".join(repr(app) for app in sorted(changes)))
                )
            )
            self.stdout.write(
                self.style.NOTICE(
                    "  Run 'manage.py makemigrations' to make new migrations, and then re-run 'manage.py migrate' to "
                    "apply them."
                )
            )

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Print a line for each migration."""
        if self.verbosity < 1:
            return
        compute_time = self.verbosity > 1
        if action in ("apply_start", "unapply_start"):
            if compute_time:
                self.start = time.monotonic()
            word = "Applying" if action == "apply_start" else "Unapplying"
            self.stdout.write(f"  {word} {migration}...", ending="")
            self.stdout.flush()
        elif action in ("apply_success", "unapply_success"):
            elapsed = f" ({time.monotonic() - self.start:.3f}s)" if compute_time else ""
            self.stdout.write(self.style.SUCCESS((" FAKED" if fake else " OK") + elapsed))
        elif action == "resume":
            self.stdout.write(self.style.NOTICE(" (going on where it stopped)"), ending="")
        elif action == "lock_timeout":
            self.stdout.write(self.style.NOTICE(" (no lock, trying again)"), ending="")
            self.stdout.flush()
        elif action == "render_start":
            self.start = time.monotonic()
            self.stdout.write("  Rendering model states...", ending="")
            self.stdout.flush()
        elif action == "render_success":
            elapsed = f" ({time.monotonic() - self.start:.3f}s)" if compute_time else ""
            self.stdout.write(self.style.SUCCESS(f" DONE{elapsed}"))

    def sync_apps(self, connection: Any, app_labels: Any) -> None:
        """Create the tables of apps without migrations."""
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        models = [
            model
            for app_config in apps.get_app_configs()
            if app_config.models_module is not None and app_config.label in app_labels
            for model in router.get_migratable_models(app_config, connection.alias, include_auto_created=False)
            if self._is_missing(model, connection, tables)
        ]
        if self.verbosity >= 1:
            self.stdout.write("  Creating tables...")
        with connection.schema_editor() as editor:
            for model in models:
                if not model._meta.can_migrate(connection):
                    continue
                if self.verbosity >= 3:
                    self.stdout.write(f"    Processing {model._meta.label} model")
                if self.verbosity >= 1:
                    self.stdout.write(f"    Creating table {model._meta.db_table}")
                editor.create_model(model)
            if self.verbosity >= 1:
                self.stdout.write("    Running deferred SQL...")

    def _is_missing(self, model: Any, connection: Any, tables: Any) -> bool:
        convert = connection.introspection.identifier_converter
        opts = model._meta
        return not (
            convert(opts.db_table) in tables
            or (opts.auto_created and convert(opts.auto_created._meta.db_table) in tables)
        )
