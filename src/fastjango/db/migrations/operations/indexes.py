"""Indexes and constraints: add, remove, rename, alter."""

from __future__ import annotations

from typing import Any

from fastjango.db import models
from fastjango.db.migrations.operations.base import Operation, OperationCategory
from fastjango.utils.functional import cached_property


class IndexOperation(Operation):
    """A step about an index or a constraint of one model."""

    option_name = "indexes"
    model_name: str

    @cached_property
    def model_name_lower(self) -> str:
        """The model's name in lower case."""
        return self.model_name.lower()

    def references_model(self, name: str, app_label: str) -> bool:
        """Return whether it is this model."""
        return name.lower() == self.model_name_lower

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        """Return whether it is this model: an index may use any field of it."""
        return self.references_model(model_name, app_label)

    def reduce(self, operation: Any, app_label: str) -> Any:
        """A step about another model may go in front of this one."""
        return super().reduce(operation, app_label) or not operation.references_model(self.model_name, app_label)


class AddIndex(IndexOperation):
    """Create an index."""

    category = OperationCategory.ADDITION

    def __init__(self, model_name: str, index: Any) -> None:
        self.model_name = model_name
        if not index.name:
            raise ValueError(
                f"Indexes passed to AddIndex operations require a name argument. {index!r} doesn't have one."
            )
        self.index = index

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.add_index(app_label, self.model_name_lower, self.index)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.add_index(model, self.index)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__qualname__, [], {"model_name": self.model_name, "index": self.index})

    def describe(self) -> str:
        if self.index.expressions:
            shown = ", ".join(str(expression) for expression in self.index.expressions)
            return f"Create index {self.index.name} on {shown} on model {self.model_name}"
        return "Create index {} on field(s) {} of model {}".format(
            self.index.name, ", ".join(self.index.fields), self.model_name
        )

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name_lower}_{self.index.name.lower()}"

    def reduce(self, operation: Any, app_label: str) -> Any:
        """Take in a later removal or rename."""
        if isinstance(operation, RemoveIndex) and self.index.name == operation.name:
            return []
        if isinstance(operation, RenameIndex) and self.index.name == operation.old_name:
            index = self.index.clone()
            index.name = operation.new_name
            return [self.__class__(model_name=self.model_name, index=index)]
        return super().reduce(operation, app_label)


class RemoveIndex(IndexOperation):
    """Drop an index."""

    category = OperationCategory.REMOVAL

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.remove_index(app_label, self.model_name_lower, self.name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            from_model_state = from_state.models[app_label, self.model_name_lower]
            schema_editor.remove_index(model, from_model_state.get_index_by_name(self.name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            to_model_state = to_state.models[app_label, self.model_name_lower]
            schema_editor.add_index(model, to_model_state.get_index_by_name(self.name))

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__qualname__, [], {"model_name": self.model_name, "name": self.name})

    def describe(self) -> str:
        return f"Remove index {self.name} from {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"remove_{self.model_name_lower}_{self.name.lower()}"


class RenameIndex(IndexOperation):
    """Rename an index, or give a name to one of ``index_together``."""

    category = OperationCategory.ALTERATION

    def __init__(self, model_name: str, new_name: str, old_name: str | None = None, old_fields: Any = None) -> None:
        if not old_name and not old_fields:
            raise ValueError("RenameIndex requires one of old_name and old_fields arguments to be set.")
        if old_name and old_fields:
            raise ValueError("RenameIndex.old_name and old_fields are mutually exclusive.")
        self.model_name = model_name
        self.new_name = new_name
        self.old_name = old_name
        self.old_fields = old_fields

    @property
    def old_name_lower(self) -> str:
        """The old name in lower case."""
        return (self.old_name or "").lower()

    @property
    def new_name_lower(self) -> str:
        """The new name in lower case."""
        return self.new_name.lower()

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        kwargs: dict[str, Any] = {"model_name": self.model_name, "new_name": self.new_name}
        if self.old_name:
            kwargs["old_name"] = self.old_name
        if self.old_fields:
            kwargs["old_fields"] = self.old_fields
        return (self.__class__.__qualname__, [], kwargs)

    def state_forwards(self, app_label: str, state: Any) -> None:
        if self.old_fields:
            state.add_index(app_label, self.model_name_lower, models.Index(fields=self.old_fields, name=self.new_name))
            state.remove_model_options(app_label, self.model_name_lower, "index_together", self.old_fields)
        else:
            state.rename_index(app_label, self.model_name_lower, self.old_name, self.new_name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if self.old_fields:
            from_model = from_state.apps.get_model(app_label, self.model_name)
            columns = [from_model._meta.get_field(field).column for field in self.old_fields]
            names = schema_editor._constraint_names(from_model, columns, index=True, unique=False)
            if len(names) != 1:
                raise ValueError(
                    "Found wrong number ({}) of indexes for {}({}).".format(
                        len(names), from_model._meta.db_table, ", ".join(columns)
                    )
                )
            old_index = models.Index(fields=self.old_fields, name=names[0])
        else:
            from_model_state = from_state.models[app_label, self.model_name_lower]
            old_index = from_model_state.get_index_by_name(self.old_name)
        # Nothing to do when the table was made with the new name.
        if old_index.name == self.new_name:
            return
        to_model_state = to_state.models[app_label, self.model_name_lower]
        schema_editor.rename_index(model, old_index, to_model_state.get_index_by_name(self.new_name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self.old_fields:
            # An index without a name of its own keeps the new one.
            return
        old_name: Any = self.old_name
        self.new_name, self.old_name = old_name, self.new_name
        try:
            self.database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            self.new_name, self.old_name = self.old_name, old_name

    def describe(self) -> str:
        if self.old_name:
            return f"Rename index {self.old_name} on {self.model_name} to {self.new_name}"
        return f"Rename unnamed index for {self.old_fields} on {self.model_name} to {self.new_name}"

    @property
    def migration_name_fragment(self) -> str:
        if self.old_name:
            return f"rename_{self.old_name_lower}_{self.new_name_lower}"
        return "rename_{}_{}_{}".format(self.model_name_lower, "_".join(self.old_fields), self.new_name_lower)

    def reduce(self, operation: Any, app_label: str) -> Any:
        """Two renames are one; a removal takes the old name."""
        if (
            isinstance(operation, RenameIndex)
            and self.model_name_lower == operation.model_name_lower
            and (operation.old_name and self.new_name_lower == operation.old_name_lower)
        ):
            new_name: Any = operation.new_name
            return [RenameIndex(self.model_name, new_name, self.old_name, self.old_fields)]
        return super().reduce(operation, app_label)


class AddConstraint(IndexOperation):
    """Add a constraint."""

    category = OperationCategory.ADDITION
    option_name = "constraints"

    def __init__(self, model_name: str, constraint: Any) -> None:
        self.model_name = model_name
        self.constraint = constraint

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.add_constraint(app_label, self.model_name_lower, self.constraint)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.add_constraint(model, self.constraint)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_constraint(model, self.constraint)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__name__, [], {"model_name": self.model_name, "constraint": self.constraint})

    def describe(self) -> str:
        return f"Create constraint {self.constraint.name} on model {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name_lower}_{self.constraint.name.lower()}"

    def reduce(self, operation: Any, app_label: str) -> Any:
        """Take in a later removal or change."""
        if (
            isinstance(operation, RemoveConstraint)
            and self.model_name_lower == operation.model_name_lower
            and self.constraint.name == operation.name
        ):
            return []
        if (
            isinstance(operation, AlterConstraint)
            and self.model_name_lower == operation.model_name_lower
            and self.constraint.name == operation.name
        ):
            return [AddConstraint(model_name=self.model_name, constraint=operation.constraint)]
        return super().reduce(operation, app_label)


class RemoveConstraint(IndexOperation):
    """Drop a constraint."""

    category = OperationCategory.REMOVAL
    option_name = "constraints"

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.remove_constraint(app_label, self.model_name_lower, self.name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            from_model_state = from_state.models[app_label, self.model_name_lower]
            schema_editor.remove_constraint(model, from_model_state.get_constraint_by_name(self.name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            to_model_state = to_state.models[app_label, self.model_name_lower]
            schema_editor.add_constraint(model, to_model_state.get_constraint_by_name(self.name))

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__name__, [], {"model_name": self.model_name, "name": self.name})

    def describe(self) -> str:
        return f"Remove constraint {self.name} from model {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"remove_{self.model_name_lower}_{self.name.lower()}"


class AlterConstraint(IndexOperation):
    """Change what of a constraint means nothing to the database: its messages."""

    category = OperationCategory.ALTERATION
    option_name = "constraints"

    def __init__(self, model_name: str, name: str, constraint: Any) -> None:
        self.model_name = model_name
        self.name = name
        self.constraint = constraint

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_constraint(app_label, self.model_name_lower, self.name, self.constraint)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing."""

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing."""

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        kwargs = {"model_name": self.model_name, "name": self.name, "constraint": self.constraint}
        return (self.__class__.__name__, [], kwargs)

    def describe(self) -> str:
        return f"Alter constraint {self.name} on {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.model_name_lower}_{self.constraint.name.lower()}"

    def reduce(self, operation: Any, app_label: str) -> Any:
        """The last change counts."""
        if (
            isinstance(operation, (AlterConstraint, RemoveConstraint))
            and self.model_name_lower == operation.model_name_lower
            and self.name == operation.name
        ):
            return [operation]
        return super().reduce(operation, app_label)
