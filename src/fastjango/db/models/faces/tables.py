"""
What SQLAlchemy has to know of a table beyond its columns: foreign keys, defaults of columns, values made by the database.

``select(A).join(B)`` finds its condition by foreign keys; ``insert(A)`` and a flush fill in defaults. Added to a model's table
when the model is mapped.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from fastjango.db.models.faces.relationships import column, guest_of, is_plain_relation


def complete(model: Any) -> Any:
    """Return the table of *model* with its foreign keys and defaults."""
    opts = model._meta
    table = opts.table
    if table.info.get("complete"):
        return table
    table.info["complete"] = True
    for field in opts.local_concrete_fields:
        own = table.c[field.column]
        if field.remote_field is not None and is_plain_relation(field):
            target = _column(field.target_field)
            if target.table.metadata is table.metadata:
                table.append_constraint(sa.ForeignKeyConstraint([own], [target]))
            if guest_of(field.target_field.model) is not None:
                _lead_to_guest(table, own, column(field.target_field.model, field.target_field))
        if field.generated or field.has_db_default():
            for_update = bool(field.generated)
            sa.FetchedValue(for_update=False)._set_parent(own)
            if for_update:
                sa.FetchedValue(for_update=True)._set_parent(own)
        elif field is not opts.auto_field:
            default = _default(field)
            if default is not None:
                sa.ColumnDefault(default)._set_parent(own)
    return table


def _lead_to_guest(table: Any, own: Any, target: Any) -> None:
    """Let joins find the guest's table as well; for migrations the constraint is the one to the twin's, of the same name."""
    constraint = sa.ForeignKeyConstraint([own], [target])
    table.append_constraint(constraint)
    table.constraints.discard(constraint)


def _column(field: Any) -> Any:
    """Return the column of *field* in the table that its own model has."""
    return field.model._meta.concrete_model._meta.table.c[field.column]


def _default(field: Any) -> Callable[[], Any] | None:
    """Return what makes the value of a column that an INSERT leaves out."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return lambda: field.pre_save(SimpleNamespace(), True)
    if field.has_default() or field.get_default() == "":
        get: Callable[[], Any] = field.get_default
        return lambda: get()
    return None


__all__ = ["complete"]
