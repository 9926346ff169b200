"""Aggregates that collect values, and those of bits and truth."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.postgres.aggregates.mixins import OrderableAggMixin
from fastjango.contrib.postgres.fields import ArrayField
from fastjango.db.models import Aggregate, BooleanField, JSONField, TextField, Value

__all__ = ["ArrayAgg", "BitAnd", "BitOr", "BitXor", "BoolAnd", "BoolOr", "JSONBAgg", "StringAgg"]


class ArrayAgg(OrderableAggMixin, Aggregate):
    """The values as a list."""

    function = "ARRAY_AGG"
    allow_distinct = True

    def _resolve_output_field(self) -> Any:
        return ArrayField(self.source_expressions[0].output_field)


class BitAnd(Aggregate):
    """The bits that all values have."""

    function = "BIT_AND"


class BitOr(Aggregate):
    """The bits that any value has."""

    function = "BIT_OR"


class BitXor(Aggregate):
    """The bits that an odd number of values have."""

    function = "BIT_XOR"


class BoolAnd(Aggregate):
    """Whether all values are true."""

    function = "BOOL_AND"
    output_field = BooleanField()


class BoolOr(Aggregate):
    """Whether any value is true."""

    function = "BOOL_OR"
    output_field = BooleanField()


class JSONBAgg(OrderableAggMixin, Aggregate):
    """The values as a JSON array."""

    function = "JSONB_AGG"
    allow_distinct = True
    output_field = JSONField()


class StringAgg(OrderableAggMixin, Aggregate):
    """The texts in a row, with *delimiter* between them."""

    function = "STRING_AGG"
    allow_distinct = True
    output_field = TextField()

    def __init__(self, expression: Any, delimiter: Any, **extra: Any) -> None:
        super().__init__(expression, Value(str(delimiter)), **extra)
