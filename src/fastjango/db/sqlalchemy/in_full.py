"""
Defaults, checks, comments, indexes and enum types of the project's tables, in the words of the database, for Alembic.

``tables.py`` has the rest; used by ``alembic.py``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from fastjango.apps import apps
from fastjango.db.migrations.ddl.names import check_name
from fastjango.db.migrations.ddl.tables import db_default_sql
from fastjango.db.models import CheckConstraint, UniqueConstraint
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
                    table.append_constraint(sa.CheckConstraint(sa.text(plain(text)), name=constraint.name))
        _complete_indexes(table, model, connection)
        if connection.features.supports_comments:
            table.comment = opts.db_table_comment or None
    return metadata


def _complete_indexes(table: sa.Table, model: Any, connection: Any) -> None:
    """Say of which expressions and rows indexes are, their methods, operators and further columns."""
    features = connection.features
    known = {str(index.name): index for index in table.indexes}
    for one in (*model._meta.indexes, *model._meta.constraints):
        if not hasattr(one, "parts") or (one.contains_expressions and not features.supports_expression_indexes):
            continue
        if isinstance(one, UniqueConstraint) and not (one.needs_index and one.is_supported(connection)):
            continue
        if one.name in known:
            table.indexes.discard(known[one.name])
        index = one.parts().to_index(model, connection, table)
        # The colons of conditions are no parameters.
        for key in [key for key in index.dialect_kwargs if key.endswith("_where")]:
            condition = index.dialect_kwargs.pop(key)
            if key.startswith(connection.vendor):
                index.dialect_kwargs[key] = sa.text(plain(str(condition)))


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
            sa.DefaultClause(sa.text(plain(text)))._set_parent(column)
    if getattr(field, "generated", False):
        # Said of new columns only: Alembic compares no expressions.
        text = plain(expression_sql(field.model, field.expression, connection))
        told = table.metadata.info.setdefault("generated", {})
        told[table.name, field.column] = sa.Computed(sa.text(text), persisted=field.db_persist)
    if field.db_comment and connection.features.supports_comments:
        column.comment = field.db_comment
    check = field.db_parameters(connection)["check"]
    if check:
        name = check_name(connection, field.model._meta.db_table, field)
        table.append_constraint(sa.CheckConstraint(sa.text(plain(check)), name=name))


def plain(text: str) -> str:
    """Return SQL in which SQLAlchemy looks for no parameters; a cast has two colons and is none."""
    return text.replace("\\", "\\\\").replace(":", "\\:").replace("\\:\\:", "::")


__all__ = ["plain", "say_in_full"]
