"""What refers to a model or to one of its columns, hidden relations and join tables included."""

from __future__ import annotations

from typing import Any


def relations_to(model: Any) -> list[Any]:
    """Return the relations of all models to *model*; a join table is represented by its many-to-many field."""
    found = model._meta._get_fields(forward=False, reverse=True, include_hidden=True)
    return [rel for rel in found if rel.field.many_to_many or not rel.related_model._meta.auto_created]


def foreign_keys_to(field: Any) -> list[tuple[Any, Any]]:
    """
    Return ``(model, foreign key)`` for every column that repeats the values of *field*'s column.

    A foreign key that is itself a key passes the value on, so what refers to it is in the list too.
    """
    found: list[tuple[Any, Any]] = []
    waiting = [field]
    seen = {(field.model, field.name)}
    while waiting:
        target = waiting.pop(0)
        for rel in target.model._meta._get_fields(forward=False, reverse=True, include_hidden=True):
            key = rel.field
            if key.many_to_many or not getattr(key, "concrete", False) or not _is_same(key.target_field, target):
                continue
            model = key.model
            if (model, key.name) in seen or model._meta.proxy or not model._meta.managed:
                continue
            seen.add((model, key.name))
            found.append((model, key))
            if key.unique:
                waiting.append(key)
    return found


def _is_same(one: Any, other: Any) -> bool:
    """Return whether two fields are one; the model of the first may be of an earlier state."""
    return bool(one.name == other.name and one.model._meta.label_lower == other.model._meta.label_lower)


__all__ = ["foreign_keys_to", "relations_to"]
