"""
Defaults, checks and enum types of the project's tables, in the words of the database: what Alembic writes into a new table.

``tables.py`` has the rest; used by ``alembic.py``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from fastjango.apps import apps
from fastjango.db.migrations.ddl.names import check_name
from fastjango.db.migrations.ddl.tables import db_default_sql
from fastjango.db.models import CheckConstraint
from fastjango.db.models.ddl import condition_sql, expression_sql
from fastjango.db.models.fields.enumerated import EnumField


def say_in_full(metadata: sa.MetaData, connection: Any) -> sa.MetaData:
    """Return *metadata* with what migrations would say of the columns beside their types."""
    for model in apps.get_models(include_auto_created=True):
        opts = model._meta
        table = metadata.tables.get(opts.db_table)
        if table is None or opts.proxy or not opts.managed or table.info.get("in_full"):
            continue
        table.info["in_full"] = True
        for field in opts.local_concrete_fields:
            _complete_column(table, table.c[field.column], field, connection)
        for constraint in opts.constraints:
            if isinstance(constraint, CheckConstraint) and connection.features.supports_table_check_constraints:
                text = condition_sql(model, constraint.condition, connection)
                if text is not None:
                    table.append_constraint(sa.CheckConstraint(sa.text(_plain(text)), name=constraint.name))
        _complete_indexes(table, model, connection)
    return metadata


def _complete_indexes(table: sa.Table, model: Any, connection: Any) -> None:
    """Say of which rows partial indexes and unique constraints are."""
    conditions = {one.name: getattr(one, "condition", None) for one in (*model._meta.indexes, *model._meta.constraints)}
    for index in table.indexes:
        condition = conditions.get(str(index.name))
        text = None if condition is None else condition_sql(model, condition, connection)
        if text is not None and connection.features.supports_partial_indexes:
            index.dialect_kwargs[f"{connection.vendor}_where"] = sa.text(_plain(text))


def _enum_type(field: Any) -> postgresql.ENUM | None:
    if not isinstance(field, EnumField):
        return None
    # Made beside the tables: several may have it.
    return postgresql.ENUM(*field.values, name=field.type_name, create_type=False)


def _complete_column(table: sa.Table, column: Any, field: Any, connection: Any) -> None:
    if connection.vendor == "postgresql" and (kind := _enum_type(field)) is not None:
        column.type = kind
    if field.has_db_default():
        text = db_default_sql(field, connection)
        if text is not None:
            sa.DefaultClause(sa.text(_plain(text)))._set_parent(column)
    if getattr(field, "generated", False):
        # Said of new columns only: Alembic compares no expressions.
        text = _plain(expression_sql(field.model, field.expression, connection))
        told = table.metadata.info.setdefault("generated", {})
        told[table.name, field.column] = sa.Computed(sa.text(text), persisted=field.db_persist)
    check = field.db_parameters(connection)["check"]
    if check:
        name = check_name(connection, field.model._meta.db_table, field)
        table.append_constraint(sa.CheckConstraint(sa.text(_plain(check)), name=name))


def _plain(text: str) -> str:
    """Return SQL in which SQLAlchemy looks for no parameters; a cast has two colons and is none."""
    return text.replace("\\", "\\\\").replace(":", "\\:").replace("\\:\\:", "::")


__all__ = ["say_in_full"]
