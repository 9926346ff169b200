"""What several functions share: numeric results, and decimals for PostgreSQL."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sqlalchemy import Numeric
from sqlalchemy import cast as sql_cast

from fastjango.db.models.expressions.output import is_field, known_field, make_field

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_EXACT = Numeric(1000, sys.float_info.dig)


class NumericOutputFieldMixin:
    """Decimal for decimals, float for integers."""

    def _resolve_output_field(self: Any) -> Any:
        fields = self.get_source_fields()
        if any(is_field(field, "DecimalField") for field in fields):
            return make_field("DecimalField")
        if any(is_field(field, "IntegerField") for field in fields):
            return make_field("FloatField")
        return super()._resolve_output_field() if fields else make_field("FloatField")  # type: ignore[misc]


class FixDecimalInputMixin:
    """Casts floats, for functions that PostgreSQL has for numeric only."""

    def arguments(self: Any, ctx: ClauseContext) -> list[Clause]:
        """Return the arguments, cast where needed."""
        clauses: list[Clause] = super().arguments(ctx)  # type: ignore[misc]
        if ctx.vendor != "postgresql":
            return clauses
        sources = self.get_source_expressions()
        return [
            sql_cast(clause, _EXACT) if is_field(known_field(source), "FloatField") else clause
            for source, clause in zip(sources, clauses, strict=True)
        ]


__all__ = ["FixDecimalInputMixin", "NumericOutputFieldMixin"]
