"""
The short way of ``filter(name=value, ...)``: from the names and types of plain values to the node they led to before.

For each arrangement of names and types the values need the same looks (is an integer within its column, a list plain?) and get the
same places. A function that does exactly these is written once per arrangement and made once per filter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from fastjango.db.models.lookups import compare

from .shape import Binds, Family, Key, Shape

LeadsTo = Callable[[Binds], tuple[Shape, Binds] | None]

LENGTHS_PER_FILTER = 256
"""Of so many lengths of lists a filter remembers where it leads."""

FILTERS_PER_SHAPE = 256
"""So many arrangements of names and types are remembered for one shape."""


class HotFilter:
    """Where ``filter(name=value, ...)`` leads when the values need no preparation, or only a look."""

    __slots__ = ("checks", "leads_to", "lists", "node", "nodes", "order", "ranges", "types")

    leads_to: LeadsTo
    """From the values to the node and the binds, or None when the values have to be prepared."""

    def __init__(self, node: Shape, types: tuple[type[Any], ...]) -> None:
        self.node = node
        self.types = types
        # place -> lowest and highest of integers; others take the slow way.
        self.ranges: dict[int, tuple[int, int]] = {}
        # place -> what has to be true of the value.
        self.checks: dict[int, Callable[[Any], bool]] = {}
        # place -> what gives the list of lists of plain values; how long they are is part of the shape.
        self.lists: dict[int, Callable[[Any], list[Any] | None]] = {}
        self.nodes: dict[Key, Shape] = {}
        # Places of the values in the order of their names, which is that of the binds.
        self.order: tuple[int, ...] = ()

    @property
    def is_in_order(self) -> bool:
        """Whether the values are the binds, place by place."""
        return self.order == tuple(range(len(self.order)))

    def finish(self) -> HotFilter:
        """Make ``leads_to``."""
        make = _maker(self.order, tuple(self.ranges), tuple(self.checks), tuple(self.lists))
        bounds = [bound for pair in self.ranges.values() for bound in pair]
        where = self.nodes if self.lists else self.node
        self.leads_to = make(where, *self.types, *bounds, *self.checks.values(), *self.lists.values())
        return self


@lru_cache(maxsize=1024)
def _maker(
    order: tuple[int, ...], ranges: tuple[int, ...], checks: tuple[int, ...], lists: tuple[int, ...]
) -> Callable[..., LeadsTo]:
    """Return what makes ``leads_to`` from the node (or the nodes by lengths), types, bounds, checks and makers of lists."""
    width = len(order)
    names = ["where", *(f"type{place}" for place in range(width))]
    looks = [f"type(v{place}) is not type{place}" for place in range(width)]
    for place in ranges:
        names += [f"low{place}", f"high{place}"]
        looks.append(f"not low{place} <= v{place} <= high{place}")
    for place in checks:
        names.append(f"holds{place}")
        looks.append(f"not holds{place}(v{place})")
    for place in lists:
        names.append(f"plain{place}")
        looks.append(f"(v{place} := plain{place}(v{place})) is None")
    lines = [f"def make({', '.join(names)}):", "    def leads_to(values):"]
    in_order = order == tuple(range(width))
    lines.append(f"        {''.join(f'v{place}, ' for place in range(width))}= values")
    lines += [f"        if {' or '.join(looks)}:", "            return None"]
    binds = "values" if in_order and not lists else f"({''.join(f'v{place}, ' for place in order)})"
    if lists:
        lengths = [f"len(v{place})" for place in lists]
        key = lengths[0] if len(lengths) == 1 else f"({', '.join(lengths)})"
        lines.append(f"        node = where.get({key})")
        lines.append(f"        return None if node is None else (node, {binds})")
    else:
        lines.append(f"        return where, {binds}")
    lines.append("    return leads_to")
    made: dict[str, Any] = {}
    exec(compile("\n".join(lines), "<filter>", "exec"), made)  # noqa: S102  # places only, no name or value of anybody
    return made["make"]  # type: ignore[no-any-return]


def led(shape: Shape, kwargs: dict[str, Any]) -> tuple[Shape, Binds] | None:
    """Return the node and the added binds after ``filter(**kwargs)`` where an earlier call led there, else None."""
    names = (*kwargs,)
    values = (*kwargs.values(),)
    # Mostly the values have the types they had the last time; if not, the way of their types is looked up.
    leads_to = shape.leads.get(names)
    if leads_to is None:
        return None
    found = leads_to(values)
    if found is None:
        hot: HotFilter | None = shape.hot.get((*names, *map(type, values)))
        return None if hot is None else hot.leads_to(values)
    return found


def remember_hot(shape: Shape, names: tuple[str, ...], values: tuple[Any, ...], node: Shape, added: Binds) -> None:
    """Note that plain ``filter(**kwargs)`` with these names and types leads to *node* at once."""
    if (
        not names
        or not (shape.interned and node.interned)
        or len(added) != len(values)
        or len(shape.hot) > FILTERS_PER_SHAPE
    ):
        return
    hot = HotFilter(node, tuple(map(type, values)))
    # filter() sorts its names, and the binds are in that order.
    hot.order = tuple(sorted(range(len(names)), key=names.__getitem__))
    lookups = dict(_lookups_of(shape, node))
    for bind, place in enumerate(hot.order):
        if not _is_hot(hot, place, values[place], added[bind], lookups.get(bind)):
            return
    key = (*names, *hot.types)
    if hot.lists:
        lengths = [len(added[hot.order.index(place)]) for place in hot.lists]
        known = shape.hot.get(key)
        if known is not None and len(known.nodes) < LENGTHS_PER_FILTER:
            hot.nodes = known.nodes
        hot.nodes[lengths[0] if len(lengths) == 1 else tuple(lengths)] = node
    shape.hot[key] = hot.finish()
    shape.leads[names] = hot.leads_to


def _is_hot(hot: HotFilter, place: int, value: Any, bind: Any, lookup: Any) -> bool:
    """Note how the value at *place* is looked at; tell whether values of its type can go the short way at all."""
    if lookup is None or lookup.value_shapes_sql:
        return False
    if type(value) is list:
        if not hasattr(lookup, "plain_list") or lookup.plain_list(value) != bind:
            return False
        hot.lists[place] = lookup.plain_list
        return True
    if value is not bind or lookup.value_kind(value) != ():
        return False
    if type(value) in lookup.plain_types:
        bounds = (lookup.plain_range or compare.integer_range(lookup.bind_field)) if type(value) is int else None
        if bounds is not None:
            hot.ranges[place] = bounds
        return True
    check = getattr(lookup, "plain_checks", {}).get(type(value))
    if check is not None:
        hot.checks[place] = check
    return check is not None


def _lookups_of(shape: Shape, node: Shape) -> Iterator[tuple[int, Any]]:
    # Copies: other threads add to them meanwhile.
    for child in [*shape.children.values()]:
        if isinstance(child, Family) and any(other is node for other in [*child.nodes.values()]):
            yield from ((place, lookup) for place, lookup, _ in child.lookups)


__all__ = ["HotFilter", "led", "remember_hot"]
