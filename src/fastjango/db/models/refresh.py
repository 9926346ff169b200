"""``refresh_from_db()``: load columns again and forget what they made stale."""

from __future__ import annotations

from typing import Any

from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.face_slot import after_save


def refresh(instance: Any, using: str | None, fields: Any, from_queryset: Any) -> None:
    """Load *fields* (default: all loaded columns) again. Queries: 1."""
    opts = instance._meta
    if fields is None:
        instance._prefetched_objects_cache = {}
    else:
        fields = set(fields)
        prefetched = getattr(instance, "_prefetched_objects_cache", {})
        for name in [name for name in fields if name in prefetched]:
            del prefetched[name]
            fields.remove(name)
        if not fields:
            return
        if any(LOOKUP_SEP in name for name in fields):
            raise ValueError(
                f'Found "{LOOKUP_SEP}" in fields argument. Relations and transforms are not allowed in fields.'
            )
    if from_queryset is None:
        from_queryset = instance.__class__._base_manager.db_manager(using, hints={"instance": instance})
    elif using is not None:
        from_queryset = from_queryset.using(using)
    rows = from_queryset.filter(pk=instance.pk)
    # The routers are asked once.
    rows._db = rows.db
    deferred = instance.get_deferred_fields()
    if fields is not None:
        rows = rows.only(*fields)
    elif deferred:
        rows = rows.only(*{field.attname for field in opts.concrete_fields if field.attname not in deferred})
    _copy(instance, rows.get(), fields)


def _copy(instance: Any, loaded: Any, fields: Any) -> None:
    opts = instance._meta
    missing = loaded.get_deferred_fields()
    for field in opts.fields:
        if field.attname in missing:
            continue
        if field.concrete:
            setattr(instance, field.attname, getattr(loaded, field.attname))
        if field.is_relation:
            if field.is_cached(loaded):
                field.set_cached_value(instance, field.get_cached_value(loaded))
            elif field.is_cached(instance):
                field.delete_cached_value(instance)
    for relation in opts.related_objects:
        if (fields is None or relation.name in fields) and relation.is_cached(instance):
            relation.delete_cached_value(instance)
    for field in opts.private_fields:
        if (fields is None or field.name in fields) and field.is_relation and field.is_cached(instance):
            field.delete_cached_value(instance)
    instance._state.db = loaded._state.db
    if "_sa_instance_state" in instance.__dict__:
        after_save(instance, fields)
