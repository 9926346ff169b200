"""Writing an instance: one row per table of its inheritance chain, parents first."""

from __future__ import annotations

from typing import Any

from fastjango.db import DatabaseError
from fastjango.db.models.aggregates import Max
from fastjango.db.models.expressions import ExpressionWrapper, Value
from fastjango.db.models.fields import IntegerField
from fastjango.db.models.functions import Coalesce


def save_parents(
    instance: Any,
    cls: Any,
    using: str,
    update_fields: Any,
    force_insert: tuple[Any, ...],
    written: dict[Any, bool] | None = None,
) -> bool:
    """Write the rows of *cls*'s parents; tell whether any of them is new."""
    inserted = False
    if written is None:
        written = {}
    for parent, link in cls._meta.parents.items():
        # The link may be known while the parent's key is not.
        if link and getattr(instance, parent._meta.pk.attname) is None and getattr(instance, link.attname) is not None:
            setattr(instance, parent._meta.pk.attname, getattr(instance, link.attname))
        updated = written.get(parent)
        if updated is None:
            above = save_parents(instance, parent, using, update_fields, force_insert, written)
            updated = instance._save_table(
                cls=parent,
                using=using,
                update_fields=update_fields,
                force_insert=above or issubclass(parent, force_insert),
            )
            written[parent] = updated
        if not updated:
            inserted = True
        if link:
            setattr(instance, link.attname, instance._get_pk_val(parent._meta))
            # The parent object in the cache belongs to another key.
            if link.is_cached(instance):
                link.delete_cached_value(instance)
    return inserted


def save_table(
    instance: Any,
    raw: bool,
    cls: Any,
    force_insert: Any,
    force_update: bool,
    using: str,
    update_fields: Any,
) -> bool:
    """Write the row of *cls*'s own table; tell whether it was an update."""
    opts = cls._meta
    pk_fields = opts.pk_fields
    if not instance._is_pk_set(opts):
        setattr(instance, opts.pk.attname, opts.pk.get_pk_value_on_save(instance))
    pk_set = instance._is_pk_set(opts)
    if not pk_set and (force_update or update_fields):
        raise ValueError("Cannot force an update in save() with no primary key.")
    updated = False
    # A new instance whose key came from a default cannot be in the table yet.
    if (
        not raw
        and not force_insert
        and not force_update
        and instance._state.adding
        and all(field.has_default() or field.has_db_default() for field in pk_fields)
    ):
        force_insert = True
    if pk_set and not force_insert:
        values = [
            (
                field,
                None,
                getattr(instance, field.attname) if raw else field.pre_save(instance, False),
            )
            for field in _columns_to_update(opts, update_fields)
        ]
        updated = instance._do_update(
            cls._base_manager.using(using),
            using,
            instance._get_pk_val(opts),
            values,
            update_fields,
            update_fields or force_update,
        )
        if not updated:
            if force_update:
                raise _not_updated(instance, "Forced update did not affect any rows.")
            if update_fields:
                raise _not_updated(instance, "Save with update_fields did not affect any rows.")
    if not updated:
        _insert(instance, cls, opts, using, raw, pk_set)
    return updated


def _not_updated(instance: Any, message: str) -> DatabaseError:
    return instance.NotUpdated(message)  # type: ignore[no-any-return]


def _columns_to_update(opts: Any, update_fields: Any) -> list[Any]:
    columns: list[Any] = opts.save_columns[0]
    if not update_fields:
        return columns
    return [field for field in columns if field.name in update_fields or field.attname in update_fields]


def _insert(instance: Any, cls: Any, opts: Any, using: str, raw: bool, pk_set: bool) -> None:
    if opts.order_with_respect_to:
        _put_last(instance, cls, opts, using)
    _update, with_key, without_key = opts.save_columns
    returning = opts.db_returning_fields
    results = instance._do_insert(cls._base_manager, using, with_key if pk_set else without_key, returning, raw)
    if results:
        for value, field in zip(results[0], returning, strict=False):
            setattr(instance, field.attname, value)


def _put_last(instance: Any, cls: Any, opts: Any, using: str) -> None:
    """Give a new object the last place among its siblings. Queries: 1."""
    condition = opts.order_with_respect_to.get_filter_kwargs_for_object(instance)
    next_place = ExpressionWrapper(Max("_order") + Value(1), output_field=IntegerField())
    found = cls._base_manager.using(using).filter(**condition).aggregate(_order__max=Coalesce(next_place, Value(0)))
    instance._order = found["_order__max"]
