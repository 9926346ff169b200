"""Prefetching a slice: the first N objects of *each* instance, by a window."""

from __future__ import annotations

from typing import Any

from fastjango.db import DEFAULT_DB_ALIAS
from fastjango.db.models.expressions import Window
from fastjango.db.models.functions import RowNumber
from fastjango.db.models.lookups import GreaterThan, LessThanOrEqual
from fastjango.db.models.query_utils import Q


def of_instances(queryset: Any, name: str, instances: Any) -> Any:
    """Return the rows of *queryset* whose relation *name* points at one of *instances*."""
    predicate = Q(**{f"{name}__in": instances})
    if not queryset.query.is_sliced:
        return queryset.filter(predicate)
    query = queryset.query
    low, high = query.low_mark, query.high_mark
    order = [expression for expression, _ in query.get_compiler(using=queryset._db or DEFAULT_DB_ALIAS).get_order_by()]
    number = Window(RowNumber(), partition_by=name, order_by=order)
    predicate &= Q(GreaterThan(number, low))
    if high is not None:
        predicate &= Q(LessThanOrEqual(number, high))
    unsliced = queryset._chain()
    unsliced.query.clear_limits()
    return unsliced.filter(predicate)
