"""``GenericPrefetch``: a prefetch of a generic foreign key with a queryset per model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.db.models import Prefetch
from fastjango.db.models.query import ModelIterable, RawQuerySet


class GenericPrefetch(Prefetch):
    """Prefetch the objects of a generic foreign key; each model's by one of *querysets*."""

    def __init__(self, lookup: str, querysets: Sequence[Any], to_attr: str | None = None) -> None:
        for queryset in querysets:
            if queryset is not None and (
                isinstance(queryset, RawQuerySet)
                or (hasattr(queryset, "_iterable_class") and not issubclass(queryset._iterable_class, ModelIterable))
            ):
                raise ValueError("Prefetch querysets cannot use raw(), values(), and values_list().")
        self.querysets = querysets
        super().__init__(lookup, to_attr=to_attr)

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        copies = []
        for queryset in self.querysets:
            if queryset is not None:
                queryset = queryset._chain()
                # The results stay where they are.
                queryset._result_cache = []
                queryset._prefetch_done = True
                copies.append(queryset)
        state["querysets"] = copies
        return state

    def get_current_querysets(self, level: int) -> list[Any] | None:
        """Return the querysets when *level* is the end of the path."""
        if self.get_current_prefetch_to(level) == self.prefetch_to:
            return list(self.querysets)
        return None
