"""From an operation to the changes it consists of. Receives operations with the states around them; gives values to ``report.py``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fastjango.db.migrations import operations as kinds
from fastjango.db.migrations.ddl.enums import value_steps
from fastjango.db.migrations.safety.change import Change, Kind
from fastjango.db.models import CheckConstraint, UniqueConstraint
from fastjango.db.models.fields.enumerated import enum_of

_SELECTS = "the release before still reads and writes it"

LATER = "deploy code that does not use it first (SeparateDatabaseAndState removes it from the state), drop it in the next release"
CONCURRENTLY = "fastjango.contrib.postgres.operations.AddIndexConcurrently, in a migration with atomic = False"
NOT_VALID = "AddConstraintNotValid, and ValidateConstraint in the next migration"
NEW_VALUE = "add the new value, move code and rows over, take the old one away in a later release"
UNUSED_VALUE = "deploy code that does not write it and change the rows first, take it away in the next release"
NEW_COLUMN = "add a column of the new type, fill it in batches, move the code over, drop the old one"


class Judge:
    """
    Tells the changes of operations, one after the other.

    Args:
        editor: A schema editor of the database; it is asked, nothing is sent.
    """

    def __init__(self, editor: Any) -> None:
        self.editor = editor
        self.connection = editor.connection
        self.vendor = self.connection.vendor

    def changes(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        """Return the changes of an operation between two states."""
        if isinstance(operation, kinds.SeparateDatabaseAndState):
            return self._separate(operation, app_label, before)
        for cls in type(operation).__mro__:
            judge = _JUDGES.get(cls.__name__)
            if judge is not None:
                return judge(self, operation, app_label, before, after)
        return [Change(Kind.UNKNOWN, "")]

    def _separate(self, operation: Any, app_label: str, before: Any) -> list[Change]:
        found: list[Change] = []
        for step in operation.database_operations:
            after = before.clone()
            step.state_forwards(app_label, after)
            found += self.changes(step, app_label, before, after)
            before = after
        return found

    # ------------------------------------------------------------ tables

    def _managed(self, state: Any, app_label: str, name: str) -> Any:
        model = state.apps.get_model(app_label, name)
        return model if model._meta.can_migrate(self.connection) else None

    def create_model(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        model = self._managed(after, app_label, operation.name)
        return [] if model is None else [Change(Kind.CREATE_TABLE, model._meta.db_table)]

    def delete_model(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        model = self._managed(before, app_label, operation.name)
        return [] if model is None else [Change(Kind.DROP_TABLE, model._meta.db_table, _SELECTS, LATER)]

    def _renamed_table(self, old: Any, new: Any) -> list[Change]:
        if old is None or new is None or old._meta.db_table == new._meta.db_table:
            return []
        advice = f'keep the table: db_table = "{old._meta.db_table}" in Meta'
        return [Change(Kind.RENAME_TABLE, old._meta.db_table, "the release before looks for the old name", advice)]

    def rename_model(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        return self._renamed_table(
            self._managed(before, app_label, operation.old_name), self._managed(after, app_label, operation.new_name)
        )

    def alter_table(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        return self._renamed_table(
            self._managed(before, app_label, operation.name), self._managed(after, app_label, operation.name)
        )

    # ------------------------------------------------------------ columns

    def add_field(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        model = self._managed(after, app_label, operation.model_name)
        if model is None:
            return []
        field = model._meta.get_field(operation.name)
        if field.many_to_many:
            through = field.remote_field.through
            return [Change(Kind.CREATE_TABLE, through._meta.db_table)] if through._meta.auto_created else []
        if field.db_parameters(self.connection)["type"] is None:
            return []
        return self._added_column(model._meta.db_table, field)

    def _added_column(self, table: str, field: Any) -> list[Change]:
        breaks = advice = ""
        generated = getattr(field, "generated", False)
        if not (field.null or field.has_db_default() or generated):
            breaks = "the release before inserts rows without a value for it"
            advice = "give it db_default=..., or null=True until all code writes it"
        filled = (
            (generated and field.db_persist) or bool(field.db_type_suffix(self.connection)) or self._volatile(field)
        )
        kind = Kind.ADD_FILLED_COLUMN if filled else Kind.ADD_COLUMN
        if filled:
            advice = "add it with null=True and without the default, fill it in batches, then alter it"
        return [Change(kind, table, breaks, advice), *self._added_guards(table, None, field)]

    def _volatile(self, field: Any) -> bool:
        if not field.has_db_default() or self.vendor != "postgresql":
            return False
        name = type(field._db_default_expression).__name__
        return name in ("Random", "RandomUUID", "ClockTimestamp")

    def _added_guards(self, table: str, old: Any, new: Any) -> list[Change]:
        """Return index, unique constraint, check and foreign key that a field has and did not have."""
        found = []
        concurrently = f"leave it out, and then {CONCURRENTLY}" if self.vendor == "postgresql" else ""
        if self._is_unique(new) and not self._is_unique(old):
            advice = "build a unique index concurrently first" if self.vendor == "postgresql" else ""
            found.append(Change(Kind.ADD_UNIQUE, table, "", advice))
        elif self._is_indexed(new) and not self._is_indexed(old):
            found.append(Change(Kind.BUILD_INDEX, table, "", concurrently))
        check = new.db_parameters(self.connection)["check"] if old is None or enum_of(new) is None else None
        if check and (old is None or old.db_parameters(self.connection)["check"] != check):
            found.append(Change(Kind.ADD_CHECK, table, "", NOT_VALID if self.vendor == "postgresql" else ""))
        if self._target(new) and self._target(new) != self._target(old):
            advice = "db_constraint=False, then ADD CONSTRAINT ... NOT VALID and VALIDATE CONSTRAINT by RunSQL"
            found.append(Change(Kind.ADD_FOREIGN_KEY, table, "", advice if self.vendor == "postgresql" else ""))
        return found

    def _is_unique(self, field: Any) -> bool:
        return bool(field is not None and field.unique and not field.primary_key)

    def _is_indexed(self, field: Any) -> bool:
        return bool(field is not None and field.db_index and not field.unique)

    def _target(self, field: Any) -> str:
        if field is None or not field.remote_field or not getattr(field, "db_constraint", False):
            return ""
        return f"{field.remote_field.model._meta.db_table}.{field.target_field.column}"

    def remove_field(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        model = self._managed(before, app_label, operation.model_name)
        if model is None:
            return []
        field = model._meta.get_field(operation.name)
        if field.many_to_many:
            through = field.remote_field.through
            table = through._meta.db_table
            return [Change(Kind.DROP_TABLE, table, _SELECTS, LATER)] if through._meta.auto_created else []
        if field.db_parameters(self.connection)["type"] is None:
            return []
        return [Change(Kind.DROP_COLUMN, model._meta.db_table, _SELECTS, LATER)]

    def rename_field(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        old_model = self._managed(before, app_label, operation.model_name)
        if old_model is None:
            return []
        old = old_model._meta.get_field(operation.old_name)
        new = after.apps.get_model(app_label, operation.model_name)._meta.get_field(operation.new_name)
        return self._renamed_column(old_model._meta.db_table, old, new)

    def _renamed_column(self, table: str, old: Any, new: Any) -> list[Change]:
        if old.many_to_many or old.column == new.column:
            return []
        advice = f'keep the column: db_column="{old.column}"'
        return [Change(Kind.RENAME_COLUMN, table, "the release before looks for the old name", advice)]

    def alter_field(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        old_model = self._managed(before, app_label, operation.model_name)
        if old_model is None:
            return []
        old = old_model._meta.get_field(operation.name)
        new = after.apps.get_model(app_label, operation.model_name)._meta.get_field(operation.name)
        if old.many_to_many or new.many_to_many or not self.editor._field_should_be_altered(old, new):
            return []
        table = old_model._meta.db_table
        found = self._renamed_column(table, old, new)
        if enum_of(old) is not None and enum_of(new) is not None:
            found += self._altered_values(table, old, new, getattr(operation, "renamed", {}))
        else:
            found += self._altered_type(table, old, new)
        found += self._altered_null(table, old, new) + self._added_guards(table, old, new)
        if old.has_db_default() != new.has_db_default():
            breaks = "" if new.has_db_default() or new.null else "the release before counts on the default"
            found.append(Change(Kind.SET_DEFAULT, table, breaks))
        return found or [Change(Kind.SET_DEFAULT, table)]

    def _altered_values(self, table: str, old: Any, new: Any, renamed: dict[str, str]) -> list[Change]:
        before, after = enum_of(old).values, enum_of(new).values  # type: ignore[union-attr]  # asked by the caller
        if before == after:
            return [] if self.vendor != "postgresql" else self._altered_type(table, old, new)
        steps = value_steps(before, after, renamed)
        found = [Change(Kind.ADD_VALUE, table)] if steps.additions else []
        if self.vendor != "postgresql" and after[: len(before)] != before:
            # A value in the middle changes the numbers of those behind it.
            found = [Change(Kind.REBUILD_ENUM, table)]
        if steps.renames:
            found = [Change(Kind.RENAME_VALUE, table, "the release before writes the old value", NEW_VALUE)]
        if steps.rebuild:
            gone = set(before) - set(after) - set(renamed)
            breaks = f"the release before may write {', '.join(map(repr, sorted(gone)))}" if gone else ""
            found = [Change(Kind.REBUILD_ENUM, table, breaks, UNUSED_VALUE if gone else "")]
        return found

    def _altered_type(self, table: str, old: Any, new: Any) -> list[Change]:
        old_type, new_type = (field.db_parameters(self.connection)["type"] or "" for field in (old, new))
        if old_type == new_type:
            return []
        if is_wider(old_type, new_type):
            return [Change(Kind.WIDEN_TYPE, table)]
        breaks = "the release before writes values of the old type"
        return [Change(Kind.CHANGE_TYPE, table, breaks, NEW_COLUMN)]

    def _altered_null(self, table: str, old: Any, new: Any) -> list[Change]:
        if old.null == new.null:
            return []
        if new.null:
            return [Change(Kind.DROP_NOT_NULL, table)]
        breaks = "" if new.has_db_default() else "the release before may write NULL"
        advice = "first a CheckConstraint that it is not null, by " + NOT_VALID if self.vendor == "postgresql" else ""
        return [Change(Kind.SET_NOT_NULL, table, breaks, advice)]

    # ------------------------------------------------------------ indexes and constraints

    def _table(self, state: Any, app_label: str, name: str) -> str | None:
        model = self._managed(state, app_label, name)
        return None if model is None else str(model._meta.db_table)

    def _on_table(self, kind: Kind, advice: str = "") -> Callable[..., list[Change]]:
        def judge(operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
            table = self._table(after, app_label, operation.model_name)
            return [] if table is None else [Change(kind, table, "", advice if self.vendor == "postgresql" else "")]

        return judge

    def add_index(self, *around: Any) -> list[Change]:
        return self._on_table(Kind.BUILD_INDEX, CONCURRENTLY)(*around)

    def add_index_concurrently(self, *around: Any) -> list[Change]:
        return self._on_table(Kind.BUILD_INDEX_CONCURRENTLY)(*around)

    def remove_index(self, *around: Any) -> list[Change]:
        return self._on_table(Kind.DROP_INDEX)(*around)

    def remove_index_concurrently(self, *around: Any) -> list[Change]:
        return self._on_table(Kind.DROP_INDEX_CONCURRENTLY)(*around)

    def rename_index(self, *around: Any) -> list[Change]:
        return self._on_table(Kind.RENAME_INDEX)(*around)

    def add_constraint(self, operation: Any, *around: Any) -> list[Change]:
        constraint = operation.constraint
        if isinstance(constraint, CheckConstraint):
            return self._on_table(Kind.ADD_CHECK, NOT_VALID)(operation, *around)
        if not isinstance(constraint, UniqueConstraint):
            return self._on_table(Kind.ADD_EXCLUSION)(operation, *around)
        plain = not (constraint.condition or constraint.expressions or constraint.include or constraint.opclasses)
        return self._on_table(Kind.ADD_UNIQUE if plain else Kind.BUILD_INDEX)(operation, *around)

    def add_constraint_not_valid(self, *around: Any) -> list[Change]:
        return self._on_table(Kind.ADD_CHECK_NOT_VALID)(*around)

    def validate_constraint(self, *around: Any) -> list[Change]:
        return self._on_table(Kind.VALIDATE)(*around)

    def remove_constraint(self, *around: Any) -> list[Change]:
        return self._on_table(Kind.DROP_CONSTRAINT)(*around)

    def unique_together(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        table = self._table(after, app_label, operation.name)
        if table is None:
            return []
        key = app_label, operation.name_lower
        old, new = (
            set(map(tuple, state.models[key].options.get("unique_together") or ())) for state in (before, after)
        )
        found = [Change(Kind.DROP_CONSTRAINT, table)] if old - new else []
        return found + ([Change(Kind.ADD_UNIQUE, table)] if new - old else [])

    def index_together(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        table = self._table(after, app_label, operation.name)
        return [] if table is None else [Change(Kind.BUILD_INDEX if operation.option_value else Kind.DROP_INDEX, table)]

    def order_with_respect_to(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        table = self._table(after, app_label, operation.name)
        if table is None:
            return []
        if operation.order_with_respect_to:
            return [Change(Kind.ADD_COLUMN, table, "the release before inserts rows without a value for it")]
        return [Change(Kind.DROP_COLUMN, table, _SELECTS, LATER)]

    # ------------------------------------------------------------ the rest

    def own_code(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        return [Change(Kind.OWN_CODE, "")]

    def nothing(self, operation: Any, app_label: str, before: Any, after: Any) -> list[Change]:
        return []


_JUDGES: dict[str, Callable[..., list[Change]]] = {
    "AddConstraint": Judge.add_constraint,
    "AddConstraintNotValid": Judge.add_constraint_not_valid,
    "AddField": Judge.add_field,
    "AddIndex": Judge.add_index,
    "AddIndexConcurrently": Judge.add_index_concurrently,
    "AlterConstraint": Judge.nothing,
    "AlterField": Judge.alter_field,
    "AlterIndexTogether": Judge.index_together,
    "AlterModelManagers": Judge.nothing,
    "AlterModelOptions": Judge.nothing,
    "AlterModelTable": Judge.alter_table,
    "AlterModelTableComment": Judge.nothing,
    "AlterOrderWithRespectTo": Judge.order_with_respect_to,
    "AlterUniqueTogether": Judge.unique_together,
    "CreateCollation": Judge.nothing,
    "CreateExtension": Judge.nothing,
    "CreateModel": Judge.create_model,
    "DeleteModel": Judge.delete_model,
    "RemoveCollation": Judge.nothing,
    "RemoveConstraint": Judge.remove_constraint,
    "RemoveField": Judge.remove_field,
    "RemoveIndex": Judge.remove_index,
    "RemoveIndexConcurrently": Judge.remove_index_concurrently,
    "RenameField": Judge.rename_field,
    "RenameIndex": Judge.rename_index,
    "RenameModel": Judge.rename_model,
    "RunPython": Judge.own_code,
    "RunSQL": Judge.own_code,
    "ValidateConstraint": Judge.validate_constraint,
}

_SIZED = re.compile(r"(varchar|numeric|decimal)\((\d+)(?:,\s*(\d+))?\)")


def is_wider(old_type: str, new_type: str) -> bool:
    """Return whether all values of a column fit as they are stored into another type."""
    old, new = _SIZED.fullmatch(old_type), _SIZED.fullmatch(new_type)
    if old and old[1] == "varchar" and new_type == "text":
        return True
    return bool(old and new and old[1] == new[1] and old[3] == new[3] and int(old[2]) <= int(new[2]))


def changes_of(operation: Any, app_label: str, before: Any, after: Any, editor: Any) -> list[Change]:
    """Return the changes of one operation; *before* and *after* are the states around it."""
    return Judge(editor).changes(operation, app_label, before, after)


__all__ = ["Judge", "changes_of", "is_wider"]
