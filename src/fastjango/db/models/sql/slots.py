"""The places of values in a query: values back into them, or all of them moved.

``materialised()`` is needed where somebody looks into the query (``qs.query``), ``move()`` where two queries become one
whose binds are those of the first and then those of the second.
"""

from __future__ import annotations

from typing import Any, Protocol

from fastjango.db.models.expressions.shape import Slotted

from .where import WhereNode


class Step(Protocol):
    """What becomes of each place."""

    def value(self, expression: Any, slot: int) -> None:
        """Change the copy of an expression whose value has a place."""

    def right_side(self, lookup: Any, slot: int) -> None:
        """Change the copy of a lookup whose right side has a place."""

    def bare(self, part: Slotted) -> Any:
        """Return what stands where a value and its place stood."""

    def limits(self, query: Any) -> None:
        """Change the limits of a query that have places."""

    def inner(self, query: Any) -> None:
        """Change the copy of an inner query."""


class _Values:
    """Values instead of places."""

    def __init__(self, binds: tuple[Any, ...], base: int) -> None:
        self.binds = binds
        self.base = base

    def value(self, expression: Any, slot: int) -> None:
        expression.value = self.binds[slot + self.base]
        expression.slot = None

    def right_side(self, lookup: Any, slot: int) -> None:
        # The binds hold what the user gave; the lookup holds what its field makes of that.
        raw = self.binds[slot + self.base]
        lookup.rhs_slot = None
        lookup.rhs = lookup.prepare(raw) if hasattr(lookup, "prepare") else raw

    def bare(self, part: Slotted) -> Any:
        return self.binds[part.slot + self.base]

    def limits(self, query: Any) -> None:
        low, high = query.limit_slots
        if low is not None:
            query.low_mark = self.binds[low + self.base]
        if high is not None:
            query.high_mark = query.low_mark + self.binds[high + self.base]
        query.limit_slots = (None, None)

    def inner(self, query: Any) -> None:
        _changed(query, _Values(self.binds, self.base + query.slot_base))
        query.slot_base = 0


class _Moved:
    """Places further behind."""

    def __init__(self, by: int) -> None:
        self.by = by

    def value(self, expression: Any, slot: int) -> None:
        expression.slot = slot + self.by

    def right_side(self, lookup: Any, slot: int) -> None:
        lookup.rhs_slot = slot + self.by

    def bare(self, part: Slotted) -> Any:
        return Slotted(part.value, part.slot + self.by)

    def limits(self, query: Any) -> None:
        low, high = query.limit_slots
        query.limit_slots = (None if low is None else low + self.by, None if high is None else high + self.by)

    def inner(self, query: Any) -> None:
        # Its own places count from here.
        query.slot_base += self.by


def materialised(query: Any, binds: tuple[Any, ...], base: int = 0) -> None:
    """Put the values of *binds* into *query*, which is changed."""
    if binds:
        _changed(query, _Values(binds, base))


def moved(part: Any, by: int) -> Any:
    """Return an expression whose values stand *by* places further behind."""
    return _part(part, _Moved(by)) if by else part


def move(query: Any, by: int) -> None:
    """Let the values of *query*, which is changed, stand *by* places further behind."""
    if by:
        _changed(query, _Moved(by))


def _changed(query: Any, step: Step) -> None:
    def change(part: Any) -> Any:
        return _part(part, step)

    query.where = change(query.where)
    query.annotations = {name: change(annotation) for name, annotation in query.annotations.items()}
    query._annotation_select_cache = None
    query.select = tuple(map(change, query.select))
    query.extra = {name: (text, change(params)) for name, (text, params) in query.extra.items()}
    query._extra_select_cache = None
    query.order_by = tuple(item if isinstance(item, str) else change(item) for item in query.order_by)
    if isinstance(query.group_by, tuple):
        query.group_by = tuple(map(change, query.group_by))
    for alias, table in list(query.alias_map.items()):
        relation = table.filtered_relation
        if relation is not None and relation.resolved_condition is not None:
            relation = relation.clone()
            relation.resolved_condition = change(relation.resolved_condition)
            query.alias_map[alias] = table._replaced(filtered_relation=relation)
    for name, relation in list(query._filtered_relations.items()):
        clone = relation.clone()
        clone.condition = change(clone.condition)
        query._filtered_relations[name] = clone
    if query.inner_query is not None:
        query.inner_query = query.inner_query.clone()
        _changed(query.inner_query, step)
    query.combined_queries = tuple(map(change, query.combined_queries))
    query.ctes = tuple(cte.with_queries(change(cte.query), change(cte.more)) for cte in query.ctes)
    step.limits(query)


def _part(part: Any, step: Step) -> Any:
    """Return an expression, condition or inner query after the step; shared when it has no values."""
    if part is None or isinstance(part, str | int | bool):
        return part
    if getattr(part, "is_query", False):
        inner = part.clone()
        step.inner(inner)
        return inner
    if isinstance(part, WhereNode):
        clone = part.clone()
        clone.children = [_part(child, step) for child in part.children]
        return clone
    if isinstance(part, Slotted):
        return step.bare(part)
    if isinstance(part, tuple | list):
        items = [_part(item, step) for item in part]
        return part if all(a is b for a, b in zip(part, items, strict=True)) else type(part)(items)
    if hasattr(part, "connector") and hasattr(part, "children"):
        return part.create([_part(child, step) for child in part.children], part.connector, part.negated)
    return _expression(part, step)


def _expression(part: Any, step: Step) -> Any:
    slot = getattr(part, "slot", None)
    rhs_slot = getattr(part, "rhs_slot", None)
    sources = part.get_source_expressions() if hasattr(part, "get_source_expressions") else []
    new = [_part(source, step) for source in sources]
    apart = {name: _part(getattr(part, name), step) for name in getattr(part, "apart", ())}
    if (
        slot is None
        and rhs_slot is None
        and all(a is b for a, b in zip(sources, new, strict=True))
        and all(getattr(part, name) is value for name, value in apart.items())
    ):
        return part
    clone = part.copy()
    clone.__dict__.update(apart)
    if slot is not None:
        step.value(clone, slot)
        return clone
    if new:
        clone.set_source_expressions(new)
    if rhs_slot is not None:
        step.right_side(clone, rhs_slot)
    return clone


__all__ = ["materialised", "move", "moved"]
