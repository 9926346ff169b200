"""
Model objects and querysets in the cache: the values of their fields, read back through the app registry.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps


def is_model(value: Any) -> bool:
    """Return whether *value* is an object of a model."""
    return hasattr(type(value), "_meta") and hasattr(value, "_state")


def is_queryset(value: Any) -> bool:
    """Return whether *value* is a queryset."""
    return hasattr(value, "_result_cache") and hasattr(value, "model") and hasattr(value, "_fetch_all")


def encode_model(obj: Any) -> list[Any]:
    """Return what an object is made of; deferred fields stay deferred."""
    options = obj._meta
    loaded = obj.__dict__
    fields = {field.attname for field in options.concrete_fields}
    values = {name: _file_name(loaded[name]) for name in fields if name in loaded}
    # Annotations and other public attributes; relations are loaded anew.
    extra = {name: part for name, part in loaded.items() if name not in fields and not name.startswith("_")}
    return [options.label_lower, obj._state.db, obj._state.adding, values, extra]


def _file_name(value: Any) -> Any:
    return value.name if hasattr(value, "storage") and hasattr(value, "instance") else value


def decode_model(parts: list[Any]) -> Any:
    """Return the object again."""
    label, alias, adding, values, extra = parts
    model = apps.get_model(label)
    names = [field.attname for field in model._meta.concrete_fields if field.attname in values]
    obj = model.from_db(alias, names, [values[name] for name in names])
    obj._state.adding = adding
    for name, value in extra.items():
        setattr(obj, name, value)
    return obj


def encode_queryset(queryset: Any) -> list[Any]:
    """Return the model, the database and the rows; the query runs when it has not run yet."""
    return [queryset.model._meta.label_lower, queryset.db, list(queryset)]


def decode_queryset(parts: list[Any]) -> Any:
    """Return a queryset of the same objects, loaded already; rows that are no objects come as a list."""
    label, alias, rows = parts
    model = apps.get_model(label)
    if not all(isinstance(row, model) for row in rows):
        return rows
    queryset = model._base_manager.using(alias).filter(pk__in=[row.pk for row in rows])
    queryset._result_cache = rows
    return queryset
