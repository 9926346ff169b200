"""QuerySet: the verbs people call (Django's ``db.models.query``).

shape.py      the trie of shapes: plans without compilation
core.py       state, copies, results      chain.py   verbs that give another queryset
reads.py      verbs that ask              writes.py  verbs that change rows
iterables.py  rows to results             prefetch.py  raw.py  fetch_modes.py  what lazy loading does
"""

from .core import MAX_GET_RESULTS, REPR_OUTPUT_SIZE
from .fetch_modes import FETCH_ONE, FETCH_PEERS, RAISE, FetchMode
from .iterables import (
    BaseIterable,
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
)
from .prefetch import (
    Prefetch,
    aprefetch_related_objects,
    get_prefetcher,
    normalize_prefetch_lookups,
    prefetch_one_level,
    prefetch_related_objects,
)
from .queryset import EmptyQuerySet, InstanceCheckMeta, QuerySet
from .raw import RawQuerySet

__all__ = [
    "FETCH_ONE",
    "FETCH_PEERS",
    "MAX_GET_RESULTS",
    "RAISE",
    "REPR_OUTPUT_SIZE",
    "BaseIterable",
    "EmptyQuerySet",
    "FetchMode",
    "FlatValuesListIterable",
    "InstanceCheckMeta",
    "ModelIterable",
    "NamedValuesListIterable",
    "Prefetch",
    "QuerySet",
    "RawQuerySet",
    "ValuesIterable",
    "ValuesListIterable",
    "aprefetch_related_objects",
    "get_prefetcher",
    "normalize_prefetch_lookups",
    "prefetch_one_level",
    "prefetch_related_objects",
]
