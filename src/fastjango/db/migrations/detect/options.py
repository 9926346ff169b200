"""Indexes, constraints, groups, tables, options and managers that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.migrations import operations
from fastjango.db.migrations.detect.dependency import OperationDependency
from fastjango.db.migrations.operations.options import AlterModelOptions

Type = OperationDependency.Type


class OptionChanges:
    """Everything of a model but its fields."""

    if TYPE_CHECKING:
        from_state: Any
        to_state: Any
        kept_model_keys: set[Any]
        kept_proxy_keys: set[Any]
        kept_unmanaged_keys: set[Any]
        old_unmanaged_keys: set[Any]
        new_unmanaged_keys: set[Any]
        old_model_keys: set[Any]
        new_model_keys: set[Any]
        renamed_models: dict[Any, str]
        renamed_fields: dict[Any, Any]
        altered_indexes: dict[Any, Any]
        altered_constraints: dict[Any, Any]

        def add_operation(
            self, app_label: str, operation: Any, dependencies: Any = None, beginning: bool = False
        ) -> None: ...
        def deep_deconstruct(self, obj: Any) -> Any: ...
        def _get_dependencies_for_foreign_key(self, app_label: str, model_name: str, field: Any) -> list[Any]: ...

    def _pair(self, app_label: str, model_name: str) -> tuple[Any, Any]:
        old_model_name = self.renamed_models.get((app_label, model_name), model_name)
        return self.from_state.models[app_label, old_model_name], self.to_state.models[app_label, model_name]

    # ------------------------------------------------------------ indexes

    def create_altered_indexes(self) -> None:
        """Compare the indexes; those with other names but the same content are renamed."""
        option_name = "indexes"
        self.renamed_index_together_values: dict[Any, Any] = {}
        for app_label, model_name in sorted(self.kept_model_keys):
            old_state, new_state = self._pair(app_label, model_name)
            old_indexes = old_state.options[option_name]
            new_indexes = new_state.options[option_name]
            added = [index for index in new_indexes if index not in old_indexes]
            removed = [index for index in old_indexes if index not in new_indexes]
            renamed: list[tuple[str | None, str, Any]] = []
            remove_from_added, remove_from_removed = [], []
            for new_index in added:
                new_dec = new_index.deconstruct()
                new_name = new_dec[2].pop("name")
                for old_index in removed:
                    old_dec = old_index.deconstruct()
                    old_name = old_dec[2].pop("name")
                    if old_dec == new_dec and new_name != old_name:
                        renamed.append((old_name, new_name, None))
                        remove_from_added.append(new_index)
                        remove_from_removed.append(old_index)
                        break
            groups = self._named_groups(old_state, new_state, [i for i in added if i not in remove_from_added])
            for names, new_index in groups:
                renamed.append((None, new_index.name, names))
                remove_from_added.append(new_index)
            self.renamed_index_together_values[app_label, model_name] = [names for names, _ in groups]
            self.altered_indexes[app_label, model_name] = {
                "added_indexes": [index for index in added if index not in remove_from_added],
                "removed_indexes": [index for index in removed if index not in remove_from_removed],
                "renamed_indexes": renamed,
            }

    @staticmethod
    def _named_groups(old_state: Any, new_state: Any, added: list[Any]) -> list[tuple[tuple[str, ...], Any]]:
        """Return the groups of ``index_together`` that are plain indexes with a name now."""
        old = {tuple(names) for names in old_state.options.get("index_together") or ()}
        new = {tuple(names) for names in new_state.options.get("index_together") or ()}
        found = []
        for names in sorted(old - new):
            plain = [index for index in added if set(index.deconstruct()[2]) == {"name", "fields"}]
            same = [index for index in plain if list(index.fields) == list(names)]
            if len(same) == 1:
                found.append((names, same[0]))
        return found

    def generate_added_indexes(self) -> None:
        """Create new indexes."""
        for (app_label, model_name), changes in self.altered_indexes.items():
            dependencies = self._get_dependencies_for_model(app_label, model_name)
            for index in changes["added_indexes"]:
                self.add_operation(
                    app_label, operations.AddIndex(model_name=model_name, index=index), dependencies=dependencies
                )

    def generate_removed_indexes(self) -> None:
        """Drop gone indexes."""
        for (app_label, model_name), changes in self.altered_indexes.items():
            for index in changes["removed_indexes"]:
                self.add_operation(app_label, operations.RemoveIndex(model_name=model_name, name=index.name))

    def generate_renamed_indexes(self) -> None:
        """Rename indexes."""
        for (app_label, model_name), changes in self.altered_indexes.items():
            for old_name, new_name, old_fields in changes["renamed_indexes"]:
                self.add_operation(
                    app_label,
                    operations.RenameIndex(
                        model_name=model_name, new_name=new_name, old_name=old_name, old_fields=old_fields
                    ),
                )

    # ------------------------------------------------------------ constraints

    def create_altered_constraints(self) -> None:
        """Compare the constraints; those that differ only in messages are altered in the state."""
        for app_label, model_name in sorted(self.kept_model_keys):
            old_state, new_state = self._pair(app_label, model_name)
            old_constraints = old_state.options["constraints"]
            new_constraints = new_state.options["constraints"]
            old_by_name = {constraint.name: constraint for constraint in old_constraints}
            altered, added = [], []
            for constraint in new_constraints:
                if constraint in old_constraints:
                    continue
                old = old_by_name.get(constraint.name)
                if old is not None and not self._constraint_should_be_dropped_and_recreated(old, constraint):
                    altered.append(constraint)
                else:
                    added.append(constraint)
            altered_names = {constraint.name for constraint in altered}
            removed = [
                constraint
                for constraint in old_constraints
                if constraint not in new_constraints and constraint.name not in altered_names
            ]
            self.altered_constraints[app_label, model_name] = {
                "added_constraints": added,
                "removed_constraints": removed,
                "altered_constraints": altered,
            }

    @staticmethod
    def _constraint_should_be_dropped_and_recreated(old_constraint: Any, new_constraint: Any) -> bool:
        old_path, old_args, old_kwargs = old_constraint.deconstruct()
        new_path, new_args, new_kwargs = new_constraint.deconstruct()
        for attribute in old_constraint.non_db_attrs:
            old_kwargs.pop(attribute, None)
        for attribute in new_constraint.non_db_attrs:
            new_kwargs.pop(attribute, None)
        return bool((old_path, old_args, old_kwargs) != (new_path, new_args, new_kwargs))

    def generate_added_constraints(self) -> None:
        """Add new constraints."""
        for (app_label, model_name), changes in self.altered_constraints.items():
            dependencies = self._get_dependencies_for_model(app_label, model_name)
            for constraint in changes["added_constraints"]:
                self.add_operation(
                    app_label,
                    operations.AddConstraint(model_name=model_name, constraint=constraint),
                    dependencies=dependencies,
                )

    def generate_removed_constraints(self) -> None:
        """Drop gone constraints."""
        for (app_label, model_name), changes in self.altered_constraints.items():
            for constraint in changes["removed_constraints"]:
                self.add_operation(app_label, operations.RemoveConstraint(model_name=model_name, name=constraint.name))

    def generate_altered_constraints(self) -> None:
        """Alter constraints in the state."""
        for (app_label, model_name), changes in self.altered_constraints.items():
            dependencies = self._get_dependencies_for_model(app_label, model_name)
            for constraint in changes["altered_constraints"]:
                self.add_operation(
                    app_label,
                    operations.AlterConstraint(model_name=model_name, name=constraint.name, constraint=constraint),
                    dependencies=dependencies,
                )

    def _get_dependencies_for_model(self, app_label: str, model_name: str) -> list[Any]:
        dependencies: list[Any] = []
        for field in self.to_state.models[app_label, model_name].fields.values():
            if field.is_relation:
                dependencies += self._get_dependencies_for_foreign_key(app_label, model_name, field)
        return dependencies

    # ------------------------------------------------------------ groups of fields

    def _altered_together(self, option_name: str) -> Any:
        for app_label, model_name in sorted(self.kept_model_keys):
            old_state, new_state = self._pair(app_label, model_name)
            old_value = old_state.options.get(option_name)
            old_value = {tuple(names) for names in old_value} if old_value else set()
            new_value = {tuple(names) for names in new_state.options.get(option_name) or ()}
            if old_value != new_value:
                dependencies = []
                for names in new_value:
                    for name in names:
                        field = new_state.get_field(name)
                        if field.remote_field and field.remote_field.model:
                            dependencies += self._get_dependencies_for_foreign_key(app_label, model_name, field)
                yield old_value, new_value, app_label, model_name, dependencies

    def generate_removed_altered_unique_together(self) -> None:
        """Drop groups before the fields in them go."""
        for old_value, new_value, app_label, model_name, dependencies in self._altered_together("unique_together"):
            removal_value = new_value.intersection(old_value)
            if removal_value or old_value:
                self.add_operation(
                    app_label,
                    operations.AlterUniqueTogether(name=model_name, unique_together=removal_value),
                    dependencies=dependencies,
                )

    def generate_altered_unique_together(self) -> None:
        """Add groups after the fields in them came."""
        for old_value, new_value, app_label, model_name, dependencies in self._altered_together("unique_together"):
            if new_value != new_value.intersection(old_value):
                self.add_operation(
                    app_label,
                    operations.AlterUniqueTogether(name=model_name, unique_together=new_value),
                    dependencies=dependencies,
                )

    def generate_altered_order_with_respect_to(self) -> None:
        """Change the order that a relation gives."""
        for app_label, model_name in sorted(self.kept_model_keys):
            old_state, new_state = self._pair(app_label, model_name)
            new_value = new_state.options.get("order_with_respect_to")
            if old_state.options.get("order_with_respect_to") == new_value:
                continue
            dependencies = [OperationDependency(app_label, model_name, new_value, Type.CREATE)] if new_value else []
            self.add_operation(
                app_label,
                operations.AlterOrderWithRespectTo(name=model_name, order_with_respect_to=new_value),
                dependencies=dependencies,
            )

    # ------------------------------------------------------------ tables, options, managers

    def _kept(self) -> list[Any]:
        return sorted(self.kept_model_keys | self.kept_proxy_keys | self.kept_unmanaged_keys)

    def generate_altered_db_table(self) -> None:
        """Rename tables."""
        for app_label, model_name in self._kept():
            old_state, new_state = self._pair(app_label, model_name)
            new_name = new_state.options.get("db_table")
            if old_state.options.get("db_table") != new_name:
                self.add_operation(app_label, operations.AlterModelTable(name=model_name, table=new_name))

    def generate_altered_db_table_comment(self) -> None:
        """Change comments."""
        for app_label, model_name in self._kept():
            old_state, new_state = self._pair(app_label, model_name)
            new_comment = new_state.options.get("db_table_comment")
            if old_state.options.get("db_table_comment") != new_comment:
                self.add_operation(
                    app_label, operations.AlterModelTableComment(name=model_name, table_comment=new_comment)
                )

    def generate_altered_options(self) -> None:
        """Change options that only Python knows; a model that became managed or unmanaged is among them."""
        models_to_check = (
            self.kept_model_keys
            | self.kept_proxy_keys
            | self.kept_unmanaged_keys
            | (self.old_unmanaged_keys & self.new_model_keys)
            | (self.old_model_keys & self.new_unmanaged_keys)
        )
        for app_label, model_name in sorted(models_to_check):
            old_state, new_state = self._pair(app_label, model_name)
            keys = AlterModelOptions.ALTER_OPTION_KEYS
            old_options = {key: value for key, value in old_state.options.items() if key in keys}
            new_options = {key: value for key, value in new_state.options.items() if key in keys}
            if old_options != new_options:
                self.add_operation(app_label, operations.AlterModelOptions(name=model_name, options=new_options))

    def generate_altered_managers(self) -> None:
        """Change the managers of historical models."""
        for app_label, model_name in self._kept():
            old_state, new_state = self._pair(app_label, model_name)
            if old_state.managers != new_state.managers:
                self.add_operation(
                    app_label, operations.AlterModelManagers(name=model_name, managers=new_state.managers)
                )
