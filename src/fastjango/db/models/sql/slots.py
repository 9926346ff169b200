"""Values back into their places: a query whose lookups hold the values, not places in the binds.

Needed where somebody looks into the query (``qs.query``), and where two queries with
different binds become one.
"""

from __future__ import annotations

from typing import Any

from fastjango.db.models.expressions.shape import Slotted

from .where import WhereNode


def materialised(query: Any, binds: tuple[Any, ...], base: int = 0) -> None:
    """Put the values of *binds* into *query*, which is changed."""
    if not binds:
        return

    def fill(part: Any) -> Any:
        return filled(part, binds, base)

    query.where = fill(query.where)
    query.annotations = {name: fill(annotation) for name, annotation in query.annotations.items()}
    query._annotation_select_cache = None
    query.select = tuple(map(fill, query.select))
    query.order_by = tuple(item if isinstance(item, str) else fill(item) for item in query.order_by)
    if isinstance(query.group_by, tuple):
        query.group_by = tuple(map(fill, query.group_by))
    for alias, table in list(query.alias_map.items()):
        relation = table.filtered_relation
        if relation is not None and relation.resolved_condition is not None:
            relation = relation.clone()
            relation.resolved_condition = fill(relation.resolved_condition)
            query.alias_map[alias] = table._replaced(filtered_relation=relation)
    for name, relation in list(query._filtered_relations.items()):
        clone = relation.clone()
        clone.condition = fill(clone.condition)
        query._filtered_relations[name] = clone
    if query.inner_query is not None:
        query.inner_query = query.inner_query.clone()
        materialised(query.inner_query, binds, base)
    low, high = query.limit_slots
    if low is not None:
        query.low_mark = binds[low + base]
    if high is not None:
        query.high_mark = query.low_mark + binds[high + base]
    query.limit_slots = (None, None)


def filled(part: Any, binds: tuple[Any, ...], base: int) -> Any:
    """Return an expression, condition or inner query with its values; shared when it has none."""
    if part is None or isinstance(part, str | int | bool):
        return part
    if getattr(part, "is_query", False):
        inner = part.clone()
        materialised(inner, binds, base + inner.slot_base)
        inner.slot_base = 0
        return inner
    if isinstance(part, WhereNode):
        clone = part.clone()
        clone.children = [filled(child, binds, base) for child in part.children]
        return clone
    if isinstance(part, Slotted):
        return binds[part.slot + base]
    if isinstance(part, tuple):
        return tuple(filled(item, binds, base) for item in part)
    if hasattr(part, "connector") and hasattr(part, "children"):
        return part.create([filled(child, binds, base) for child in part.children], part.connector, part.negated)
    return _filled_expression(part, binds, base)


def _filled_expression(part: Any, binds: tuple[Any, ...], base: int) -> Any:
    slot = getattr(part, "slot", None)
    rhs_slot = getattr(part, "rhs_slot", None)
    sources = part.get_source_expressions() if hasattr(part, "get_source_expressions") else []
    new = [filled(source, binds, base) for source in sources]
    if slot is None and rhs_slot is None and all(a is b for a, b in zip(sources, new, strict=True)):
        return part
    clone = part.copy()
    if slot is not None:
        clone.value = binds[slot + base]
        clone.slot = None
        return clone
    if new:
        clone.set_source_expressions(new)
    if rhs_slot is not None:
        clone.rhs = binds[rhs_slot + base]
        clone.rhs_slot = None
    return clone


__all__ = ["filled", "materialised"]
