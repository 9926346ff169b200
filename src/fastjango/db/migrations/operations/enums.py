"""Values of an ``EnumField`` that get another name, or go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastjango.db.migrations.ddl.enums import ValueChanges
from fastjango.db.migrations.operations.fields import AlterField, FieldOperation


class AlterEnumField(AlterField):
    """
    Change the values of an ``EnumField``, and the rows that hold old ones.

    Args:
        renamed: ``{old value: new value}``; backwards, the old ones come back.
        replaced: ``{value that goes: another one, or None for NULL}``; backwards, the rows stay as they are.
    """

    def __init__(
        self,
        model_name: str,
        name: str,
        field: Any,
        preserve_default: bool = True,
        renamed: dict[str, str] | None = None,
        replaced: dict[str, str | None] | None = None,
    ) -> None:
        super().__init__(model_name, name, field, preserve_default)
        self.renamed = dict(renamed or {})
        self.replaced = dict(replaced or {})
        # Says what cannot be.
        ValueChanges(self.renamed, self.replaced)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        name, args, kwargs = super().deconstruct()
        for option in ("renamed", "replaced"):
            if getattr(self, option):
                kwargs[option] = getattr(self, option)
        return name, args, kwargs

    @property
    def value_changes(self) -> ValueChanges:
        """What becomes of the values on the way forwards."""
        return ValueChanges(self.renamed, self.replaced)

    @contextmanager
    def _said(self, app_label: str, state: Any, changes: ValueChanges) -> Iterator[None]:
        """Let the schema editor know, which sees the field only."""
        field = state.apps.get_model(app_label, self.model_name)._meta.get_field(self.name)
        field.value_changes = changes
        try:
            yield
        finally:
            del field.value_changes

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with self._said(app_label, to_state, self.value_changes):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with self._said(app_label, to_state, self.value_changes.backwards()):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        gone = [f"{old} to {new}" for old, new in self.renamed.items()]
        gone += [f"{old} by {new or 'NULL'}" for old, new in self.replaced.items()]
        return f"Alter values of {self.name} on {self.model_name} ({', '.join(gone)})" if gone else super().describe()

    def reduce(self, operation: Any, app_label: str) -> Any:
        """A later change does not know what this one does to rows: both stay."""
        if isinstance(operation, AlterField) and self.is_same_field_operation(operation):
            return False
        if isinstance(operation, FieldOperation) and self.is_same_field_operation(operation):
            # A rename behind it would have to go in front of it.
            return [operation] if type(operation).__name__ == "RemoveField" else False
        return super().reduce(operation, app_label)


__all__ = ["AlterEnumField"]
