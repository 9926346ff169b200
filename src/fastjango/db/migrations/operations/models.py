"""Tables: create, delete, rename."""

from __future__ import annotations

from typing import Any

from fastjango.db import models
from fastjango.db.migrations import operations as kinds
from fastjango.db.migrations.ddl.referring import relations_to
from fastjango.db.migrations.names import field_references, resolve_relation
from fastjango.db.migrations.operations.base import Operation, OperationCategory
from fastjango.db.migrations.operations.fields import (
    AddField,
    AlterField,
    FieldOperation,
    RemoveField,
    RenameField,
)
from fastjango.db.migrations.state import ModelState
from fastjango.db.models.base import ModelBase
from fastjango.db.models.options import normalize_together
from fastjango.db.models.relations.pending import RECURSIVE_RELATIONSHIP_CONSTANT
from fastjango.utils.functional import cached_property


def _check_for_duplicates(arg_name: str, objs: Any) -> None:
    used: set[Any] = set()
    for value in objs:
        if value in used:
            raise ValueError(f"Found duplicate value {value} in CreateModel {arg_name} argument.")
        used.add(value)


_GROUP_OPTIONS = ("unique_together", "index_together")


def _without(groups: Any, field_name: str) -> set[tuple[str, ...]]:
    """Return groups of fields without one field; a group of one field is no group."""
    kept = {tuple(name for name in names if name != field_name) for names in groups or ()}
    return {names for names in kept if len(names) > 1}


class ModelOperation(Operation):
    """A step about one model."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def name_lower(self) -> str:
        """The model's name in lower case."""
        return self.name.lower()

    def references_model(self, name: str, app_label: str) -> bool:
        """Return whether it is this model."""
        return name.lower() == self.name_lower

    def reduce(self, operation: Any, app_label: str) -> Any:
        """A step about another model may go in front of this one."""
        return super().reduce(operation, app_label) or self.can_reduce_through(operation, app_label)

    def can_reduce_through(self, operation: Any, app_label: str) -> bool:
        """Return whether a step has nothing to do with this one."""
        return not operation.references_model(self.name, app_label)


class CreateModel(ModelOperation):
    """Create a model's table."""

    category = OperationCategory.ADDITION
    serialization_expand_args = ["fields", "options", "managers"]

    def __init__(self, name: str, fields: Any, options: Any = None, bases: Any = None, managers: Any = None) -> None:
        self.fields = fields
        self.options: dict[str, Any] = options or {}
        self.bases: Any = bases or (models.Model,)
        self.managers: Any = managers or []
        super().__init__(name)
        _check_for_duplicates("fields", (name for name, _ in self.fields))
        _check_for_duplicates(
            "bases",
            (
                base._meta.label_lower if hasattr(base, "_meta") else base.lower() if isinstance(base, str) else base
                for base in self.bases
            ),
        )
        _check_for_duplicates("managers", (name for name, _ in self.managers))

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        kwargs: dict[str, Any] = {"name": self.name, "fields": self.fields}
        if self.options:
            kwargs["options"] = self.options
        if self.bases and self.bases != (models.Model,):
            kwargs["bases"] = self.bases
        if self.managers and self.managers != [("objects", models.Manager())]:
            kwargs["managers"] = self.managers
        return (self.__class__.__qualname__, [], kwargs)

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.add_model(
            ModelState(
                app_label,
                self.name,
                list(self.fields),
                dict(self.options),
                tuple(self.bases),
                list(self.managers),
            )
        )

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.create_model(model)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.delete_model(model)

    def describe(self) -> str:
        return "Create {}model {}".format("proxy " if self.options.get("proxy", False) else "", self.name)

    @property
    def migration_name_fragment(self) -> str:
        return self.name_lower

    def references_model(self, name: str, app_label: str) -> bool:
        """Return whether it is this model, a base of it, or a field points to it."""
        name_lower = name.lower()
        if name_lower == self.name_lower:
            return True
        reference_model_tuple = (app_label, name_lower)
        for base in self.bases:
            if (
                base is not models.Model
                and isinstance(base, (ModelBase, str))
                and resolve_relation(base, app_label) == reference_model_tuple
            ):
                return True
        return any(
            field_references((app_label, self.name_lower), field, reference_model_tuple) for _, field in self.fields
        )

    def _with(self, **changes: Any) -> CreateModel:
        values = {
            "fields": self.fields,
            "options": self.options,
            "bases": self.bases,
            "managers": self.managers,
            **changes,
        }
        return CreateModel(values.pop("name", self.name), **values)

    def reduce(self, operation: Any, app_label: str) -> Any:
        """Take in what happens to the model later."""
        if (
            isinstance(operation, DeleteModel)
            and self.name_lower == operation.name_lower
            and not self.options.get("proxy", False)
        ):
            return []
        if isinstance(operation, RenameModel) and self.name_lower == operation.old_name_lower:
            fields = [(name, self._renamed_target(field, operation, app_label)) for name, field in self.fields]
            return [self._with(name=operation.new_name, fields=fields)]
        if isinstance(operation, kinds.ModelOptionOperation) and self.name_lower == operation.name_lower:
            reduced = self._reduce_options(operation)
            if reduced is not None:
                return reduced
        elif isinstance(operation, FieldOperation) and self.name_lower == operation.model_name_lower:
            reduced = self._reduce_fields(operation)
            if reduced is not None:
                return reduced
        elif isinstance(operation, kinds.IndexOperation) and self.name_lower == operation.model_name_lower:
            reduced = self._reduce_indexes(operation)
            if reduced is not None:
                return reduced
        return super().reduce(operation, app_label)

    def _renamed_target(self, field: Any, operation: Any, app_label: str) -> Any:
        """Return a field that refers to this model by its new name where it did by the old one."""
        if not field_references((app_label, self.name_lower), field, (app_label, self.name_lower)):
            return field
        changed = field.clone()
        if changed.remote_field.model != RECURSIVE_RELATIONSHIP_CONSTANT:
            changed.remote_field.model = f"{app_label}.{operation.new_name}"
        return changed

    def _reduce_options(self, operation: Any) -> Any:
        if isinstance(operation, kinds.AlterModelOptions):
            options = {**self.options, **operation.options}
            for key in operation.ALTER_OPTION_KEYS:
                if key not in operation.options:
                    options.pop(key, None)
            return [self._with(options=options)]
        if isinstance(operation, kinds.AlterModelManagers):
            return [self._with(managers=operation.managers)]
        if isinstance(operation, kinds.AlterModelTable):
            return [self._with(options={**self.options, "db_table": operation.table})]
        if isinstance(operation, kinds.AlterModelTableComment):
            return [self._with(options={**self.options, "db_table_comment": operation.table_comment})]
        if isinstance(operation, kinds.AlterTogetherOptionOperation):
            return [self._with(options={**self.options, operation.option_name: operation.option_value})]
        if isinstance(operation, kinds.AlterOrderWithRespectTo):
            return [self._with(options={**self.options, "order_with_respect_to": operation.order_with_respect_to})]
        return None

    def _reduce_fields(self, operation: Any) -> Any:
        if isinstance(operation, AddField):
            return [self._with(fields=[*self.fields, (operation.name, operation.field)])]
        if isinstance(operation, AlterField):
            fields = [(n, operation.field if n == operation.name else v) for n, v in self.fields]
            return [self._with(fields=fields)]
        if isinstance(operation, RemoveField):
            options = self.options.copy()
            for key in _GROUP_OPTIONS:
                self._set_groups(options, key, _without(options.get(key), operation.name_lower))
            if options.get("order_with_respect_to") == operation.name_lower:
                options.pop("order_with_respect_to")
            fields = [(n, v) for n, v in self.fields if n.lower() != operation.name_lower]
            return [self._with(fields=fields, options=options)]
        if isinstance(operation, RenameField):
            options = self.options.copy()
            for key in _GROUP_OPTIONS:
                groups = {
                    tuple(operation.new_name if name == operation.old_name else name for name in names)
                    for names in options.get(key) or ()
                }
                self._set_groups(options, key, groups)
            if options.get("order_with_respect_to") == operation.old_name:
                options["order_with_respect_to"] = operation.new_name
            fields = [(operation.new_name if n == operation.old_name else n, v) for n, v in self.fields]
            return [self._with(fields=fields, options=options)]
        return None

    @staticmethod
    def _set_groups(options: dict[str, Any], key: str, groups: set[tuple[str, ...]]) -> None:
        if groups:
            options[key] = groups
        else:
            options.pop(key, None)

    def _reduce_indexes(self, operation: Any) -> Any:
        current_indexes = list(self.options.get("indexes", []))
        current_constraints = list(self.options.get("constraints", []))
        if isinstance(operation, kinds.AddIndex):
            return [self._with(options={**self.options, "indexes": [*current_indexes, operation.index]})]
        if isinstance(operation, kinds.RemoveIndex):
            kept = [index for index in current_indexes if index.name != operation.name]
            return [self._with(options={**self.options, "indexes": kept})]
        if isinstance(operation, kinds.RenameIndex) and operation.old_fields:
            options = self.options.copy()
            for key in _GROUP_OPTIONS:
                if key in options:
                    options[key] = {
                        names for names in normalize_together(options[key]) if names != operation.old_fields
                    }
            new_index = models.Index(fields=operation.old_fields, name=operation.new_name)
            options["indexes"] = [*options.get("indexes", []), new_index]
            return [self._with(options=options)]
        if isinstance(operation, kinds.RenameIndex):
            if operation.old_name not in {index.name for index in current_indexes}:
                # It renames an index that this model does not state: both stay.
                return None
            renamed = []
            for index in current_indexes:
                if index.name == operation.old_name:
                    index = index.clone()
                    index.name = operation.new_name
                renamed.append(index)
            return [self._with(options={**self.options, "indexes": renamed})]
        if isinstance(operation, kinds.AddConstraint):
            return [self._with(options={**self.options, "constraints": [*current_constraints, operation.constraint]})]
        if isinstance(operation, kinds.AlterConstraint):
            changed = [
                operation.constraint if constraint.name == operation.name else constraint
                for constraint in current_constraints
            ]
            return [self._with(options={**self.options, "constraints": changed})]
        if isinstance(operation, kinds.RemoveConstraint):
            kept = [constraint for constraint in current_constraints if constraint.name != operation.name]
            return [self._with(options={**self.options, "constraints": kept})]
        return None


class DeleteModel(ModelOperation):
    """Drop a model's table."""

    category = OperationCategory.REMOVAL

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__qualname__, [], {"name": self.name})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.remove_model(app_label, self.name_lower)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.delete_model(model)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.create_model(model)

    def references_model(self, name: str, app_label: str) -> bool:
        """Return True: fields that pointed to the model must be gone before."""
        return True

    def describe(self) -> str:
        return f"Delete model {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"delete_{self.name_lower}"


class RenameModel(ModelOperation):
    """Rename a model; its table and everything that points to it follow."""

    category = OperationCategory.ALTERATION

    def __init__(self, old_name: str, new_name: str) -> None:
        self.old_name = old_name
        self.new_name = new_name
        super().__init__(old_name)

    @property
    def old_name_lower(self) -> str:
        """The old name in lower case."""
        return self.old_name.lower()

    @property
    def new_name_lower(self) -> str:
        """The new name in lower case."""
        return self.new_name.lower()

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__qualname__, [], {"old_name": self.old_name, "new_name": self.new_name})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.rename_model(app_label, self.old_name, self.new_name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        # Relations must be those of now: a class whose making was put off still has the old ones.
        from_state.clear_delayed_apps_cache()
        to_state.clear_delayed_apps_cache()
        new_model = to_state.apps.get_model(app_label, self.new_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, new_model):
            return
        old_model = from_state.apps.get_model(app_label, self.old_name)
        schema_editor.alter_db_table(new_model, old_model._meta.db_table, new_model._meta.db_table)
        for related_object in relations_to(old_model):
            if related_object.related_model == old_model:
                model = new_model
                related_key = (app_label, self.new_name_lower)
            else:
                related_key = (
                    related_object.related_model._meta.app_label,
                    related_object.related_model._meta.model_name,
                )
                model = to_state.apps.get_model(*related_key)
            to_field = to_state.apps.get_model(*related_key)._meta.get_field(related_object.field.name)
            schema_editor.alter_field(model, related_object.field, to_field)
        self._rename_through_tables(schema_editor, old_model, new_model)

    def _rename_through_tables(self, schema_editor: Any, old_model: Any, new_model: Any) -> None:
        pairs = zip(old_model._meta.local_many_to_many, new_model._meta.local_many_to_many, strict=False)
        for old_field, new_field in pairs:
            old_through, new_through = old_field.remote_field.through, new_field.remote_field.through
            # One that points to its own model was among the related objects.
            if new_field.model == new_field.related_model or not new_through._meta.auto_created:
                continue
            if old_through._meta.auto_created:
                schema_editor.alter_field(new_model, old_field, new_field)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.new_name, self.old_name = self.old_name, self.new_name
        try:
            self.database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            self.new_name, self.old_name = self.old_name, self.new_name

    def references_model(self, name: str, app_label: str) -> bool:
        """Return whether it is the old or the new name."""
        return name.lower() in (self.old_name_lower, self.new_name_lower)

    def describe(self) -> str:
        return f"Rename model {self.old_name} to {self.new_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"rename_{self.old_name_lower}_{self.new_name_lower}"

    def reduce(self, operation: Any, app_label: str) -> Any:
        """Two renames are one."""
        if isinstance(operation, RenameModel) and self.new_name_lower == operation.old_name_lower:
            return [RenameModel(self.old_name, operation.new_name)]
        return super(ModelOperation, self).reduce(operation, app_label) or not operation.references_model(
            self.new_name, app_label
        )


__all__ = ["CreateModel", "DeleteModel", "ModelOperation", "RenameModel"]
