"""Lookups on several columns at once: composite keys and relations to them.

Comparisons with values are written column by column, so that every database understands
them; with an inner query they are row values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import and_, or_
from sqlalchemy.sql import operators

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.models.expressions.elements import Pieces, comparison, is_null, joined
from fastjango.db.models.expressions.func import Func
from fastjango.db.models.expressions.output import Output, lookup_of
from fastjango.db.models.expressions.refs import ColPairs, ResolvedOuterRef
from fastjango.db.models.expressions.shape import is_expression
from fastjango.db.models.expressions.subquery import Subquery
from fastjango.db.models.lookups.base import Lookup, check_selected, condition, is_query
from fastjango.db.models.lookups.in_list import bucket

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


class Tuple(Func):
    """Several expressions as one row value."""

    allows_composite_expressions = True
    function = ""
    output_field = Output("Field")

    def __len__(self) -> int:
        return len(self.source_expressions)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.source_expressions)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the expressions in parentheses."""
        return Pieces("(", *joined(self.arguments(ctx), ", "), ")")


def _item(position: int) -> Callable[[Any], Any]:
    return lambda values: values[position]


def _item_of_row(row: int, position: int) -> Callable[[Any], Any]:
    def pick(rows: Any) -> Any:
        return (rows[row] if row < len(rows) else rows[-1])[position]

    return pick


class TupleLookup(Lookup):
    """A lookup whose left side is several columns."""

    allows_composite_expressions = True
    sign: ClassVar[str]

    def get_prep_lookup(self) -> Any:
        """
        Return the right side: a tuple with one value per column, or an inner query.

        Raises:
            ValueError: It is no tuple, or has another number of values.
        """
        rhs = self.rhs
        if not self.rhs_is_direct_value():
            self._check_expression(rhs)
            return rhs
        if not isinstance(rhs, tuple | list):
            raise ValueError(  # noqa: TRY004 - Django's type
                f"{self.lookup_name!r} lookup of {self._lhs_name()} must be a tuple or a list"
            )
        if len(rhs) != len(self.lhs):
            raise ValueError(f"{self.lookup_name!r} lookup of {self._lhs_name()} must have {len(self.lhs)} elements")
        return self._prepared(rhs)

    def get_prep_lhs(self) -> Any:
        """Return the left side: columns, or a tuple of expressions."""
        return Tuple(*self.lhs) if isinstance(self.lhs, tuple | list) else self.lhs

    @property
    def columns(self) -> list[Any]:
        """The expressions of the left side."""
        return list(self.lhs)

    def _lhs_name(self) -> str:
        if isinstance(self.lhs, ColPairs):
            return repr(self.lhs.field.name)
        return f"({', '.join(repr(part.name) for part in self.lhs)})"

    def _check_expression(self, rhs: Any) -> None:
        if not (is_query(rhs) or isinstance(rhs, ResolvedOuterRef | ColPairs | Tuple)):
            raise ValueError(
                f"{self.lookup_name!r} subquery lookup of {self._lhs_name()} only supports OuterRef and "
                f"QuerySet objects (received {type(rhs).__name__!r})"
            )

    def _prepared(self, values: Any) -> tuple[Any, ...]:
        return tuple(_prepare(col, value) for col, value in zip(self.columns, values, strict=True))

    def bound(self, ctx: ClauseContext, position: int) -> Clause:
        """Return the clause of one value of the right side."""
        value = self.rhs[position]
        if is_expression(value):
            return ctx.clause(value)
        return ctx.bind(self.rhs, self.rhs_slot, _field_of(self.columns[position]), _item(position))

    def pairs(self, ctx: ClauseContext) -> list[tuple[Clause, Clause]]:
        """Return the columns with their values."""
        if isinstance(self.rhs, ColPairs | Tuple):
            return [(ctx.clause(col), ctx.clause(other)) for col, other in zip(self.columns, self.rhs, strict=True)]
        if not self.rhs_is_direct_value():
            ctx.clause(self.rhs)  # a reference to an outer query that is not there says so
            raise ValueError("Composite field lookups only work with composite expressions.")
        return [(ctx.clause(col), self.bound(ctx, position)) for position, col in enumerate(self.columns)]

    def row(self, ctx: ClauseContext) -> list[Any]:
        """Return the left side as a row value, in pieces."""
        return ["(", *joined([ctx.clause(col) for col in self.columns], ", "), ")"]

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the comparison, with an inner query as row values."""
        if is_query(self.rhs):
            return condition(*self.row(ctx), f" {self.sign} (", ctx.subquery(self.rhs), ")")
        return self.compare(self.pairs(ctx))

    def compare(self, pairs: Sequence[tuple[Clause, Clause]]) -> Clause:
        """Return the comparison, column by column."""
        raise NotImplementedError


def _field_of(col: Any) -> Any:
    return getattr(col, "output_field", None)


def _prepare(col: Any, value: Any) -> Any:
    field = _field_of(col)
    if field is None or value is None or is_expression(value):
        return value
    return field.get_prep_value(value)


@lookup_of("CompositePrimaryKey")
class TupleExact(TupleLookup):
    """All columns equal."""

    lookup_name = "exact"
    sign = "="

    def get_prep_lookup(self) -> Any:
        """Return the values, or the inner query with its key selected."""
        rhs = self.rhs
        if is_query(rhs):
            if not rhs.has_limit_one():
                raise ValueError("The QuerySet value for an exact lookup must be limited to one result using slicing.")
            select_key(rhs, "exact", len(self.lhs))
        return super().get_prep_lookup()

    def compare(self, pairs: Sequence[tuple[Clause, Clause]]) -> Clause:
        """Return one equality per column."""
        return and_(*(comparison(left, operators.eq, right) for left, right in pairs))


def select_key(query: Any, name: str, expected: int) -> None:
    """
    Let an inner query select its key, if it selects nothing yet.

    Raises:
        ValueError: It does not select as many columns as it is compared with.
    """
    if not query.has_select_fields:
        query.clear_select_clause()
        query.add_fields(["pk"])
    check_selected(query, name, expected)


@lookup_of("CompositePrimaryKey")
class TupleIsNull(TupleLookup):
    """Any column without a value (True), or all with one (False)."""

    lookup_name = "isnull"
    value_shapes_sql = True

    def get_prep_lookup(self) -> Any:
        """
        Return the value.

        Raises:
            ValueError: It is not True or False.
        """
        rhs = self.rhs
        if isinstance(rhs, tuple | list) and len(rhs) == 1:
            rhs = rhs[0]
        if isinstance(rhs, bool):
            return rhs
        raise ValueError("The QuerySet value for an isnull lookup must be True or False.")

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return one test per column."""
        tests = [is_null(ctx.clause(col), negated=not self.rhs) for col in self.columns]
        return or_(*tests) if self.rhs else and_(*tests)


class _TupleOrder(TupleLookup):
    """Order of tuples: the first column that differs decides."""

    strict: Any
    final: Any

    def compare(self, pairs: Sequence[tuple[Clause, Clause]]) -> Clause:
        """Return the comparison, column by column."""
        alternatives = []
        for position, (left, right) in enumerate(pairs):
            operator = type(self).final if position == len(pairs) - 1 else type(self).strict
            equal = [comparison(one, operators.eq, other) for one, other in pairs[:position]]
            alternatives.append(and_(*equal, comparison(left, operator, right)))
        return or_(*alternatives)


@lookup_of("CompositePrimaryKey")
class TupleGreaterThan(_TupleOrder):
    """``gt`` of tuples."""

    lookup_name = "gt"
    sign = ">"
    strict = final = operators.gt


@lookup_of("CompositePrimaryKey")
class TupleGreaterThanOrEqual(_TupleOrder):
    """``gte`` of tuples."""

    lookup_name = "gte"
    sign = ">="
    strict, final = operators.gt, operators.ge


@lookup_of("CompositePrimaryKey")
class TupleLessThan(_TupleOrder):
    """``lt`` of tuples."""

    lookup_name = "lt"
    sign = "<"
    strict = final = operators.lt


@lookup_of("CompositePrimaryKey")
class TupleLessThanOrEqual(_TupleOrder):
    """``lte`` of tuples."""

    lookup_name = "lte"
    sign = "<="
    strict, final = operators.lt, operators.le


@lookup_of("CompositePrimaryKey")
class TupleIn(TupleLookup):
    """One of several tuples, or of the rows of an inner query."""

    lookup_name = "in"
    sign = "IN"

    def get_prep_lookup(self) -> Any:
        """
        Return the tuples, checked; rows with None are left out.

        Raises:
            ValueError: It is no collection of tuples with one value per column.
        """
        rhs = self.rhs
        if not self.rhs_is_direct_value():
            return self._checked_query(rhs)
        text = f"{self.lookup_name!r} lookup of {self._lhs_name()} must"
        if not isinstance(rhs, tuple | list | set | frozenset):
            raise ValueError(f"{text} be a tuple or a list")  # noqa: TRY004 - Django's type
        rows = list(rhs)
        if not all(isinstance(row, tuple | list) for row in rows):
            raise ValueError(f"{text} be a collection of tuples or lists")
        if not all(len(row) == len(self.lhs) for row in rows):
            raise ValueError(f"{text} have {len(self.lhs)} elements each")
        return [self._prepared(row) for row in rows if None not in row]

    def _checked_query(self, rhs: Any) -> Any:
        if isinstance(rhs, Subquery):
            rhs = rhs.query
        if not is_query(rhs):
            raise ValueError(
                f"{self.lookup_name!r} subquery lookup of {self._lhs_name()} must be a Query object "
                f"(received {type(rhs).__name__!r})"
            )
        rhs.clear_ordering(clear_default=True)
        select_key(rhs, "'in'", len(self.lhs))
        return rhs

    def value_kind(self, value: Any) -> Hashable:
        """Return the length the list is padded to."""
        return bucket(len(value)) if value else 0

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return alternatives of equalities, or ``IN`` the inner query."""
        if not self.rhs_is_direct_value():
            return super().build_clause(ctx)
        if not self.rhs:
            raise EmptyResultSet
        columns = [ctx.clause(col) for col in self.columns]
        return or_(*(self._equals(ctx, columns, row) for row in range(bucket(len(self.rhs)))))

    def _equals(self, ctx: ClauseContext, columns: list[Clause], row: int) -> Clause:
        values = self.rhs[row] if row < len(self.rhs) else self.rhs[-1]
        tests = []
        for position, (col, value) in enumerate(zip(self.columns, values, strict=True)):
            if is_expression(value):
                right = ctx.clause(value)
            else:
                right = ctx.bind(self.rhs, self.rhs_slot, _field_of(col), _item_of_row(row, position))
            tests.append(comparison(columns[position], operators.eq, right))
        return and_(*tests)


__all__ = [
    "Tuple",
    "TupleExact",
    "TupleGreaterThan",
    "TupleGreaterThanOrEqual",
    "TupleIn",
    "TupleIsNull",
    "TupleLessThan",
    "TupleLessThanOrEqual",
    "TupleLookup",
    "select_key",
]
