"""
Many objects of one model written as they are, in a few statements: what fixtures are loaded with.

Comes from ``core/serializers/batches.py``, which sends the signals; gives statements to ``sql/insert.py`` and
``sql/bulk_update.py``. What a model does its own way is left to ``Model.save_base(raw=True)``, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.db import router
from fastjango.db.models.model import Model
from fastjango.db.models.query import QuerySet
from fastjango.db.models.query.writing import take_returned
from fastjango.db.models.signals import m2m_changed
from fastjango.db.models.sql.bulk_update import bulk_update_rows
from fastjango.db.models.sql.insert import insert_rows

_STEPS = ("_save_rows", "_save_table", "_do_update", "_do_insert", "_get_pk_val", "_is_pk_set")
"""What a model may have replaced to be told of each row."""


def can_write_together(model: Any, using: str) -> bool:
    """Return whether rows of *model* may share statements: no row of it is looked at on its own when it is saved."""
    concrete = model._meta.concrete_model
    opts = concrete._meta
    rows = concrete._base_manager.using(using)
    return (
        not opts.select_on_save
        and not opts.order_with_respect_to
        and type(rows) is QuerySet
        and not rows.shape.query.where
        and all(getattr(model, name) is getattr(Model, name) for name in _STEPS)
    )


def write_raw(objs: Sequence[Any], using: str) -> list[bool] | None:
    """
    Write the own rows of *objs*, which are of one model and have different keys; return for each whether it is new.

    None: a value has to be computed by the database; nothing was written.
    Queries: 3 (which rows there are, UPDATE, INSERT), or more where the database bounds a statement.
    """
    concrete = type(objs[0])._meta.concrete_model
    opts = concrete._meta
    rows = concrete._base_manager.using(using)
    keys = [obj._get_pk_val(opts) for obj in objs]
    known = set(rows.filter(pk__in=keys).values_list("pk", flat=True))
    is_new = [key not in known for key in keys]
    there = [obj for obj, new in zip(objs, is_new, strict=True) if not new]
    changed, inserted, _without_key = opts.save_columns
    if there and changed and bulk_update_rows(rows.order_by().shape, rows._binds, using, changed, there) is None:
        return None
    missing = [obj for obj, new in zip(objs, is_new, strict=True) if new]
    if missing:
        returning = opts.db_returning_fields
        made = insert_rows(concrete, using, inserted, missing, returning_fields=returning, raw=True)
        take_returned(opts, missing, made, has_pk=True)
    return is_new


def write_raw_row(obj: Any, using: str) -> bool:
    """Write the own row of *obj*; return whether it is new. Queries: 1 or 2."""
    return not obj._save_rows(True, obj._meta.concrete_model, False, False, using, None)


def can_link_together(field: Any, objs: Sequence[Any], using: str) -> bool:
    """Return whether the rows of a many-to-many field may share statements: nobody is told of each object's."""
    through = field.remote_field.through
    return (
        bool(through._meta.auto_created)
        and not m2m_changed.has_listeners(through)
        and all(router.db_for_write(through, instance=obj) == using for obj in objs)
    )


def link_raw(field: Any, targets: Sequence[tuple[Any, Sequence[Any]]], using: str) -> list[tuple[Any, Sequence[Any]]]:
    """
    Store the many-to-many values of objects that have none yet; return those of the others, which are not touched.

    Args:
        targets: Objects with the keys of what they refer to.
    Queries: 2.
    """
    through = field.remote_field.through
    source = through._meta.get_field(field.m2m_field_name()).attname
    target = through._meta.get_field(field.m2m_reverse_field_name()).attname
    rows = through._base_manager.using(using)
    known = set(rows.filter(**{f"{source}__in": [obj.pk for obj, _ in targets]}).values_list(source, flat=True))
    left: list[tuple[Any, Sequence[Any]]] = []
    made: list[Any] = []
    for obj, keys in targets:
        if obj.pk in known or (keys and field.remote_field.symmetrical):
            left.append((obj, keys))
        else:
            made.extend(through(**{source: obj.pk, target: key}) for key in dict.fromkeys(keys))
    if made:
        rows.bulk_create(made)
    return left


__all__ = ["can_link_together", "can_write_together", "link_raw", "write_raw", "write_raw_row"]
