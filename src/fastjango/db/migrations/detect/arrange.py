"""Operations sorted by what they need, cut into migrations, named and numbered."""

from __future__ import annotations

from graphlib import TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fastjango.db.migrations import operations
from fastjango.db.migrations.detect.dependency import OperationDependency, swapped_target
from fastjango.db.migrations.migration import Migration, SwappableTuple
from fastjango.db.migrations.optimizer import MigrationOptimizer

Type = OperationDependency.Type


class Arranging:
    """From operations to migrations."""

    if TYPE_CHECKING:
        generated_operations: dict[str, list[Any]]
        from_state: Any
        to_state: Any
        existing_apps: set[str]

        @classmethod
        def parse_number(cls, name: str) -> int | None: ...

    migrations: dict[str, list[Any]]

    @staticmethod
    def _resolve_dependency(dependency: Any) -> tuple[Any, bool]:
        if dependency.app_label != "__setting__":
            return dependency, False
        app_label, object_name = swapped_target(dependency)
        return OperationDependency(app_label, object_name, dependency.field_name, dependency.type), True

    def check_dependency(self, operation: Any, dependency: Any) -> bool:
        """Return whether *operation* is what the dependency waits for."""
        name = dependency.model_name_lower
        field = dependency.field_name
        if dependency.field_name is None and dependency.type == Type.CREATE:
            return isinstance(operation, operations.CreateModel) and operation.name_lower == name
        if dependency.field_name is not None and dependency.type == Type.CREATE:
            return (
                isinstance(operation, operations.CreateModel)
                and operation.name_lower == name
                and any(field == found for found, _ in operation.fields)
            ) or (
                isinstance(operation, operations.AddField)
                and operation.model_name_lower == name
                and operation.name_lower == dependency.field_name_lower
            )
        if dependency.field_name is not None and dependency.type == Type.REMOVE:
            return (
                isinstance(operation, operations.RemoveField)
                and operation.model_name_lower == name
                and operation.name_lower == dependency.field_name_lower
            )
        if dependency.field_name is None and dependency.type == Type.REMOVE:
            return isinstance(operation, operations.DeleteModel) and operation.name_lower == name
        if dependency.field_name is not None and dependency.type == Type.ALTER:
            return (
                isinstance(operation, operations.AlterField)
                and operation.model_name_lower == name
                and operation.name_lower == dependency.field_name_lower
            )
        if dependency.type == Type.REMOVE_ORDER_WRT:
            return (
                isinstance(operation, operations.AlterOrderWithRespectTo)
                and operation.name_lower == name
                and (operation.order_with_respect_to or "").lower() != dependency.field_name_lower
            )
        if dependency.type == Type.ALTER_FOO_TOGETHER:
            return (
                isinstance(operation, (operations.AlterUniqueTogether, operations.AlterIndexTogether))
                and operation.name_lower == name
            )
        if dependency.type == Type.REMOVE_INDEX_OR_CONSTRAINT:
            return (
                isinstance(operation, (operations.RemoveIndex, operations.RemoveConstraint))
                and operation.model_name_lower == name
            )
        raise ValueError(f"Can't handle dependency {dependency!r}")

    def _sort_migrations(self) -> None:
        """Order each app's operations so that what an operation needs stands before it."""
        for app_label, ops in sorted(self.generated_operations.items()):
            sorter: TopologicalSorter[Any] = TopologicalSorter()
            for op in ops:
                sorter.add(op)
                for dep in op._auto_deps:
                    resolved, _ = self._resolve_dependency(dep)
                    if resolved.app_label == app_label:
                        sorter.add(op, *(found for found in ops if self.check_dependency(found, resolved)))
            self.generated_operations[app_label] = list(sorter.static_order())

    def _build_migration_list(self, graph: Any = None) -> None:
        """Cut the operations into migrations; relations between apps may force several for one app."""
        self.migrations = {}
        num_ops = sum(len(found) for found in self.generated_operations.values())
        chop_mode = False
        while num_ops:
            for app_label in sorted(self.generated_operations):
                self._take_ready(app_label, graph, chop_mode)
            new_num_ops = sum(len(found) for found in self.generated_operations.values())
            if new_num_ops == num_ops:
                if chop_mode:
                    raise ValueError(f"Cannot resolve operation dependencies: {self.generated_operations!r}")
                # Nothing moved: allow migrations that hold only a part of an app's operations.
                chop_mode = True
            num_ops = new_num_ops

    def _take_ready(self, app_label: str, graph: Any, chop_mode: bool) -> None:
        chopped: list[Any] = []
        dependencies: set[Any] = set()
        for operation in list(self.generated_operations[app_label]):
            found = self._outside_dependencies(operation, app_label, graph, chop_mode)
            if found is None:
                break
            chopped.append(operation)
            dependencies |= found
            del self.generated_operations[app_label][0]
        if not (dependencies or chopped):
            return
        if self.generated_operations[app_label] and not chop_mode:
            # Not all of them are ready: try again when others have been placed.
            self.generated_operations[app_label] = chopped + self.generated_operations[app_label]
            return
        subclass: Any = type("Migration", (Migration,), {"operations": [], "dependencies": []})
        instance = subclass(f"auto_{len(self.migrations.get(app_label, [])) + 1}", app_label)
        instance.dependencies = list(dependencies)
        instance.operations = chopped
        instance.initial = app_label not in self.existing_apps
        self.migrations.setdefault(app_label, []).append(instance)

    def _outside_dependencies(self, operation: Any, app_label: str, graph: Any, chop_mode: bool) -> set[Any] | None:
        """Return the migrations of other apps that an operation needs; None when one is not there yet."""
        found: set[Any] = set()
        for dep in list(operation._auto_deps):
            original = dep
            dep, is_swappable = self._resolve_dependency(dep)
            if dep[0] == app_label:
                continue
            if any(self.check_dependency(other, dep) for other in self.generated_operations.get(dep[0], [])):
                return None
            if is_swappable:
                found.add(SwappableTuple((original[0], original[1]), original[1]))
            elif dep[0] in self.migrations:
                found.add((dep[0], self.migrations[dep[0]][-1].name))
            elif chop_mode:
                # Not made in this run: the app's last migration, or its first one.
                if graph and graph.leaf_nodes(dep[0]):
                    found.add(graph.leaf_nodes(dep[0])[0])
                else:
                    found.add((dep[0], "__first__"))
            else:
                return None
        return found

    def _optimize_migrations(self) -> None:
        """Link the migrations of each app, remove doubles, reduce the operations."""
        for migrations in self.migrations.values():
            for first, second in pairwise(migrations):
                second.dependencies.append((first.app_label, first.name))
        for migrations in self.migrations.values():
            for migration in migrations:
                migration.dependencies = list(set(migration.dependencies))
        for app_label, migrations in self.migrations.items():
            for migration in migrations:
                migration.operations = MigrationOptimizer().optimize(migration.operations, app_label)

    # ------------------------------------------------------------ names and numbers

    def arrange_for_graph(
        self, changes: dict[str, list[Any]], graph: Any, migration_name: str | None = None
    ) -> dict[str, list[Any]]:
        """Put the new migrations behind the existing ones and give them their names."""
        leaves = graph.leaf_nodes()
        name_map: dict[Any, Any] = {}
        for app_label, migrations in list(changes.items()):
            if not migrations:
                continue
            app_leaf = next((leaf for leaf in leaves if leaf[0] == app_label), None)
            if app_leaf is None and not self.questioner.ask_initial(app_label):  # type: ignore[attr-defined]
                # Nobody wants migrations of this app: what depends on them depends on its first one.
                for migration in migrations:
                    name_map[(app_label, migration.name)] = (app_label, "__first__")
                del changes[app_label]
                continue
            next_number = 1 if app_leaf is None else (self.parse_number(app_leaf[1]) or 0) + 1
            for index, migration in enumerate(migrations):
                if index == 0 and app_leaf:
                    migration.dependencies.append(app_leaf)
                new_name_parts = ["%04i" % next_number]
                if migration_name:
                    new_name_parts.append(migration_name)
                elif index == 0 and not app_leaf:
                    new_name_parts.append("initial")
                else:
                    new_name_parts.append(migration.suggest_name()[:100])
                new_name = "_".join(new_name_parts)
                name_map[(app_label, migration.name)] = (app_label, new_name)
                next_number += 1
                migration.name = new_name
        for migrations in changes.values():
            for migration in migrations:
                migration.dependencies = [name_map.get(dep, dep) for dep in migration.dependencies]
        return changes

    def _trim_to_apps(self, changes: dict[str, list[Any]], app_labels: Any) -> dict[str, list[Any]]:
        """Keep the wanted apps, and those that they depend on."""
        app_dependencies: dict[str, set[str]] = {}
        for app_label, migrations in changes.items():
            for migration in migrations:
                for dep_app_label, _ in migration.dependencies:
                    app_dependencies.setdefault(app_label, set()).add(dep_app_label)
        required = set(app_labels)
        old: set[str] | None = None
        while old != required:
            old = set(required)
            for app_label in list(required):
                required |= app_dependencies.get(app_label, set())
        return {app_label: found for app_label, found in changes.items() if app_label in required}


__all__ = ["Arranging"]
