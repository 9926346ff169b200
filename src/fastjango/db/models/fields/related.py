"""Compatibility door: lives in ``fastjango.db.models.relations``, which stands above the fields."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastjango.db.models.relations import (
        RECURSIVE_RELATIONSHIP_CONSTANT,
        CompositeForeignKey,
        ForeignKey,
        ForeignObject,
        ForeignObjectRel,
        ManyToManyField,
        ManyToManyRel,
        ManyToOneRel,
        OneToOneField,
        OneToOneRel,
        RelatedField,
        lazy_related_operation,
        resolve_relation,
    )
    from fastjango.db.models.relations.forward import (
        ForwardManyToOneDescriptor,
        ForwardOneToOneDescriptor,
    )
    from fastjango.db.models.relations.intermediate import (
        create_many_to_many_intermediary_model,
    )
    from fastjango.db.models.relations.reverse_accessors import (
        ManyToManyDescriptor,
        ReverseManyToOneDescriptor,
        ReverseOneToOneDescriptor,
    )

_ROOMS = {
    "RECURSIVE_RELATIONSHIP_CONSTANT": "fastjango.db.models.relations",
    "CompositeForeignKey": "fastjango.db.models.relations",
    "ForeignKey": "fastjango.db.models.relations",
    "ForeignObject": "fastjango.db.models.relations",
    "ForeignObjectRel": "fastjango.db.models.relations",
    "ManyToManyField": "fastjango.db.models.relations",
    "ManyToManyRel": "fastjango.db.models.relations",
    "ManyToOneRel": "fastjango.db.models.relations",
    "OneToOneField": "fastjango.db.models.relations",
    "OneToOneRel": "fastjango.db.models.relations",
    "RelatedField": "fastjango.db.models.relations",
    "lazy_related_operation": "fastjango.db.models.relations",
    "resolve_relation": "fastjango.db.models.relations",
    "ForwardManyToOneDescriptor": "fastjango.db.models.relations.forward",
    "ForwardOneToOneDescriptor": "fastjango.db.models.relations.forward",
    "create_many_to_many_intermediary_model": "fastjango.db.models.relations.intermediate",
    "ManyToManyDescriptor": "fastjango.db.models.relations.reverse_accessors",
    "ReverseManyToOneDescriptor": "fastjango.db.models.relations.reverse_accessors",
    "ReverseOneToOneDescriptor": "fastjango.db.models.relations.reverse_accessors",
}


def __getattr__(name: str) -> Any:
    try:
        room = _ROOMS[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(room), name)


__all__ = [
    "RECURSIVE_RELATIONSHIP_CONSTANT",
    "CompositeForeignKey",
    "ForeignKey",
    "ForeignObject",
    "ForeignObjectRel",
    "ForwardManyToOneDescriptor",
    "ForwardOneToOneDescriptor",
    "ManyToManyDescriptor",
    "ManyToManyField",
    "ManyToManyRel",
    "ManyToOneRel",
    "OneToOneField",
    "OneToOneRel",
    "RelatedField",
    "ReverseManyToOneDescriptor",
    "ReverseOneToOneDescriptor",
    "create_many_to_many_intermediary_model",
    "lazy_related_operation",
    "resolve_relation",
]
