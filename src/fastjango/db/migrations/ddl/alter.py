"""One changed column on a database that alters tables in place, as a list of steps."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from alembic.ddl import base as alembic_ddl
from alembic.ddl.mysql import MySQLModifyColumn
from alembic.ddl.postgresql import PostgresqlColumnType
from sqlalchemy.schema import AddConstraint, CreateColumn, DropIndex

from fastjango.db.backends.utils import without_sizes
from fastjango.db.migrations.ddl import tables, uniques
from fastjango.db.migrations.ddl.names import column_name
from fastjango.db.migrations.ddl.referring import foreign_keys_to
from fastjango.db.models.table import split_table_name


class ColumnChange:
    """From one field to another: constraints off, column changed, constraints on."""

    def __init__(self, editor: Any, model: Any, old_field: Any, new_field: Any, old_type: str, new_type: str) -> None:
        self.editor = editor
        self.connection = editor.connection
        self.model = model
        self.old = old_field
        self.new = new_field
        self.old_type = old_type
        self.new_type = new_type
        self.schema, self.table = split_table_name(model._meta.db_table)

    def apply(self) -> None:
        """Do everything that differs."""
        incoming = self._incoming() if self.old.unique else []
        self._drop_foreign_keys(incoming)
        self._drop_constraints()
        if self.old.column != self.new.column:
            self._rename()
        self._change_type()
        self._change_null_and_default()
        if self.old.primary_key and not self.new.primary_key:
            # By now another column may be the key.
            self._drop_primary_key([self.new.column])
        self._add_constraints()
        self._restore_incoming(incoming)
        self._comment()

    # ------------------------------------------------------------ taking away

    def _incoming(self) -> list[Any]:
        """Return the foreign keys that point to this column and must follow its type, with their models."""
        return [] if self._words(self.old) == self._words(self.new) else foreign_keys_to(self.new)

    def _words(self, field: Any) -> tuple[Any, Any]:
        parameters = field.db_parameters(self.connection)
        return parameters["type"], parameters.get("collation")

    def _drop_foreign_keys(self, incoming: list[Any]) -> None:
        editor = self.editor
        if (
            self.old.remote_field
            and self.old.db_constraint
            and (editor._field_should_be_altered(self.old, self.new, ignore={"db_comment"}))
        ):
            self._forget_foreign_key(self.model, self.old)
            for name in editor._constraint_names(self.model, [self.old.column], foreign_key=True):
                editor._drop_constraint(self.model, name, tables.NamedForeignKey)
        for model, field in incoming:
            self._forget_foreign_key(model, field)
            for name in editor._constraint_names(model, [field.column], foreign_key=True):
                editor._drop_constraint(model, name, tables.NamedForeignKey)
            self._drop_like_indexes(model, field)

    def _forget_foreign_key(self, model: Any, field: Any) -> None:
        """Take a constraint of an earlier operation, still put off, out of the waiting statements: it is added anew."""
        for made in self._foreign_key_sql(model, field):
            # Its name may be that of the table's earlier name: the same table and columns make it the same.
            start, _, rest = made.partition(" ADD CONSTRAINT ")
            columns = rest[rest.index("FOREIGN KEY") :].partition(" REFERENCES ")[0]
            self.editor.deferred_sql = [
                sql for sql in self.editor.deferred_sql if not (sql.startswith(f"{start} ") and f" {columns} " in sql)
            ]

    def _foreign_key_sql(self, model: Any, field: Any) -> list[str]:
        statements = []
        for constraint in tables.foreign_key(model._meta, field, self.connection):
            table = self.editor._bare(model, field)
            table.append_constraint(constraint)
            statements.append(self.editor.sql_of(AddConstraint(constraint, isolate_from_table=False)))
        return statements

    def _is_unique(self, field: Any) -> bool:
        return bool(field.unique and not field.primary_key)

    def _is_indexed(self, field: Any) -> bool:
        return bool(self.editor._field_should_be_indexed(self.model, field))

    def _drop_constraints(self) -> None:
        editor = self.editor
        together = uniques.is_unique_together(self.model, self.new.column)
        if self._is_unique(self.old) and not self._is_unique(self.new) and not together:
            uniques.drop(editor, self.model, [self.old.column])
        if self._is_indexed(self.old) and (not self._is_indexed(self.new)):
            meta_names = {index.name for index in self.model._meta.indexes}
            self._forget_index(editor._index_sql(self.model, [self.old]), meta_names)
            names = editor._constraint_names(
                self.model, [self.old.column], index=True, unique=False, exclude=meta_names
            )
            for name in names:
                # The index for LIKE stands beside unique constraints too: it is looked at below.
                if self.connection.vendor != "postgresql" or not name.endswith("_like"):
                    editor._before_drop(self.model, name)
                    editor.emit(DropIndex(sa.Index(name, _table=editor._bare(self.model))))
        self._drop_like_index()
        old_check = self.old.db_parameters(self.connection)["check"]
        new_check = self.new.db_parameters(self.connection)["check"]
        if old_check and old_check != new_check:
            meta_names = {constraint.name for constraint in self.model._meta.constraints}
            for name in editor._constraint_names(self.model, [self.old.column], check=True, exclude=meta_names):
                editor._drop_constraint(self.model, name, sa.CheckConstraint)

    def _like_index(self, model: Any, field: Any) -> str | None:
        """Return the statement of the index for LIKE that a field has beside the plain one; only PostgreSQL does."""
        make = getattr(self.editor, "_like_index_sql", None)
        return make(model, field) if make else None

    def _like_differs(self) -> bool:
        old, new = self._like_index(self.model, self.old), self._like_index(self.model, self.new)
        return (old is None) != (new is None) or (old is not None and self.old_type != self.new_type)

    def _drop_like_index(self) -> None:
        """Drop the index for LIKE before the column gets a type that its operators do not know."""
        if not self._like_differs() or self._like_index(self.model, self.old) is None:
            return
        self._drop_like_indexes(self.model, self.old)

    def _forget_index(self, made: str, kept: Collection[str] = ()) -> None:
        """Take the index of an earlier operation, still put off, out of the waiting statements; those of names *kept* stay."""
        # Its name may be that of the table's earlier name: the same table and columns make it the same.
        target = made.partition(" ON ")[2]
        names = [f" {self.editor.quote_name(name)} ON " for name in kept]
        self.editor.deferred_sql = [
            sql
            for sql in self.editor.deferred_sql
            if not sql.startswith("CREATE INDEX ")
            or sql.partition(" ON ")[2] != target
            or any(name in sql for name in names)
        ]

    def _drop_like_indexes(self, model: Any, field: Any) -> None:
        if self.connection.vendor != "postgresql":
            return
        if (made := self._like_index(model, field)) is not None:
            self._forget_index(made)
        for name in self.editor._constraint_names(model, [field.column], index=True):
            if name.endswith("_like"):
                self.editor.emit(DropIndex(sa.Index(name, _table=self.editor._bare(model))))

    # ------------------------------------------------------------ changing

    def _rename(self) -> None:
        quoted_old = self.editor.quote_name(self.old.column)
        quoted_new = self.editor.quote_name(self.new.column)
        if self.connection.vendor == "mysql":
            table = self.editor.quote_name(self.table)
            self.editor.execute(f"ALTER TABLE {table} RENAME COLUMN {quoted_old} TO {quoted_new}", None)
        else:
            self.editor.emit(
                alembic_ddl.ColumnName(
                    self.table, _quoted(self.old.column), _quoted(self.new.column), schema=self.schema
                )
            )
        table_quoted = self.editor.quote_name(self.table)
        self.editor.deferred_sql = [
            sql.replace(quoted_old, quoted_new) if table_quoted in sql else sql for sql in self.editor.deferred_sql
        ]

    def _change_type(self) -> None:
        old_collation = self.old.db_parameters(self.connection).get("collation")
        new_collation = self.new.db_parameters(self.connection).get("collation")
        if self.old_type == self.new_type and old_collation == new_collation and self._suffix_is_same():
            return
        if self.connection.vendor == "mysql":
            # NULL stays as long as there are rows with it.
            self._modify_mysql(self.model, self.new, null=self.old.null or self.new.null)
            return
        type_text = self.new_type
        if new_collation:
            type_text += f" COLLATE {self.editor.quote_name(new_collation)}"
        self._change_identity(add=False)
        if self.old_type != self.new_type or old_collation != new_collation:
            column = self.editor.quote_name(self.new.column)
            bare = without_sizes(self.new_type)
            using = None
            # A longer varchar needs no cast: with one PostgreSQL writes the table anew.
            if not getattr(self.new, "generated", False) and bare != without_sizes(self.old_type):
                # A cast to varchar(3) would cut texts off in silence; without the length the database complains.
                using = self.editor._using(column, self.old, self.new, bare)
            self.editor.emit(
                PostgresqlColumnType(
                    self.table,
                    _quoted(self.new.column),
                    tables.ColumnSpec(type_text),
                    schema=self.schema,
                    using=using,
                )
            )
        self._change_identity(add=True)

    def _suffix_is_same(self) -> bool:
        return bool(self.old.db_type_suffix(self.connection) == self.new.db_type_suffix(self.connection))

    def _change_identity(self, *, add: bool) -> None:
        """Drop the sequence of a column before its type changes, or give it one afterwards."""
        old, new = (bool(field.db_type_suffix(self.connection)) for field in (self.old, self.new))
        if old == new or new != add:
            return
        change = "ADD GENERATED BY DEFAULT AS IDENTITY" if new else "DROP IDENTITY IF EXISTS"
        table, column = self.editor.quote_name(self.table), self.editor.quote_name(self.new.column)
        self.editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} {change}", None)
        if new:
            value = self.editor.quote_value
            # The sequence goes on behind the rows that are there.
            self.editor.execute(
                f"SELECT setval(pg_get_serial_sequence({value(table)}, {value(self.new.column)}), "
                f"coalesce(max({column}), 1), max({column}) IS NOT NULL) FROM {table}",
                None,
            )

    def _modify_mysql(self, model: Any, field: Any, *, null: bool) -> None:
        """Say a column anew; what is not said is lost."""
        schema, table = split_table_name(model._meta.db_table)
        column = tables.make_column(field, self.connection)
        if column.computed is not None:
            sa.Table(table, sa.MetaData(), column, schema=schema)
            spec = self.editor.sql_of(CreateColumn(column))
            self.editor.execute(f"ALTER TABLE {self.editor.quote_name(table)} MODIFY {spec}", None)
            return
        self.editor.emit(
            MySQLModifyColumn(
                table,
                _quoted(field.column),
                schema=schema,
                type_=column.type,
                nullable=null,
                default=column.server_default if column.server_default is not None else False,
                autoincrement=bool(field.db_type_suffix(self.connection)),
                comment=field.db_comment or None,
            )
        )

    def _change_null_and_default(self) -> None:
        old_default = tables.db_default_sql(self.old, self.connection)
        new_default = tables.db_default_sql(self.new, self.connection)
        if old_default != new_default:
            self.editor._set_default(self.model, self.new, new_default)
        if self.old.null == self.new.null:
            return
        if self.old.null and not self.new.null:
            self._fill_nulls(new_default)
        if self.connection.vendor == "mysql":
            self._modify_mysql(self.model, self.new, null=self.new.null)
            return
        self.editor.emit(
            alembic_ddl.ColumnNullable(self.table, _quoted(self.new.column), self.new.null, schema=self.schema)
        )

    def _fill_nulls(self, new_default: str | None) -> None:
        value = self.editor._effective_default(self.new)
        text = new_default
        if text is None and value is not None and not self.editor.skip_default(self.new):
            text = tables.default_literal(value, self.new, self.connection)
        if text is not None:
            table, column = self.editor.quote_name(self.table), self.editor.quote_name(self.new.column)
            self.editor.execute(f"UPDATE {table} SET {column} = {text} WHERE {column} IS NULL", None)
            if self.connection.vendor == "postgresql":
                # Or the next ALTER TABLE would meet pending trigger events of deferred constraints.
                self.editor.execute("SET CONSTRAINTS ALL IMMEDIATE", None)
                self.editor.execute("SET CONSTRAINTS ALL DEFERRED", None)

    # ------------------------------------------------------------ putting back

    def _add_constraints(self) -> None:
        editor = self.editor
        if self.new.primary_key and not self.old.primary_key:
            self._replace_primary_key()
        together = uniques.is_unique_together(self.model, self.new.column)
        if self._is_unique(self.new) and not self._is_unique(self.old) and not together:
            uniques.add(editor, self.model, [self.new.column])
        if self._is_indexed(self.new) and not self._is_indexed(self.old):
            editor.execute(editor._index_sql(self.model, [self.new]), None)
        like = self._like_index(self.model, self.new)
        if like is not None and self._like_differs():
            editor.execute(like, None)
        old_check = self.old.db_parameters(self.connection)["check"]
        new_check = self.new.db_parameters(self.connection)["check"]
        if new_check and old_check != new_check:
            editor._add_check(editor._bare(self.model), self.model, self.new, new_check)
        if (
            self.new.remote_field
            and self.new.db_constraint
            and (editor._field_should_be_altered(self.old, self.new, ignore={"db_comment"}))
        ):
            self._add_foreign_key(self.model, self.new)

    def _add_foreign_key(self, model: Any, field: Any) -> None:
        for sql in self._foreign_key_sql(model, field):
            self.editor.execute(sql, None)

    def _replace_primary_key(self) -> None:
        self._drop_primary_key()
        table = self.editor._bare(self.model, self.new)
        name = f"{str(self.table)[:50]}_pkey" if self.connection.vendor == "postgresql" else None
        constraint = sa.PrimaryKeyConstraint(table.c[self.new.column], name=name)
        table.append_constraint(constraint)
        self.editor.emit(AddConstraint(constraint, isolate_from_table=False))

    def _drop_primary_key(self, columns: list[str] | None = None) -> None:
        for name in self.editor._constraint_names(self.model, columns, primary_key=True):
            self.editor._drop_constraint(self.model, name)

    def _restore_incoming(self, incoming: list[Any]) -> None:
        for model, field in incoming:
            if self.connection.vendor == "mysql":
                self._modify_mysql(model, field, null=field.null)
            else:
                schema, table = split_table_name(model._meta.db_table)
                type_text, collation = self._words(field)
                column = _quoted(field.column)
                name = self.editor.quote_name(field.column)
                using = self.editor._using(name, field, field, without_sizes(type_text))
                if collation:
                    type_text += f" COLLATE {self.editor.quote_name(collation)}"
                spec = tables.ColumnSpec(type_text)
                self.editor.emit(PostgresqlColumnType(table, column, spec, schema=schema, using=using))
        # All columns have the type before the first constraint compares two of them.
        for model, field in incoming:
            self._add_foreign_key(model, field)
            like = self._like_index(model, field)
            if like is not None:
                self.editor.execute(like, None)

    def _comment(self) -> None:
        if self.connection.features.supports_comments and self.old.db_comment != self.new.db_comment:
            table = self.editor._bare(self.model, self.new)
            column = table.c[self.new.column]
            column.comment = self.new.db_comment or None
            self.editor.emit(
                sa.schema.SetColumnComment(column) if column.comment else sa.schema.DropColumnComment(column)
            )


def _quoted(name: str) -> Any:
    return column_name(name)
