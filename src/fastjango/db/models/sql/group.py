"""GROUP BY: what must be grouped so that everything else may be an aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import EmptyResultSet, FullResultSet
from fastjango.db.models.expressions import Ref

from .order import column_key
from .tables import Counted

if TYPE_CHECKING:
    from .columns import Select
    from .context import Context


def group_clauses(
    query: Any,
    ctx: Context,
    select: Select,
    order_by: list[tuple[Any, bool]],
    having: Any,
    order_from_meta: bool,
) -> list[Any]:
    """Return the clauses of GROUP BY; none when the query is not grouped."""
    if query.group_by is None:
        return []
    expressions = _grouped(query, select, order_by, order_from_meta)
    having_columns = having.get_group_by_cols() if having is not None else []
    expressions.extend(having_columns)
    expressions = _without_dependent(expressions, having_columns, ctx.connection)
    positions = _positions(query, select)
    by_position = getattr(ctx.connection.features, "allows_group_by_select_index", True)
    clauses: list[Any] = []
    seen: set[Any] = set()
    with_values: list[Any] = []
    for expression in expressions:
        key = column_key(expression)
        if key in seen:
            continue
        seen.add(key)
        place = positions.get(key) if by_position else None
        if place is not None:
            clauses.append(Counted(place))
            if _is_said_beside(expression, place, select, order_by, having):
                with_values.append(expression)
            continue
        count = len(ctx.binds.sources)
        try:
            clauses.append(ctx.clause(expression))
        except (EmptyResultSet, FullResultSet):
            continue
        if len(ctx.binds.sources) > count:
            with_values.append(expression)
    _note_repeated(with_values, select, order_by, having, ctx)
    return clauses


def _positions(query: Any, select: Select) -> dict[Any, int]:
    """Return the place in the select list of everything there that has a name."""
    positions = {column_key(expr): place for place, (expr, alias) in enumerate(select, start=1) if alias}
    places = {alias: place for place, (_, alias) in enumerate(select, start=1) if alias}
    for expression in query.group_by if query.group_by is not True else ():
        # A subquery that was copied is no longer equal to the one that is selected; its name is the same.
        if isinstance(expression, Ref) and expression.refs in places:
            positions[column_key(expression.source)] = places[expression.refs]
    return positions


def _grouped(query: Any, select: Select, order_by: list[tuple[Any, bool]], order_from_meta: bool) -> list[Any]:
    expressions: list[Any] = []
    refs: set[str] = set()
    if query.group_by is not True:
        for expression in query.group_by:
            if isinstance(expression, str):
                expression = query.resolve_ref(expression)
            if isinstance(expression, Ref):
                if expression.refs not in refs:
                    refs.add(expression.refs)
                    expressions.append(expression.source)
            else:
                expressions.append(expression)
    for expression, alias in select:
        if alias not in refs:
            expressions.extend(expression.get_group_by_cols())
    if not order_from_meta:
        for ordering, is_ref in order_by:
            if not is_ref:
                expressions.extend(ordering.get_group_by_cols())
    return expressions


def _note_repeated(
    with_values: list[Any], select: Select, order_by: list[tuple[Any, bool]], having: Any, ctx: Context
) -> None:
    """Let the driver fill the parameters in where a grouped expression with some is said again somewhere else."""
    if ctx.vendor != "postgresql" or not with_values:
        return
    orderings = [ordering.expression for ordering, is_ref in order_by if not is_ref]
    others = [*(expression for expression, _ in select), *orderings, *([] if having is None else [having])]
    if any(_says(part, expression) for part in others for expression in with_values):
        ctx.binds.filled_by_client = True


def _is_said_beside(expression: Any, place: int, select: Select, order_by: list[tuple[Any, bool]], having: Any) -> bool:
    """Tell whether something that is grouped by its place in the select list stands in another part of the statement, too."""
    if hasattr(expression, "target"):
        return False
    others = [other for number, (other, _) in enumerate(select, start=1) if number != place]
    others += [ordering.expression for ordering, is_ref in order_by if not is_ref]
    return any(_says(part, expression) for part in [*others, *([] if having is None else [having])])


def _parts(expression: Any) -> list[Any]:
    found: list[Any] = getattr(expression, "get_source_expressions", list)()
    return [part for part in found if part is not None]


def _says(expression: Any, wanted: Any) -> bool:
    return expression == wanted or any(_says(part, wanted) for part in _parts(expression))


def _without_dependent(expressions: list[Any], having: list[Any], connection: Any) -> list[Any]:
    """Drop columns that a grouped primary key decides, where the database knows that."""
    features = connection.features
    if not getattr(features, "allows_group_by_selected_pks", False):
        return expressions
    allowed = getattr(features, "allows_group_by_selected_pks_on_model", lambda model: True)
    keys = [
        expression
        for expression in expressions
        if hasattr(expression, "target") and expression.target.primary_key and allowed(expression.target.model)
    ]
    aliases = {expression.alias for expression in keys}
    return [
        expression
        for expression in expressions
        if expression in keys or expression in having or getattr(expression, "alias", None) not in aliases
    ]


__all__ = ["group_clauses"]
