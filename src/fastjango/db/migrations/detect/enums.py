"""Values of enums: which were renamed or replaced, and which must be there before something uses them."""

from __future__ import annotations

from typing import Any

from fastjango.db.migrations.writer.operation import OperationWriter
from fastjango.db.models.fields.enumerated import enum_of


def altered_values(
    questioner: Any, answered: dict[Any, Any], model_name: str, field_name: str, old_field: Any, new_field: Any
) -> dict[str, dict[str, Any]]:
    """
    Return what ``AlterEnumField`` has to know of a changed field: ``renamed`` and ``replaced``, those that are not empty.

    Args:
        answered: What was said of values of other fields of the same type; it is added to.
    """
    old, new = enum_of(old_field), enum_of(new_field)
    if old is None or new is None:
        return {}
    renamed: dict[str, str] = {}
    replaced: dict[str, Any] = {}
    added = [value for value in new.values if value not in old.values]
    for value in old.values:
        if value in new.values:
            continue
        key = new.type_name, value
        if key not in answered:
            free = [one for one in added if one not in renamed.values()]
            answered[key] = questioner.ask_removed_value(
                model_name, field_name, value, free, new.values, new_field.null
            )
        answer = answered[key]
        if answer is not None:
            kind, other = answer
            (renamed if kind == "renamed" else replaced)[value] = other
    return {name: found for name, found in (("renamed", renamed), ("replaced", replaced)) if found}


def added_values(old_field: Any, new_field: Any) -> list[str]:
    """Return the values that a changed field gets."""
    old, new = enum_of(old_field), enum_of(new_field)
    return [] if old is None or new is None else [value for value in new.values if value not in old.values]


def split_behind_new_values(migrations: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """
    Cut migrations in two where an operation uses a value that an earlier one adds to an enum.

    PostgreSQL lets a new value be used when the transaction that adds it has ended.
    """
    for found in migrations.values():
        for place, migration in reversed(list(enumerate(found))):
            cut = _cut(migration)
            if cut is None:
                continue
            # The later one keeps the name: it is what others wait for.
            first = type(migration)(f"{migration.name}_values", migration.app_label)
            first.dependencies, first.initial = migration.dependencies, migration.initial
            first.operations = migration.operations[:cut]
            migration.dependencies, migration.initial = [(first.app_label, first.name)], False
            migration.operations = migration.operations[cut:]
            found.insert(place, first)
    return migrations


def _cut(migration: Any) -> int | None:
    """Return how many operations must be committed before the rest; None where nothing waits."""
    added: list[str] = []
    cut = 0
    for place, operation in enumerate(migration.operations):
        new = getattr(operation, "_new_values", ())
        if added and not new and _mentions(operation, added):
            return cut
        if new:
            added += new
            cut = place + 1
    return None


def _mentions(operation: Any, values: list[str]) -> bool:
    text = OperationWriter(operation, indentation=0).serialize()[0]
    return any(repr(value) in text for value in values)


__all__ = ["added_values", "altered_values", "split_behind_new_values"]
