"""Django's path for small pieces of the model layer."""

from __future__ import annotations

import functools
from collections import namedtuple
from typing import Any

from fastjango.db.models.relations.pending import make_model_tuple


def resolve_callables(mapping: Any) -> Any:
    """Yield the pairs of *mapping* with functions called."""
    for key, value in mapping.items():
        yield key, value() if callable(value) else value


def unpickle_named_row(names: Any, values: Any) -> Any:
    """Return a named row again."""
    return create_namedtuple_class(*names)(*values)


@functools.lru_cache(maxsize=512)
def create_namedtuple_class(*names: str) -> Any:
    """Return the tuple class of rows with these names."""

    def __reduce__(self: Any) -> Any:  # noqa: N807
        return unpickle_named_row, (names, tuple(self))

    return type("Row", (namedtuple("Row", names),), {"__reduce__": __reduce__, "__slots__": ()})


class AltersData:
    """Methods that a template must not call stay so in subclasses that override them."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        for name, method in list(vars(cls).items()):
            if name == "__dict__" or not callable(method) or hasattr(method, "alters_data"):
                continue
            for base in cls.__bases__:
                known = getattr(base, name, None)
                if known is not None and hasattr(known, "alters_data"):
                    method.alters_data = known.alters_data
                    break
        super().__init_subclass__(**kwargs)


__all__ = [
    "AltersData",
    "create_namedtuple_class",
    "make_model_tuple",
    "resolve_callables",
    "unpickle_named_row",
]
