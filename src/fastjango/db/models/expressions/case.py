"""``Case`` and ``When``: the first result whose condition is met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from fastjango.core.exceptions import EmptyResultSet, FullResultSet
from fastjango.db.models.expressions.base import Expression, compile_part
from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.expressions.func import numeric_on_sqlite
from fastjango.db.models.expressions.no_condition import refuse_sqlalchemy
from fastjango.db.models.expressions.output import known_field
from fastjango.db.models.expressions.q import Q
from fastjango.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ClauseElement

    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


_UNIFIED = frozenset({"GenericIPAddressField", "IPAddressField", "TimeField", "UUIDField"})


@deconstructible(path="fastjango.db.models.When")
class When(Expression):
    """A condition and the result it gives."""

    conditional = False

    def __init__(self, condition: Any = None, then: Any = None, **lookups: Any) -> None:
        refuse_sqlalchemy(condition, "When()")
        remaining: dict[str, Any] | None = lookups
        if lookups:
            if condition is None:
                condition, remaining = Q(**lookups), None
            elif getattr(condition, "conditional", False):
                condition, remaining = Q(condition, **lookups), None
        if condition is None or not getattr(condition, "conditional", False) or remaining:
            raise TypeError("When() supports a Q object, a boolean expression, or lookups as a condition.")
        if isinstance(condition, Q) and not condition:
            raise ValueError("An empty Q() can't be used as a When() condition.")
        super().__init__(output_field=None)
        self.condition = condition
        self.result = self._parse_expressions(then)[0]

    def __str__(self) -> str:
        return f"WHEN {self.condition!r} THEN {self.result!r}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def get_source_expressions(self) -> list[Any]:
        """Return the condition and the result."""
        return [self.condition, self.result]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the condition and the result."""
        self.condition, self.result = exprs

    def get_source_fields(self) -> list[Any]:
        """Return the type of the result only."""
        return [self.result._output_field_or_none]

    def _allowed_default(self) -> bool:
        """Whether both parts may stand in a column default."""
        return bool(getattr(self.condition, "allowed_default", False) and self.result.allowed_default)

    allowed_default: Any = property(_allowed_default)

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return a copy with condition and result resolved."""
        clone = self._resolved_copy(summarize)
        clone.condition = self.condition.resolve_expression(query, allow_joins, reuse, summarize, False)
        clone.result = self.result.resolve_expression(query, allow_joins, reuse, summarize, for_save)
        self._refuse_composite([clone.result])
        return clone

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns of condition and result."""
        cols: list[Any] = []
        for source in self.get_source_expressions():
            cols.extend(source.get_group_by_cols())
        return cols

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``WHEN`` with its condition and result."""
        return Pieces("WHEN ", ctx.clause(self.condition), " THEN ", compile_part(self.result, ctx), atomic=False)


@deconstructible(path="fastjango.db.models.Case")
class Case(Expression):
    """The result of the first condition that is met, else a default."""

    def __init__(self, *cases: Any, default: Any = None, output_field: Any = None, **extra: Any) -> None:
        if not all(isinstance(case, When) for case in cases):
            raise TypeError("Positional arguments must all be When objects.")
        super().__init__(output_field)
        self.cases = list(cases)
        self.default = self._parse_expressions(default)[0]
        self.extra = extra

    def __str__(self) -> str:
        return f"CASE {', '.join(str(case) for case in self.cases)}, ELSE {self.default!r}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def get_source_expressions(self) -> list[Any]:
        """Return the cases and the default."""
        return [*self.cases, self.default]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the cases and the default."""
        *self.cases, self.default = exprs

    def _allowed_default(self) -> bool:
        """Whether all parts may stand in a column default."""
        return bool(self.default.allowed_default and all(case.allowed_default for case in self.cases))

    allowed_default: Any = property(_allowed_default)

    def copy(self) -> Self:
        """Return a copy with a list of cases of its own."""
        clone = super().copy()
        clone.cases = self.cases[:]
        return clone

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``CASE``; conditions that no row meets are left out."""
        default: ClauseElement = compile_part(self.default, ctx)
        pieces: list[str | ClauseElement] = []
        for case in self.cases:
            try:
                pieces += [" ", ctx.clause(case)]
            except EmptyResultSet:
                continue
            except FullResultSet:
                default = compile_part(case.result, ctx)
                break
        if not pieces:
            return default  # type: ignore[return-value]
        clause = Pieces("CASE", *pieces, " ELSE ", default, " END")
        return self._unified(numeric_on_sqlite(self, clause, ctx), ctx)

    def _unified(self, clause: Clause, ctx: ClauseContext) -> Clause:
        """Say the type to PostgreSQL, which takes the parameters of all results for text."""
        field = known_field(self) if ctx.vendor == "postgresql" else None
        if field is None or field.get_internal_type() not in _UNIFIED:
            return clause
        return Pieces("(", clause, f")::{str(field.db_type(ctx.connection)).split('(')[0]}")

    def get_group_by_cols(self) -> list[Any]:
        """Return nothing when all parts are constants."""
        if not self.cases:
            cols: list[Any] = self.default.get_group_by_cols()
            return cols
        return super().get_group_by_cols()


__all__ = ["Case", "When"]
