"""One deterministic function for the name of every constraint and index that has none of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.sql.elements import quoted_name

from fastjango.db.backends.utils import names_digest, split_identifier, truncate_name


def column_name(name: str) -> quoted_name:
    """Return a column's name for SQLAlchemy, to be quoted; one that stands in quotes already is taken as said."""
    said = len(name) > 2 and name[0] == name[-1] and name[0] in '"`'
    return quoted_name(name[1:-1] if said else name, True)


def constraint_name(connection: Any, table_name: str, columns: Sequence[str], suffix: str = "") -> str:
    """Return ``table_columns_digest_suffix``, cut to what the database allows."""
    _, table = split_identifier(table_name)
    suffix_part = f"{names_digest(table, *columns, length=8)}{suffix}"
    limit = connection.ops.max_name_length() or 200
    name = f"{table}_{'_'.join(columns)}_{suffix_part}"
    if len(name) > limit:
        if len(suffix_part) > limit / 3:
            suffix_part = suffix_part[: limit // 3]
        other = (limit - len(suffix_part)) // 2 - 1
        name = f"{table[:other]}_{'_'.join(columns)[:other]}_{suffix_part}"
    # Some databases want a letter in front.
    if name[0] == "_" or name[0].isdigit():
        name = f"D{name[:-1]}"
    return name


def foreign_key_name(connection: Any, table_name: str, field: Any) -> str:
    """Return the name of a foreign key's constraint."""
    target = field.foreign_related_fields[-1]
    columns = [local.column for local in field.local_related_fields]
    _, to_table = split_identifier(field.remote_field.model._meta.db_table)
    return constraint_name(connection, table_name, columns, f"_fk_{to_table}_{target.column}")


def check_name(connection: Any, table_name: str, field: Any) -> str:
    """Return the name of the check that a field's type needs."""
    _, table = split_identifier(table_name)
    return truncate_name(f"{table}_{field.column}_check", connection.ops.max_name_length())
