"""PostgreSQL: indexes for LIKE beside the plain ones, indexes made without locking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic.ddl.base import ColumnNullable

from fastjango.db.migrations.ddl import tables
from fastjango.db.migrations.ddl.editor import BaseDatabaseSchemaEditor
from fastjango.db.migrations.ddl.enum_types import EnumTypes, value_sql
from fastjango.db.migrations.ddl.enums import changes_for, gone_condition, refuse_values, users_in_state
from fastjango.db.models.fields.enumerated import enum_of
from fastjango.db.models.table import split_table_name

_UNFINISHED = """
    SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname = %s AND NOT i.indisvalid AND pg_table_is_visible(c.oid)
"""


class DatabaseSchemaEditor(BaseDatabaseSchemaEditor):
    """Transactional DDL."""

    # More operations of the same migration are taken back behind the one at work.
    takes_back_more = False

    def __init__(self, connection: Any, collect_sql: bool = False, atomic: bool = True) -> None:
        super().__init__(connection, collect_sql, atomic)
        self.enum_types = EnumTypes(self)

    # ------------------------------------------------------------ enum types

    def create_model(self, model: Any) -> None:
        """Create the table behind the types that its columns need."""
        for enum, fields in _enums(model._meta.local_concrete_fields):
            self.enum_types.ensure(enum, model, fields)
        super().create_model(model)

    def delete_model(self, model: Any) -> None:
        """Drop the table, and the types that nothing else has."""
        super().delete_model(model)
        for enum, fields in _enums(model._meta.local_concrete_fields):
            self.enum_types.drop_unused(enum, model, fields)

    def add_field(self, model: Any, field: Any) -> None:
        """Add a column behind the type that it needs."""
        enum = enum_of(field)
        if enum is not None:
            self.enum_types.ensure(enum, field.model, [field])
        super().add_field(model, field)

    def remove_field(self, model: Any, field: Any) -> None:
        """Drop a column, and the type that nothing else has."""
        super().remove_field(model, field)
        enum = enum_of(field)
        if enum is not None:
            self.enum_types.drop_unused(enum, model, [field])

    def _alter_field(
        self, model: Any, old_field: Any, new_field: Any, old_type: str, new_type: str, strict: bool = False
    ) -> None:
        old, new = enum_of(old_field), enum_of(new_field)
        if old is None and new is None:
            super()._alter_field(model, old_field, new_field, old_type, new_type, strict)
            return
        if old is not None and new is not None and ("[" in old_type) == ("[" in new_type):
            if old.type_name != new.type_name and self._may_rename_type(model, old_field, old.type_name, new.type_name):
                self.enum_types.rename(old.type_name, new.type_name)
                old_type = new_type
            if old_type == new_type:
                if None in changes_for(new_field).mapping.values() and not old_field.null:
                    column = sa.sql.quoted_name(old_field.column, True)
                    schema, bare = split_table_name(model._meta.db_table)
                    self.emit(ColumnNullable(bare, column, True, schema=schema))
                self.enum_types.change_values(old, new, changes_for(new_field), [new_field.db_default])
                super()._alter_field(model, old_field, new_field, old_type, new_type, strict)
                return
        self._alter_to_other_type(model, old_field, new_field, old_type, new_type)

    def _may_rename_type(self, model: Any, field: Any, old: str, new: str) -> bool:
        """Return whether a column is the only one of its type, and there is none of the new name."""
        if self.collect_sql:
            return not users_in_state(model, old, without=[field]) and not users_in_state(model, new)
        return self.enum_types.labels(new) is None and len(self.enum_types.users(old)) == 1

    def _alter_to_other_type(self, model: Any, old_field: Any, new_field: Any, old_type: str, new_type: str) -> None:
        """Give a column an enum type in place of something else, or the other way round."""
        old, new = enum_of(old_field), enum_of(new_field)
        table, column = self.quote_name(model._meta.db_table), self.quote_name(old_field.column)
        if new is not None:
            self.enum_types.ensure(new, new_field.model, [new_field])
            if "[" not in old_type:
                text = f"{column}::text"
                condition = gone_condition(self, text, old_field, new_field, changes_for(new_field).mapping)
                if condition is not None:
                    refuse_values(self, table, column, condition, text)
        if old_field.has_db_default():
            # It is of the old type and would stay so.
            self._set_default(model, old_field, None)
        super()._alter_field(model, old_field, new_field, old_type, new_type)
        if old_field.has_db_default() and new_field.has_db_default():
            self._set_default(model, new_field, tables.db_default_sql(new_field, self.connection))
        if old is not None:
            self.enum_types.drop_unused(old, model, [old_field])

    def _using(self, column: str, old_field: Any, new_field: Any, type_name: str) -> str:
        """Return how the values of a quoted column become those of another type."""
        if enum_of(old_field) is None and enum_of(new_field) is None:
            return f"{column}::{type_name}"
        text = value_sql(self, column, changes_for(new_field).mapping, is_array="[" in type_name)
        return f"({text})::{type_name}"

    # ------------------------------------------------------------ indexes

    def _field_indexes_sql(self, model: Any, field: Any) -> list[str]:
        statements = super()._field_indexes_sql(model, field)
        like = self._like_index_sql(model, field)
        return [*statements, like] if like else statements

    def _like_index_sql(self, model: Any, field: Any) -> str | None:
        """Return an index that serves LIKE: the plain one follows the collation."""
        db_type = field.db_type(self.connection)
        if db_type is None or not (field.db_index or field.unique):
            return None
        if field.remote_field and not (db_type.startswith("varchar") or db_type.startswith("text")):
            return None
        collation = field.db_parameters(self.connection).get("collation")
        if "[" in db_type or (collation and not self._is_deterministic(collation)):
            return None
        if db_type.startswith("varchar"):
            return self._index_sql(model, [field], "_like", {field.column: "varchar_pattern_ops"})
        if db_type.startswith("text"):
            return self._index_sql(model, [field], "_like", {field.column: "text_pattern_ops"})
        return None

    def _is_deterministic(self, collation: str) -> bool:
        """Whether only equal texts are equal by a collation: LIKE needs that. Queries: 1."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT collisdeterministic FROM pg_collation WHERE collname = %s", [collation])
            row = cursor.fetchone()
        return bool(row and row[0])

    def remove_procedure(self, procedure_name: str, param_types: Sequence[str] = ()) -> None:
        """Drop a procedure; those that give a result are functions here."""
        self.execute(f"DROP FUNCTION {self.quote_name(procedure_name)}({','.join(param_types)})", None)

    def add_index(self, model: Any, index: Any, concurrently: bool = False) -> None:
        """Create an index; *concurrently* keeps the table open for writes."""
        sql = index.create_sql(model, self)
        if sql is not None:
            text = str(sql)
            if concurrently and not self.collect_sql:
                self._drop_unfinished(index.name)
            self.execute(text.replace(" INDEX ", " INDEX CONCURRENTLY ", 1) if concurrently else text, None)

    def _drop_unfinished(self, name: str) -> None:
        """Drop what is left of an index whose building was interrupted: it is there, and is not used."""
        with self.connection.cursor() as cursor:
            cursor.execute(_UNFINISHED, [name])
            if cursor.fetchone():
                cursor.execute(f"DROP INDEX CONCURRENTLY {self.quote_name(name)}")

    def remove_index(self, model: Any, index: Any, concurrently: bool = False) -> None:
        """Drop an index; *concurrently* keeps the table open for writes."""
        text = str(index.remove_sql(model, self))
        self.execute(text.replace(" INDEX ", " INDEX CONCURRENTLY ", 1) if concurrently else text, None)


def _enums(fields: Sequence[Any]) -> list[tuple[Any, list[Any]]]:
    """Return each enum type of some fields, with those that have it."""
    found: dict[str, tuple[Any, list[Any]]] = {}
    for field in fields:
        enum = enum_of(field)
        if enum is not None:
            found.setdefault(enum.type_name, (enum, []))[1].append(field)
    return list(found.values())
