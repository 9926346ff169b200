"""
``run(context)``: what an Alembic environment does with a project's models.

Called by ``alembic/env.py``, which ``startproject --alembic`` writes. ``alembic revision --autogenerate`` compares the
database with ``metadata``; ``upgrade`` and ``downgrade`` run on the connection of the default database.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic.operations.ops import CreateTableOp, ExecuteSQLOp, OpContainer
from sqlalchemy.dialects import postgresql

from fastjango.db.connections import connections
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.models.ddl import quote_literal
from fastjango.db.sqlalchemy.in_full import say_in_full
from fastjango.db.sqlalchemy.tables import metadata_of_project
from fastjango.db.sqlalchemy.uncompared import complete_revision, is_compared_here

# Of indexes on expressions and their operator classes: what Alembic leaves out is looked at in ``uncompared.py``.
_SAID_ELSEWHERE = (
    "Skipped unsupported reflection of expression-based index",
    "autogenerate skipping metadata-specified expression-based index",
    r"Expression #\d+ .* operator clause",
)


def run(context: Any, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """
    Run Alembic's migrations, or write their SQL in ``--sql`` mode.

    Args:
        using: The alias of the database.
    """
    connection = connections[using]
    options: dict[str, Any] = {
        "target_metadata": say_in_full(metadata_of_project(), connection),
        "render_item": _render,
        "process_revision_directives": partial(_tidy, using),
        "include_object": partial(_is_compared, using),
        "autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
        "render_as_batch": connection.vendor == "sqlite",
        "transaction_per_migration": True,
    }
    if context.is_offline_mode():
        context.configure(dialect_name=connection.dialect.name, literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    # An engine of its own: ours leaves transactions to atomic().
    engine = sa.create_engine(_url(connection), poolclass=sa.pool.NullPool)
    with engine.connect() as open_connection, warnings.catch_warnings():
        for message in _SAID_ELSEWHERE:
            warnings.filterwarnings("ignore", message=message)
        context.configure(connection=open_connection, **options)
        with context.begin_transaction():
            context.run_migrations()


def _url(connection: Any) -> sa.URL:
    conf = connection.settings_dict
    if connection.vendor == "sqlite":
        return sa.URL.create("sqlite", database=str(conf["NAME"]))
    driver = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}[connection.vendor]
    port = int(conf["PORT"]) if conf.get("PORT") else None
    return sa.URL.create(
        driver,
        username=conf.get("USER") or None,
        password=conf.get("PASSWORD") or None,
        host=conf.get("HOST") or None,
        port=port,
        database=str(conf["NAME"]),
    )


def _is_compared(using: str, item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Whether Alembic may do something; a check called like its column is MariaDB's own, of a JSON column."""
    if kind == "index" and compare_to is not None:
        return connections[using].vendor != "postgresql" or not is_compared_here(str(name))
    return not (kind == "check_constraint" and reflected and compare_to is None and name in item.table.columns)


def _render(kind: str, item: Any, context: Any) -> str | bool:
    """Return how a type of ours is written into a revision: by its name; False leaves the others to Alembic."""
    if kind != "type" or not type(item).__module__.startswith("fastjango."):
        return False
    text = context.dialect.type_compiler_instance.process(item)
    context.imports.add("from fastjango.db.sqlalchemy.declared import Named")
    return f"Named({text!r})"


def _tidy(using: str, context: Any, revision: Any, directives: list[Any]) -> None:
    """Take what tables of ours remember about themselves out of the revision, and let it make the types of its enums."""
    for directive in directives:
        for group in directive.upgrade_ops_list:
            for step in _steps(group):
                if isinstance(step, CreateTableOp):
                    step.info = {}
                _generate(context, step)
        if context.dialect.name == "postgresql":
            _with_enum_types(context, directive)
        complete_revision(context, directive, using)


def _steps(group: Any) -> Iterator[Any]:
    """Yield the operations of a group and of the tables in it."""
    for step in group.ops:
        yield from _steps(step) if isinstance(step, OpContainer) else (step,)


def _generate(context: Any, step: Any) -> None:
    """Let new columns whose values the database computes say how."""
    told = context.opts["target_metadata"].info.get("generated", {})
    columns: list[Any] = list(step.columns) if isinstance(step, CreateTableOp) else [getattr(step, "column", None)]
    for column in columns:
        computed = told.get((getattr(step, "table_name", None), getattr(column, "name", None)))
        if computed is not None:
            column.server_default = column.server_onupdate = None
            computed._set_parent(column)


def _with_enum_types(context: Any, directive: Any) -> None:
    """Create types that are not there before all tables, and drop them behind all on the way back."""
    found: dict[str, postgresql.ENUM] = {}
    for step in _steps(directive.upgrade_ops):
        columns = step.columns if isinstance(step, CreateTableOp) else [getattr(step, "column", None)]
        for kind in [getattr(step, "modify_type", None), *(getattr(column, "type", None) for column in columns)]:
            if isinstance(kind, postgresql.ENUM) and not kind.create_type:
                found[str(kind.name)] = kind
    there = {row[0] for row in context.connection.execute(sa.text("SELECT typname FROM pg_type WHERE typtype = 'e'"))}
    quote = context.dialect.identifier_preparer.quote
    for name in sorted(set(found) - there, reverse=True):
        values = ", ".join(quote_literal(value, "postgresql") for value in found[name].enums)
        directive.upgrade_ops.ops.insert(0, ExecuteSQLOp(f"CREATE TYPE {quote(name)} AS ENUM ({values})"))
        directive.downgrade_ops.ops.append(ExecuteSQLOp(f"DROP TYPE {quote(name)}"))


__all__ = ["run"]
