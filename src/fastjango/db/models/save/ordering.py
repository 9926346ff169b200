"""``order_with_respect_to``: reading and writing the order of a parent's objects."""

from __future__ import annotations

from typing import Any


def method_set_order(self: Any, ordered_obj: Any, id_list: Any, using: str | None = None) -> None:
    """Give the objects with the keys *id_list* this order. Queries: 1."""
    order_wrt = ordered_obj._meta.order_with_respect_to
    condition = order_wrt.get_forward_related_filter(self)
    rows = ordered_obj.objects.db_manager(using).filter(**condition)
    rows.bulk_update([ordered_obj(pk=pk, _order=position) for position, pk in enumerate(id_list)], ["_order"])


def method_get_order(self: Any, ordered_obj: Any) -> Any:
    """Return the keys of the objects in their order."""
    order_wrt = ordered_obj._meta.order_with_respect_to
    condition = order_wrt.get_forward_related_filter(self)
    return ordered_obj.objects.filter(**condition).values_list(ordered_obj._meta.pk.name, flat=True)
