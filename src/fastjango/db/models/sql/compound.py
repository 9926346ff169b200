"""UNION, INTERSECT, EXCEPT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.errors import DatabaseError, NotSupportedError

from .context import Context
from .order import Ordering
from .statement import Options, Statement, limited
from .tables import identifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from .columns import SelectList

_KINDS: dict[tuple[str, bool], Any] = {
    ("union", False): sa.union,
    ("union", True): sa.union_all,
    ("intersection", False): sa.intersect,
    ("difference", False): sa.except_,
}


def build_combined(
    query: Any,
    ctx: Context,
    listed: SelectList,
    options: Options,
    build: Callable[[Any, Context, Options], Statement],
) -> Statement:
    """
    Return the statement of a set operation.

    Raises:
        EmptyResultSet: No part has rows.
        DatabaseError: The database cannot order or limit the parts.
    """
    if query.is_empty():
        raise EmptyResultSet
    features = ctx.connection.features
    kind = query.combinator
    if not getattr(features, f"supports_select_{kind}"):
        raise NotSupportedError(f"{kind} is not supported on this database backend.")
    order_by = Ordering(query, listed.columns, features.supports_order_by_nulls_modifier).resolve()
    _check_parts(query, features)
    parts: list[Statement] = []
    for part in query.combined_queries:
        try:
            parts.append(_build_part(query, part, ctx, options, build))
        except EmptyResultSet:
            # Nothing to add, and nothing to take away from what is there.
            if kind == "union" or (kind == "difference" and parts):
                continue
            raise
    if not parts:
        raise EmptyResultSet
    selects = [_operand(part, ctx) for part in parts]
    combine = _KINDS[kind, query.combinator_all and kind == "union"]
    statement = combine(*selects) if len(selects) > 1 else _single(parts[0], selects[0], order_by, query, ctx)
    if order_by:
        statement = statement.order_by(*[ctx.clause(ordering) for ordering, _ in order_by])
    if options.with_limits:
        statement = limited(statement, query, ctx)
    first = parts[0]
    objects = listed.objects if listed.objects is not None else first.objects
    extra = max(0, len(first.columns) - len(listed.columns)) if query.selected is not None else 0
    return Statement(statement, first.columns, objects, listed.annotations, extra, first.tuples)


def _check_parts(query: Any, features: Any) -> None:
    if features.supports_slicing_ordering_in_compound:
        return
    for part in query.combined_queries:
        if part.is_sliced:
            raise DatabaseError("LIMIT/OFFSET not allowed in subqueries of compound statements.")
        if part.order_by or (part.default_ordering and part.model is not None and part.get_meta().ordering):
            raise DatabaseError("ORDER BY not allowed in subqueries of compound statements.")


def _build_part(query: Any, part: Any, ctx: Context, options: Options, build: Any) -> Statement:
    part = part.clone()
    if query.selected is not None and part.selected is None:
        # values() on the whole: every part selects the same columns.
        part.set_values(tuple(query.selected))
    # Parts of a sliced union may be sliced themselves: one alone would not stand in its place.
    sliced = ctx.connection.features.supports_slicing_ordering_in_compound and query.is_sliced
    elide = options.elide_empty and not (sliced and query.combinator == "union")
    part_ctx = Context(part, ctx.connection, ctx.binds, ctx.slot_base + part.slot_base, ctx.parent)
    return build(part, part_ctx, Options(with_col_aliases=True, elide_empty=elide))  # type: ignore[no-any-return]


def _operand(part: Statement, ctx: Context) -> Any:
    """Return a part as an operand; a set operation inside another is read from a subquery."""
    select = part.select
    if isinstance(select, sa.CompoundSelect) and not ctx.connection.features.supports_parentheses_in_compound:
        return _wrapped(part, select)
    return select


def _single(part: Statement, select: Any, order_by: Any, query: Any, ctx: Context) -> Any:
    """Return the only part that has rows, ready to be ordered and limited from outside."""
    if not order_by and not query.is_sliced:
        return select
    return _wrapped(part, select)


def _wrapped(part: Statement, select: Any) -> Any:
    names: list[Any] = [sa.column(identifier(str(alias))) for _, alias in part.columns]
    return sa.select(*names).select_from(select.subquery("U0")).set_label_style(sa.LABEL_STYLE_NONE)


__all__ = ["build_combined"]
