"""
``metadata``: the tables of the project as SQLAlchemy and Alembic know them.

The tables are the models' own (``Model.__table__``), with foreign keys, unique constraints and indexes under the names that
migrations give them, and the table of applied migrations.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.db.connections import connections
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.migrations.ddl.names import constraint_name, foreign_key_name
from fastjango.db.migrations.recorder import MigrationRecorder
from fastjango.db.models.faces.tables import complete
from fastjango.db.models.table import metadata_of
from fastjango.db.sqlalchemy.declared import as_reflected
from fastjango.utils.module_loading import import_string


def metadata_of_project() -> sa.MetaData:
    """
    Return the metadata of all installed models.

    Raises:
        AppRegistryNotReady: Models are still being loaded.
    """
    apps.check_models_ready()
    found = metadata_of(apps)
    connection = connections[DEFAULT_DB_ALIAS]
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy and model._meta.managed:
            _finish(model, connection)
    recorder = MigrationRecorder.Migration
    if recorder._meta.db_table not in found.tables:
        recorder._meta.table.to_metadata(found)
        _finish(recorder, connection, found.tables[recorder._meta.db_table])
    return found


def _finish(model: Any, connection: Any, table: Any = None) -> None:
    """Add what migrations create beside the columns."""
    opts = model._meta
    if table is None:
        table = complete(model)
    if table.info.get("indexed"):
        return
    table.info["indexed"] = True
    for constraint in list(table.foreign_key_constraints):
        field = next(field for field in opts.local_concrete_fields if field.column in constraint.columns)
        if field.db_constraint and connection.features.supports_foreign_keys:
            constraint.name = foreign_key_name(connection, opts.db_table, field)
            if connection.vendor != "mysql":
                constraint.deferrable, constraint.initially = True, "DEFERRED"
        else:
            _drop(table, constraint)
    for field in opts.local_concrete_fields:
        own = table.c[field.column]
        if opts.auto_created and field is opts.auto_field:
            # Migrations know the project's default for the keys of hidden tables, not the app's.
            field = import_string(settings.DEFAULT_AUTO_FIELD)()  # noqa: PLW2901
            own.type = field.column_type()
        own.type = as_reflected(own.type, field, connection)
        if field.generated:
            # Migrations leave it to the expression.
            own.nullable = True
        if opts.auto_created and own.primary_key:
            continue
        name = [field.column]
        if field.unique and not field.primary_key:
            table.append_constraint(
                sa.UniqueConstraint(own, name=constraint_name(connection, opts.db_table, name, "_uniq"))
            )
        elif field.db_index and not field.unique and not _has_index_of_key(field, connection):
            sa.Index(constraint_name(connection, opts.db_table, name), own)
        if connection.vendor == "postgresql":
            _pattern_index(table, field, connection)
    for names in opts.unique_together:
        columns = [opts.get_field(name).column for name in names]
        table.append_constraint(
            sa.UniqueConstraint(*columns, name=constraint_name(connection, opts.db_table, columns, "_uniq"))
        )
    for index in opts.indexes:
        if not index.contains_expressions:
            _index(table, opts, index)
    for constraint in opts.constraints:
        if not hasattr(constraint, "is_supported") or constraint.is_supported(connection):
            _unique(table, opts, constraint)


def _drop(table: sa.Table, constraint: sa.ForeignKeyConstraint) -> None:
    """Keep a key without a constraint in the database out of the table's constraints; joins still find it."""
    table.constraints.discard(constraint)


def _index(table: sa.Table, opts: Any, index: Any) -> None:
    columns = []
    for name, order in index.fields_orders:
        own = table.c[opts.get_field(name).column]
        columns.append(own.desc() if order == "DESC" else own)
    sa.Index(index.name, *columns)


def _has_index_of_key(field: Any, connection: Any) -> bool:
    """Whether the database makes the index of a foreign key itself, under the constraint's name."""
    return bool(connection.vendor == "mysql" and field.remote_field is not None and field.db_constraint)


def _unique(table: sa.Table, opts: Any, constraint: Any) -> None:
    names = getattr(constraint, "fields", ())
    if not names or not hasattr(constraint, "nulls_distinct"):
        return
    columns = [table.c[opts.get_field(name).column] for name in names]
    if constraint.condition is not None or constraint.include or constraint.opclasses:
        sa.Index(constraint.name, *columns, unique=True)
    else:
        options: dict[str, Any] = {}
        if constraint.deferrable is not None:
            options = {"deferrable": True, "initially": constraint.deferrable.name}
        if constraint.nulls_distinct is not None:
            options["postgresql_nulls_not_distinct"] = not constraint.nulls_distinct
        table.append_constraint(sa.UniqueConstraint(*columns, name=constraint.name, **options))


def _pattern_index(table: sa.Table, field: Any, connection: Any) -> None:
    """Add the index that PostgreSQL needs for LIKE beside the one of a text column."""
    if not (field.db_index or field.unique):
        return
    kind = field.db_type(connection) or ""
    ops = "varchar_pattern_ops" if kind.startswith("varchar") else "text_pattern_ops" if kind.startswith("text") else ""
    if not ops or "[" in kind or (field.is_relation and field.remote_field is None):
        return
    name = constraint_name(connection, field.model._meta.db_table, [field.column], "_like")
    sa.Index(name, table.c[field.column], postgresql_ops={field.column: ops})


__all__ = ["metadata_of_project"]
