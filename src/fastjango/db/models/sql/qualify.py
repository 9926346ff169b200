"""Filters on window functions: the rows are computed first, the filter stands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fastjango.db.models.expressions import Ref

from .columns import build_select_list
from .context import Context
from .statement import Options, Statement, limited, with_aliases
from .tables import identifier
from .where import WhereNode

if TYPE_CHECKING:
    from collections.abc import Callable


def build_qualified(
    query: Any,
    ctx: Context,
    conditions: tuple[Any, Any, Any],
    order_by: list[tuple[Any, bool]],
    options: Options,
    build: Callable[[Any, Context, Options], Statement],
) -> Statement:
    """Return a SELECT around the rows, filtered by the values of window functions."""
    where, having, window_filter = conditions
    inner = query.clone()
    inner.subquery = True
    inner.where = WhereNode([part for part in (where, having) if part is not None])
    listed = build_select_list(query.clone())
    columns = with_aliases(listed.columns)
    names = dict(columns)
    masked: list[str] = []
    found = Replacements(inner, names, masked)
    found.collect(list(window_filter.leaves()))
    window_filter = window_filter.replace_expressions(found.references())
    orderings = []
    for ordering, _ in order_by:
        found.collect(ordering.get_source_expressions())
        orderings.append(ordering.replace_expressions(found.references()))
    inner_ctx = Context(inner, ctx.connection, ctx.binds, ctx.slot_base, ctx.parent)
    rows = build(inner, inner_ctx, Options(with_col_aliases=True, with_limits=False, elide_empty=options.elide_empty))
    source = rows.select.subquery("qualify")
    visible: list[Any] = [sa.column(identifier(str(alias))) for _, alias in columns]
    statement = sa.select(*visible).select_from(source).where(ctx.clause(window_filter))
    if orderings:
        statement = statement.order_by(*[ctx.clause(ordering) for ordering in orderings])
    if options.with_limits:
        statement = limited(statement, query, ctx)
    statement = statement.set_label_style(sa.LABEL_STYLE_NONE)
    return Statement(statement, columns, listed.objects, listed.annotations, tuples=listed.tuples)


class Replacements:
    """What the outer query refers to by name; columns that are not selected are added inside."""

    def __init__(self, inner: Any, names: dict[Any, str | None], masked: list[str]) -> None:
        self.inner = inner
        self.names = names
        self.masked = masked
        self.found: dict[Any, str] = {}

    def collect(self, expressions: list[Any]) -> None:
        """Find a name for everything in the expressions."""
        while expressions:
            expression = expressions.pop()
            if expression in self.found or not hasattr(expression, "get_source_expressions"):
                continue
            alias = self.names.get(expression)
            if alias:
                self.found[expression] = alias
            elif getattr(expression, "is_lookup", False):
                expressions.extend(expression.get_source_expressions())
            elif isinstance(expression, Ref):
                if expression.refs not in self.names.values():
                    expressions.extend(expression.get_source_expressions())
            else:
                name = f"qual{len(self.masked)}"
                self.masked.append(name)
                self.inner.add_annotation(expression, name)
                self.found[expression] = name

    def references(self) -> dict[Any, Any]:
        """Return the expressions with the names that replace them."""
        return {expression: Ref(alias, expression) for expression, alias in self.found.items()}


__all__ = ["Replacements", "build_qualified"]
