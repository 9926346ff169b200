"""``extra()``: SQL of the user's own, whose texts are part of the shape and whose parameters are binds."""

from __future__ import annotations

from typing import Any, NamedTuple

from fastjango.db.models.expressions.adapter import slotted_params, text_key
from fastjango.db.models.expressions.shape import SlotCounter, Uncacheable

from .shape import Binds, Shape


class Extra(NamedTuple):
    """The arguments of ``extra()`` in the order in which a query takes them."""

    select: Any
    select_params: Any
    where: Any
    params: Any
    tables: Any
    order_by: Any


def with_extra(shape: Shape, binds: Binds, extra: Extra) -> tuple[Shape, Binds] | None:
    """Return the node and the binds with the SQL added, or None where it has no key."""
    if not shape.interned:
        return None
    values: list[Any] = []
    try:
        key = _key(extra, values)
        hash(key)
    except (TypeError, AttributeError, Uncacheable):
        # What the query says to wrong arguments is heard there.
        return None

    def apply(query: Any) -> None:
        counter = SlotCounter(len(binds))
        select_params = slotted_params(extra.select_params or (), counter)
        query.add_extra(
            extra.select,
            select_params,
            extra.where,
            slotted_params(extra.params or (), counter),
            extra.tables,
            extra.order_by,
        )

    return shape.step(key, apply), binds + tuple(values)


def _key(extra: Extra, values: list[Any]) -> Any:
    columns = tuple([(name, str(text)) for name, text in (extra.select or {}).items()])
    where, tables, order = (tuple(items or ()) for items in (extra.where, extra.tables, extra.order_by))
    if any(type(text) is not str for text in (*where, *tables, *order)):
        raise Uncacheable("a text of another type")
    return (
        "extra",
        text_key(repr(columns), extra.select_params or (), values),
        text_key(repr(where), extra.params or (), values),
        columns,
        where,
        tables,
        order,
    )


__all__ = ["Extra", "with_extra"]
