"""UPDATE and DELETE: what save, delete, bulk operations and relations run (INSERT: ``insert.py``).

Plain values go through kept plans (``write_plans.py``); expressions are resolved against
the model and compiled each time.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fastjango.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from fastjango.db.connections import connections
from fastjango.db.execute import change
from fastjango.db.models.expressions import ColPairs

from .context import BindBook, BindSource, Context
from .insert import check_for_save, value_clause
from .insert_columns import has_placeholder
from .order import Ordering
from .plan import CompiledText, compile_text
from .query import Query
from .tables import ordered_update
from .write_plans import delete_plan, table_of, update_plan

BATCH = 100
"""Keys per DELETE or UPDATE of single objects."""

Row = tuple[Any, ...]


# -- UPDATE


def update_row(
    model: Any,
    using: str,
    values: Sequence[tuple[Any, Any]],
    pk_value: Any,
    *,
    extra_filter: Any = None,
    returning_fields: Sequence[Any] = (),
) -> int:
    """Update the row with this key; return how many rows that were. Queries: 1."""
    if not values:
        return 0
    connection = connections[using]
    if extra_filter is not None or any(_needs_query(field, value) for field, value in values):
        query = Query(model)
        query.add_filter("pk", pk_value)
        if extra_filter is not None:
            query.add_q(extra_filter)
        return update_matching(query, using, [(field, model, value) for field, value in values])
    keys = model._meta.pk_fields
    fields = [field for field, _ in values]
    plan = update_plan(model, connection, fields, keys, 1)
    args = [field.get_db_prep_save(value, connection=connection) for field, value in values]
    args.extend(_key_values(keys, pk_value, connection))
    return change(using, plan.sql, plan.args(args))


def _needs_query(field: Any, value: Any) -> bool:
    return hasattr(value, "resolve_expression") or hasattr(value, "prepare_database_save") or has_placeholder(field)


def _key_values(keys: Sequence[Any], value: Any, connection: Any) -> list[Any]:
    parts = value if len(keys) > 1 else (value,)
    return [
        key.get_db_prep_value(part, connection=connection, prepared=False)
        for key, part in zip(keys, parts, strict=True)
    ]


def update_related(model: Any, using: str, field_values: Sequence[tuple[Any, Any]], pks: Sequence[Any]) -> int:
    """Set fields of the rows with these keys. Queries: one per hundred keys."""
    connection = connections[using]
    changed = 0
    keys = model._meta.pk_fields
    for start in range(0, len(pks), BATCH):
        batch = pks[start : start + BATCH]
        if any(_needs_query(field, value) for field, value in field_values) or len(keys) > 1:
            query = Query(model)
            query.add_filter("pk__in", list(batch))
            changed += update_matching(query, using, [(field, model, value) for field, value in field_values])
            continue
        plan = update_plan(model, connection, [field for field, _ in field_values], keys, len(batch))
        args = [field.get_db_prep_save(value, connection=connection) for field, value in field_values]
        for pk in batch:
            args.extend(_key_values(keys, pk, connection))
        changed += change(using, plan.sql, plan.args(args))
    return changed


def update_matching(query: Any, using: str, values: Sequence[tuple[Any, Any, Any]]) -> int:
    """
    Update the rows of a query (which is changed); *values* are ``(field, model, value)``.

    Queries: 1, and one per parent table of multi-table inheritance; none without values.
    """
    if not values:
        return 0
    connection = connections[using]
    concrete = query.get_meta().concrete_model
    own = [(field, update_value(query, field, value)) for field, model, value in values if _is_own(model, concrete)]
    parents: dict[Any, list[tuple[Any, Any, Any]]] = {}
    for field, model, value in values:
        if not _is_own(model, concrete):
            parents.setdefault(model._meta.concrete_model, []).append((field, model, value))
    query.annotations = {}
    query._annotation_select_cache = None
    keys: dict[Any, list[Any]] = {}
    try:
        if parents:
            keys = _keys_of_parents(query, connection, list(parents))
        else:
            to_one_table(query, connection)
        rows = _update_own(query, connection, own) if own else None
    except EmptyResultSet:
        # A wrong expression is wrong whatever rows there are.
        for model, items in parents.items():
            for field, _, value in items:
                update_value(Query(model), field, value)
        return 0
    for model, items in parents.items():
        parent_query = Query(model)
        parent_query.add_filter("pk__in", keys[model])
        changed = update_matching(parent_query, using, items)
        rows = changed if not rows else rows
    return rows or 0


def update_kept(shape: Any, binds: Row, using: str, values: Sequence[tuple[Any, Any, Any]]) -> int | None:
    """
    Update the rows of *shape* by the plan that it keeps; None when values or query need a statement of their own.

    Queries: 1.
    """
    found = kept_update(shape, binds, using, values)
    return None if found is None else change(using, *found)


def kept_update(
    shape: Any, binds: Row, using: str, values: Sequence[tuple[Any, Any, Any]], returning: Sequence[Any] = ()
) -> tuple[str, Row] | None:
    """
    Return the UPDATE of the rows of *shape* with its parameters, or None when it has to be compiled.

    Expressions among the values were resolved when the shape was made (``Query.new_values``).

    Args:
        returning: Fields of the changed rows that the statement gives.
    """
    if not values or not shape.interned or not all_own(shape.query, values):
        return None
    resolved = shape.query.new_values or (None,) * len(values)
    plain = [
        (field, update_value(shape.query, field, value))
        for (field, _, value), done in zip(values, resolved, strict=True)
        if done is None
    ]
    connection = connections[using]
    key = (using, "update", tuple(field for field, _, _ in values), tuple(returning))
    kept = shape.plans.get(key)
    if kept is None or kept[0] is not connection:
        plan = _update_plan(shape.query, connection, len(binds), values, resolved, returning)
        kept = shape.plans[key] = (connection, plan)
    plan = kept[1]
    if plan is None:
        return None
    prepared = [field.get_db_prep_save(value, connection=connection) for field, value in plain]
    if any(hasattr(value, "to_clause") for value in prepared):
        return None
    return plan.sql, plan.args((*binds, *prepared))


def _update_plan(
    query: Any,
    connection: Any,
    width: int,
    values: Sequence[tuple[Any, Any, Any]],
    resolved: Sequence[Any],
    returning: Sequence[Any],
) -> CompiledText | None:
    """Return the plan of an UPDATE of one table, whose new plain values follow *width* binds."""
    query = query.clone()
    query.get_initial_alias()
    ordered = query.order_by and (query.annotations or connection.vendor == "mysql")
    if ordered or query.uncacheable or query.is_sliced or any(has_placeholder(field) for field, _, _ in values):
        return None
    if query.ctes or (query.count_active_tables() > 1 and not connection.features.update_can_self_select):
        return None
    query.annotations = {}
    query._annotation_select_cache = None
    to_one_table(query, connection)
    binds = BindBook()
    ctx = Context(query, connection, binds, query.slot_base)
    places = itertools.count(width)
    try:
        sets = {
            field.column: binds.add(BindSource(next(places), None, None, None, raw=True), field.column_type())
            if done is None
            else value_clause(ctx, field, field.get_db_prep_save(done, connection=connection))
            for (field, _, _), done in zip(values, resolved, strict=True)
        }
        condition = where_clause(query, ctx)
    except EmptyResultSet:
        return None
    table = table_of(query.get_meta(), list(dict.fromkeys([*(field for field, _, _ in values), *returning])))
    statement = sa.update(table).values(sets)
    if condition is not None:
        statement = statement.where(condition)
    if returning:
        statement = statement.returning(*(table.c[field.column] for field in returning))
    return CompiledText(*compile_text(statement, binds, connection, kept=True))


def resolve_new_values(query: Any, fields: Sequence[Any], values: Sequence[Any]) -> None:
    """
    Keep the expressions among the new values of an UPDATE with the query; None stands for a plain value.

    Raises:
        FieldError: An expression leads to another table.
    """
    query.new_values = tuple(
        None if value is None else update_value(query, field, value)
        for field, value in zip(fields, values, strict=True)
    )


def all_own(query: Any, values: Sequence[tuple[Any, Any, Any]]) -> bool:
    """Tell whether the new values are all of the query's own table, not of a parent's, where their names mean other columns."""
    concrete = query.get_meta().concrete_model
    return all(_is_own(model, concrete) for _, model, _ in values)


def _is_own(model: Any, concrete: Any) -> bool:
    return model is None or model._meta.concrete_model is concrete


def update_value(query: Any, field: Any, value: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        resolved = value.resolve_expression(query, allow_joins=False, for_save=True)
        if isinstance(resolved, ColPairs):
            raise FieldError(
                f"Composite primary keys expressions are not allowed in this query ({field.name}=F('pk'))."
            )
        check_for_save(field, resolved)
        return resolved
    if hasattr(value, "prepare_database_save"):
        if not field.remote_field:
            raise TypeError(
                f"Tried to update field {field} with a model instance, {value!r}. "
                f"Use a value compatible with {type(field).__name__}."
            )
        return value.prepare_database_save(field)
    return value


def to_one_table(query: Any, connection: Any) -> None:
    """Bring the condition to the query's own table: the rows are found by a subquery if need be."""
    query.get_initial_alias()
    if query.count_active_tables() == 1 and not query.is_sliced and not query.distinct:
        return
    inner = query.clone()
    inner.clear_ordering(force=not query.is_sliced)
    inner.extra = {}
    inner.select_related = False
    inner.clear_select_clause()
    inner.add_fields(["pk"])
    # WITH in front of UPDATE or DELETE: MariaDB does not know it, and SQLite's driver does not count the rows.
    pre_select = bool(query.ctes) or not connection.features.update_can_self_select
    _reset_tables(query)
    if pre_select:
        query.add_filter("pk__in", [row[0] for row in inner.get_compiler(connection.alias).rows()])
    else:
        query.add_filter("pk__in", inner)


def _reset_tables(query: Any) -> None:
    query.clear_where()
    query.clear_limits()
    query.order_by = ()
    query.distinct = False
    query.distinct_fields = ()
    query.group_by = None
    query.extra_tables = ()
    query.ctes = ()
    for alias in list(query.alias_map)[1:]:
        query.alias_refcount[alias] = 0


def _keys_of_parents(query: Any, connection: Any, parents: list[Any]) -> dict[Any, list[Any]]:
    """Find the rows first: the condition may not hold any more after the first table was changed."""
    inner = query.clone()
    inner.clear_ordering(force=not query.is_sliced)
    inner.select_related = False
    inner.clear_select_clause()
    names = ["pk"]
    for parent in parents:
        by_keys = all(step.join_field.primary_key for step in query.get_meta().get_path_to_parent(parent))
        names.append("pk" if by_keys else parent._meta.pk.name)
    chosen = list(dict.fromkeys(names))
    inner.add_fields(chosen)
    rows = inner.get_compiler(connection.alias).rows()
    _reset_tables(query)
    query.get_initial_alias()
    query.add_filter("pk__in", [row[0] for row in rows])
    return {parent: [row[chosen.index(name)] for row in rows] for parent, name in zip(parents, names[1:], strict=True)}


def _update_own(query: Any, connection: Any, values: list[tuple[Any, Any]]) -> int:
    sql, args = compile_update(query, connection, values)
    return change(connection.alias, sql, args)


def compile_update(
    query: Any, connection: Any, values: list[tuple[Any, Any]], returning: Sequence[Any] = ()
) -> tuple[str, Row]:
    """Compile an UPDATE of the query's own table; *returning* are fields."""
    binds = BindBook()
    ctx = Context(query, connection, binds)
    table = table_of(query.get_meta(), list(dict.fromkeys([*(field for field, _ in values), *returning])))
    sets: dict[str, Any] = {}
    for field, value in values:
        clause = value_clause(ctx, field, field.get_db_prep_save(value, connection=connection))
        if hasattr(field, "placeholder_clause"):
            clause = field.placeholder_clause(clause, ctx)
        sets[field.column] = clause
    statement = sa.update(table).values(sets)
    condition = where_clause(query, ctx)
    if condition is not None:
        statement = statement.where(condition)
    if connection.vendor == "mysql" and query.order_by:
        statement = ordered_update(statement, _own_order(query, ctx))
    if returning:
        statement = statement.returning(*(table.c[field.column] for field in returning))
    sql, args = compile_text(statement, binds, connection)
    return sql, args(())


def _own_order(query: Any, ctx: Context) -> list[Any]:
    """Return the order of an UPDATE; none where it leads to another table, which the statement cannot name."""
    count = query.count_active_tables()
    try:
        resolved = [ordering for ordering, _ in Ordering(query, []).resolve()]
    except FieldError:
        # The annotations are gone.
        return []
    return [ctx.clause(ordering) for ordering in resolved] if query.count_active_tables() == count else []


def where_clause(query: Any, ctx: Context) -> Any:
    """Return the condition of a query; None where it has none."""
    try:
        return ctx.clause(query.where)
    except FullResultSet:
        return None


# -- DELETE


def delete_rows(model: Any, using: str, field: Any, values: Sequence[Any]) -> int:
    """Delete the rows whose *field* has one of the values. Queries: one per hundred values."""
    connection = connections[using]
    keys = getattr(field, "fields", None) or (field,)
    deleted = 0
    for start in range(0, len(values), BATCH):
        batch = values[start : start + BATCH]
        plan = delete_plan(model, connection, keys, len(batch))
        args: list[Any] = []
        for value in batch:
            args.extend(_key_values(keys, value, connection))
        deleted += change(using, plan.sql, plan.args(args))
    return deleted


def delete_matching(query: Any, using: str) -> int:
    """Delete the rows of a query (which is changed), without signals or cascades. Queries: 1."""
    connection = connections[using]
    try:
        plan = _compile_delete(query, connection)
    except EmptyResultSet:
        return 0
    return change(using, plan.sql, plan.args(()))


def delete_kept(shape: Any, binds: Row, using: str) -> int | None:
    """
    Delete the rows of *shape* by the plan that it keeps; None when the query needs a statement of its own.

    Queries: 1.
    """
    if not shape.interned:
        return None
    connection = connections[using]
    key = (using, "delete", ())
    kept = shape.plans.get(key)
    if kept is None or kept[0] is not connection:
        kept = shape.plans[key] = (connection, _kept_delete(shape.query.clone(), connection))
    plan = kept[1]
    return None if plan is None else change(using, plan.sql, plan.args(binds))


def _kept_delete(query: Any, connection: Any) -> CompiledText | None:
    query.get_initial_alias()
    if query.ctes or query.uncacheable or query.is_sliced:
        return None
    if query.count_active_tables() > 1 and not connection.features.update_can_self_select:
        return None
    try:
        return _compile_delete(query, connection, kept=True)
    except EmptyResultSet:
        return None


def _compile_delete(query: Any, connection: Any, kept: bool = False) -> CompiledText:
    query.annotations = {}
    query._annotation_select_cache = None
    to_one_table(query, connection)
    binds = BindBook()
    ctx = Context(query, connection, binds, query.slot_base)
    statement = sa.delete(table_of(query.get_meta(), query.get_meta().pk_fields))
    condition = where_clause(query, ctx)
    if condition is not None:
        statement = statement.where(condition)
    return CompiledText(*compile_text(statement, binds, connection, kept=kept))


__all__ = [
    "all_own",
    "delete_kept",
    "delete_matching",
    "delete_rows",
    "kept_update",
    "resolve_new_values",
    "update_kept",
    "update_matching",
    "update_related",
    "update_row",
]
