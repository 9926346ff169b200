"""Compatibility door: lives in ``fastjango.db.models.relations``, which stands above the fields."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastjango.db.models.fields.attribute import (
        ForeignKeyDeferredAttribute,
    )
    from fastjango.db.models.relations.forward import (
        ForwardManyToOneDescriptor,
        ForwardOneToOneDescriptor,
    )
    from fastjango.db.models.relations.many_managers import (
        create_forward_many_to_many_manager,
    )
    from fastjango.db.models.relations.related_types import (
        Related,
    )
    from fastjango.db.models.relations.reverse_accessors import (
        ManyToManyDescriptor,
        ReverseManyToOneDescriptor,
        ReverseOneToOneDescriptor,
    )
    from fastjango.db.models.relations.reverse_managers import (
        create_reverse_many_to_one_manager,
    )

_ROOMS = {
    "ForeignKeyDeferredAttribute": "fastjango.db.models.fields.attribute",
    "ForwardManyToOneDescriptor": "fastjango.db.models.relations.forward",
    "ForwardOneToOneDescriptor": "fastjango.db.models.relations.forward",
    "create_forward_many_to_many_manager": "fastjango.db.models.relations.many_managers",
    "Related": "fastjango.db.models.relations.related_types",
    "ManyToManyDescriptor": "fastjango.db.models.relations.reverse_accessors",
    "ReverseManyToOneDescriptor": "fastjango.db.models.relations.reverse_accessors",
    "ReverseOneToOneDescriptor": "fastjango.db.models.relations.reverse_accessors",
    "create_reverse_many_to_one_manager": "fastjango.db.models.relations.reverse_managers",
}


def __getattr__(name: str) -> Any:
    try:
        room = _ROOMS[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(room), name)


__all__ = [
    "ForeignKeyDeferredAttribute",
    "ForwardManyToOneDescriptor",
    "ForwardOneToOneDescriptor",
    "ManyToManyDescriptor",
    "Related",
    "ReverseManyToOneDescriptor",
    "ReverseOneToOneDescriptor",
    "create_forward_many_to_many_manager",
    "create_reverse_many_to_one_manager",
]
