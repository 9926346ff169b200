"""The SELECT statement of a query: every clause put together.

Receives a ``Query`` from the builder, gives a SQLAlchemy select and the list of its
columns to ``plan.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from fastjango.core.exceptions import EmptyResultSet, FullResultSet
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.functions import Cast

from .columns import Select, SelectList, build_select_list
from .compound import build_combined
from .context import Context, inner
from .group import group_clauses
from .locking import lock_rows
from .order import Ordering, PositionRef, column_key
from .qualify import build_qualified
from .statement import Options, Statement, column_clauses, limited, with_aliases
from .tables import FromTables, TableEntry, identifier
from .top import build_top

if TYPE_CHECKING:
    from collections.abc import Iterable


def build_select(query: Any, ctx: Context, options: Options | None = None) -> Statement:
    """
    Return the statement of *query*, which is changed on the way (pass a clone).

    Raises:
        EmptyResultSet: The query has no rows, whatever the data.
    """
    options = options or Options()
    if query.inner_query is not None:
        return _aggregate_over_rows(query, ctx, options)
    if not any(query.alias_refcount[alias] for alias in query.alias_map):
        query.get_initial_alias()
    if query.top is not None:
        return build_top(query, ctx, options, build_select)
    listed = build_select_list(query)
    if query.combinator:
        return build_combined(query, ctx, listed, options, build_select)
    ordering = Ordering(query, listed.columns, ctx.connection.features.supports_order_by_nulls_modifier)
    order_by = ordering.resolve()
    where, having, window_filter = query.where.split_having_qualify(must_group_by=query.group_by is not None)
    if window_filter is not None:
        return build_qualified(query, ctx, (where, having, window_filter), order_by, options, build_select)
    extra = _columns_for_distinct_order(query, listed, order_by)
    order_by = _by_place(order_by, extra, len(listed.columns))
    columns: Select = [*listed.columns, *extra]
    groups = group_clauses(query, ctx, columns, order_by, having, ordering.from_meta)
    if options.with_col_aliases or (extra and query.subquery):
        columns = with_aliases(columns)
    statement = sa.select(*column_clauses(columns, ctx)).set_label_style(sa.LABEL_STYLE_NONE)
    condition = _condition(where, ctx, options)
    if condition is not None:
        statement = statement.where(condition)
    # DISTINCT ON may join; only then is it known which tables there are.
    statement = _distinct(statement, query, ctx)
    tables = from_tables(query, ctx)
    if tables is not None:
        statement = statement.select_from(tables)
    if groups:
        if query.distinct_fields:
            raise NotImplementedError("annotate() + distinct(fields) is not implemented.")
        statement = statement.group_by(*groups)
    having_clause = _having(having, ctx)
    if having_clause is not None:
        statement = statement.having(having_clause)
    if order_by and not (groups and ordering.from_meta):
        statement = statement.order_by(*[ctx.clause(expression) for expression, _ in order_by])
    elif groups and ctx.vendor == "mysql":
        # MariaDB sorts groups by itself, and takes other rows for a HAVING with aggregates in CASE when it does.
        statement = statement.order_by(sa.null())
    if options.with_limits:
        statement = limited(statement, query, ctx)
    if query.ctes:
        statement = statement.add_cte(*(cte.build(ctx) for cte in query.ctes))
    if query.select_for_update:
        statement = lock_rows(statement, query, ctx, listed)
    result = Statement(statement, columns, listed.objects, listed.annotations, len(extra), listed.tuples, groups)
    if extra and query.subquery:
        return _without_extra(result, len(listed.columns))
    return result


def _condition(where: Any, ctx: Context, options: Options) -> Any:
    if where is None:
        return None
    try:
        return ctx.clause(where)
    except EmptyResultSet:
        if options.elide_empty:
            raise
        return sa.literal_column("0") == sa.literal_column("1")
    except FullResultSet:
        return None


def _having(having: Any, ctx: Context) -> Any:
    if having is None:
        return None
    try:
        return ctx.clause(having)
    except FullResultSet:
        return None


def _columns_for_distinct_order(query: Any, listed: SelectList, order_by: list[tuple[Any, bool]]) -> Select:
    """SELECT DISTINCT can only be ordered by what it selects."""
    if not query.distinct or query.distinct_fields:
        return []
    selected = [column_key(expression) for expression, _ in listed.columns]
    return [
        (ordering.expression, None)
        for ordering, is_ref in order_by
        if not is_ref and column_key(ordering.expression) not in selected
    ]


def _by_place(order_by: list[tuple[Any, bool]], extra: Select, count: int) -> list[tuple[Any, bool]]:
    """Order by the place of the *extra* columns: said again, their parameters would be other values."""
    if not extra:
        return order_by
    places = {id(expression): count + number for number, (expression, _) in enumerate(extra, start=1)}
    placed: list[tuple[Any, bool]] = []
    for ordering, is_ref in order_by:
        source = ordering.expression
        if id(source) in places and not hasattr(source, "target"):
            ordering = ordering.copy()
            ordering.expression = PositionRef(places[id(source)], None, source)
            is_ref = True
        placed.append((ordering, is_ref))
    return placed


def _without_extra(statement: Statement, count: int) -> Statement:
    """Wrap a subquery so that it has only the columns that were asked for."""
    wanted = statement.columns[:count]
    source = statement.select.subquery("subquery")
    names: list[Any] = [sa.column(identifier(str(alias))) for _, alias in wanted]
    outer = sa.select(*names).select_from(source)
    return Statement(outer, wanted, statement.objects, statement.annotations, tuples=statement.tuples)


# -- FROM


def from_tables(query: Any, ctx: Context) -> FromTables | None:
    """Return the tables of the query that are in use, or None when there are none."""
    entries: list[TableEntry] = []
    for alias in tuple(query.alias_map):
        if not query.alias_refcount[alias]:
            continue
        table = query.alias_map[alias]
        if table.join_type is None:
            entries.append(TableEntry(table.table_name, alias))
        else:
            entries.append(TableEntry(table.table_name, alias, table.join_type, _on_clause(table, ctx)))
    # A table that is in the list already is not read again.
    extra = [name for name in query.extra_tables if not query.alias_refcount.get(name)]
    if not entries and not extra:
        return None
    return FromTables(entries, list(dict.fromkeys(extra)))


def _compared(join: Any, lhs: Any, rhs: Any, ctx: Context) -> Any:
    left, right = ctx.column(join.parent_alias, lhs), ctx.column(join.table_alias, rhs)
    if ctx.vendor == "postgresql" and lhs.db_type(ctx.connection) != rhs.db_type(ctx.connection):
        # A generic relation may hold the key as text.
        right = ctx.clause(Cast(rhs.get_col(join.table_alias), lhs))
    return left == right


def _on_clause(join: Any, ctx: Context) -> Any:
    parts = [_compared(join, lhs, rhs, ctx) for lhs, rhs in join.join_fields]
    restrictions = [join.join_field.get_extra_restriction(join.table_alias, join.parent_alias)]
    if join.filtered_relation is not None:
        restrictions.append(join.filtered_relation.resolved_condition)
    for restriction in restrictions:
        if not restriction:
            continue
        try:
            parts.append(ctx.clause(restriction))
        except FullResultSet:
            continue
        except EmptyResultSet:
            parts.append(sa.literal_column("0") == sa.literal_column("1"))
    if not parts:
        raise ValueError(
            f"Join generated an empty ON clause. {type(join.join_field)} did not yield either joining columns or extra "
            "restrictions."
        )
    return sa.and_(*parts) if len(parts) > 1 else parts[0]


# -- DISTINCT


def _distinct(statement: Any, query: Any, ctx: Context) -> Any:
    if not query.distinct:
        return statement
    if not query.distinct_fields:
        return statement.distinct()
    if not ctx.connection.features.can_distinct_on_fields:
        raise NotSupportedError("DISTINCT ON fields is not supported by this database backend")
    return statement.ext(distinct_on(*_distinct_columns(query, ctx)))


def _distinct_columns(query: Any, ctx: Context) -> Iterable[Any]:
    for name in query.distinct_fields:
        if name in query.annotation_select:
            yield sa.column(identifier(name))
            continue
        info = query.setup_joins(name.split(LOOKUP_SEP), query.get_meta(), query.get_initial_alias())
        targets, alias, _ = query.trim_joins(info.targets, info.joins, info.path)
        for target in targets:
            yield ctx.clause(info.transform_function(target, alias))


# -- queries in queries


def _aggregate_over_rows(query: Any, ctx: Context, options: Options) -> Statement:
    inner_ctx = Context(query.inner_query, ctx.connection, ctx.binds, ctx.slot_base, ctx.parent)
    rows = build_select(query.inner_query, inner_ctx, Options(with_col_aliases=True, elide_empty=options.elide_empty))
    columns: Select = [(annotation, alias) for alias, annotation in query.annotation_select.items()]
    clauses = column_clauses([(expression, None) for expression, _ in columns], ctx)
    statement = sa.select(*clauses).select_from(rows.select.subquery("subquery"))
    return Statement(
        statement.set_label_style(sa.LABEL_STYLE_NONE),
        columns,
        None,
        {alias: place for place, (_, alias) in enumerate(columns) if alias},
    )


def _build_inner(query: Any, outer: Context) -> Any:
    query = query.clone()
    ctx = Context(query, outer.connection, outer.binds, outer.slot_base + query.slot_base, outer)
    return build_select(query, ctx).select


inner.build = _build_inner

__all__ = ["build_select", "from_tables"]
