"""How rows come back: generated functions from rows to objects and values.

objects.py  rows -> model instances, with related objects and annotations
values.py   rows -> dictionaries, tuples, single values
"""

from .objects import constructor_matters, object_reader, readers_key, single_reader
from .values import dict_reader, flat_reader, named_reader, tuple_reader

__all__ = [
    "constructor_matters",
    "dict_reader",
    "flat_reader",
    "named_reader",
    "object_reader",
    "readers_key",
    "single_reader",
    "tuple_reader",
]
