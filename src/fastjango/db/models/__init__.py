"""The data layer: models, fields, queries. What ``models.py`` files import."""

from fastjango.core.exceptions import ObjectDoesNotExist
from fastjango.db.models import checks, signals  # noqa: F401  # checks register themselves
from fastjango.db.models.aggregates import *  # noqa: F403
from fastjango.db.models.aggregates import __all__ as _aggregates
from fastjango.db.models.base import Model
from fastjango.db.models.constraints import *  # noqa: F403
from fastjango.db.models.constraints import __all__ as _constraints
from fastjango.db.models.deletion import (
    CASCADE,
    DO_NOTHING,
    PROTECT,
    RESTRICT,
    SET,
    SET_DEFAULT,
    SET_NULL,
    ProtectedError,
    RestrictedError,
)
from fastjango.db.models.enums import *  # noqa: F403
from fastjango.db.models.enums import __all__ as _enums
from fastjango.db.models.expressions import (
    Case,
    Exists,
    Expression,
    ExpressionList,
    ExpressionWrapper,
    F,
    Func,
    OrderBy,
    OuterRef,
    RowRange,
    Subquery,
    Value,
    ValueRange,
    When,
    Window,
    WindowFrame,
    WindowFrameExclusion,
)
from fastjango.db.models.fields import *  # noqa: F403
from fastjango.db.models.fields import __all__ as _fields
from fastjango.db.models.fields.files import FileField, ImageField
from fastjango.db.models.fields.query_slot import provide_query
from fastjango.db.models.indexes import *  # noqa: F403
from fastjango.db.models.indexes import __all__ as _indexes
from fastjango.db.models.lookups import Lookup, Transform
from fastjango.db.models.manager import Manager
from fastjango.db.models.query import (
    FETCH_ONE,
    FETCH_PEERS,
    RAISE,
    Prefetch,
    QuerySet,
    aprefetch_related_objects,
    prefetch_related_objects,
)
from fastjango.db.models.query_utils import FilteredRelation, Q
from fastjango.db.models.relations import (
    CompositeForeignKey,
    ForeignKey,
    ForeignObject,
    ForeignObjectRel,
    ManyToManyField,
    ManyToManyRel,
    ManyToOneRel,
    OneToOneField,
    OneToOneRel,
)
from fastjango.db.models.sql import Query
from fastjango.db.models.state import DEFERRED

provide_query(Query)

_field_names = [name for name in _fields if not name.startswith("_") and name != "router"]

__all__ = [  # noqa: PLE0604  # lists of names
    *_aggregates,
    *_constraints,
    *_enums,
    *_field_names,
    *_indexes,
    "CASCADE",
    "DEFERRED",
    "DO_NOTHING",
    "FETCH_ONE",
    "FETCH_PEERS",
    "PROTECT",
    "RAISE",
    "RESTRICT",
    "SET",
    "SET_DEFAULT",
    "SET_NULL",
    "Case",
    "CompositeForeignKey",
    "Exists",
    "Expression",
    "ExpressionList",
    "ExpressionWrapper",
    "F",
    "FileField",
    "FilteredRelation",
    "ForeignKey",
    "ForeignObject",
    "ForeignObjectRel",
    "Func",
    "ImageField",
    "Lookup",
    "Manager",
    "ManyToManyField",
    "ManyToManyRel",
    "ManyToOneRel",
    "Model",
    "ObjectDoesNotExist",
    "OneToOneField",
    "OneToOneRel",
    "OrderBy",
    "OuterRef",
    "Prefetch",
    "ProtectedError",
    "Q",
    "QuerySet",
    "RestrictedError",
    "RowRange",
    "Subquery",
    "Transform",
    "Value",
    "ValueRange",
    "When",
    "Window",
    "WindowFrame",
    "WindowFrameExclusion",
    "aprefetch_related_objects",
    "prefetch_related_objects",
    "signals",
]
