"""
The first N rows for each value of a field: by LATERAL where an index leads to them, else by numbering the rows.

A database that knows LATERAL and has an index on the relation followed by the order reads N rows per parent; numbering
(``ROW_NUMBER()``) reads all rows of all parents. Which way is taken is decided once, when the query is compiled.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fastjango.db.models.expressions import Col, Window
from fastjango.db.models.functions import RowNumber
from fastjango.db.models.lookups import Exact, GreaterThan, In, IsNull, LessThanOrEqual
from fastjango.db.models.query_utils import Q

from .columns import build_select_list
from .context import Context
from .order import Ordering
from .qualify import Replacements
from .statement import Options, Statement, limited, with_aliases
from .tables import identifier
from .where import AND, WhereNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Build = Callable[[Any, Context, Options], Statement]

PARENTS = "top_parents"


@dataclass(frozen=True)
class Top:
    """Which rows of each group: *per* is a field or a path, *low* and *high* are places in the order."""

    per: str
    low: int
    high: int | None


def build_top(query: Any, ctx: Context, options: Options, build: Build) -> Statement:
    """Return the SELECT of the first rows of each group; *query* is changed."""
    top: Top = query.top
    query.top = None
    order = [expression for expression, _ in Ordering(query.clone(), []).resolve()]
    field = _relation(query, top)
    if field is not None and ctx.connection.features.supports_lateral and _has_index(query, field, order):
        keys, idle = _conditions(query, field)
        if idle is not None:
            inner = _of_one_parent(query, field, [*keys, *idle], top)
            return _lateral(query, inner, ctx, options, build, keys, field.target_field)
    number = Window(RowNumber(), partition_by=top.per, order_by=order)
    condition = Q(GreaterThan(number, top.low)) if top.low else Q()
    if top.high is not None:
        condition &= Q(LessThanOrEqual(number, top.high))
    # A join that is there already is the one that was meant.
    query.add_q(condition, reuse_all=True)
    return build(query, ctx, options)


def _relation(query: Any, top: Top) -> Any:
    """Return the foreign key that makes the groups, if that is all they are made of."""
    if top.high is None or query.group_by is not None or query.distinct or query.extra or query.extra_tables:
        return None
    field = next((each for each in query.get_meta().concrete_fields if top.per in (each.name, each.attname)), None)
    if field is None or not field.is_relation or len(field.foreign_related_fields) != 1:
        return None
    return field if field.model._meta.concrete_model is query.get_meta().concrete_model else None


def _has_index(query: Any, field: Any, order: list[Any]) -> bool:
    """Whether an index holds the rows of one parent in (the beginning of) this order."""
    if not order or order[0].nulls_first or order[0].nulls_last:
        return False
    first = order[0].expression
    if not isinstance(first, Col) or first.alias != query.get_initial_alias():
        return False
    opts = query.get_meta()
    wanted = [field.name, first.target.name]
    lists = [
        [name for name, _ in index.fields_orders] for index in opts.indexes if index.fields and not index.condition
    ]
    lists += [list(constraint.fields) for constraint in opts.total_unique_constraints]
    lists += [list(names) for names in opts.unique_together]
    named = {each.attname: each.name for each in opts.concrete_fields}
    return any([named.get(name, name) for name in names[:2]] == wanted for names in lists)


def _conditions(query: Any, field: Any) -> tuple[list[Any], list[Any] | None]:
    """
    Return the conditions that name the parents, and those that every child of a parent fulfils.

    The latter are None where there are others and no parents are named: then numbering reads less.
    """
    keys: list[Any] = []
    idle: list[Any] = []
    others = False
    for condition in _leaves(query.where):
        lhs = getattr(condition, "lhs", None)
        if isinstance(lhs, Col) and lhs.target is field and lhs.alias == query.get_initial_alias():
            if isinstance(condition, (Exact, In)):
                keys.append(condition)
                continue
            if isinstance(condition, IsNull) and condition.rhs is False:
                idle.append(condition)
                continue
        others = True
    return keys, None if others and not keys else idle


def _leaves(where: Any) -> Iterator[Any]:
    """Yield the conditions that all have to hold; one that is composed otherwise counts as one."""
    waiting = [where]
    while waiting:
        node = waiting.pop()
        if isinstance(node, WhereNode) and node.connector == AND and not node.negated:
            waiting.extend(node.children)
        else:
            yield node


def _of_one_parent(query: Any, field: Any, gone: list[Any], top: Top) -> Any:
    """Return the query of one parent's rows, without the conditions that hold for all of them."""
    inner = query.clone()
    inner.subquery = True
    inner.limit_slots = (None, None)
    inner.low_mark, inner.high_mark = top.low, top.high
    inner.where = _without(query.where, gone)
    inner.where.add(Exact(Col(query.get_initial_alias(), field), Col(PARENTS, field.target_field)), AND)
    return inner


def _lateral(
    query: Any, inner: Any, ctx: Context, options: Options, build: Build, keys: list[Any], target: Any
) -> Statement:
    """Return ``SELECT ... FROM parents JOIN LATERAL (the rows of one parent) ON true``."""
    listed = build_select_list(query.clone())
    columns = with_aliases(listed.columns)
    found = Replacements(inner, dict(columns), [])
    orderings = []
    for ordering, _ in Ordering(query.clone(), []).resolve():
        found.collect(ordering.get_source_expressions())
        orderings.append(ordering.replace_expressions(found.references()))
    inner_ctx = Context(inner, ctx.connection, ctx.binds, ctx.slot_base, ctx.parent)
    rows = build(inner, inner_ctx, Options(with_col_aliases=True, elide_empty=options.elide_empty))
    parents = sa.table(identifier(target.model._meta.db_table)).alias(identifier(PARENTS))
    visible: list[Any] = [sa.column(identifier(str(alias))) for _, alias in columns]
    statement = sa.select(*visible).select_from(parents.join(rows.select.lateral("top_rows"), sa.true()))
    for key in keys:
        statement = statement.where(ctx.clause(_of_parent(key, target)))
    statement = statement.order_by(*[ctx.clause(ordering) for ordering in orderings])
    if options.with_limits:
        statement = limited(statement, query, ctx)
    statement = statement.set_label_style(sa.LABEL_STYLE_NONE)
    return Statement(statement, columns, listed.objects, listed.annotations, tuples=listed.tuples)


def _without(node: Any, keys: list[Any]) -> Any:
    """Return the conditions but those in *keys*."""
    gone = {id(key) for key in keys}
    rest = node.clone()
    waiting = [rest]
    while waiting:
        part = waiting.pop()
        part.children = [child for child in part.children if id(child) not in gone]
        waiting.extend(child for child in part.children if isinstance(child, WhereNode))
    return rest


def _of_parent(condition: Any, target: Any) -> Any:
    twin = copy.copy(condition)
    twin.lhs = Col(PARENTS, target)
    return twin


__all__ = ["Top", "build_top"]
