"""The instance before and after: by a date, or in the order of a parent."""

from __future__ import annotations

from typing import Any

from fastjango.db.models.query_utils import Q


def by_field(instance: Any, field: Any, is_next: bool, **kwargs: Any) -> Any:
    """Return the next or previous instance by *field*. Queries: 1."""
    if not instance._is_pk_set():
        raise ValueError("get_next/get_previous cannot be used on unsaved objects.")
    operator, sign = ("gt", "") if is_next else ("lt", "-")
    value = getattr(instance, field.attname)
    # The key decides among equal values.
    same = Q.create([(field.name, value), (f"pk__{operator}", instance.pk)], connector=Q.AND)
    condition = Q.create([same, (f"{field.name}__{operator}", value)], connector=Q.OR)
    rows = (
        instance.__class__._default_manager.using(instance._state.db)
        .filter(**kwargs)
        .filter(condition)
        .order_by(f"{sign}{field.name}", f"{sign}pk")
    )
    try:
        return rows[0]
    except IndexError:
        raise instance.DoesNotExist(f"{instance._meta.object_name} matching query does not exist.") from None


def in_order(instance: Any, is_next: bool) -> Any:
    """Return the next or previous instance in the order of the parent; remembered. Queries: 1."""
    cache = f"__{is_next}_order_cache"
    if not hasattr(instance, cache):
        opts = instance._meta
        manager = instance.__class__._default_manager
        siblings = opts.order_with_respect_to.get_filter_kwargs_for_object(instance)
        own_place = manager.values("_order").filter(**{opts.pk.name: instance.pk})
        found = (
            manager.filter(**siblings)
            .filter(**{f"_order__{'gt' if is_next else 'lt'}": own_place})
            .order_by("_order" if is_next else "-_order")[:1]
            .get()
        )
        setattr(instance, cache, found)
    return getattr(instance, cache)
