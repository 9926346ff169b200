"""Statements that change rows: what save, delete, bulk operations and relations run.

Plain values go through kept plans (``write_plans.py``); expressions are resolved against
the model and compiled each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fastjango.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from fastjango.db.connections import connections
from fastjango.db.execute import change, fetch, insert_id
from fastjango.db.models.constants import OnConflict
from fastjango.db.models.expressions import ColPairs
from fastjango.db.models.expressions.adapter import Shim, splice
from fastjango.db.models.fields.quick import quick_values

from .context import BindBook, BindSource, Context
from .order import Ordering
from .plan import CompiledText, compile_text
from .query import Query
from .tables import ordered_update
from .write_plans import array_plan, conflict_insert, delete_plan, insert_plan, table_of, update_plan

BATCH = 100
"""Keys per DELETE or UPDATE of single objects."""

Row = tuple[Any, ...]


# -- INSERT


def insert_rows(
    model: Any,
    using: str,
    fields: Sequence[Any],
    objs: Sequence[Any],
    *,
    returning_fields: Sequence[Any] = (),
    raw: bool = False,
    on_conflict: Any = None,
    update_fields: Sequence[Any] | None = None,
    unique_fields: Sequence[Any] | None = None,
) -> list[Row]:
    """
    Insert objects and return what the database made of *returning_fields*, one row per object.

    Queries: one per batch that the database takes.
    """
    connection = connections[using]
    conflict = (on_conflict, tuple(update_fields or ()), tuple(unique_fields or ()))
    returning = tuple(returning_fields) if on_conflict is None or _returns(connection, on_conflict) else ()
    if not fields:
        return _insert_defaults(model, connection, objs, returning, conflict)
    size = max(1, connection.ops.bulk_batch_size(list(fields), objs)) if len(objs) > 1 else 1
    if len(objs) > 1 and not connection.features.has_bulk_insert:
        size = 1
    rows: list[Row] = []
    for start in range(0, len(objs), size):
        batch = objs[start : start + size]
        lines = insert_lines(model, connection, fields, batch, raw)
        rows.extend(_insert_batch(model, connection, fields, lines, returning, conflict))
    return rows


def _returns(connection: Any, on_conflict: Any) -> bool:
    return on_conflict == OnConflict.UPDATE and bool(connection.features.can_return_rows_from_bulk_insert)


def insert_lines(model: Any, connection: Any, fields: Sequence[Any], objs: Sequence[Any], raw: bool) -> list[list[Any]]:
    """Return the values of *objs* for an INSERT, as the driver wants them."""
    columns = quick_values(fields, connection)
    lines: list[list[Any]] = []
    for obj in objs:
        known = obj.__dict__
        line: list[Any] = []
        for attname, of, convert, automatic, field in columns:
            value = field.pre_save(obj, add=True) if automatic and not raw else known.get(attname)
            if value.__class__ is of and (convert is None or (value := convert(value)) is not None):
                line.append(value)
            else:
                line.append(insert_value(model, connection, field, obj, raw))
        lines.append(line)
    return lines


def insert_value(model: Any, connection: Any, field: Any, obj: Any, raw: bool) -> Any:
    value = getattr(obj, field.attname) if raw else field.pre_save(obj, add=True)
    if hasattr(value, "resolve_expression"):
        value = resolve_for_insert(model, field, value)
    return field.get_db_prep_save(value, connection=connection)


def resolve_for_insert(model: Any, field: Any, value: Any) -> Any:
    """
    Return an expression ready to be inserted.

    Raises:
        ValueError: It refers to a column.
        FieldError: It is an aggregate or a window.
    """
    resolved = value.resolve_expression(Query(model), allow_joins=False, for_save=True)
    if resolved.contains_column_references:
        raise ValueError(
            f'Failed to insert expression "{resolved}" on {field}. F() expressions '
            "can only be used to update, not to insert."
        )
    _check_for_save(field, resolved)
    return resolved


def _check_for_save(field: Any, resolved: Any) -> None:
    if resolved.contains_aggregate:
        raise FieldError(f"Aggregate functions are not allowed in this query ({field.name}={resolved!r}).")
    if resolved.contains_over_clause:
        raise FieldError(f"Window expressions are not allowed in this query ({field.name}={resolved!r}).")


def _insert_batch(
    model: Any, connection: Any, fields: Sequence[Any], lines: list[list[Any]], returning: Row, conflict: Any
) -> list[Row]:
    can_return = _can_return(connection, len(lines))
    wanted = returning if can_return else ()
    if any(hasattr(value, "to_clause") for line in lines for value in line) or any(
        has_placeholder(field) for field in fields
    ):
        sql, args = compile_insert(model, connection, fields, lines, wanted, conflict)
    elif len(lines) > 1 and (columns := connection.ops.column_arrays(fields, lines)) is not None:
        plan = array_plan(model, connection, fields, [kind for kind, _ in columns], wanted, conflict)
        sql, args = plan.sql, plan.args([array for _, array in columns])
    else:
        plan = insert_plan(model, connection, fields, len(lines), wanted, conflict)
        sql, args = plan.sql, plan.args([value for line in lines for value in line])
    return _send_insert(connection, sql, args, returning, wanted, len(lines))


def _can_return(connection: Any, rows: int) -> bool:
    features = connection.features
    return bool(features.can_return_columns_from_insert if rows == 1 else features.can_return_rows_from_bulk_insert)


def _send_insert(connection: Any, sql: str, args: Any, returning: Row, wanted: Row, rows: int) -> list[Row]:
    if wanted:
        found = fetch(connection.alias, sql, args)
        converters = [field.result_converter(connection) for field in wanted]
        if not any(converters):
            return found
        return [
            tuple(value if convert is None else convert(value) for value, convert in zip(row, converters, strict=True))
            for row in found
        ]
    if returning and rows == 1:
        return [(insert_id(connection.alias, sql, args),)]
    change(connection.alias, sql, args)
    return []


def compile_insert(
    model: Any,
    connection: Any,
    fields: Sequence[Any],
    lines: list[list[Any]],
    returning: Row,
    conflict: Any,
    more: Sequence[Any] = (),
) -> tuple[str, Row]:
    """Compile an INSERT with expressions among its values; *more* is returned behind the columns."""
    on_conflict, update_fields, unique_fields = conflict
    table = table_of(model._meta, list(dict.fromkeys([*fields, *returning, *update_fields, *unique_fields])))
    binds = BindBook()
    ctx = Context(Query(model), connection, binds)
    values = [
        {field.column: _clause(ctx, field, value) for field, value in zip(fields, line, strict=True)} for line in lines
    ]
    statement = conflict_insert(table, connection, on_conflict, update_fields, unique_fields)
    statement = statement.values(values if len(values) > 1 else values[0])
    if returning or more:
        statement = statement.returning(*(table.c[field.column] for field in returning), *more)
    sql, args = compile_text(statement, binds, connection)
    return sql, args(())


def has_placeholder(field: Any) -> bool:
    """Tell whether a user's field writes its own placeholder."""
    method = getattr(type(field), "get_placeholder", None)
    return method is not None and not method.__module__.startswith("fastjango.")


def _placed(field: Any, value: Any, bound: Any, ctx: Any) -> Any:
    return splice(ctx, field.get_placeholder(value, Shim(ctx), ctx.connection), [bound])


def _clause(ctx: Context, field: Any, value: Any) -> Any:
    if hasattr(value, "to_clause"):
        return ctx.select_clause(value)
    # Prepared for the driver already: the parameter is typed, not converted again.
    bound = ctx.raw_bind(value, field.column_type())
    if has_placeholder(field):
        return _placed(field, value, bound, ctx)
    return bound


def _insert_defaults(model: Any, connection: Any, objs: Sequence[Any], returning: Row, conflict: Any) -> list[Row]:
    """Insert rows that have nothing but a key made by the database."""
    pk = model._meta.pk
    rows: list[Row] = []
    for _ in objs:
        table = table_of(model._meta, list(dict.fromkeys([pk, *returning])))
        statement = conflict_insert(table, connection, *conflict)
        empty = sa.null() if connection.vendor == "sqlite" else sa.literal_column("DEFAULT")
        statement = statement.values({pk.column: empty})
        wanted = returning if _can_return(connection, 1) else ()
        if wanted:
            statement = statement.returning(*(table.c[field.column] for field in wanted))
        sql, args = compile_text(statement, BindBook(), connection)
        rows.extend(_send_insert(connection, sql, args(()), returning, wanted, 1))
    return rows


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

    Queries: 1, and one per parent table of multi-table inheritance.
    """
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
        return 0
    for model, items in parents.items():
        parent_query = Query(model)
        parent_query.add_filter("pk__in", keys[model])
        changed = update_matching(parent_query, using, items)
        rows = changed if not rows else rows
    return rows or 0


def update_kept(shape: Any, using: str, binds: Row, values: Sequence[tuple[Any, Any, Any]]) -> int | None:
    """
    Update the rows of *shape* by the plan that it keeps; None when values or query need a statement of their own.

    Queries: 1.
    """
    if not shape.interned or any(_needs_query(field, value) for field, _, value in values):
        return None
    connection = connections[using]
    key = (using, "update", tuple(field for field, _, _ in values))
    kept = shape.plans.get(key)
    if kept is None or kept[0] is not connection:
        kept = shape.plans[key] = (connection, _kept_update(shape.query, connection, len(binds), values))
    plan = kept[1]
    if plan is None:
        return None
    prepared = [field.get_db_prep_save(value, connection=connection) for field, _, value in values]
    if any(hasattr(value, "to_clause") for value in prepared):
        return None
    return change(using, plan.sql, plan.args((*binds, *prepared)))


def _kept_update(query: Any, connection: Any, width: int, values: Sequence[tuple[Any, Any, Any]]) -> Any:
    """Return the plan of an UPDATE of one table, whose new values follow *width* binds of the condition."""
    concrete = query.get_meta().concrete_model
    query = query.clone()
    query.get_initial_alias()
    simple = query.count_active_tables() == 1 and not (query.is_sliced or query.distinct or query.uncacheable)
    ordered = query.order_by and (query.annotations or connection.vendor == "mysql")
    if not simple or ordered or not all(_is_own(model, concrete) for _, model, _ in values):
        return None
    query.annotations = {}
    query._annotation_select_cache = None
    binds = BindBook()
    ctx = Context(query, connection, binds, query.slot_base)
    sets = {
        field.column: binds.add(BindSource(width + place, None, None, None, raw=True), field.column_type())
        for place, (field, _, _) in enumerate(values)
    }
    statement = sa.update(table_of(query.get_meta(), [field for field, _, _ in values])).values(sets)
    try:
        condition = _where(query, ctx)
    except EmptyResultSet:
        return None
    if condition is not None:
        statement = statement.where(condition)
    return CompiledText(*compile_text(statement, binds, connection))


def _is_own(model: Any, concrete: Any) -> bool:
    return model is None or model._meta.concrete_model is concrete


def update_value(query: Any, field: Any, value: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        resolved = value.resolve_expression(query, allow_joins=False, for_save=True)
        if isinstance(resolved, ColPairs):
            raise FieldError(
                f"Composite primary keys expressions are not allowed in this query ({field.name}=F('pk'))."
            )
        _check_for_save(field, resolved)
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
        clause = _clause(ctx, field, field.get_db_prep_save(value, connection=connection))
        if hasattr(field, "placeholder_clause"):
            clause = field.placeholder_clause(clause, ctx)
        sets[field.column] = clause
    statement = sa.update(table).values(sets)
    condition = _where(query, ctx)
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


def _where(query: Any, ctx: Context) -> Any:
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
    query.annotations = {}
    query._annotation_select_cache = None
    try:
        to_one_table(query, connection)
        binds = BindBook()
        ctx = Context(query, connection, binds)
        statement = sa.delete(table_of(query.get_meta(), query.get_meta().pk_fields))
        condition = _where(query, ctx)
    except EmptyResultSet:
        return 0
    if condition is not None:
        statement = statement.where(condition)
    sql, args = compile_text(statement, binds, connection)
    return change(using, sql, args(()))


__all__ = [
    "delete_matching",
    "delete_rows",
    "insert_rows",
    "resolve_for_insert",
    "update_kept",
    "update_matching",
    "update_related",
    "update_row",
]
