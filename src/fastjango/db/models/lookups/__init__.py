"""Lookups: what ``filter(name__lookup=value)`` may ask (Django's ``db.models.lookups``).

``base`` Lookup and Transform, ``compare`` order and ranges, ``in_list``, ``null``, ``text``,
``temporal`` years, ``related`` relations, ``tuples`` several columns, ``json`` documents,
``registry`` which lookups a field has.
"""

from fastjango.db.models.lookups.base import BuiltinLookup, Lookup, PostgresOperatorLookup, Transform
from fastjango.db.models.lookups.compare import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IntegerFieldExact,
    IntegerGreaterThan,
    IntegerGreaterThanOrEqual,
    IntegerLessThan,
    IntegerLessThanOrEqual,
    LessThan,
    LessThanOrEqual,
    Range,
)
from fastjango.db.models.lookups.in_list import In
from fastjango.db.models.lookups.null import IsNull
from fastjango.db.models.lookups.registry import RegisterLookupMixin
from fastjango.db.models.lookups.related import (
    RelatedExact,
    RelatedGreaterThan,
    RelatedGreaterThanOrEqual,
    RelatedIn,
    RelatedIsNull,
    RelatedLessThan,
    RelatedLessThanOrEqual,
)
from fastjango.db.models.lookups.temporal import YearExact, YearGt, YearGte, YearLookup, YearLt, YearLte
from fastjango.db.models.lookups.text import (
    Contains,
    EndsWith,
    IContains,
    IEndsWith,
    IExact,
    IRegex,
    IStartsWith,
    PatternLookup,
    Regex,
    StartsWith,
    UUIDTextMixin,
)

__all__ = [
    "BuiltinLookup",
    "Contains",
    "EndsWith",
    "Exact",
    "GreaterThan",
    "GreaterThanOrEqual",
    "IContains",
    "IEndsWith",
    "IExact",
    "IRegex",
    "IStartsWith",
    "In",
    "IntegerFieldExact",
    "IntegerGreaterThan",
    "IntegerGreaterThanOrEqual",
    "IntegerLessThan",
    "IntegerLessThanOrEqual",
    "IsNull",
    "LessThan",
    "LessThanOrEqual",
    "Lookup",
    "PatternLookup",
    "PostgresOperatorLookup",
    "Range",
    "Regex",
    "RegisterLookupMixin",
    "RelatedExact",
    "RelatedGreaterThan",
    "RelatedGreaterThanOrEqual",
    "RelatedIn",
    "RelatedIsNull",
    "RelatedLessThan",
    "RelatedLessThanOrEqual",
    "StartsWith",
    "Transform",
    "UUIDTextMixin",
    "YearExact",
    "YearGt",
    "YearGte",
    "YearLookup",
    "YearLt",
    "YearLte",
]
