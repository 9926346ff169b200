"""``in``: one of several values, or of the rows of an inner query.

A list is one bind, however long it is, so that queries of many lengths share a plan:
SQLite reads it as JSON, PostgreSQL as an array; elsewhere, and for short lists, the list is
padded to the next power of two by repeating its last value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, Text

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.models.expressions import adapter
from fastjango.db.models.expressions.elements import joined
from fastjango.db.models.expressions.output import lookup_of
from fastjango.db.models.expressions.shape import Uncacheable, is_expression
from fastjango.db.models.lookups.base import BuiltinLookup, check_selected, condition, is_query
from fastjango.db.models.lookups.compare import (
    TEXT_FIELDS,
    column_field,
    has_own_storage,
    integer_range,
    item_clause,
    plain_types_of,
    prepare_items,
)

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ClauseElement

    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

SHORT = 32
"""Up to this many values PostgreSQL gets a padded list, which it plans better."""
_MIN, _MAX = -(2**63), 2**63 - 1
# Of lists up to this length each item is compared with those before it, which is less work than a set.
_FEW = 8
_TEXT = Text()
_BIG_ARRAY = ARRAY(BigInteger())
_TEXT_ARRAY = ARRAY(Text())

_AS_JSON = frozenset(
    {
        "AutoField",
        "BigAutoField",
        "BigIntegerField",
        "BooleanField",
        "CharField",
        "EmailField",
        "FileField",
        "FilePathField",
        "ImageField",
        "IntegerField",
        "PositiveBigIntegerField",
        "PositiveIntegerField",
        "PositiveSmallIntegerField",
        "SlugField",
        "SmallAutoField",
        "SmallIntegerField",
        "TextField",
        "URLField",
    }
)


def bucket(count: int) -> int:
    """Return the length that a list of *count* values is padded to."""
    return 1 << max(0, count - 1).bit_length()


class _Pick:
    """Gives one value of a list; the last one again beyond its end."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position

    def __call__(self, values: Any) -> Any:
        return values[self.position] if self.position < len(values) else values[-1]


def _json_of(convert: Callable[[Any], Any] | None) -> Callable[[Any], str]:
    def encode(values: Any) -> str:
        return json.dumps(values if convert is None else [convert(value) for value in values])

    return encode


def _integers(values: list[Any] | tuple[Any, ...] | set[Any]) -> list[Any] | None:
    """Return the values without repetition if all are integers of 64 bits, else None."""
    if type(values) is not list or len(values) > _FEW:
        for item in values:
            if type(item) is not int or not _MIN <= item <= _MAX:
                return None
        return [*dict.fromkeys(values)] or None
    kept: list[Any] = []
    for item in values:
        if type(item) is not int or not _MIN <= item <= _MAX:
            return None
        if item not in kept:
            kept.append(item)
    return kept or None


def _texts(values: list[Any] | tuple[Any, ...] | set[Any]) -> list[Any] | None:
    """Return the values without repetition if all are texts, else None."""
    for item in values:
        if type(item) is not str:
            return None
    return [*dict.fromkeys(values)] or None


def _of_no_plain_type(values: Any) -> None:
    """Return None: each value has to be prepared."""


_PLAIN_LISTS: dict[frozenset[type[Any]], Callable[[Any], list[Any] | None]] = {
    frozenset({int}): _integers,
    frozenset({str}): _texts,
}


def _plain_integers(values: Any) -> list[int]:
    return [int(value) for value in values]


def _plain_texts(values: Any) -> list[str]:
    return [str(value) for value in values]


@lookup_of("Field")
class In(BuiltinLookup):
    """One of the values; a queryset is asked in the same statement."""

    lookup_name = "in"

    def get_prep_lookup(self) -> Any:
        """Return the values checked, without repetition and without None."""
        rhs = self.rhs
        if is_query(rhs):
            rhs.clear_ordering(clear_default=True)
            if not rhs.has_select_fields:
                rhs.clear_select_clause()
                rhs.add_fields(["pk"])
            else:
                check_selected(rhs, "'in'")
            return rhs
        if hasattr(rhs, "resolve_expression"):
            return rhs
        return self._distinct(prepare_items(self))

    def prepare(self, value: Any) -> Any:
        """Return the values of a cached query."""
        kept = self.plain_list(value) if isinstance(value, list | tuple | set) else None
        return super().prepare(value) if kept is None else kept

    @cached_property
    def plain_list(self) -> Callable[[Any], list[Any] | None]:
        """From values to the list of them without repetition where the column takes them as they are; to None for others."""
        return _PLAIN_LISTS.get(plain_types_of(self.bind_field), _of_no_plain_type)

    def _distinct(self, values: list[Any]) -> list[Any]:
        try:
            kept = list(dict.fromkeys(value for value in values if value is not None))
        except TypeError:  # unhashable values
            kept = [value for value in values if value is not None]
        if integer_range(self.bind_field) is not None:
            # No row can hold an integer beyond 64 bits, and no driver can send one.
            kept = [value for value in kept if not isinstance(value, int) or _MIN <= value <= _MAX]
        return kept

    def value_kind(self, value: Any) -> Hashable:
        """Return the length the list is padded to."""
        count = len(value)
        return 0 if count == 0 else bucket(count)

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key; an expression among the values makes it uncacheable."""
        if self.rhs_is_direct_value() and any(map(is_expression, self.rhs)):
            raise Uncacheable("a list with expressions")
        return super().shape_into(binds)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``IN`` and the list or the inner query."""
        left = self.lhs_clause(ctx).self_group()
        rhs = self.rhs
        if not self.rhs_is_direct_value():
            return self._in_query(ctx, left)
        if not rhs:
            raise EmptyResultSet
        if self.bilateral_transforms or any(map(is_expression, rhs)):
            clauses = [item_clause(self, ctx, item) for item in rhs]
            return condition(left, " IN (", *joined(clauses, ", "), ")")
        return self._in_values(ctx, left, len(rhs))

    def _in_query(self, ctx: ClauseContext, left: ClauseElement) -> Clause:
        rhs = self.rhs
        database = getattr(rhs, "_db", None)
        if database is not None and database != ctx.alias:
            raise ValueError(
                "Subqueries aren't allowed across different databases. Force the inner query to be "
                "evaluated using `list(inner_query)`."
            )
        if is_query(rhs):
            return condition(left, " IN (", ctx.subquery(rhs), ")")
        inner: ClauseElement = ctx.clause(rhs)
        if getattr(rhs, "subquery", False):
            return condition(left, " IN ", inner)
        return condition(left, " IN (", inner, ")")

    def _in_values(self, ctx: ClauseContext, left: ClauseElement, count: int) -> Clause:
        field: Any = self.bind_field
        kind = None if field is None else column_field(field).get_internal_type()
        # In a CHECK constraint or an index the list is written out.
        written_out = getattr(ctx, "for_ddl", False)
        is_ours = field is not None and kind in _AS_JSON and not has_own_storage(field) and not written_out
        if count > 1 and ctx.vendor == "sqlite" and is_ours:
            encode = _json_of(column_field(field).bind_converter(ctx.connection))
            values = ctx.bind(self.rhs, self.rhs_slot, None, encode, _TEXT)
            return condition(left, " IN (SELECT value FROM json_each(", values, "))")
        if count > SHORT and ctx.vendor == "postgresql" and is_ours:
            if integer_range(field) is not None:
                values = ctx.bind(self.rhs, self.rhs_slot, None, _plain_integers, _BIG_ARRAY)
                return condition(left, " = ANY(", values, ")")
            if kind in TEXT_FIELDS:
                values = ctx.bind(self.rhs, self.rhs_slot, None, _plain_texts, _TEXT_ARRAY)
                return condition(left, " = ANY(", values, ")")
        clauses = [self._one_of(ctx, field, position) for position in range(count if written_out else bucket(count))]
        return condition(left, " IN (", *joined(clauses, ", "), ")")

    def _one_of(self, ctx: ClauseContext, field: Any, position: int) -> Clause:
        pick = _Pick(position)
        if field is not None and integer_range(field) is not None:
            return ctx.bind(self.rhs, self.rhs_slot, None, pick, BigInteger())
        return ctx.bind(self.rhs, self.rhs_slot, field, pick)

    @adapter.native
    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Return the operator and the right side."""
        return f"IN {rhs}"


__all__ = ["In"]
