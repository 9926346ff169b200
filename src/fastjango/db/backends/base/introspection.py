"""``connection.introspection``: which tables, columns and constraints the database has."""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Iterable
from typing import Any

from fastjango.apps import apps
from fastjango.db.routers import router

TableInfo = namedtuple("TableInfo", ["name", "type"])
FieldInfo = namedtuple(
    "FieldInfo",
    [
        "name",
        "type_code",
        "display_size",
        "internal_size",
        "precision",
        "scale",
        "null_ok",
        "default",
        "collation",
    ],
)


def quoted_words(text: str) -> list[str]:
    """Return the words in quotes of a text: ``'a', 'it''s'``."""
    return [word.replace("''", "'") for word in re.findall(r"'((?:[^']|'')*)'", text)]


class BaseDatabaseIntrospection:
    """Questions about the schema."""

    data_types_reverse: dict[Any, str] = {}

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def get_field_type(self, data_type: Any, description: Any) -> Any:
        """Return the name of the field class for a column type."""
        return self.data_types_reverse[data_type]

    def identifier_converter(self, name: str) -> str:
        """Return *name* as the database reports it, for comparisons."""
        return name

    def table_names(self, cursor: Any = None, include_views: bool = False) -> list[str]:
        """Return the names of all tables, sorted."""
        if cursor is None:
            with self.connection.cursor() as own:
                return self.table_names(own, include_views)
        return sorted(info.name for info in self.get_table_list(cursor) if include_views or info.type in {"t", "p"})

    def get_table_list(self, cursor: Any) -> list[Any]:
        """Return ``TableInfo(name, type)`` of all tables and views."""
        raise NotImplementedError("subclasses of BaseDatabaseIntrospection may require a get_table_list() method")

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:
        """Return ``FieldInfo`` of the columns of a table."""
        raise NotImplementedError(
            "subclasses of BaseDatabaseIntrospection may require a get_table_description() method."
        )

    def get_migratable_models(self) -> list[Any]:
        """Return the models whose tables live on this database."""
        return [
            model
            for app_config in apps.get_app_configs()
            for model in router.get_migratable_models(app_config, self.connection.alias)
            if model._meta.can_migrate(self.connection)
        ]

    def django_table_names(self, only_existing: bool = False, include_views: bool = True) -> list[str]:
        """Return the tables of all models; with *only_existing* those that are there."""
        tables: dict[str, None] = {}
        for model in self.get_migratable_models():
            if not model._meta.managed:
                continue
            tables[model._meta.db_table] = None
            for field in model._meta.local_many_to_many:
                if field.remote_field.through._meta.managed:
                    tables[field.m2m_db_table()] = None
        if not only_existing:
            return list(tables)
        existing = set(self.table_names(include_views=include_views))
        return [name for name in tables if self.identifier_converter(name) in existing]

    def installed_models(self, tables: Iterable[str]) -> set[Any]:
        """Return the models whose tables are among *tables*."""
        names = {self.identifier_converter(name) for name in tables}
        return {
            model for model in self.get_migratable_models() if self.identifier_converter(model._meta.db_table) in names
        }

    def sequence_list(self) -> list[dict[str, Any]]:
        """Return the sequences of all models: ``{"table": ..., "column": ...}``."""
        found: list[dict[str, Any]] = []
        with self.connection.cursor() as cursor:
            for model in self.get_migratable_models():
                if not model._meta.managed or model._meta.swapped:
                    continue
                found.extend(self.get_sequences(cursor, model._meta.db_table, model._meta.local_fields))
                for field in model._meta.local_many_to_many:
                    if field.remote_field.through._meta.auto_created:
                        found.extend(self.get_sequences(cursor, field.m2m_db_table()))
        return found

    def get_sequences(self, cursor: Any, table_name: str, table_fields: Any = ()) -> list[dict[str, Any]]:
        """Return the sequences of a table."""
        raise NotImplementedError("subclasses of BaseDatabaseIntrospection may require a get_sequences() method")

    def get_enums(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        """Return the columns that take certain words only: ``{column: {"values": [...], "type_name": ...}}``."""
        return {}

    def get_relations(self, cursor: Any, table_name: str) -> dict[str, tuple[str, str]]:
        """Return the foreign keys of a table: ``{column: (other column, other table)}``."""
        raise NotImplementedError("subclasses of BaseDatabaseIntrospection may require a get_relations() method")

    def get_primary_key_column(self, cursor: Any, table_name: str) -> str | None:
        """Return the first column of the primary key."""
        columns = self.get_primary_key_columns(cursor, table_name)
        return columns[0] if columns else None

    def get_primary_key_columns(self, cursor: Any, table_name: str) -> list[str] | None:
        """Return the columns of the primary key."""
        for constraint in self.get_constraints(cursor, table_name).values():
            if constraint["primary_key"]:
                columns: list[str] = constraint["columns"]
                return columns
        return None

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        """Return constraints and indexes of a table by name."""
        raise NotImplementedError("subclasses of BaseDatabaseIntrospection may require a get_constraints() method")
