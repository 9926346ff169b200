"""Lookups on several columns at once: composite keys and relations to them.

Comparisons are written column by column, so that every database understands them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_
from sqlalchemy.sql import operators

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.models.expressions.elements import comparison, is_null, joined
from fastjango.db.models.lookups.base import Lookup, condition, is_query
from fastjango.db.models.lookups.in_list import bucket

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


def _item(position: int) -> Callable[[Any], Any]:
    return lambda values: values[position]


def _item_of_row(row: int, position: int) -> Callable[[Any], Any]:
    def pick(rows: Any) -> Any:
        return (rows[row] if row < len(rows) else rows[-1])[position]

    return pick


class TupleLookup(Lookup):
    """A lookup whose left side is several columns."""

    prepare_rhs = True

    def get_prep_lookup(self) -> Any:
        """
        Return the right side as a tuple with one value per column.

        Raises:
            ValueError: It is no tuple or has another number of values.
        """
        rhs = self.rhs
        if hasattr(rhs, "resolve_expression"):
            return rhs
        self._check_tuple(rhs)
        return self._prepared(rhs)

    def get_prep_lhs(self) -> Any:
        """Return the left side: columns, or a tuple of expressions."""
        return self.lhs

    @property
    def columns(self) -> list[Any]:
        """The expressions of the left side."""
        return list(self.lhs)

    def _lhs_name(self) -> str:
        field = getattr(self.lhs, "output_field", None) or getattr(self.lhs, "field", None)
        return repr(getattr(field, "name", str(self.lhs)))

    def _check_tuple(self, value: Any) -> None:
        if not isinstance(value, tuple | list):
            raise ValueError(  # noqa: TRY004 - Django's type
                f"{self.lookup_name!r} lookup of {self._lhs_name()} must be a tuple or a list"
            )
        if len(value) != len(self.columns):
            raise ValueError(
                f"{self.lookup_name!r} lookup of {self._lhs_name()} must have {len(self.columns)} elements"
            )

    def _prepared(self, values: Any) -> tuple[Any, ...]:
        return tuple(
            value if hasattr(value, "resolve_expression") or value is None else col.output_field.get_prep_value(value)
            for col, value in zip(self.columns, values, strict=True)
        )

    def bound(self, ctx: ClauseContext, position: int) -> Clause:
        """Return the clause of one value of the right side."""
        value = self.rhs[position]
        if hasattr(value, "resolve_expression"):
            return ctx.clause(value)
        return ctx.bind(self.rhs, self.rhs_slot, self.columns[position].output_field, _item(position))

    def pairs(self, ctx: ClauseContext) -> list[tuple[Clause, Clause]]:
        """Return the columns with their values."""
        return [(ctx.clause(col), self.bound(ctx, position)) for position, col in enumerate(self.columns)]


class TupleExact(TupleLookup):
    """All columns equal."""

    lookup_name = "exact"

    def get_prep_lookup(self) -> Any:
        """Return the values, or the inner query with its key selected."""
        if is_query(self.rhs):
            if not self.rhs.has_limit_one():
                raise ValueError("The QuerySet value for an exact lookup must be limited to one result using slicing.")
            if not self.rhs.has_select_fields:
                self.rhs.clear_select_clause()
                self.rhs.add_fields(["pk"])
        return super().get_prep_lookup()

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return one equality per column."""
        if not self.rhs_is_direct_value():
            columns = [ctx.clause(col) for col in self.columns]
            return condition("(", *joined(columns, ", "), ") = (", ctx.subquery(self.rhs), ")")
        return and_(*(comparison(left, operators.eq, right) for left, right in self.pairs(ctx)))


class TupleIsNull(TupleLookup):
    """Any column without a value (True), or all with one (False)."""

    lookup_name = "isnull"

    def get_prep_lookup(self) -> Any:
        """
        Return the value.

        Raises:
            ValueError: It is not True or False.
        """
        if isinstance(self.rhs, bool):
            return self.rhs
        raise ValueError("The QuerySet value for an isnull lookup must be True or False.")

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return one test per column."""
        tests = [is_null(ctx.clause(col), negated=not self.rhs) for col in self.columns]
        return or_(*tests) if self.rhs else and_(*tests)


class _TupleOrder(TupleLookup):
    """Order of tuples: the first column that differs decides."""

    strict: Any
    final: Any

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the comparison, column by column."""
        pairs = self.pairs(ctx)
        alternatives = []
        for position, (left, right) in enumerate(pairs):
            operator = type(self).final if position == len(pairs) - 1 else type(self).strict
            equal = [comparison(before[0], operators.eq, before[1]) for before in pairs[:position]]
            alternatives.append(and_(*equal, comparison(left, operator, right)))
        return or_(*alternatives)


class TupleGreaterThan(_TupleOrder):
    """``gt`` of tuples."""

    lookup_name = "gt"
    strict = final = operators.gt


class TupleGreaterThanOrEqual(_TupleOrder):
    """``gte`` of tuples."""

    lookup_name = "gte"
    strict, final = operators.gt, operators.ge


class TupleLessThan(_TupleOrder):
    """``lt`` of tuples."""

    lookup_name = "lt"
    strict = final = operators.lt


class TupleLessThanOrEqual(_TupleOrder):
    """``lte`` of tuples."""

    lookup_name = "lte"
    strict, final = operators.lt, operators.le


class TupleIn(TupleLookup):
    """One of several tuples, or of the rows of an inner query."""

    lookup_name = "in"

    def get_prep_lookup(self) -> Any:
        """Return the tuples, checked."""
        rhs = self.rhs
        if is_query(rhs):
            rhs.clear_ordering(clear_default=True)
            if not rhs.has_select_fields:
                rhs.clear_select_clause()
                rhs.add_fields(["pk"])
            return rhs
        if hasattr(rhs, "resolve_expression"):
            return rhs
        if not isinstance(rhs, tuple | list | set | frozenset):
            raise ValueError(  # noqa: TRY004 - Django's type
                f"{self.lookup_name!r} lookup of {self._lhs_name()} must be a tuple or a list"
            )
        rows = list(rhs)
        if not all(isinstance(row, tuple | list) for row in rows):
            raise ValueError(
                f"{self.lookup_name!r} lookup of {self._lhs_name()} must be a collection of tuples or lists"
            )
        if not all(len(row) == len(self.columns) for row in rows):
            raise ValueError(
                f"{self.lookup_name!r} lookup of {self._lhs_name()} must have {len(self.columns)} elements each"
            )
        return [self._prepared(row) for row in rows if None not in row]

    def value_kind(self, value: Any) -> Hashable:
        """Return the length the list is padded to."""
        return bucket(len(value)) if value else 0

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return alternatives of equalities, or ``IN`` the inner query."""
        columns = [ctx.clause(col) for col in self.columns]
        if not self.rhs_is_direct_value():
            return condition("(", *joined(columns, ", "), ") IN (", ctx.subquery(self.rhs), ")")
        if not self.rhs:
            raise EmptyResultSet
        rows = range(bucket(len(self.rhs)))
        return or_(*(self._equals(ctx, columns, row) for row in rows))

    def _equals(self, ctx: ClauseContext, columns: list[Clause], row: int) -> Clause:
        values = self.rhs[row] if row < len(self.rhs) else self.rhs[-1]
        tests = []
        for position, (col, value) in enumerate(zip(self.columns, values, strict=True)):
            if hasattr(value, "resolve_expression"):
                right = ctx.clause(value)
            else:
                right = ctx.bind(self.rhs, self.rhs_slot, col.output_field, _item_of_row(row, position))
            tests.append(comparison(columns[position], operators.eq, right))
        return and_(*tests)


__all__ = [
    "TupleExact",
    "TupleGreaterThan",
    "TupleGreaterThanOrEqual",
    "TupleIn",
    "TupleIsNull",
    "TupleLessThan",
    "TupleLessThanOrEqual",
    "TupleLookup",
]
