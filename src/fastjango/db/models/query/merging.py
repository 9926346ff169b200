"""Two querysets become one: set operations, and the conditions of both (``&``, ``|``, ``^``).

The key of the new node names the shapes of all; its binds are those of the first and then those of the others, so that a
repeat with other values compiles nothing.
"""

from __future__ import annotations

from typing import Any

from fastjango.db.models.expressions.shape import SlotCounter, Uncacheable, queryset_key
from fastjango.db.models.sql.slots import move

from .shape import Binds, Shape, detached


def combined(first: Any, others: tuple[Any, ...], combinator: str, all: bool) -> tuple[Shape, Binds]:
    """Return the node and the binds of a set operation."""
    shape: Shape = first._shape
    values: list[Any] = []
    key: Any = None
    if shape.interned:
        try:
            key = (combinator, all, tuple([queryset_key(other, values) for other in others]))
        except Uncacheable:
            key = None
    if key is None:
        parts = [other.peek_query() for other in (first, *others)]
        return detached(_combined(first.peek_query(), parts, combinator, all)), ()
    node = shape.children.get(key)
    if node is None:
        counter = SlotCounter(len(first._binds))
        parts = [shape.query.clone(), *(other.slotted_query(counter.take(len(other._binds))) for other in others)]
        node = shape.adopt(key, _combined(shape.query.clone(), parts, combinator, all))
    return node, first._binds + tuple(values)


def _combined(query: Any, parts: list[Any], combinator: str, all: bool) -> Any:
    query.clear_ordering(force=True)
    query.clear_limits()
    query.combined_queries = tuple(parts)
    query.combinator = combinator
    query.combinator_all = all
    return query


def merged(left: Any, right: Any, connector: str) -> tuple[Shape, Binds]:
    """
    Return the node and the binds of the rows that meet the conditions of both.

    Raises:
        TypeError: The two are about different things.
    """
    shape: Shape = left._shape
    values: list[Any] = []
    key: Any = None
    if shape.interned:
        try:
            key = ("merged", connector, queryset_key(right, values))
        except Uncacheable:
            key = None
    if key is None:
        query = left.peek_query().chain()
        query.combine(right.peek_query(), connector)
        return detached(query), ()
    node = shape.children.get(key)
    if node is None:
        query, other = shape.query.chain(), right._shape.query.clone()
        move(other, len(left._binds))
        query.combine(other, connector)
        node = shape.adopt(key, query)
    return node, left._binds + tuple(values)


__all__ = ["combined", "merged"]
