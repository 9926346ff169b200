"""Compatibility door: relation accessors live in ``fastjango.db.models.relations``."""

from fastjango.db.models.fields.attribute import ForeignKeyDeferredAttribute
from fastjango.db.models.relations.forward import (
    ForwardManyToOneDescriptor,
    ForwardOneToOneDescriptor,
)
from fastjango.db.models.relations.many_managers import create_forward_many_to_many_manager
from fastjango.db.models.relations.reverse_accessors import (
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)
from fastjango.db.models.relations.reverse_managers import create_reverse_many_to_one_manager

__all__ = [
    "ForeignKeyDeferredAttribute",
    "ForwardManyToOneDescriptor",
    "ForwardOneToOneDescriptor",
    "ManyToManyDescriptor",
    "ReverseManyToOneDescriptor",
    "ReverseOneToOneDescriptor",
    "create_forward_many_to_many_manager",
    "create_reverse_many_to_one_manager",
]
