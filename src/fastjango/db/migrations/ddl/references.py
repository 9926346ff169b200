"""
References over several columns: foreign key constraints of fields that have no column of their own.

The schema editor asks here for ``CompositeForeignKey``; a ``ForeignKey`` comes and goes with its column.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.schema import AddConstraint

from fastjango.db.migrations.ddl import tables


def is_reference(field: Any) -> bool:
    """Return whether a field without a column has a constraint of the database."""
    return bool(field.remote_field and not field.many_to_many and not field.concrete and reference_of(field))


def reference_of(field: Any) -> tuple[Any, ...] | None:
    """Return what the constraint says: columns, table, its columns; None without a constraint."""
    if not getattr(field, "db_constraint", False) or field.many_to_many:
        return None
    return (
        tuple(local.column for local in field.local_related_fields),
        field.remote_field.model._meta.db_table,
        tuple(target.column for target in field.foreign_related_fields),
    )


def add_reference(editor: Any, model: Any, field: Any) -> None:
    """Add the constraint of *field*, when everything else is there."""
    for constraint in tables.foreign_key(model._meta, field, editor.connection):
        editor._bare(model, *field.local_related_fields).append_constraint(constraint)
        editor.deferred_sql.append(editor.sql_of(AddConstraint(constraint, isolate_from_table=False)))


def remove_reference(editor: Any, model: Any, field: Any) -> None:
    """Drop the constraint of *field*."""
    columns = [local.column for local in field.local_related_fields]
    for name in editor._constraint_names(model, columns, foreign_key=True):
        editor._drop_constraint(model, name, tables.NamedForeignKey)


__all__ = ["add_reference", "is_reference", "reference_of", "remove_reference"]
