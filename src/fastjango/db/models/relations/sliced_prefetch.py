"""The condition of a prefetch: the rows that belong to some instances, whole or N for each.

Keys instead of objects keep the plan of the query reusable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.models.expressions import Window
from fastjango.db.models.functions import RowNumber
from fastjango.db.models.lookups import GreaterThan, LessThanOrEqual
from fastjango.db.models.query_utils import Q
from fastjango.db.models.sql.order import Ordering

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def keys_of(instances: Sequence[Any], key: Callable[[Any], tuple[Any, ...]]) -> list[Any]:
    """Return what a lookup compares: the keys, each once; the objects where a key has parts."""
    keys = dict.fromkeys(map(key, instances))
    if any(len(each) != 1 for each in keys):
        return list(instances)
    return [each[0] for each in keys]


def of_instances(queryset: Any, name: str, keys: list[Any]) -> Any:
    """Return the rows of *queryset* whose relation *name* has one of *keys*."""
    asked = queryset.shape.query
    condition: dict[str, Any] = {f"{name}__in": keys}
    if not asked.is_sliced and len(asked.alias_map) < 2:
        return queryset.filter(**condition)
    predicate = Q.create(list(condition.items()))
    clone = queryset._chain()
    query = clone.query
    if query.is_sliced:
        order = [expression for expression, _ in Ordering(query.clone(), []).resolve()]
        number = Window(RowNumber(), partition_by=name, order_by=order)
        predicate &= Q(GreaterThan(number, query.low_mark))
        if query.high_mark is not None:
            predicate &= Q(LessThanOrEqual(number, query.high_mark))
        query.clear_limits()
    # A join that is there already is the one that was meant.
    query.add_q(predicate, reuse_all=True)
    return clone
