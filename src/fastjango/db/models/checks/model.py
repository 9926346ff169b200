"""The order in which one model is checked; ``Model.check()`` comes here through ``check_slot.py``."""

from __future__ import annotations

from typing import Any

from fastjango.db.models.checks import fields, keys, options, schema


def check_model(model: Any, **kwargs: Any) -> list[Any]:
    """Return what is wrong with *model*."""
    found = [
        *options.check_swappable(model),
        *options.check_proxy(model),
        *options.check_managers(model, **kwargs),
    ]
    if model._meta.swapped:
        return found
    databases = kwargs.get("databases") or []
    found += [
        *fields.check_fields(model, **kwargs),
        *fields.check_same_through(model),
        *fields.check_long_columns(model, databases),
    ]
    clashes = [
        *keys.check_id_field(model),
        *fields.check_name_clashes(model),
        *fields.check_model_name(model),
        *fields.check_property_clashes(model),
        *keys.check_single_primary_key(model),
    ]
    found += clashes
    if not clashes:
        # Clashing fields have clashing columns: one message is enough.
        found += fields.check_column_clashes(model)
    found += [
        *options.check_unique_together(model),
        *schema.check_indexes(model, databases),
        *options.check_ordering(model),
        *schema.check_constraints(model, databases),
        *keys.check_default_key(model),
        *options.check_table_comment(model, databases),
        *keys.check_composite_key(model),
    ]
    return found
