"""Apply migrations and take them back, each in its own transaction where the database has transactional DDL."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from fastjango.apps.registry import apps as global_apps
from fastjango.db import router
from fastjango.db.migrations.exceptions import InvalidMigrationPlan
from fastjango.db.migrations.loader import MigrationLoader
from fastjango.db.migrations.lock import is_lock_timeout
from fastjango.db.migrations.progress import Progress, drop_empty_table, forget
from fastjango.db.migrations.recorder import MigrationRecorder
from fastjango.db.migrations.state import ProjectState
from fastjango.db.transaction import atomic
from fastjango.db.utils import OperationalError

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
Key = tuple[str, str]


class MigrationExecutor:
    """
    Makes plans and carries them out.

    Args:
        progress_callback: Called with ``("apply_start", migration, fake)`` and the like.
        lock_retries: How often a migration is tried again that could not get its locks in time.
        restart: Begin migrations that stopped in their middle with their first operation.
    """

    def __init__(
        self,
        connection: Any,
        progress_callback: Callable[..., None] | None = None,
        *,
        lock_retries: int = 0,
        restart: bool = False,
    ) -> None:
        self.connection = connection
        self.loader = MigrationLoader(self.connection)
        self.recorder = MigrationRecorder(self.connection)
        self.progress_callback = progress_callback
        self.lock_retries = lock_retries
        self.restart = restart

    def migration_plan(self, targets: Sequence[Any], clean_start: bool = False) -> list[tuple[Any, bool]]:
        """Return ``[(migration, backwards?)]`` that leads to the targets; ``(app, None)`` means: take all back."""
        plan: list[tuple[Any, bool]] = []
        applied: dict[Any, Any] = {} if clean_start else dict(self.loader.applied_migrations)
        for target in targets:
            if target[1] is None:
                for root in self.loader.graph.root_nodes():
                    if root[0] == target[0]:
                        for migration in self.loader.graph.backwards_plan(root):
                            if migration in applied:
                                plan.append((self.loader.graph.nodes[migration], True))
                                applied.pop(migration)
            elif self.loader.replace_migrations and target not in self.loader.graph.node_map:
                # The target was replaced: its replacement must go.
                self.loader.replace_migrations = False
                self.loader.build_graph()
                return self.migration_plan(targets, clean_start=clean_start)
            elif target in applied:
                # Only what comes behind it in its own app, and what depends on that.
                next_in_app = sorted(
                    node for node in self.loader.graph.node_map[target].children if node[0] == target[0]
                )
                for node in next_in_app:
                    for migration in self.loader.graph.backwards_plan(node.key):
                        if migration in applied:
                            plan.append((self.loader.graph.nodes[migration], True))
                            applied.pop(migration)
            else:
                for migration in self.loader.graph.forwards_plan(target):
                    if migration not in applied:
                        plan.append((self.loader.graph.nodes[migration], False))
                        applied[migration] = self.loader.graph.nodes[migration]
        return plan

    def _create_project_state(self, with_applied_migrations: bool = False) -> Any:
        state = ProjectState(real_apps=self.loader.unmigrated_apps)
        if with_applied_migrations:
            full_plan = self.migration_plan(self.loader.graph.leaf_nodes(), clean_start=True)
            applied = {
                self.loader.graph.nodes[key] for key in self.loader.applied_migrations if key in self.loader.graph.nodes
            }
            for migration, _ in full_plan:
                if migration in applied:
                    migration.mutate_state(state, preserve=False)
        return state

    def migrate(
        self, targets: Any, plan: Any = None, state: Any = None, fake: bool = False, fake_initial: bool = False
    ) -> Any:
        """
        Go to the targets; returns the state behind the plan.

        Raises:
            InvalidMigrationPlan: The plan goes both ways.
        """
        if plan is None:
            plan = self.migration_plan(targets)
        if plan == []:
            # Without anything to record there is no need for a table.
            if not self.recorder.has_table():
                return state if state is not None else self._create_project_state()
            if state is None:
                state = self._create_project_state(with_applied_migrations=True)
            self.check_replacements()
            # A run may have been killed between its last migration and this.
            drop_empty_table(self.connection)
            return state
        self.recorder.ensure_schema()
        full_plan = self.migration_plan(self.loader.graph.leaf_nodes(), clean_start=True)
        all_forwards = all(not backwards for _, backwards in plan)
        all_backwards = all(backwards for _, backwards in plan)
        if all_forwards:
            if state is None:
                state = self._create_project_state(with_applied_migrations=True)
            state = self._migrate_all_forwards(state, plan, full_plan, fake=fake, fake_initial=fake_initial)
        elif all_backwards:
            state = self._migrate_all_backwards(plan, full_plan, fake=fake)
        else:
            raise InvalidMigrationPlan(
                "Migration plans with both forwards and backwards migrations are not supported. Please split your "
                "migration process into separate plans of only forwards OR backwards migrations.",
                plan,
            )
        self.check_replacements()
        # Also where this run needed none: one before may have been killed.
        drop_empty_table(self.connection)
        return state

    def _migrate_all_forwards(self, state: Any, plan: Any, full_plan: Any, fake: bool, fake_initial: bool) -> Any:
        to_run = {migration for migration, _ in plan}
        for migration, _ in full_plan:
            if not to_run:
                break
            if migration not in to_run:
                continue
            if "apps" not in state.__dict__:
                self._progress("render_start")
                state.apps  # noqa: B018 - makes the historical classes
                self._progress("render_success")
            state = self.apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
            to_run.remove(migration)
        return state

    def _migrate_all_backwards(self, plan: Any, full_plan: Any, fake: bool) -> Any:
        to_run = {migration for migration, _ in plan}
        states: dict[Any, Any] = {}
        state = self._create_project_state()
        applied = {
            self.loader.graph.nodes[key] for key in self.loader.applied_migrations if key in self.loader.graph.nodes
        }
        self._progress("render_start")
        for migration, _ in full_plan:
            if not to_run:
                break
            if migration in to_run:
                if "apps" not in state.__dict__:
                    state.apps  # noqa: B018 - makes the historical classes
                # The state before this one.
                states[migration] = state
                state = migration.mutate_state(state, preserve=True)
                to_run.remove(migration)
            elif migration in applied:
                migration.mutate_state(state, preserve=False)
        self._progress("render_success")
        for migration, _ in plan:
            self.unapply_migration(states[migration], migration, fake=fake)
            applied.remove(migration)
        # What remains applied, as a state: it serves the signals.
        last = plan[-1][0]
        state = states[last]
        for index, (migration, _) in enumerate(full_plan):
            if migration == last:
                for later, _ in full_plan[index:]:
                    if later in applied:
                        later.mutate_state(state, preserve=False)
                break
        return state

    def _progress(self, *args: Any) -> None:
        if self.progress_callback:
            self.progress_callback(*args)

    def apply_migration(self, state: Any, migration: Any, fake: bool = False, fake_initial: bool = False) -> Any:
        """Apply one migration and record it, in one transaction where possible."""
        self._progress("apply_start", migration, fake)
        if not fake and fake_initial:
            fake, state = self.detect_soft_applied(state, migration)
        if fake:
            forget(self.connection, migration.app_label, migration.name)
            self.record_migration(migration)
        else:
            state = self._with_patience(self._apply, state, migration)
        self._progress("apply_success", migration, fake)
        return state

    def _apply(self, state: Any, migration: Any) -> Any:
        progress = self._position(migration, backwards=False)
        recorded = False
        with self.connection.schema_editor(atomic=migration.atomic) as schema_editor:
            schema_editor.progress = progress
            state = migration.apply(state, schema_editor)
            if not schema_editor.deferred_sql and progress is None:
                self.record_migration(migration)
                recorded = True
        if not recorded:
            with atomic(self.connection.alias):
                self.record_migration(migration)
                if progress is not None:
                    progress.finish()
        return state

    def _position(self, migration: Any, *, backwards: bool) -> Progress | None:
        """Return where a migration stands that cannot be rolled back; None for those that can."""
        if self.connection.features.can_rollback_ddl and migration.atomic:
            return None
        progress = Progress(self.connection, migration, backwards=backwards, restart=self.restart)
        operations = list(reversed(migration.operations)) if backwards else migration.operations
        progress.check([operation.describe() for operation in operations])
        if progress.resumed and progress.position:
            self._progress("resume", migration, False)
        return progress

    def _with_patience(self, run: Callable[[Any, Any], Any], state: Any, migration: Any) -> Any:
        """Run a step again, after a pause, when it could not get its locks in time."""
        pause = FIRST_PAUSE_SECONDS
        for left in range(self.lock_retries, -1, -1):
            try:
                return run(state.clone() if left else state, migration)
            except OperationalError as exc:
                if not left or not is_lock_timeout(exc):
                    raise
                self._progress("lock_timeout", migration, False)
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        raise AssertionError("the last try returns or raises")

    def record_migration(self, migration: Any) -> None:
        """Record a migration; for a squashed one, those that it replaces."""
        if migration.replaces:
            for app_label, name in migration.replaces:
                self.recorder.record_applied(app_label, name)
        else:
            self.recorder.record_applied(migration.app_label, migration.name)

    def unapply_migration(self, state: Any, migration: Any, fake: bool = False) -> Any:
        """Take one migration back."""
        self._progress("unapply_start", migration, fake)
        if fake:
            forget(self.connection, migration.app_label, migration.name)
            self._record_unapplied(migration)
        else:
            state = self._with_patience(self._unapply, state, migration)
        self._progress("unapply_success", migration, fake)
        return state

    def _unapply(self, state: Any, migration: Any) -> Any:
        progress = self._position(migration, backwards=True)
        with self.connection.schema_editor(atomic=migration.atomic) as schema_editor:
            schema_editor.progress = progress
            state = migration.unapply(state, schema_editor)
        with atomic(self.connection.alias):
            self._record_unapplied(migration)
            if progress is not None:
                progress.finish()
        return state

    def _record_unapplied(self, migration: Any) -> None:
        for app_label, name in migration.replaces:
            self.recorder.record_unapplied(app_label, name)
        self.recorder.record_unapplied(migration.app_label, migration.name)

    def check_replacements(self) -> None:
        """Record squashed migrations all of whose parts are applied."""
        applied = self.recorder.applied_migrations()
        for key, migration in self.loader.replacements.items():
            all_applied = all(tuple(replaced) in applied for replaced in migration.replaces)
            if all_applied and key not in applied:
                self.recorder.record_applied(*key)

    def detect_soft_applied(self, project_state: Any, migration: Any) -> tuple[bool, Any]:
        """Return whether the tables and columns of an initial migration are there already, and the state behind it."""
        if migration.initial is None:
            # Without the attribute: a migration without dependencies on its own app is an initial one.
            if any(app == migration.app_label for app, _ in migration.dependencies):
                return False, project_state
        elif migration.initial is False:
            return False, project_state
        after_state = (
            project_state
            if project_state is not None
            else self.loader.project_state((migration.app_label, migration.name), at_end=True)
        )
        after_state = migration.mutate_state(after_state)
        found = _Existing(self.connection, after_state.apps).look_for(migration)
        return found, after_state


class _Existing:
    """Looks in the live database for what a migration would create."""

    def __init__(self, connection: Any, apps: Any) -> None:
        self.connection = connection
        self.apps = apps
        with connection.cursor() as cursor:
            self.tables = {self._fold(name) for name in connection.introspection.table_names(cursor)}

    def _fold(self, name: str) -> str:
        return name.casefold() if self.connection.features.ignores_table_name_case else name

    def look_for(self, migration: Any) -> bool:
        from fastjango.db.migrations.operations import AddField, CreateModel

        created = added = False
        for operation in migration.operations:
            if isinstance(operation, CreateModel):
                model = self._model(migration.app_label, operation.name)
                if model is None:
                    continue
                if self._fold(model._meta.db_table) not in self.tables:
                    return False
                created = True
            elif isinstance(operation, AddField):
                model = self._model(migration.app_label, operation.model_name)
                if model is None:
                    continue
                field = model._meta.get_field(operation.name)
                if field.many_to_many:
                    if self._fold(field.remote_field.through._meta.db_table) not in self.tables:
                        return False
                    added = True
                    continue
                with self.connection.cursor() as cursor:
                    columns = self.connection.introspection.get_table_description(cursor, model._meta.db_table)
                if self._fold(field.column) not in {self._fold(column.name) for column in columns}:
                    return False
                added = True
        return created or added

    def _model(self, app_label: str, name: str) -> Any:
        model = self.apps.get_model(app_label, name)
        if model._meta.swapped:
            # The project's own model stands for it.
            model = global_apps.get_model(model._meta.swapped)
        allowed = router.allow_migrate(self.connection.alias, app_label, model_name=model._meta.model_name)
        return None if model._meta.proxy or not model._meta.managed or not allowed else model


__all__ = ["InvalidMigrationPlan", "MigrationExecutor"]
