"""MariaDB and MySQL: no transactional DDL, no defaults for long texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic.ddl.mysql import MySQLModifyColumn
from sqlalchemy.schema import CreateIndex

from fastjango.db.migrations.ddl import tables
from fastjango.db.migrations.ddl.editor import BaseDatabaseSchemaEditor
from fastjango.db.migrations.ddl.enums import case_sql, changes_for, gone_condition, refuse_values
from fastjango.db.models.fields.enumerated import enum_of
from fastjango.db.models.table import split_table_name

_NO_DEFAULT = ("longtext", "longblob", "text", "blob", "json")


class DatabaseSchemaEditor(BaseDatabaseSchemaEditor):
    """Statements commit one by one."""

    def skip_default(self, field: Any) -> bool:
        """Return whether the column's type takes no default."""
        if self.connection.mysql_is_mariadb:
            return False
        db_type = field.db_type(self.connection)
        return db_type is not None and db_type.lower().startswith(_NO_DEFAULT)

    def _alter_field(
        self, model: Any, old_field: Any, new_field: Any, old_type: str, new_type: str, strict: bool = False
    ) -> None:
        if enum_of(new_field) is not None or changes_for(new_field).mapping:
            self._prepare_values(model, old_field, new_field)
        super()._alter_field(model, old_field, new_field, old_type, new_type, strict)

    def _prepare_values(self, model: Any, old_field: Any, new_field: Any) -> None:
        """Rename and replace values while the column takes the old and the new ones."""
        schema, bare = split_table_name(model._meta.db_table)
        table, column = self.quote_name(bare), self.quote_name(old_field.column)
        mapping = changes_for(new_field).mapping
        condition = gone_condition(self, column, old_field, new_field, mapping)
        if condition is not None:
            refuse_values(self, table, column, condition)
        old = enum_of(old_field)
        if old is not None:
            missing = [value for value in mapping.values() if value is not None and value not in old.values]
            if missing or None in mapping.values():
                both = ", ".join(map(self.quote_value, dict.fromkeys([*old.values, *missing])))
                spec = tables.ColumnSpec(f"enum({both})")
                null = old_field.null or new_field.null
                name = sa.sql.quoted_name(old_field.column, True)
                self.emit(MySQLModifyColumn(bare, name, schema=schema, type_=spec, nullable=null, comment=None))
        if mapping:
            known = ", ".join(map(self.quote_value, mapping))
            values = case_sql(self, column, mapping)
            self.execute(f"UPDATE {table} SET {column} = {values} WHERE {column} IN ({known})", None)

    def remove_procedure(self, procedure_name: str, param_types: Sequence[str] = ()) -> None:
        """Drop a procedure; its name is unique here."""
        self.execute(f"DROP PROCEDURE {self.quote_name(procedure_name)}", None)

    # ------------------------------------------------------------ indexes that foreign keys use

    def _drop_unique(self, model: Any, columns: list[str]) -> None:
        self._keep_for_key(model, columns, self._constraint_names(model, columns, unique=True, primary_key=False))
        super()._drop_unique(model, columns)

    def alter_index_together(self, model: Any, old_index_together: Any, new_index_together: Any) -> None:
        """Drop and add the indexes that differ; foreign keys keep one."""
        for names in {tuple(one) for one in old_index_together} - {tuple(one) for one in new_index_together}:
            columns = [model._meta.get_field(name).column for name in names]
            self._keep_for_key(model, columns, self._constraint_names(model, columns, index=True, unique=False))
        super().alter_index_together(model, old_index_together, new_index_together)

    def remove_index(self, model: Any, index: Any) -> None:
        """Drop an index; foreign keys keep one."""
        if index.fields:
            column = model._meta.get_field(index.fields_orders[0][0]).column
            self._keep_for_key(model, [column], [index.name])
        super().remove_index(model, index)

    def remove_constraint(self, model: Any, constraint: Any) -> None:
        """Drop a constraint; foreign keys keep an index."""
        if getattr(constraint, "fields", ()):
            column = model._meta.get_field(constraint.fields[0]).column
            self._keep_for_key(model, [column], [constraint.name])
        super().remove_constraint(model, constraint)

    def _keep_for_key(self, model: Any, columns: list[str], dropped: list[str]) -> None:
        """
        Give a foreign key an index of its own where it lives on one that is about to go.

        The database lets a key use any index that begins with its column, and then refuses to drop that.
        """
        if self.collect_sql or not dropped:
            return
        with self.connection.cursor() as cursor:
            found = self.connection.introspection.get_constraints(cursor, model._meta.db_table)
        keys = [name for name, facts in found.items() if facts["foreign_key"] and facts["columns"] == columns[:1]]
        others = [
            name
            for name, facts in found.items()
            if (facts["index"] or facts["unique"]) and facts["columns"][:1] == columns[:1] and name not in dropped
        ]
        if keys and not others:
            table = self._bare(model, columns[0])
            self.emit(CreateIndex(sa.Index(sa.sql.quoted_name(keys[0], True), table.c[columns[0]], _table=table)))

    def _field_should_be_indexed(self, model: Any, field: Any) -> bool:
        # A foreign key makes its own index.
        if not super()._field_should_be_indexed(model, field):
            return False
        return not (field.get_internal_type() == "ForeignKey" and field.db_constraint)
