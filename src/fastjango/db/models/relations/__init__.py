"""Foreign keys and their kin: fields, reverse sides, accessors, managers.

``foreign_object foreign_key one_to_one many_to_many`` the fields; ``reverse`` the other side
of each; ``forward reverse_accessors`` the attributes; ``reverse_managers many_managers`` the
managers; ``pending`` relations to models that are not loaded yet; ``intermediate`` the made
through models.
"""

from fastjango.db.models.expressions.output import provide_fields
from fastjango.db.models.relations.composite_foreign_key import CompositeForeignKey
from fastjango.db.models.relations.foreign_key import ForeignKey
from fastjango.db.models.relations.foreign_object import ForeignObject
from fastjango.db.models.relations.many_to_many import ManyToManyField
from fastjango.db.models.relations.one_to_one import OneToOneField
from fastjango.db.models.relations.pending import (
    RECURSIVE_RELATIONSHIP_CONSTANT,
    lazy_related_operation,
    make_model_tuple,
    resolve_relation,
)
from fastjango.db.models.relations.related_field import RelatedField
from fastjango.db.models.relations.reverse import (
    ForeignObjectRel,
    ManyToManyRel,
    ManyToOneRel,
    OneToOneRel,
)

provide_fields(
    {
        "CompositeForeignKey": CompositeForeignKey,
        "ForeignKey": ForeignKey,
        "ForeignObject": ForeignObject,
        "ManyToManyField": ManyToManyField,
        "OneToOneField": OneToOneField,
        "RelatedField": RelatedField,
    }
)

__all__ = [
    "RECURSIVE_RELATIONSHIP_CONSTANT",
    "CompositeForeignKey",
    "ForeignKey",
    "ForeignObject",
    "ForeignObjectRel",
    "ManyToManyField",
    "ManyToManyRel",
    "ManyToOneRel",
    "OneToOneField",
    "OneToOneRel",
    "RelatedField",
    "lazy_related_operation",
    "make_model_tuple",
    "resolve_relation",
]
