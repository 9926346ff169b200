"""PostgreSQL: indexes for LIKE beside the plain ones, indexes made without locking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.db.migrations.ddl.editor import BaseDatabaseSchemaEditor

_UNFINISHED = """
    SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname = %s AND NOT i.indisvalid AND pg_table_is_visible(c.oid)
"""


class DatabaseSchemaEditor(BaseDatabaseSchemaEditor):
    """Transactional DDL."""

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
