"""Related managers tell the fetch mode of their object that they will ask: for many objects, one by one, that is N+1 queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # The model's own manager class, known at run time only.
    _Base: Any
else:
    _Base = object

SUMMARIES = ("aggregate", "count", "earliest", "exists", "first", "last", "latest")
"""Verbs that prefetched objects can answer."""
NARROWER = ("annotate", "exclude", "filter", "get", "order_by", "values", "values_list")
"""Verbs that ask anew, whatever was prefetched."""


class NoticedReads(_Base):  # type: ignore[misc]
    """The verbs of a related manager that read."""

    def _notice(self, remedy: str, *, asks_anew: bool) -> None:
        """Tell the object's fetch mode; subclasses know their relation."""
        raise NotImplementedError


def _noticed(verb: str, *, asks_anew: bool) -> Callable[..., Any]:
    remedy = "Prefetch({name!r}, queryset=...)" if asks_anew else "prefetch_related({name!r}) or an annotation"

    def read(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.instance._state.fetch_mode is not None:
            self._notice(remedy, asks_anew=asks_anew)
        return getattr(super(NoticedReads, self), verb)(*args, **kwargs)

    read.__name__ = verb
    read.__doc__ = f"See ``QuerySet.{verb}``; of many objects, one by one, it is noticed."
    return read


for _verb in SUMMARIES:
    setattr(NoticedReads, _verb, _noticed(_verb, asks_anew=False))
    setattr(NoticedReads, f"a{_verb}", _noticed(f"a{_verb}", asks_anew=False))
for _verb in NARROWER:
    setattr(NoticedReads, _verb, _noticed(_verb, asks_anew=True))
NoticedReads.aget = _noticed("aget", asks_anew=True)

__all__ = ["NoticedReads"]
