"""Relations to any model (Django's ``contenttypes.fields``)."""

from fastjango.contrib.contenttypes.generic_foreign_key import GenericForeignKey
from fastjango.contrib.contenttypes.generic_managers import create_generic_related_manager
from fastjango.contrib.contenttypes.generic_relation import (
    GenericRel,
    GenericRelation,
    ReverseGenericManyToOneDescriptor,
)

__all__ = [
    "GenericForeignKey",
    "GenericRel",
    "GenericRelation",
    "ReverseGenericManyToOneDescriptor",
    "create_generic_related_manager",
]
