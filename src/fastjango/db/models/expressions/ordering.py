"""``OrderBy``: an expression with a direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fastjango.db.models.expressions.base import Expression
from fastjango.db.models.expressions.combinable import makers
from fastjango.db.models.expressions.elements import Pieces, joined
from fastjango.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


@deconstructible(path="fastjango.db.models.OrderBy")
class OrderBy(Expression):
    """Ascending or descending order by an expression."""

    constraint_validation_compatible = False
    allows_composite_expressions = True

    def __init__(
        self,
        expression: Any,
        descending: bool = False,
        nulls_first: bool | None = None,
        nulls_last: bool | None = None,
    ) -> None:
        super().__init__()
        if nulls_first and nulls_last:
            raise ValueError("nulls_first and nulls_last are mutually exclusive")
        if nulls_first is False or nulls_last is False:
            raise ValueError("nulls_first and nulls_last values must be True or None.")
        if not hasattr(expression, "resolve_expression"):
            raise ValueError("expression must be an expression type")
        self.nulls_first = nulls_first
        self.nulls_last = nulls_last
        self.descending = descending
        self.expression = expression

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.expression}, descending={self.descending})"

    def get_source_expressions(self) -> list[Any]:
        """Return the expression."""
        return [self.expression]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the expression."""
        self.expression = exprs[0]

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the expression with its direction; of a composite key, each of its columns."""
        if getattr(self.expression, "is_column_tuple", False):
            return Pieces(*joined([self._of(col).build_clause(ctx) for col in self.expression], ", "), atomic=False)
        clause = ctx.clause(self.expression)
        direction = " DESC" if self.descending else " ASC"
        if not (self.nulls_first or self.nulls_last):
            return Pieces(clause.self_group(), direction, atomic=False)
        if ctx.vendor == "mysql":
            return self._mysql(clause, direction)
        nulls = " NULLS LAST" if self.nulls_last else " NULLS FIRST"
        return Pieces(clause.self_group(), direction, nulls, atomic=False)

    def _of(self, column: Any) -> OrderBy:
        clone = self.copy()
        clone.expression = column
        return clone

    def _mysql(self, clause: Clause, direction: str) -> Clause:
        # NULL is the smallest value there, so one of the two directions needs help.
        if self.nulls_last and not self.descending:
            return Pieces("ISNULL(", clause, "), ", clause, direction, atomic=False)
        if self.nulls_first and self.descending:
            return Pieces("NOT ISNULL(", clause, "), ", clause, direction, atomic=False)
        return Pieces(clause, direction, atomic=False)

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns of the expression."""
        cols: list[Any] = []
        for source in self.get_source_expressions():
            cols.extend(source.get_group_by_cols())
        return cols

    def reverse_ordering(self) -> OrderBy:
        """Turn the direction round, also for NULLs."""
        self.descending = not self.descending
        if self.nulls_first:
            self.nulls_last, self.nulls_first = True, None
        elif self.nulls_last:
            self.nulls_first, self.nulls_last = True, None
        return self

    def asc(self) -> None:  # type: ignore[override]
        """Make the order ascending."""
        self.descending = False

    def desc(self) -> None:  # type: ignore[override]
        """Make the order descending."""
        self.descending = True


makers.order = OrderBy

__all__ = ["OrderBy"]
