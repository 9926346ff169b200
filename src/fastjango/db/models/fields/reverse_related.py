"""Compatibility door: reverse relations live in ``fastjango.db.models.relations.reverse``."""

from fastjango.db.models.relations.reverse import (
    ForeignObjectRel,
    ManyToManyRel,
    ManyToOneRel,
    OneToOneRel,
)

__all__ = ["ForeignObjectRel", "ManyToManyRel", "ManyToOneRel", "OneToOneRel"]
