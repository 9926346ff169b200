"""Compatibility door: lookups on relations live in ``fastjango.db.models.lookups``."""

from fastjango.db.models.lookups.related import (
    RelatedExact,
    RelatedGreaterThan,
    RelatedGreaterThanOrEqual,
    RelatedIn,
    RelatedIsNull,
    RelatedLessThan,
    RelatedLessThanOrEqual,
    RelatedLookupMixin,
    get_normalized_value,
)

__all__ = [
    "RelatedExact",
    "RelatedGreaterThan",
    "RelatedGreaterThanOrEqual",
    "RelatedIn",
    "RelatedIsNull",
    "RelatedLessThan",
    "RelatedLessThanOrEqual",
    "RelatedLookupMixin",
    "get_normalized_value",
]
