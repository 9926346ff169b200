"""What of a changed field the database has to know."""

from __future__ import annotations

from typing import Any

from fastjango.db.migrations.ddl import references, tables


def differs(old_field: Any, new_field: Any, connection: Any, ignored: frozenset[str]) -> bool:
    """Return whether a change of a field changes the database; options named in *ignored* do not count."""
    if old_field.many_to_many and new_field.many_to_many:
        return _join_table_differs(old_field, new_field)
    if not old_field.concrete and not new_field.concrete and not old_field.many_to_many:
        return references.reference_of(old_field) != references.reference_of(new_field)
    _, old_path, old_args, old_kwargs = old_field.deconstruct()
    _, new_path, new_args, new_kwargs = new_field.deconstruct()
    if _points_to_the_same(old_field, new_field):
        old_kwargs.pop("to", None)
        new_kwargs.pop("to", None)
    for attr in ignored.union(old_field.non_db_attrs):
        old_kwargs.pop(attr, None)
    for attr in ignored.union(new_field.non_db_attrs):
        new_kwargs.pop(attr, None)
    # Two ways to write a default may be one for the database.
    if "db_default" in old_kwargs and "db_default" in new_kwargs:
        old_default, new_default = (tables.db_default_sql(field, connection) for field in (old_field, new_field))
        if old_default == new_default:
            del old_kwargs["db_default"], new_kwargs["db_default"]
    return bool(
        old_field.column != new_field.column or (old_path, old_args, old_kwargs) != (new_path, new_args, new_kwargs)
    )


def _join_table_differs(old_field: Any, new_field: Any) -> bool:
    """Return whether the table between two models is another one, or has other columns."""
    old_through, new_through = old_field.remote_field.through, new_field.remote_field.through
    if old_through is None or new_through is None:
        return True
    if not old_through._meta.auto_created and not new_through._meta.auto_created:
        return False
    return bool(
        bool(old_through._meta.auto_created) != bool(new_through._meta.auto_created)
        or old_through._meta.db_table != new_through._meta.db_table
        or old_field.m2m_column_name() != new_field.m2m_column_name()
        or old_field.m2m_reverse_name() != new_field.m2m_reverse_name()
        or old_field.remote_field.model._meta.db_table != new_field.remote_field.model._meta.db_table
    )


def _points_to_the_same(old_field: Any, new_field: Any) -> bool:
    """Return whether both refer to one table, be its model renamed or not."""
    if not old_field.remote_field or not new_field.remote_field:
        return False
    old_model, new_model = old_field.remote_field.model, new_field.remote_field.model
    if isinstance(old_model, str) or isinstance(new_model, str):
        return False
    return bool(old_model._meta.db_table == new_model._meta.db_table)


__all__ = ["differs"]
