"""
The schema editor: Django's methods, each of which emits statements made by SQLAlchemy and Alembic.

    with connection.schema_editor() as editor:
        editor.create_model(Product)

Operations of migrations call it; ``collect_sql=True`` collects the statements in place of sending them (``sqlmigrate``).
"""

from __future__ import annotations

import logging
import operator
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from alembic.ddl import base as alembic_ddl
from alembic.ddl.mysql import MySQLAlterDefault
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, DropConstraint, DropIndex, DropTable

from fastjango.core.exceptions import FieldError
from fastjango.db.backends.utils import split_identifier
from fastjango.db.migrations.ddl import references, tables, uniques
from fastjango.db.migrations.ddl.differences import differs
from fastjango.db.migrations.ddl.names import check_name, column_name, constraint_name, foreign_key_name
from fastjango.db.models.ddl import expression_sql, plain_ddl
from fastjango.db.models.table import split_table_name
from fastjango.db.transaction import TransactionManagementError, atomic

if TYPE_CHECKING:
    from fastjango.db.migrations.progress import Progress

logger = logging.getLogger("fastjango.db.backends.schema")


class BaseDatabaseSchemaEditor:
    """What all databases share: tables by ``ALTER TABLE``."""

    # A pattern by Django's name, for code that drops tables by hand.
    sql_delete_table = "DROP TABLE %(table)s CASCADE"

    def __init__(self, connection: Any, collect_sql: bool = False, atomic: bool = True) -> None:
        self.connection = connection
        self.collect_sql = collect_sql
        self.collected_sql: list[str] = []
        self.atomic_migration = connection.features.can_rollback_ddl and atomic
        self.deferred_sql: list[str] = []
        # Set where the database cannot roll the whole migration back: remembers each statement.
        self.progress: Progress | None = None

    def __enter__(self) -> Self:
        self.deferred_sql = []
        if self.atomic_migration:
            self.atomic = atomic(self.connection.alias)
            self.atomic.__enter__()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        try:
            if exc_type is None:
                for statement in self.deferred_sql:
                    self.execute(statement, None)
        except BaseException as error:
            if self.atomic_migration:
                self.atomic.__exit__(type(error), error, error.__traceback__)
            raise
        if self.atomic_migration:
            self.atomic.__exit__(exc_type, exc, tb)

    def run_deferred(self) -> None:
        """Send what was put off: at the end of an operation whose progress is recorded."""
        statements, self.deferred_sql = self.deferred_sql, []
        for statement in statements:
            self.execute(statement, None)

    # ------------------------------------------------------------ sending

    def execute(self, sql: Any, params: Any = ()) -> None:
        """
        Send a statement, or collect it.

        Raises:
            TransactionManagementError: Inside a transaction on a database that cannot roll DDL back.
        """
        if not self.collect_sql and self.connection.in_atomic_block and not self.connection.features.can_rollback_ddl:
            raise TransactionManagementError(
                "Executing DDL statements while in a transaction on databases that can't perform a rollback is "
                "prohibited."
            )
        sql = str(sql)
        logger.debug("%s; (params %r)", sql, params, extra={"params": params, "sql": sql})
        if self.collect_sql:
            ending = "" if sql.rstrip().endswith(";") else ";"
            if params:
                sql = sql % tuple(self.quote_value(value) for value in params)
            self.collected_sql.append(sql + ending)
        elif self.progress is not None:
            self.progress.send(sql, params, self._send)
        else:
            self._send(sql, params)

    def _send(self, sql: str, params: Any) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params or None)

    def emit(self, construct: Any) -> None:
        """Send a construct of SQLAlchemy or Alembic."""
        self.execute(self.sql_of(construct), None)

    def sql_of(self, construct: Any) -> str:
        """Return the statement of a construct."""
        return plain_ddl(construct, self.connection)

    def quote_name(self, name: str) -> str:
        """Return a name in quotes."""
        return str(self.connection.ops.quote_name(name))

    def quote_value(self, value: Any) -> str:
        """Return a value as a literal."""
        from fastjango.db.models.ddl import quote_literal

        return quote_literal(value, self.connection.vendor)

    def _bare(self, model: Any, *more: Any) -> sa.Table:
        """Return the model's table with its columns only; *more* are columns or fields that it gets, or has by now."""
        schema, name = split_table_name(model._meta.db_table)
        columns = [
            tables.make_column(field, self.connection)
            for field in model._meta.local_concrete_fields
            if field.db_parameters(self.connection)["type"] is not None
        ]
        # Between two states a name may stand for two fields: the later one counts.
        columns = list({column.key: column for column in columns}.values())
        known = {column.key for column in columns}
        for one in more:
            key = one if isinstance(one, str) else one.column
            if key not in known:
                known.add(key)
                columns.append(
                    sa.Column(column_name(key), sa.Integer(), key=key)
                    if isinstance(one, str)
                    else tables.make_column(one, self.connection)
                )
        return sa.Table(name, sa.MetaData(), *columns, schema=schema)

    # ------------------------------------------------------------ tables

    def table_sql(self, model: Any) -> tuple[str, list[Any]]:
        """Return the CREATE TABLE statement of *model*."""
        return self.sql_of(CreateTable(tables.make_table(model, self.connection))), []

    def create_model(self, model: Any) -> None:
        """Create the table, its indexes, and the tables of its many-to-many fields."""
        sql, _ = self.table_sql(model)
        self.execute(sql, None)
        self._comments(model)
        self.deferred_sql += self._foreign_keys_sql(model)
        self.deferred_sql += self._model_indexes_sql(model)
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:
                self.create_model(field.remote_field.through)

    def _comments(self, model: Any) -> None:
        if not self.connection.features.supports_comments or self.connection.vendor == "mysql":
            return
        table = tables.make_table(model, self.connection)
        if table.comment:
            self.emit(sa.schema.SetTableComment(table))
        for column in table.columns:
            if column.comment:
                self.emit(sa.schema.SetColumnComment(column))

    def _foreign_keys_sql(self, model: Any) -> list[str]:
        statements = []
        for field in model._meta.local_fields:
            for constraint in tables.foreign_key(model._meta, field, self.connection):
                table = self._bare(model)
                table.append_constraint(constraint)
                statements.append(self.sql_of(AddConstraint(constraint, isolate_from_table=False)))
        return statements

    def _model_indexes_sql(self, model: Any) -> list[str]:
        """Return the statements of all indexes of a table."""
        opts = model._meta
        if not opts.managed or opts.proxy or opts.swapped:
            return []
        statements: list[str] = []
        for field in opts.local_fields:
            statements += self._field_indexes_sql(model, field)
        for names in getattr(opts, "index_together", ()):
            statements.append(self._index_sql(model, [opts.get_field(name) for name in names], "_idx"))
        for index in opts.indexes:
            if not index.contains_expressions or self.connection.features.supports_expression_indexes:
                sql = index.create_sql(model, self)
                if sql is not None:
                    statements.append(str(sql))
        for constraint in opts.constraints:
            # A constraint that cannot stand inside CREATE TABLE is an index.
            if constraint.constraint_sql(model, self) is None:
                sql = constraint.create_sql(model, self)
                if sql is not None:
                    statements.append(str(sql))
        return statements

    def _field_should_be_indexed(self, model: Any, field: Any) -> bool:
        return bool(field.db_index and not field.unique)

    def _field_indexes_sql(self, model: Any, field: Any) -> list[str]:
        if not self._field_should_be_indexed(model, field):
            return []
        return [self._index_sql(model, [field])]

    def _create_index_name(self, table_name: str, column_names: Sequence[str], suffix: str = "") -> str:
        """Return the name of an index that has none of its own; Django's name for it, which libraries call."""
        return constraint_name(self.connection, table_name, column_names, suffix)

    def _index_sql(self, model: Any, fields: Sequence[Any], suffix: str = "", ops: dict[str, str] | None = None) -> str:
        table = self._bare(model, *fields)
        name = constraint_name(self.connection, model._meta.db_table, [field.column for field in fields], suffix)
        options: dict[str, Any] = {"postgresql_ops": ops} if ops else {}
        index = sa.Index(name, *[table.c[field.column] for field in fields], _table=table, **options)
        return self.sql_of(CreateIndex(index))

    def delete_model(self, model: Any) -> None:
        """Drop the table and those of its many-to-many fields."""
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:
                self.delete_model(field.remote_field.through)
        self._drop_table(model)
        table = self.quote_name(split_identifier(model._meta.db_table)[1])
        self.deferred_sql = [sql for sql in self.deferred_sql if f" {table} " not in sql and f"{table} (" not in sql]

    def _drop_table(self, model: Any) -> None:
        schema, name = split_table_name(model._meta.db_table)
        sql = self.sql_of(DropTable(sa.Table(name, sa.MetaData(), schema=schema)))
        self.execute(sql + (" CASCADE" if self.connection.vendor == "postgresql" else ""), None)

    def alter_db_table(self, model: Any, old_db_table: str, new_db_table: str) -> None:
        """Rename a table."""
        if old_db_table == new_db_table or (
            self.connection.features.ignores_table_name_case and old_db_table.lower() == new_db_table.lower()
        ):
            return
        _, old_name = split_table_name(old_db_table)
        _, new_name = split_table_name(new_db_table)
        self.emit(alembic_ddl.RenameTable(old_name, new_name))
        old_quoted, new_quoted = self.quote_name(old_name), self.quote_name(new_name)
        self.deferred_sql = [sql.replace(old_quoted, new_quoted) for sql in self.deferred_sql]

    def alter_db_table_comment(self, model: Any, old_db_table_comment: str, new_db_table_comment: str) -> None:
        """Set a table's comment."""
        if self.connection.features.supports_comments:
            table = self._bare(model)
            table.comment = new_db_table_comment or None
            self.emit(sa.schema.SetTableComment(table) if table.comment else sa.schema.DropTableComment(table))

    def alter_db_tablespace(self, model: Any, old_db_tablespace: str, new_db_tablespace: str) -> None:
        """Move a table to another tablespace."""
        self.execute(
            f"ALTER TABLE {self.quote_name(model._meta.db_table)} SET TABLESPACE {self.quote_name(new_db_tablespace)}",
            None,
        )

    # ------------------------------------------------------------ indexes and constraints

    def add_index(self, model: Any, index: Any) -> None:
        """Create an index."""
        if index.contains_expressions and not self.connection.features.supports_expression_indexes:
            return
        sql = index.create_sql(model, self)
        if sql is not None:
            self.execute(sql, None)

    def remove_index(self, model: Any, index: Any) -> None:
        """Drop an index."""
        if index.contains_expressions and not self.connection.features.supports_expression_indexes:
            return
        waiting = self._waiting_for(model, index)
        self.deferred_sql = [sql for sql in self.deferred_sql if sql not in waiting]
        if not waiting:
            self._before_drop(model, index.name)
            self.execute(index.remove_sql(model, self), None)

    def _waiting_for(self, model: Any, index: Any) -> list[str]:
        """Return the deferred statement that is still to create *index*: its table was made in the same migration."""
        table, wanted = split_table_name(model._meta.db_table)[1], f"INDEX {self.quote_name(index.name)} ON "
        return [sql for sql in self.deferred_sql if wanted in sql and table in sql]

    def rename_index(self, model: Any, old_index: Any, new_index: Any) -> None:
        """Rename an index; made anew where the database cannot."""
        waiting = self._waiting_for(model, old_index)
        if waiting:
            old, new = self.quote_name(old_index.name), self.quote_name(new_index.name)
            self.deferred_sql = [
                sql.replace(f"INDEX {old} ON ", f"INDEX {new} ON ") if sql in waiting else sql
                for sql in self.deferred_sql
            ]
        elif self.connection.features.can_rename_index:
            old, new = self.quote_name(old_index.name), self.quote_name(new_index.name)
            if self.connection.vendor == "mysql":
                table = self.quote_name(model._meta.db_table)
                self.execute(f"ALTER TABLE {table} RENAME INDEX {old} TO {new}", None)
            else:
                self.execute(f"ALTER INDEX {old} RENAME TO {new}", None)
        else:
            self.remove_index(model, old_index)
            self.add_index(model, new_index)

    def add_constraint(self, model: Any, constraint: Any) -> None:
        """Add a constraint."""
        sql = constraint.create_sql(model, self)
        if sql:
            self.execute(sql, None)

    def remove_constraint(self, model: Any, constraint: Any) -> None:
        """Drop a constraint."""
        sql = constraint.remove_sql(model, self)
        if sql:
            self._before_drop(model, constraint.name)
            self.execute(sql, None)

    def alter_constraint(self, model: Any, old_constraint: Any, new_constraint: Any) -> None:
        """Replace a constraint."""
        self.remove_constraint(model, old_constraint)
        self.add_constraint(model, new_constraint)

    def alter_unique_together(self, model: Any, old_unique_together: Any, new_unique_together: Any) -> None:
        """Drop and add the constraints that differ."""
        uniques.alter_together(self, model, old_unique_together, new_unique_together)

    def alter_index_together(self, model: Any, old_index_together: Any, new_index_together: Any) -> None:
        """Drop and add the indexes that differ; only old migrations have any."""
        old = {tuple(fields) for fields in old_index_together}
        new = {tuple(fields) for fields in new_index_together}
        for names in sorted(old - new):
            columns = [model._meta.get_field(name).column for name in names]
            for name in self._constraint_names(model, columns, index=True, unique=False):
                self._before_drop(model, name)
                self.emit(DropIndex(sa.Index(name, _table=self._bare(model))))
        for names in sorted(new - old):
            self.execute(self._index_sql(model, [model._meta.get_field(name) for name in names], "_idx"), None)

    def _before_drop(self, model: Any, name: str) -> None:
        """Do what must be done before an index or a unique constraint goes."""

    def _drop_constraint(self, model: Any, name: str, kind: type[Any] = sa.UniqueConstraint) -> None:
        if kind is sa.UniqueConstraint:
            self._before_drop(model, name)
        table = self._bare(model)
        constraint: Any = (
            sa.CheckConstraint(sa.literal_column("1 = 1"), name=name)
            if kind is sa.CheckConstraint
            else kind(next(iter(table.c)), name=name)
        )
        table.append_constraint(constraint)
        if kind is tables.NamedForeignKey and self.connection.vendor == "postgresql":
            # Checks that wait for the commit would keep the table from being altered.
            self.execute(f"SET CONSTRAINTS {self.quote_name(name)} IMMEDIATE", None)
        self.emit(DropConstraint(constraint))

    def _constraint_names(
        self,
        model: Any,
        column_names: Sequence[str] | None = None,
        unique: bool | None = None,
        primary_key: bool | None = None,
        index: bool | None = None,
        foreign_key: bool | None = None,
        check: bool | None = None,
        type_: str | None = None,
        exclude: Any = None,
    ) -> list[str]:
        """Return the names of the live table's constraints that fit; none while statements are only collected."""
        if self.collect_sql and not self.connection.is_usable():
            return []
        columns = [self.connection.introspection.identifier_converter(name) for name in column_names or ()]
        with self.connection.cursor() as cursor:
            constraints = self.connection.introspection.get_constraints(cursor, model._meta.db_table)
        wanted = {"unique": unique, "primary_key": primary_key, "index": index, "check": check}
        found = []
        for name, facts in constraints.items():
            if column_names is not None and columns != facts["columns"]:
                continue
            if any(value is not None and bool(facts[key]) != value for key, value in wanted.items()):
                continue
            if foreign_key is not None and bool(facts["foreign_key"]) != foreign_key:
                continue
            if type_ is not None and facts["type"] != type_:
                continue
            if not exclude or name not in exclude:
                found.append(name)
        return found

    # ------------------------------------------------------------ fields

    def effective_default(self, field: Any) -> Any:
        """Return the value that existing rows get in a new column."""
        value = self._effective_default(field)
        return value if value is None else field.get_db_prep_save(value, self.connection)

    @staticmethod
    def _effective_default(field: Any) -> Any:
        from datetime import datetime

        from fastjango.utils import timezone

        if field.has_default():
            return field.get_default()
        if not field.null and field.blank and field.empty_strings_allowed:
            return b"" if field.get_internal_type() == "BinaryField" else ""
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            kind = field.get_internal_type()
            now = timezone.now() if kind == "DateTimeField" else datetime.now()
            return now.date() if kind == "DateField" else now.time() if kind == "TimeField" else now
        return None

    def skip_default(self, field: Any) -> bool:
        """Return whether this database takes no default for such a column."""
        return False

    def add_field(self, model: Any, field: Any) -> None:
        """Add a column, with its default for existing rows, its index and its constraints."""
        if field.many_to_many and field.remote_field.through._meta.auto_created:
            self.create_model(field.remote_field.through)
            return
        if field.db_parameters(self.connection)["type"] is None:
            if references.is_reference(field):
                references.add_reference(self, model, field)
            return
        default = None
        if not field.has_db_default() and not getattr(field, "generated", False) and not self.skip_default(field):
            value = self._effective_default(field)
            if value is not None:
                default = tables.default_literal(value, field, self.connection)
        column = tables.make_column(field, self.connection, default=default)
        schema, name = split_table_name(model._meta.db_table)
        sql = self.sql_of(alembic_ddl.AddColumn(name, column, schema=schema))
        if field.primary_key:
            sql += uniques.primary_key_clauses(self, model, field)
        self.execute(sql, None)
        if default is not None:
            # The default was for the rows that exist; new rows get theirs from the model.
            self._set_default(model, field, None)
        table = self._bare(model, field)
        if check := field.db_parameters(self.connection)["check"]:
            self._add_check(table, model, field, check)
        if field.unique and not field.primary_key:
            uniques.add(self, model, [field.column])
        self.deferred_sql += self._field_indexes_sql(model, field)
        for constraint in tables.foreign_key(model._meta, field, self.connection):
            table.append_constraint(constraint)
            self.deferred_sql.append(self.sql_of(AddConstraint(constraint, isolate_from_table=False)))
        if field.db_comment and self.connection.features.supports_comments:
            self.emit(sa.schema.SetColumnComment(table.c[field.column]))

    def _add_check(self, table: sa.Table, model: Any, field: Any, check: str) -> None:
        constraint = sa.CheckConstraint(
            tables.literal(check), name=check_name(self.connection, model._meta.db_table, field)
        )
        table.append_constraint(constraint)
        self.emit(AddConstraint(constraint, isolate_from_table=False))

    def _set_default(self, model: Any, field: Any, default: str | None) -> None:
        schema, name = split_table_name(model._meta.db_table)
        server_default: Any = sa.DefaultClause(tables.literal(default)) if default is not None else None
        column = column_name(field.column)
        construct: Any = MySQLAlterDefault if self.connection.vendor == "mysql" else alembic_ddl.ColumnDefault
        self.emit(construct(name, column, server_default, schema=schema))

    def remove_field(self, model: Any, field: Any) -> None:
        """Drop a column."""
        if field.many_to_many and field.remote_field.through._meta.auto_created:
            self.delete_model(field.remote_field.through)
            return
        if field.db_parameters(self.connection)["type"] is None:
            if references.is_reference(field):
                references.remove_reference(self, model, field)
            return
        if field.remote_field and getattr(field, "db_constraint", False):
            for name in self._constraint_names(model, [field.column], foreign_key=True):
                self._drop_constraint(model, name, tables.NamedForeignKey)
        schema, table = split_table_name(model._meta.db_table)
        column = sa.Column(column_name(field.column), sa.Integer())
        sql = self.sql_of(alembic_ddl.DropColumn(table, column, schema=schema))
        self.execute(sql + (" CASCADE" if self.connection.vendor == "postgresql" else ""), None)
        quoted = self.quote_name(field.column)
        table_quoted = self.quote_name(table)
        self.deferred_sql = [sql for sql in self.deferred_sql if not (table_quoted in sql and quoted in sql)]

    def alter_field(self, model: Any, old_field: Any, new_field: Any, strict: bool = False) -> None:
        """
        Change a column from *old_field* to *new_field*.

        Raises:
            ValueError: One of them has no column and the other has, or a through table would change.
        """
        if not self._field_should_be_altered(old_field, new_field):
            return
        old_type = old_field.db_parameters(self.connection)["type"]
        new_type = new_field.db_parameters(self.connection)["type"]
        if (old_type is None and old_field.remote_field is None) or (
            new_type is None and new_field.remote_field is None
        ):
            raise ValueError(
                f"Cannot alter field {old_field} into {new_field} - they do not properly define db_type (are you using "
                "a badly-written custom field?)"
            )
        if old_type is None and new_type is None:
            self._alter_without_column(model, old_field, new_field, strict)
            return
        if old_type is None or new_type is None:
            raise ValueError(
                f"Cannot alter field {old_field} into {new_field} - they are not compatible types (you cannot alter to "
                "or from M2M fields, or add or remove through= on M2M fields)"
            )
        if self._generated_sql(old_field) != self._generated_sql(new_field):
            raise ValueError(
                f"Modifying GeneratedFields is not supported - the field {new_field} must be removed and re-added with "
                "the new definition."
            )
        self._alter_field(model, old_field, new_field, old_type, new_type, strict)

    def _generated_sql(self, field: Any) -> tuple[str, bool] | None:
        if not getattr(field, "generated", False):
            return None
        try:
            text = expression_sql(field.model, field.expression, self.connection)
        except FieldError:
            # It names a field that the model does not have any more.
            text = repr(field.expression)
        return text, field.db_persist

    def _alter_reference(self, model: Any, old_field: Any, new_field: Any) -> None:
        if references.is_reference(old_field):
            references.remove_reference(self, model, old_field)
        if references.is_reference(new_field):
            references.add_reference(self, model, new_field)

    def _alter_without_column(self, model: Any, old_field: Any, new_field: Any, strict: bool) -> None:
        if references.is_reference(old_field) or references.is_reference(new_field):
            self._alter_reference(model, old_field, new_field)
            return
        old_through = getattr(old_field.remote_field, "through", None)
        new_through = getattr(new_field.remote_field, "through", None)
        if old_through and new_through:
            old_auto, new_auto = old_through._meta.auto_created, new_through._meta.auto_created
            if old_auto and new_auto:
                self._alter_many_to_many(model, old_field, new_field, strict)
                return
            if not old_auto and not new_auto:
                return
        raise ValueError(
            f"Cannot alter field {old_field} into {new_field} - they are not compatible types (you cannot alter to or "
            "from M2M fields, or add or remove through= on M2M fields)"
        )

    def _field_should_be_altered(self, old_field: Any, new_field: Any, ignore: Any = None) -> bool:
        return differs(old_field, new_field, self.connection, frozenset(ignore or ()))

    def _alter_field(
        self, model: Any, old_field: Any, new_field: Any, old_type: str, new_type: str, strict: bool = False
    ) -> None:
        from fastjango.db.migrations.ddl.alter import ColumnChange

        ColumnChange(self, model, old_field, new_field, old_type, new_type).apply()

    def _alter_many_to_many(self, model: Any, old_field: Any, new_field: Any, strict: bool) -> None:
        old_through, new_through = old_field.remote_field.through, new_field.remote_field.through
        if old_through._meta.db_table != new_through._meta.db_table:
            self.alter_db_table(old_through, old_through._meta.db_table, new_through._meta.db_table)
        # The two columns follow the names of their models.
        for getter in (operator.methodcaller("m2m_reverse_field_name"), operator.methodcaller("m2m_field_name")):
            self.alter_field(
                new_through,
                old_through._meta.get_field(getter(old_field)),
                new_through._meta.get_field(getter(new_field)),
            )

    def remove_procedure(self, procedure_name: str, param_types: Sequence[str] = ()) -> None:
        """Drop a procedure."""
        types = ", ".join(param_types)
        self.execute(f"DROP PROCEDURE {self.quote_name(procedure_name)}({types})", None)


__all__ = ["BaseDatabaseSchemaEditor", "foreign_key_name"]
