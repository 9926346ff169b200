"""The objects that an instance refers to, checked before it is saved."""

from __future__ import annotations

from typing import Any


def prepare_related(instance: Any, operation_name: str, fields: Any = None) -> None:
    """
    Take the keys of related objects that were saved after they were assigned.

    Raises:
        ValueError: a related object has not been saved.
    """
    # Nothing was ever assigned or fetched.
    if "fields_cache" not in instance._state.__dict__:
        return
    opts = instance._meta
    for field in opts.concrete_fields:
        if not field.is_relation or (fields and field not in fields):
            continue
        if not field.is_cached(instance):
            continue
        obj = getattr(instance, field.name, None)
        if not obj:
            continue
        # A key without a row is left to the database.
        if not obj._is_pk_set():
            if not field.remote_field.multiple:
                field.remote_field.delete_cached_value(obj)
            raise _unsaved(operation_name, field)
        if getattr(instance, field.attname) in field.empty_values:
            setattr(instance, field.name, obj)
        # The object's key may have changed since.
        if getattr(obj, field.target_field.attname) != getattr(instance, field.attname):
            field.delete_cached_value(instance)
    for field in opts.private_fields:
        if fields and field not in fields:
            continue
        if field.is_relation and hasattr(field, "fk_field") and field.is_cached(instance):
            obj = field.get_cached_value(instance, default=None)
            if obj and not obj._is_pk_set():
                raise _unsaved(operation_name, field)


def _unsaved(operation_name: str, field: Any) -> ValueError:
    return ValueError(
        f"{operation_name}() prohibited to prevent data loss due to unsaved related object '{field.name}'."
    )
