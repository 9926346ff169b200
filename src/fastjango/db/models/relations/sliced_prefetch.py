"""The condition of a prefetch: the rows that belong to some instances, whole or N for each.

Keys instead of objects keep the plan of the query reusable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.models.query_utils import Q
from fastjango.db.models.sql.top import Top

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def keys_of(instances: Sequence[Any], key: Callable[[Any], tuple[Any, ...]]) -> list[Any]:
    """Return what a lookup compares: the keys, each once; the objects where a key has parts."""
    keys = dict.fromkeys(map(key, instances))
    if any(len(each) != 1 for each in keys):
        return list(instances)
    return [each[0] for each in keys]


def of_instances(queryset: Any, name: str, keys: list[Any]) -> Any:
    """Return the rows of *queryset* whose relation *name* has one of *keys*; of a slice, those of each key."""
    asked = queryset.shape.query
    condition: dict[str, Any] = {f"{name}__in": keys}
    plain = len(asked.alias_map) < 2
    if not asked.is_sliced and plain:
        return queryset.filter(**condition)
    low, high = asked.low_mark, asked.high_mark
    if asked.is_sliced and asked.top is None and plain and asked.limit_slots == (None, None):
        # The whole first, then its first rows for each key: steps that are compiled once.
        whole = queryset._derive(asked_without_limits(queryset), queryset.binds).filter(**condition)

        def narrow(query: Any) -> None:
            query.top = Top(name, low, high)

        return whole._derive(whole.shape.step(("top", name, low, high), narrow), whole.binds)
    clone = queryset._chain()
    query = clone.query
    if low or high is not None:
        query.top = Top(name, low, high)
        query.clear_limits()
    # A join that is there already is the one that was meant.
    query.add_q(Q.create(list(condition.items())), reuse_all=True)
    return clone


def asked_without_limits(queryset: Any) -> Any:
    """Return the shape of *queryset* before it was sliced."""
    return queryset.shape.step("no limits", lambda query: query.clear_limits())
