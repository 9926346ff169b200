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

_LIMITED = ("longtext", "longblob", "text", "blob", "json")


class DatabaseSchemaEditor(BaseDatabaseSchemaEditor):
    """Statements commit one by one."""

    def skip_default(self, field: Any) -> bool:
        """Return whether the column's type takes no default."""
        if self.connection.mysql_is_mariadb:
            return False
        return _has_limits(field.db_type(self.connection))

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

    def _before_drop(self, model: Any, name: str) -> None:
        """Give a foreign key an index of its own, where the one that goes is the only one that begins with its column."""
        if self.collect_sql and not self.connection.is_usable():
            return
        with self.connection.cursor() as cursor:
            live = self.connection.introspection.get_constraints(cursor, model._meta.db_table)
        first = live[name]["columns"][:1] if name in live else []
        key = next((made for made, facts in live.items() if facts["foreign_key"] and facts["columns"] == first), None)
        if key is None:
            return
        if not any(facts["index"] and facts["columns"][:1] == first for other, facts in live.items() if other != name):
            (field,) = [field for field in model._meta.local_fields if [field.column] == first]
            # Called like the key, as the server calls the one that it makes for a key.
            table = self._bare(model, field)
            self.emit(CreateIndex(sa.Index(key, table.c[field.column], _table=table)))

    def _field_should_be_indexed(self, model: Any, field: Any) -> bool:
        # A foreign key makes its own index; long texts have none without a length.
        if not super()._field_should_be_indexed(model, field) or _has_limits(field.db_type(self.connection)):
            return False
        return not (field.get_internal_type() == "ForeignKey" and field.db_constraint)


def _has_limits(db_type: str | None) -> bool:
    """Return whether a type takes no default and no plain index."""
    return db_type is not None and db_type.lower().startswith(_LIMITED)
