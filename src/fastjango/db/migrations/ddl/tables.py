"""
A model's table as SQLAlchemy sees it: columns, keys, checks, constraints, all with names.

Receives a (historical) model from the schema editor; ``CreateTable`` and Alembic's constructs turn it into a statement.
Nothing is reflected from the database.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from fastjango.db.migrations.ddl.names import check_name, column_name, constraint_name, foreign_key_name
from fastjango.db.models.ddl import expression_sql, quote_literal
from fastjango.db.models.table import split_table_name


class ColumnSpec(sa.types.UserDefinedType[Any]):
    """A column type in the words of the database, as ``Field.db_type()`` says it."""

    cache_ok = False

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **kw: Any) -> str:
        """Return the text."""
        return self.text


class RawClause(sa.schema.Constraint):
    """A constraint whose clause is known as text: it comes from ``constraint_sql()``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


@compiles(RawClause)
def _raw_clause(element: RawClause, compiler: Any, **kw: Any) -> str:
    return element.text.replace("%", "%%") if compiler.preparer._double_percents else element.text


def literal(text: str) -> Any:
    """Return text as an SQL element."""
    return sa.literal_column(text)


def default_literal(value: Any, field: Any, connection: Any) -> str:
    """Return a Python default as an SQL literal of the field's column."""
    if hasattr(value, "resolve_expression"):
        return expression_sql(field.model, value, connection)
    prepared = field.get_prep_value(value)
    convert = field.bind_converter(connection)
    driver = convert(prepared) if convert is not None and prepared is not None else prepared
    text = quote_literal(driver, connection.vendor)
    # The items of an array are texts until they are told what they are.
    return f"{text}::{field.db_type(connection)}" if isinstance(driver, list) else text


def db_default_sql(field: Any, connection: Any) -> str | None:
    """Return the DEFAULT of a field with ``db_default``."""
    if not field.has_db_default():
        return None
    text = expression_sql(field.model, field._db_default_expression, connection)
    if connection.vendor == "sqlite" or (connection.vendor == "mysql" and "(" in text):
        return f"({text})"
    return text


def make_column(field: Any, connection: Any, *, default: str | None = None) -> sa.Column[Any]:
    """Return the column of a field; *default* is an SQL literal for existing rows."""
    parameters = field.db_parameters(connection)
    # A generated value is NULL whenever its expression is: the field cannot promise more.
    options: dict[str, Any] = {"nullable": field.null or getattr(field, "generated", False)}
    arguments: list[Any] = []
    suffix = field.db_type_suffix(connection) or ""
    type_text = parameters["type"] or ""
    collation = parameters.get("collation")
    if collation:
        type_text += f" COLLATE {connection.ops.quote_name(collation)}"
    if getattr(field, "generated", False):
        arguments.append(
            sa.Computed(literal(expression_sql(field.model, field.expression, connection)), persisted=field.db_persist)
        )
    elif default is not None:
        options["server_default"] = literal(default)
    else:
        text = db_default_sql(field, connection)
        if text is not None:
            options["server_default"] = literal(text)
    if suffix and connection.vendor == "postgresql":
        arguments.append(sa.Identity(always=False))
    column_type: Any = ColumnSpec(type_text)
    if suffix and connection.vendor == "sqlite":
        column_type = sa.Integer()
    if suffix and connection.vendor == "mysql":
        column_type = ColumnSpec(f"{type_text} {suffix}")
    if field.db_comment and connection.features.supports_comments:
        options["comment"] = field.db_comment
    return sa.Column(
        column_name(field.column),
        column_type,
        *arguments,
        key=field.column,
        autoincrement=bool(suffix) if connection.vendor == "sqlite" else "auto",
        **options,
    )


def make_table(model: Any, connection: Any, *, name: str | None = None, foreign_keys: bool = False) -> sa.Table:
    """
    Return the whole table of *model*.

    Args:
        name: Another name than ``db_table``; used while SQLite makes a table anew.
        foreign_keys: Put foreign keys into the table; else they are added when all tables are there.
    """
    opts = model._meta
    schema, table_name = split_table_name(name or opts.db_table)
    fields = [field for field in opts.local_fields if field.db_parameters(connection)["type"] is not None]
    columns = [make_column(field, connection) for field in fields]
    parts: list[Any] = [*columns, _primary_key(opts, fields, connection)]
    # Names are those of the final table, also while it has another one.
    parts += _checks(opts, fields, connection)
    parts += _uniques(opts, fields, connection)
    if foreign_keys:
        parts += [constraint for field in opts.local_fields for constraint in foreign_key(opts, field, connection)]
    parts += [RawClause(text) for text in _meta_constraints(model, connection)]
    options: dict[str, Any] = {}
    if connection.vendor == "sqlite" and any(field.db_type_suffix(connection) for field in fields):
        options["sqlite_autoincrement"] = True
    if opts.db_table_comment and connection.features.supports_comments:
        options["comment"] = opts.db_table_comment
    return sa.Table(table_name, sa.MetaData(), *[part for part in parts if part is not None], schema=schema, **options)


def _primary_key(opts: Any, fields: list[Any], connection: Any) -> Any:
    keys = [field for field in opts.pk_fields if field in fields]
    if not keys:
        return None
    return sa.PrimaryKeyConstraint(*[field.column for field in keys])


def _checks(opts: Any, fields: list[Any], connection: Any) -> list[Any]:
    return [
        sa.CheckConstraint(literal(check), name=check_name(connection, opts.db_table, field))
        for field in fields
        if (check := field.db_parameters(connection)["check"])
    ]


def _uniques(opts: Any, fields: list[Any], connection: Any) -> list[Any]:
    found: list[Any] = [
        sa.UniqueConstraint(field.column, name=constraint_name(connection, opts.db_table, [field.column], "_uniq"))
        for field in fields
        if field.unique and not field.primary_key
    ]
    alone = [[field.column] for field in fields if field.unique and not field.primary_key]
    for names in opts.unique_together:
        columns = [opts.get_field(name).column for name in names]
        if columns in alone:
            continue  # one constraint serves both
        found.append(sa.UniqueConstraint(*columns, name=constraint_name(connection, opts.db_table, columns, "_uniq")))
    return found


def foreign_key(opts: Any, field: Any, connection: Any) -> list[Any]:
    """Return the foreign key of a field as a list of none or one."""
    if not field.remote_field or not getattr(field, "db_constraint", False) or not field.remote_field.model:
        return []
    if not connection.features.supports_foreign_keys:
        return []
    target = field.remote_field.model._meta.db_table
    schema, name = split_table_name(target)
    # A table of its own metadata: SQLAlchemy must not look for the other table.
    columns: list[sa.Column[Any]] = [sa.Column(column_name(target.column)) for target in field.foreign_related_fields]
    other = sa.Table(name, sa.MetaData(), *columns, schema=schema)
    deferrable = {"deferrable": True, "initially": "DEFERRED"} if connection.vendor != "mysql" else {}
    return [
        sa.ForeignKeyConstraint(
            [local.column for local in field.local_related_fields],
            list(other.c),
            name=foreign_key_name(connection, opts.db_table, field),
            **deferrable,  # type: ignore[arg-type]
        )
    ]


def _meta_constraints(model: Any, connection: Any) -> list[str]:
    editor = _Asking(connection)
    texts = [constraint.constraint_sql(model, editor) for constraint in model._meta.constraints]
    return [str(text) for text in texts if text]


class _Asking:
    """What ``constraint_sql()`` needs of a schema editor."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.deferred_sql: list[Any] = []


class NamedForeignKey(sa.ForeignKeyConstraint):
    """A foreign key of which only the name is known."""

    def __init__(self, column: Any, name: str) -> None:
        other = sa.Table("other", sa.MetaData(), sa.Column("id", sa.Integer()))
        super().__init__([column.name], [other.c.id], name=name)
