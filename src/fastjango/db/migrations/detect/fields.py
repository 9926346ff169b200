"""Fields that are new, gone, renamed or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db import models
from fastjango.db.migrations import operations
from fastjango.db.migrations.detect.dependency import OperationDependency
from fastjango.db.migrations.detect.enums import added_values, altered_values
from fastjango.db.migrations.names import resolve_relation

Type = OperationDependency.Type


class FieldChanges:
    """Added, removed, renamed, altered fields."""

    if TYPE_CHECKING:
        from_state: Any
        to_state: Any
        questioner: Any
        old_field_keys: set[Any]
        new_field_keys: set[Any]
        renamed_models: dict[Any, str]
        renamed_models_rel: dict[str, str]
        renamed_fields: dict[Any, Any]
        answered_values: dict[Any, Any]

        def add_operation(
            self, app_label: str, operation: Any, dependencies: Any = None, beginning: bool = False
        ) -> None: ...
        def deep_deconstruct(self, obj: Any) -> Any: ...
        def _get_dependencies_for_foreign_key(self, app_label: str, model_name: str, field: Any) -> list[Any]: ...

    def create_renamed_fields(self) -> None:
        """Find new fields that look like gone ones, and ask."""
        self.renamed_operations: list[Any] = []
        old_field_keys = self.old_field_keys.copy()
        for app_label, model_name, field_name in sorted(self.new_field_keys - old_field_keys):
            old_model_name = self.renamed_models.get((app_label, model_name), model_name)
            old_model_state = self.from_state.models[app_label, old_model_name]
            new_model_state = self.to_state.models[app_label, model_name]
            field = new_model_state.get_field(field_name)
            field_dec = self.deep_deconstruct(field)
            for rem_app_label, rem_model_name, rem_field_name in sorted(old_field_keys - self.new_field_keys):
                if rem_app_label != app_label or rem_model_name != model_name:
                    continue
                old_field = old_model_state.get_field(rem_field_name)
                if not self._looks_the_same(field, field_dec, old_field, rem_field_name):
                    continue
                if self.questioner.ask_rename(model_name, rem_field_name, field_name, field):
                    self.renamed_operations.append(
                        (
                            rem_app_label,
                            rem_model_name,
                            old_field.db_column,
                            rem_field_name,
                            app_label,
                            model_name,
                            field,
                            field_name,
                        )
                    )
                    old_field_keys.remove((rem_app_label, rem_model_name, rem_field_name))
                    old_field_keys.add((app_label, model_name, field_name))
                    self.renamed_fields[app_label, model_name, field_name] = rem_field_name
                    break

    def _looks_the_same(self, field: Any, field_dec: Any, old_field: Any, old_name: str) -> bool:
        old_field_dec = self.deep_deconstruct(old_field)
        if field.remote_field and field.remote_field.model and "to" in old_field_dec[2]:
            old_rel_to = old_field_dec[2]["to"]
            if old_rel_to in self.renamed_models_rel:
                old_field_dec[2]["to"] = self.renamed_models_rel[old_rel_to]
        old_field.set_attributes_from_name(old_name)
        old_db_column = old_field.get_attname_column()[1]
        return bool(
            old_field_dec == field_dec
            # The column may be the old one, said by db_column.
            or (
                old_field_dec[0:2] == field_dec[0:2] and dict(old_field_dec[2], db_column=old_db_column) == field_dec[2]
            )
        )

    def generate_renamed_fields(self) -> None:
        """Rename fields; one that keeps its column by ``db_column`` is altered first."""
        for (
            rem_app_label,
            rem_model_name,
            rem_db_column,
            rem_field_name,
            app_label,
            model_name,
            field,
            field_name,
        ) in self.renamed_operations:
            if rem_db_column != field.db_column:
                altered_field = field.clone()
                altered_field.name = rem_field_name
                self.add_operation(
                    app_label,
                    operations.AlterField(model_name=model_name, name=rem_field_name, field=altered_field),
                )
            self.add_operation(
                app_label,
                operations.RenameField(model_name=model_name, old_name=rem_field_name, new_name=field_name),
            )
            self.old_field_keys.remove((rem_app_label, rem_model_name, rem_field_name))
            self.old_field_keys.add((app_label, model_name, field_name))

    def generate_added_fields(self) -> None:
        """Add new fields."""
        for app_label, model_name, field_name in sorted(self.new_field_keys - self.old_field_keys):
            self._generate_added_field(app_label, model_name, field_name)

    def _generate_added_field(self, app_label: str, model_name: str, field_name: str) -> None:
        field = self.to_state.models[app_label, model_name].get_field(field_name)
        # One that stood here before must be gone, and what it referred to must be there.
        dependencies = [OperationDependency(app_label, model_name, field_name, Type.REMOVE)]
        if field.remote_field and field.remote_field.model:
            dependencies += self._get_dependencies_for_foreign_key(app_label, model_name, field)
        # Its columns are fields of their own.
        dependencies += [
            OperationDependency(app_label, model_name, name, Type.CREATE)
            for name in getattr(field, "from_fields", None) or ()
            if name != "self"
        ]
        if getattr(field, "generated", False):
            dependencies += self._dependencies_of_generated(app_label, model_name, field)
        time_fields = (models.DateField, models.DateTimeField, models.TimeField)
        # Fields that fill themselves, in the rows that exist too.
        auto_fields = isinstance(field, (models.AutoField, models.BigAutoField, models.SmallAutoField)) or (
            isinstance(field, time_fields) and (field.auto_now or field.auto_now_add)
        )
        preserve_default = (
            field.null
            or field.has_default()
            or field.has_db_default()
            or field.many_to_many
            or hasattr(field, "update_parts")
            or (field.blank and field.empty_strings_allowed)
            or auto_fields
            or getattr(field, "generated", False)
        )
        if not preserve_default:
            field = field.clone()
            field.default = self.questioner.ask_not_null_addition(field_name, model_name)
        elif (
            isinstance(field, time_fields)
            and field.auto_now_add
            and not (field.null or field.has_default() or field.has_db_default())
        ):
            field = field.clone()
            field.default = self.questioner.ask_auto_now_add_addition(field_name, model_name)
            preserve_default = False
        if (
            field.unique
            and field.default is not models.NOT_PROVIDED
            and callable(field.default)
            and field.has_default()
        ):
            self.questioner.ask_unique_callable_default_addition(field_name, model_name)
        self.add_operation(
            app_label,
            operations.AddField(
                model_name=model_name, name=field_name, field=field, preserve_default=bool(preserve_default)
            ),
            dependencies=dependencies,
        )

    def _dependencies_of_generated(self, app_label: str, model_name: str, field: Any) -> list[Any]:
        names = (
            {
                name
                for expression in field.expression.flatten()
                if (name := getattr(expression, "name", None)) and isinstance(name, str)
            }
            if hasattr(field.expression, "flatten")
            else {getattr(field.expression, "name", None)}
        )
        fields = self.to_state.models[app_label, model_name].fields
        found = []
        for name in sorted(filter(None, names)):
            name = str(name).split("__", 1)[0]
            # A foreign key is also known by its column.
            if name not in fields and name.removesuffix("_id") in fields:
                name = name.removesuffix("_id")
            found.append(OperationDependency(app_label, model_name, name, Type.CREATE))
        return found

    def generate_removed_fields(self) -> None:
        """Remove gone fields."""
        for app_label, model_name, field_name in sorted(self.old_field_keys - self.new_field_keys):
            self._generate_removed_field(app_label, model_name, field_name)

    def _generate_removed_field(self, app_label: str, model_name: str, field_name: str) -> None:
        old_model_name = self.renamed_models.get((app_label, model_name), model_name)
        over_it = [
            name
            for name, field in self.from_state.models[app_label, old_model_name].fields.items()
            if field_name in (getattr(field, "from_fields", None) or ())
        ]
        self.add_operation(
            app_label,
            operations.RemoveField(model_name=model_name, name=field_name),
            # Whatever used it must let go first.
            dependencies=[
                OperationDependency(app_label, model_name, field_name, Type.REMOVE_ORDER_WRT),
                OperationDependency(app_label, model_name, field_name, Type.ALTER_FOO_TOGETHER),
                OperationDependency(app_label, model_name, field_name, Type.REMOVE_INDEX_OR_CONSTRAINT),
                *(OperationDependency(app_label, model_name, name, Type.REMOVE) for name in over_it),
            ],
        )

    def generate_altered_fields(self) -> None:
        """Alter fields that differ."""
        for app_label, model_name, field_name in sorted(self.old_field_keys & self.new_field_keys):
            old_model_name = self.renamed_models.get((app_label, model_name), model_name)
            old_field_name = self.renamed_fields.get((app_label, model_name, field_name), field_name)
            old_field = self.from_state.models[app_label, old_model_name].get_field(old_field_name)
            new_field = self.to_state.models[app_label, model_name].get_field(field_name)
            dependencies: list[Any] = []
            if getattr(new_field.remote_field, "model", None):
                dependencies += self._follow_renames(app_label, model_name, old_field, new_field)
            old_field_dec = self.deep_deconstruct(old_field)
            new_field_dec = self.deep_deconstruct(new_field)
            # A rename that has been found is no change; a column that stays is.
            if old_field_dec == new_field_dec or (
                old_field_name != field_name and self._differs_by_column_only(old_field_dec, new_field_dec)
            ):
                continue
            self._alter(app_label, model_name, field_name, old_field, new_field, dependencies)

    def _differs_by_column_only(self, old_dec: Any, new_dec: Any) -> bool:
        return bool(
            old_dec[0:2] == new_dec[0:2]
            and {k: v for k, v in old_dec[2].items() if k != "db_column"}
            == {k: v for k, v in new_dec[2].items() if k != "db_column"}
        )

    def _follow_renames(self, app_label: str, model_name: str, old_field: Any, new_field: Any) -> list[Any]:
        """Let the new field compare with the old one where only names of models and fields have changed."""
        rename_key = resolve_relation(new_field.remote_field.model, app_label, model_name)
        dependencies: list[Any] = []
        if rename_key in self.renamed_models:
            new_field.remote_field.model = old_field.remote_field.model
        remote_field_name = getattr(new_field.remote_field, "field_name", None)
        if remote_field_name:
            to_field_rename_key = (*rename_key, remote_field_name)
            if to_field_rename_key in self.renamed_fields:
                new_field.remote_field.model = old_field.remote_field.model
                new_field.remote_field.field_name = old_field.remote_field.field_name
        from_fields = getattr(new_field, "from_fields", None)
        if from_fields:
            from_rename_key = (app_label, model_name)
            new_field.from_fields = tuple(
                self.renamed_fields.get((*from_rename_key, from_field), from_field) for from_field in from_fields
            )
            new_field.to_fields = tuple(
                self.renamed_fields.get((*rename_key, to_field), to_field) for to_field in new_field.to_fields
            )
        if old_from_fields := getattr(old_field, "from_fields", None):
            old_field.from_fields = tuple(old_from_fields)
            old_field.to_fields = tuple(old_field.to_fields)
        dependencies += self._get_dependencies_for_foreign_key(app_label, model_name, new_field)
        if getattr(new_field.remote_field, "through", None):
            through_key = resolve_relation(new_field.remote_field.through, app_label, model_name)
            if through_key in self.renamed_models:
                new_field.remote_field.through = old_field.remote_field.through
        return dependencies

    def _alter(
        self, app_label: str, model_name: str, field_name: str, old_field: Any, new_field: Any, dependencies: list[Any]
    ) -> None:
        both_m2m = old_field.many_to_many and new_field.many_to_many
        neither_m2m = not old_field.many_to_many and not new_field.many_to_many
        if not (both_m2m or neither_m2m):
            # A column cannot become a table: remove and add.
            self._generate_removed_field(app_label, model_name, field_name)
            self._generate_added_field(app_label, model_name, field_name)
            return
        preserve_default = True
        if (
            old_field.null
            and not new_field.null
            and not new_field.has_default()
            and not new_field.has_db_default()
            and not new_field.many_to_many
        ):
            field = new_field.clone()
            new_default = self.questioner.ask_not_null_alteration(field_name, model_name)
            if new_default is not models.NOT_PROVIDED:
                field.default = new_default
                preserve_default = False
        else:
            field = new_field
        more = altered_values(self.questioner, self.answered_values, model_name, field_name, old_field, new_field)
        kind: Any = operations.AlterEnumField if more else operations.AlterField
        operation = kind(model_name=model_name, name=field_name, field=field, preserve_default=preserve_default, **more)
        operation._new_values = added_values(old_field, new_field)
        self.add_operation(app_label, operation, dependencies=dependencies)
