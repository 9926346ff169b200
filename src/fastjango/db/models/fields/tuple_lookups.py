"""Compatibility door: lookups on several columns live in ``fastjango.db.models.lookups``."""

from fastjango.db.models.lookups.tuples import (
    TupleExact,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleIn,
    TupleIsNull,
    TupleLessThan,
    TupleLessThanOrEqual,
)

__all__ = [
    "TupleExact",
    "TupleGreaterThan",
    "TupleGreaterThanOrEqual",
    "TupleIn",
    "TupleIsNull",
    "TupleLessThan",
    "TupleLessThanOrEqual",
]
