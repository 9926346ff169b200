"""Compatibility door: lives in ``fastjango.db.models.relations.reverse``, which stands above the fields."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastjango.db.models.relations.reverse import (
        ForeignObjectRel,
        ManyToManyRel,
        ManyToOneRel,
        OneToOneRel,
    )

_ROOMS = {
    "ForeignObjectRel": "fastjango.db.models.relations.reverse",
    "ManyToManyRel": "fastjango.db.models.relations.reverse",
    "ManyToOneRel": "fastjango.db.models.relations.reverse",
    "OneToOneRel": "fastjango.db.models.relations.reverse",
}


def __getattr__(name: str) -> Any:
    try:
        room = _ROOMS[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(room), name)


__all__ = [
    "ForeignObjectRel",
    "ManyToManyRel",
    "ManyToOneRel",
    "OneToOneRel",
]
