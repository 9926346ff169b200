"""Options of tables and models."""

from __future__ import annotations

from typing import Any, ClassVar

from fastjango.db.migrations import operations as kinds
from fastjango.db.migrations.operations.base import OperationCategory
from fastjango.db.migrations.operations.models import ModelOperation
from fastjango.db.models.options import normalize_together


class ModelOptionOperation(ModelOperation):
    """A step about options of one model."""

    category = OperationCategory.ALTERATION

    def reduce(self, operation: Any, app_label: str) -> Any:
        """The last change counts; a deleted model has no options."""
        if isinstance(operation, (self.__class__, kinds.DeleteModel)) and self.name_lower == operation.name_lower:
            return [operation]
        return super().reduce(operation, app_label)


class AlterModelTable(ModelOptionOperation):
    """Rename a model's table."""

    def __init__(self, name: str, table: str | None) -> None:
        self.table = table
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__qualname__, [], {"name": self.name, "table": self.table})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_options(app_label, self.name_lower, {"db_table": self.table})

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        new_model = to_state.apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, new_model):
            return
        old_model = from_state.apps.get_model(app_label, self.name)
        schema_editor.alter_db_table(new_model, old_model._meta.db_table, new_model._meta.db_table)
        for old_field, new_field in zip(
            old_model._meta.local_many_to_many, new_model._meta.local_many_to_many, strict=False
        ):
            if new_field.remote_field.through._meta.auto_created:
                schema_editor.alter_db_table(
                    new_field.remote_field.through,
                    old_field.remote_field.through._meta.db_table,
                    new_field.remote_field.through._meta.db_table,
                )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Rename table for {} to {}".format(self.name, self.table if self.table is not None else "(default)")

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_table"


class AlterModelTableComment(ModelOptionOperation):
    """Set the comment of a model's table."""

    def __init__(self, name: str, table_comment: str | None) -> None:
        self.table_comment = table_comment
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__qualname__, [], {"name": self.name, "table_comment": self.table_comment})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_options(app_label, self.name_lower, {"db_table_comment": self.table_comment})

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        new_model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, new_model):
            old_model = from_state.apps.get_model(app_label, self.name)
            schema_editor.alter_db_table_comment(
                new_model, old_model._meta.db_table_comment, new_model._meta.db_table_comment
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Alter {self.name} table comment"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_table_comment"


class AlterTogetherOptionOperation(ModelOptionOperation):
    """A step about groups of fields."""

    option_name: ClassVar[str]

    def __init__(self, name: str, option_value: Any) -> None:
        self.option_value: Any = set(normalize_together(option_value)) if option_value else option_value
        setattr(self, self.option_name, self.option_value)
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__qualname__, [], {"name": self.name, self.option_name: self.option_value})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_options(app_label, self.name_lower, {self.option_name: self.option_value})

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        new_model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, new_model):
            from_model_state = from_state.models[app_label, self.name_lower]
            to_model_state = to_state.models[app_label, self.name_lower]
            alter = getattr(schema_editor, f"alter_{self.option_name}")
            old_model = from_state.apps.get_model(app_label, self.name)
            target = old_model if schema_editor.connection.vendor == "sqlite" else new_model
            alter(
                target,
                from_model_state.options.get(self.option_name) or set(),
                to_model_state.options.get(self.option_name) or set(),
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        """Return whether a group has the field."""
        return self.references_model(model_name, app_label) and (
            not self.option_value or any(name in fields for fields in self.option_value)
        )

    def describe(self) -> str:
        return f"Alter {self.option_name} for {self.name} ({len(self.option_value or '')} constraint(s))"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_{self.option_name}"

    def can_reduce_through(self, operation: Any, app_label: str) -> bool:
        """Return whether a step has nothing to do with this one, or is about the other kind of groups."""
        return super().can_reduce_through(operation, app_label) or (
            isinstance(operation, AlterTogetherOptionOperation) and type(operation) is not type(self)
        )


class AlterUniqueTogether(AlterTogetherOptionOperation):
    """Change ``unique_together``."""

    option_name = "unique_together"

    def __init__(self, name: str, unique_together: Any) -> None:
        super().__init__(name, unique_together)


class AlterIndexTogether(AlterTogetherOptionOperation):
    """Change ``index_together``; only old migrations have it."""

    option_name = "index_together"

    def __init__(self, name: str, index_together: Any) -> None:
        super().__init__(name, index_together)


class AlterOrderWithRespectTo(ModelOptionOperation):
    """Change ``order_with_respect_to``."""

    option_name = "order_with_respect_to"

    def __init__(self, name: str, order_with_respect_to: str | None) -> None:
        self.order_with_respect_to = order_with_respect_to
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        kwargs = {"name": self.name, "order_with_respect_to": self.order_with_respect_to}
        return (self.__class__.__qualname__, [], kwargs)

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_options(app_label, self.name_lower, {self.option_name: self.order_with_respect_to})

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        to_model = to_state.apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, to_model):
            return
        from_model = from_state.apps.get_model(app_label, self.name)
        if from_model._meta.order_with_respect_to and not to_model._meta.order_with_respect_to:
            schema_editor.remove_field(from_model, from_model._meta.get_field("_order"))
        elif to_model._meta.order_with_respect_to and not from_model._meta.order_with_respect_to:
            field = to_model._meta.get_field("_order")
            if not field.has_default():
                field.default = 0
            schema_editor.add_field(from_model, field)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        """Return whether it is the field of the order."""
        return self.references_model(model_name, app_label) and (
            self.order_with_respect_to is None or name == self.order_with_respect_to
        )

    def describe(self) -> str:
        return f"Set order_with_respect_to on {self.name} to {self.order_with_respect_to}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_order_with_respect_to"


class AlterModelOptions(ModelOptionOperation):
    """Change options that mean nothing to the database."""

    ALTER_OPTION_KEYS: ClassVar[list[str]] = [
        "base_manager_name", "default_manager_name", "default_related_name", "get_latest_by", "managed", "ordering",
        "permissions", "default_permissions", "select_on_save", "verbose_name", "verbose_name_plural",
    ]  # fmt: skip

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__qualname__, [], {"name": self.name, "options": self.options})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_options(app_label, self.name_lower, self.options, self.ALTER_OPTION_KEYS)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing: the database does not know these options."""

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing."""

    def describe(self) -> str:
        return f"Change Meta options on {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_options"


class AlterModelManagers(ModelOptionOperation):
    """Change the managers of historical models."""

    serialization_expand_args = ["managers"]

    def __init__(self, name: str, managers: Any) -> None:
        self.managers = managers
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__qualname__, [self.name, self.managers], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_managers(app_label, self.name_lower, self.managers)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing."""

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing."""

    def describe(self) -> str:
        return f"Change managers on {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_managers"
