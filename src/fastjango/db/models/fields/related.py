"""Compatibility door: relations live in ``fastjango.db.models.relations``."""

from fastjango.db.models.relations import (
    RECURSIVE_RELATIONSHIP_CONSTANT,
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
from fastjango.db.models.relations.intermediate import create_many_to_many_intermediary_model
from fastjango.db.models.relations.reverse_accessors import (
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)

__all__ = [
    "RECURSIVE_RELATIONSHIP_CONSTANT",
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
