"""Find the migration files, know which are applied, put them into a graph."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module, reload
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.db.migrations.exceptions import (
    AmbiguityError,
    BadMigrationError,
    InconsistentMigrationHistory,
    NodeNotFoundError,
)
from fastjango.db.migrations.graph import MigrationGraph
from fastjango.db.migrations.recorder import MigrationRecorder

MIGRATIONS_MODULE_NAME = "migrations"
Key = tuple[str, str]


class MigrationLoader:
    """
    The migrations of a project, from files and from one database.

    Args:
        connection: None means: no database is asked, nothing counts as applied.
        ignore_no_migrations: Let apps without a migrations module pass as migrated.
        replace_migrations: Put squashed migrations in the place of those they replace.
    """

    def __init__(
        self, connection: Any, load: bool = True, ignore_no_migrations: bool = False, replace_migrations: bool = True
    ) -> None:
        self.connection = connection
        self.disk_migrations: dict[Key, Any] = {}
        self.applied_migrations: dict[Key, Any] = {}
        self.ignore_no_migrations = ignore_no_migrations
        self.replace_migrations = replace_migrations
        if load:
            self.build_graph()

    @classmethod
    def migrations_module(cls, app_label: str) -> tuple[str | None, bool]:
        """Return the path of an app's migrations, and whether a setting names it."""
        if app_label in settings.MIGRATION_MODULES:
            return settings.MIGRATION_MODULES[app_label], True
        return f"{apps.get_app_config(app_label).name}.{MIGRATIONS_MODULE_NAME}", False

    def load_disk(self) -> None:
        """
        Import the migration modules of all apps.

        Raises:
            BadMigrationError: A file has no class ``Migration``.
        """
        self.disk_migrations = {}
        self.unmigrated_apps: set[str] = set()
        self.migrated_apps: set[str] = set()
        for app_config in apps.get_app_configs():
            module_name, explicit = self.migrations_module(app_config.label)
            if module_name is None:
                self.unmigrated_apps.add(app_config.label)
                continue
            was_loaded = module_name in sys.modules
            try:
                module = import_module(module_name)
            except ModuleNotFoundError as exc:
                if (explicit and self.ignore_no_migrations) or (
                    not explicit and MIGRATIONS_MODULE_NAME in (exc.name or "").split(".")
                ):
                    self.unmigrated_apps.add(app_config.label)
                    continue
                raise
            # A module without a path is no package: it holds no migrations.
            if not hasattr(module, "__path__"):
                self.unmigrated_apps.add(app_config.label)
                continue
            if getattr(module, "__file__", None) is None and not isinstance(module.__path__, list):
                self.unmigrated_apps.add(app_config.label)
                continue
            if was_loaded:
                reload(module)
            self.migrated_apps.add(app_config.label)
            self._load_app(app_config.label, module_name, module)

    def _load_app(self, app_label: str, module_name: str, module: Any) -> None:
        names = {
            name for _, name, is_pkg in pkgutil.iter_modules(module.__path__) if not is_pkg and name[0] not in "_~"
        }
        for migration_name in names:
            path = f"{module_name}.{migration_name}"
            try:
                migration_module = import_module(path)
            except ImportError as exc:
                if "bad magic number" in str(exc):
                    raise ImportError(f"Couldn't import {path!r} as it appears to be a stale .pyc file.") from exc
                raise
            if not hasattr(migration_module, "Migration"):
                raise BadMigrationError(f"Migration {migration_name} in app {app_label} has no Migration class")
            self.disk_migrations[app_label, migration_name] = migration_module.Migration(migration_name, app_label)

    def get_migration(self, app_label: str, name_prefix: str) -> Any:
        """Return a migration of the graph by its name."""
        return self.graph.nodes[app_label, name_prefix]

    def get_migration_by_prefix(self, app_label: str, name_prefix: str) -> Any:
        """
        Return the one migration whose name begins like this.

        Raises:
            AmbiguityError: There are several.
            KeyError: There is none.
        """
        results = [key for key in self.disk_migrations if key[0] == app_label and key[1].startswith(name_prefix)]
        if len(results) > 1:
            raise AmbiguityError(f"There is more than one migration for '{app_label}' with the prefix '{name_prefix}'")
        if not results:
            raise KeyError(f"There is no migration for '{app_label}' with the prefix '{name_prefix}'")
        return self.disk_migrations[results[0]]

    def check_key(self, key: Any, current_app: str) -> Any:
        """Return the key that ``__first__`` or ``__latest__`` stands for; None when there is nothing to depend on."""
        if (key[1] != "__first__" and key[1] != "__latest__") or key in self.graph:
            return key
        # A dependency on oneself, by a swappable model.
        if key[0] == current_app:
            return None
        if key[0] in self.unmigrated_apps:
            return None
        if key[0] in self.migrated_apps:
            try:
                if key[1] == "__first__":
                    return self.graph.root_nodes(key[0])[0]
                return self.graph.leaf_nodes(key[0])[0]
            except IndexError:
                if self.ignore_no_migrations:
                    return None
                raise ValueError(f"Dependency on app with no migrations: {key[0]}") from None
        raise ValueError(f"Dependency on unknown app: {key[0]}")

    def add_internal_dependencies(self, key: Key, migration: Any) -> None:
        """Add the dependencies inside an app first: ``__first__`` of other apps needs them."""
        for parent in migration.dependencies:
            if parent[0] == key[0] and parent[1] != "__first__":
                self.graph.add_dependency(migration, key, tuple(parent), skip_validation=True)

    def add_external_dependencies(self, key: Key, migration: Any) -> None:
        """Add the dependencies on other apps."""
        for parent in migration.dependencies:
            if key[0] == parent[0]:
                continue
            parent = self.check_key(tuple(parent), key[0])
            if parent is not None:
                self.graph.add_dependency(migration, key, parent, skip_validation=True)
        for child in migration.run_before:
            child = self.check_key(tuple(child), key[0])
            if child is not None:
                self.graph.add_dependency(migration, child, key, skip_validation=True)

    def build_graph(self) -> None:
        """
        Read files and database, and put everything into the graph.

        Raises:
            NodeNotFoundError: A dependency names a migration that is not there.
            CircularDependencyError: Migrations depend on each other in a circle.
        """
        self.load_disk()
        if self.connection is None:
            self.applied_migrations = {}
        else:
            self.applied_migrations = MigrationRecorder(self.connection).applied_migrations()
        self.graph = MigrationGraph()
        self.replacements: dict[Key, Any] = {}
        for key, migration in self.disk_migrations.items():
            self.graph.add_node(key, migration)
            if migration.replaces:
                self.replacements[key] = migration
        for key, migration in self.disk_migrations.items():
            self.add_internal_dependencies(key, migration)
        for key, migration in self.disk_migrations.items():
            self.add_external_dependencies(key, migration)
        if self.replace_migrations:
            for key, migration in self.replacements.items():
                self._replace(key, migration)
        try:
            self.graph.validate_consistency()
        except NodeNotFoundError as exc:
            self._explain_missing(exc)
            raise
        self.graph.ensure_not_cyclic()

    def _replace(self, key: Key, migration: Any) -> None:
        statuses = [tuple(target) in self.applied_migrations for target in migration.replaces]
        # All that it replaces are applied: then so is it.
        if all(statuses):
            self.applied_migrations[key] = migration
        else:
            self.applied_migrations.pop(key, None)
        if all(statuses) or not any(statuses):
            self.graph.remove_replaced_nodes(key, [tuple(target) for target in migration.replaces])
        else:
            # Half applied: go on with the old ones.
            self.graph.remove_replacement_node(key, [tuple(target) for target in migration.replaces])

    def _explain_missing(self, exc: NodeNotFoundError) -> None:
        reverse: dict[Key, set[Key]] = {}
        for key, migration in self.replacements.items():
            for replaced in migration.replaces:
                reverse.setdefault(tuple(replaced), set()).add(key)
        if exc.node not in reverse:
            return
        candidates = reverse[exc.node]
        if any(candidate in self.graph.nodes for candidate in candidates):
            return
        tries = ", ".join("{}.{}".format(*candidate) for candidate in sorted(candidates))
        raise NodeNotFoundError(
            f"Migration {exc.origin} depends on nonexistent node ('{exc.node[0]}', '{exc.node[1]}'). Django tried to "
            f"replace migration {exc.node[0]}.{exc.node[1]} with any of [{tries}] but wasn't able to because some of the "
            "replaced migrations are already applied.",
            exc.node,
        ) from exc

    def check_consistent_history(self, connection: Any) -> None:
        """Raise ``InconsistentMigrationHistory`` when one is applied before what it depends on."""
        applied = MigrationRecorder(connection).applied_migrations()
        for migration in applied:
            if migration not in self.graph.nodes:
                continue
            for parent in self.graph.node_map[migration].parents:
                if parent in applied:
                    continue
                # A replacement counts when all that it replaces are applied.
                if parent.key in self.replacements and all(
                    tuple(replaced) in applied for replaced in self.replacements[parent.key].replaces
                ):
                    continue
                raise InconsistentMigrationHistory(
                    f"Migration {migration[0]}.{migration[1]} is applied before its dependency "
                    f"{parent[0]}.{parent[1]} on database '{connection.alias}'."
                )

    def all_replaced_applied(self, key: Key, applied: Any) -> bool:
        """Return whether all that a squashed migration replaces are applied."""
        return key in self.replacements and all(
            tuple(replaced) in applied for replaced in self.replacements[key].replaces
        )

    def detect_conflicts(self) -> dict[str, list[str]]:
        """Return ``{app: [last migrations]}`` for the apps that have several."""
        seen: dict[str, set[str]] = {}
        conflicting: set[str] = set()
        for app_label, migration_name in self.graph.leaf_nodes():
            if app_label in seen:
                conflicting.add(app_label)
            seen.setdefault(app_label, set()).add(migration_name)
        return {app_label: sorted(seen[app_label]) for app_label in conflicting}

    def project_state(self, nodes: Any = None, at_end: bool = True) -> Any:
        """Return the state that the files describe."""
        return self.graph.make_state(nodes=nodes, at_end=at_end, real_apps=self.unmigrated_apps)

    def collect_sql(self, plan: Any) -> list[str]:
        """Return the statements of a plan without sending them."""
        statements: list[str] = []
        state = None
        for migration, backwards in plan:
            with self.connection.schema_editor(collect_sql=True, atomic=migration.atomic) as schema_editor:
                if state is None:
                    state = self.project_state((migration.app_label, migration.name), at_end=False)
                if not backwards:
                    state = migration.apply(state, schema_editor, collect_sql=True)
                else:
                    state = migration.unapply(state, schema_editor, collect_sql=True)
            statements += schema_editor.collected_sql
        return statements


__all__ = ["MIGRATIONS_MODULE_NAME", "MigrationLoader"]
