"""
What Alembic does not compare with the database: exclusion constraints and all that an index on PostgreSQL is made of; on
SQLite indexes on expressions.

Asked by ``alembic.py`` while a revision is made; adds to it what is missing, is gone, or says something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from alembic.operations.ops import CreateIndexOp, DropIndexOp, ExecuteSQLOp, ModifyTableOps
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex

from fastjango.apps import apps
from fastjango.db.connections import connections
from fastjango.db.models import BaseConstraint
from fastjango.db.models.ddl import plain_ddl
from fastjango.db.sqlalchemy.in_full import plain

_INDEXES = """
    SELECT i.name, i.sql FROM sqlite_master i WHERE i.type = 'index' AND i.tbl_name = ? AND i.sql IS NOT NULL
        AND EXISTS (SELECT 1 FROM pragma_index_info(i.name) c WHERE c.name IS NULL)
"""
_EXCLUSIONS = (
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'x'"
)
_PG_INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = ANY (current_schemas(true)) AND tablename = %s"
)
_PLAIN = re.compile(r'["\s]')
_TRIAL = "fastjango_trial"


@dataclass(frozen=True)
class Part:
    """An index or a constraint of a table, with the statements that make it and take it away."""

    create: str
    drop: str
    is_index: bool = True


def complete_revision(context: Any, directive: Any, using: str) -> None:
    """Let a revision say what Alembic left out."""
    if context.connection is None or context.dialect.name not in ("sqlite", "postgresql"):
        return
    connection = connections[using]
    up, down = directive.upgrade_ops.ops, directive.downgrade_ops.ops
    there = set(sa.inspect(context.connection).get_table_names())
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if model._meta.proxy or not model._meta.managed:
            continue
        wanted = _wanted(model, connection)
        live = _live(context, table) if table in there else {}
        for name, part in wanted.items():
            if name in live and not _is_other(context, table, part, live[name]):
                continue
            if name in live:
                _replace(up, down, live[name], part)
            elif connection.vendor == "sqlite" or not part.is_index:
                # Other indexes are made by Alembic, and dropped.
                up.append(_execute(part.create))
                if table in there:
                    down.insert(0, _execute(part.drop))
        for name in sorted(set(live) - set(wanted)):
            if connection.vendor == "postgresql" and live[name].is_index:
                continue
            up.insert(0, _execute(live[name].drop))
            down.append(_execute(live[name].create))
    if connection.vendor == "sqlite":
        _keep_indexes(context, directive, connection)


def _execute(sql: str) -> ExecuteSQLOp:
    return ExecuteSQLOp(plain(sql))


def _replace(up: list[Any], down: list[Any], old: Part, new: Part) -> None:
    up.insert(0, _execute(old.drop))
    up.append(_execute(new.create))
    down.insert(0, _execute(new.drop))
    down.append(_execute(old.create))


def is_compared_here(name: str) -> bool:
    """Whether an index is one that a model's ``Meta`` names: on PostgreSQL it is compared here, in all its parts."""
    return any(
        name == one.name for model in apps.get_models() for one in (*model._meta.indexes, *model._meta.constraints)
    )


def _wanted(model: Any, connection: Any) -> dict[str, Part]:
    """Return what the model says, by name."""
    editor = SimpleNamespace(connection=connection)
    found: dict[str, Part] = {}
    for one in (*model._meta.indexes, *model._meta.constraints):
        is_index = getattr(one, "needs_index", not isinstance(one, BaseConstraint))
        if connection.vendor == "sqlite":
            mine = one.contains_expressions
        else:
            # An exclusion constraint is of contrib.postgres, or like it.
            mine = is_index or hasattr(one, "index_type")
        create = str(one.create_sql(model, editor) or "") if mine else ""
        if create:
            found[str(one.name)] = Part(create, str(one.remove_sql(model, editor)), is_index)
    return found


def _live(context: Any, table: str) -> dict[str, Part]:
    """Return what the database has, by name."""
    quote = context.dialect.identifier_preparer.quote
    run = context.connection.exec_driver_sql
    if context.dialect.name == "sqlite":
        return {name: Part(sql, f"DROP INDEX {quote(name)}") for name, sql in run(_INDEXES, (table,))}
    constraints = {
        name: Part(
            f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} {text}",
            f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}",
            is_index=False,
        )
        for name, text in run(_EXCLUSIONS, (quote(table),))
    }
    indexes = {name: Part(text, f"DROP INDEX {quote(name)}") for name, text in run(_PG_INDEXES, (table,))}
    return {**indexes, **constraints}


def _is_other(context: Any, table: str, wanted: Part, live: Part) -> bool:
    """Whether a part of the same name is another one; PostgreSQL writes it in its own words on a table of the moment."""
    if context.dialect.name == "sqlite":
        return _PLAIN.sub("", wanted.create) != _PLAIN.sub("", live.create)
    quote = context.dialect.identifier_preparer.quote
    run = context.connection.exec_driver_sql
    attempt = context.connection.begin_nested()
    try:
        run(f"CREATE TEMPORARY TABLE {_TRIAL} (LIKE {quote(table)})")
        run(wanted.create.replace(f" {_quoted(table)} ", f" {_TRIAL} ", 1).replace("%", "%%"))
        found = run(_PG_INDEXES if wanted.is_index else _EXCLUSIONS, (_TRIAL,)).one()[1]
    except DBAPIError:
        # It names a column that the table is yet to have.
        return True
    finally:
        attempt.rollback()
    return _definition(found) != _definition(live.create)


def _definition(text: str) -> tuple[bool, str]:
    """Return an index or a constraint without its name and table."""
    return "UNIQUE" in text.split(" USING ")[0], text.split(" USING ", 1)[1]


def _quoted(table: str) -> str:
    return '"{}"'.format(table.replace('"', '""'))


def _keep_indexes(context: Any, directive: Any, connection: Any) -> None:
    """Make indexes again behind changes that make their table anew: Alembic knows no expressions there, and no DESC."""
    there = {
        row[0] for row in context.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'")
    }
    for groups, kept in ((directive.upgrade_ops_list, None), (directive.downgrade_ops_list, there)):
        for group in groups:
            statements = [str(step.sqltext) for step in group.ops if isinstance(step, ExecuteSQLOp)]
            for index in _indexes_of(_made_anew(group), connection):
                said = any(f'"{index.name}"' in text for text in statements)
                if not said and (kept is None or str(index.name) in kept):
                    group.ops.append(_execute(f'DROP INDEX IF EXISTS "{index.name}"'))
                    group.ops.append(_execute(plain_ddl(CreateIndex(index), connection)))


def _made_anew(group: Any) -> set[str]:
    return {
        str(step.table_name)
        for step in group.ops
        if isinstance(step, ModifyTableOps)
        and any(not isinstance(change, CreateIndexOp | DropIndexOp) for change in step.ops)
    }


def _indexes_of(tables: set[str], connection: Any) -> Iterator[sa.Index]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table in tables and model._meta.managed and not model._meta.proxy:
            for one in (*model._meta.indexes, *model._meta.constraints):
                if one.contains_expressions or any(order for _, order in getattr(one, "fields_orders", ())):
                    yield one.parts().to_index(model, connection)


__all__ = ["complete_revision", "is_compared_here"]
