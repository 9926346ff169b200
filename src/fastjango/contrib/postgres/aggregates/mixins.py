"""The order in which an aggregate collects its values."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fastjango.db.models.expressions.func import OrderByList
from fastjango.utils.deprecation import RemovedInDjango61Warning

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


class OrderableAggMixin:
    """Gives an aggregate the argument ``order_by``: a name, an expression, or several of them."""

    template = "%(function)s(%(distinct)s%(expressions)s %(order_by)s)"

    def __init__(self, *expressions: Any, ordering: Any = (), order_by: Any = (), **extra: Any) -> None:
        if ordering:
            warnings.warn(
                "The ordering argument is deprecated. Use order_by instead.",
                category=RemovedInDjango61Warning,
                stacklevel=2,
            )
            if order_by:
                raise TypeError("Cannot specify both order_by and ordering.")
            order_by = ordering
        several = order_by if isinstance(order_by, list | tuple) else (order_by,)
        self.order_by = OrderByList(*several) if order_by else None
        super().__init__(*expressions, **extra)

    def get_source_expressions(self) -> list[Any]:
        """Return the arguments, the filter and the order."""
        return [*super().get_source_expressions(), self.order_by]  # type: ignore[misc]  # of the aggregate

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the arguments, the filter and the order."""
        *exprs, self.order_by = exprs
        super().set_source_expressions(exprs)  # type: ignore[misc]  # of the aggregate

    def _filtered(self, ctx: ClauseContext, context: dict[str, Any]) -> Clause:
        context.setdefault("order_by", "" if self.order_by is None else ctx.clause(self.order_by))
        clause: Clause = super()._filtered(ctx, context)  # type: ignore[misc]  # of the aggregate
        return clause


__all__ = ["OrderableAggMixin"]
