"""Relational fields, under DRF's module path."""

from __future__ import annotations

import sys

from fastjango.rest.serializers import relations as _home
from fastjango.rest.serializers.relations import (
    MANY_RELATION_KWARGS,
    Hyperlink,
    HyperlinkedIdentityField,
    HyperlinkedRelatedField,
    ManyRelatedField,
    ObjectTypeError,
    ObjectValueError,
    PKOnlyObject,
    PrimaryKeyRelatedField,
    RelatedField,
    SlugRelatedField,
    StringRelatedField,
    method_overridden,
)

__all__ = [
    "MANY_RELATION_KWARGS",
    "Hyperlink",
    "HyperlinkedIdentityField",
    "HyperlinkedRelatedField",
    "ManyRelatedField",
    "ObjectTypeError",
    "ObjectValueError",
    "PKOnlyObject",
    "PrimaryKeyRelatedField",
    "RelatedField",
    "SlugRelatedField",
    "StringRelatedField",
    "method_overridden",
]

# One module under both paths: what is patched under DRF's path is patched where it is used.
sys.modules[__name__] = _home
