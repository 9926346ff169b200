"""
The relations of a model as SQLAlchemy's relationships, both sides of each.

The names are Django's: the field's on one side, ``related_name`` or ``..._set`` on the other. Deleting through a session
follows ``on_delete``: CASCADE deletes, SET_NULL sets NULL, anything else is left to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.orm import relationship

from fastjango.db.models.deletion import CASCADE, SET_NULL
from fastjango.db.models.faces.duals import RelationComparator

Mapped = Callable[[Any], Any]


def relationships(model: Any, mapped: Mapped, *, inherited: bool = False) -> Iterator[tuple[str, Any]]:
    """
    Yield name and relationship of every relation of *model*.

    Args:
        mapped: Maps a class that is needed, and gives the one that sessions know.
        inherited: Also relations to a parent.
    """
    opts = model._meta
    for field in opts.local_fields:
        if is_plain_relation(field) and not field.remote_field.parent_link:
            yield field.name, _forward(model, field, mapped)
    for field in opts.local_many_to_many:
        if is_known(field.remote_field.model) and is_known(field.remote_field.through):
            yield field.name, _many(model, field, mapped)
    for rel in opts.related_objects:
        name = accessor_of(rel)
        if name is None or (rel.model is not model and not inherited):
            continue
        yield name, _many_reverse(model, rel, mapped) if rel.many_to_many else _reverse(model, rel, mapped)


def is_known(model: Any) -> bool:
    """Whether *model* is a class with a table."""
    return not isinstance(model, str) and not model._meta.abstract and not model._meta.swapped


def is_plain_relation(field: Any) -> bool:
    """Whether *field* is a foreign key with one column."""
    return (
        bool(field.remote_field is not None and field.concrete and is_known(field.remote_field.model))
        and len(field.foreign_related_fields) == 1
    )


def accessor_of(rel: Any) -> str | None:
    """Return the name of the reverse side if it becomes a relationship."""
    field = rel.field
    if rel.hidden or rel.model._meta.proxy or getattr(rel, "parent_link", False):
        return None
    if rel.many_to_many:
        if not is_known(rel.through) or not hasattr(field, "m2m_db_table"):
            return None
    elif not (getattr(field, "foreign_related_fields", None) and is_plain_relation(field)):
        return None
    name = rel.get_accessor_name()
    return name if name and name.isidentifier() else None


def back_of(field: Any) -> str | None:
    """Return the name of the other side of *field*, if that is a relationship as well."""
    target = field.remote_field.model
    found = next((rel for rel in target._meta.related_objects if rel.field is field), None)
    return None if found is None or found.model is not target else accessor_of(found)


def guest_of(model: Any) -> Any:
    """Return the plain SQLAlchemy class behind *model*; None where it is a model of its own."""
    return vars(model._meta.concrete_model).get("guest")


def table_of(model: Any) -> Any:
    """Return the table that sessions know."""
    guest = guest_of(model)
    return model._meta.concrete_model._meta.table if guest is None else guest.__table__


def column(model: Any, field: Any) -> Any:
    """Return the column of *field*, in the table of the parent that has it."""
    owner = field.model._meta.concrete_model
    return _in(table_of(owner), field)


def _in(table: Any, field: Any) -> Any:
    """Return the column of *field* in *table*; a guest's may go by another key."""
    return next(own for own in table.columns if own.name == field.column)


def _info(model: Any, relation: Any, name: str) -> dict[str, Any]:
    return {"field": relation, "descriptor": vars(model).get(name)}


def _forward(model: Any, field: Any, mapped: Mapped) -> Any:
    """Return the relationship of a foreign key."""
    target = field.remote_field.model._meta.concrete_model
    table = table_of(model)
    options: dict[str, Any] = {}
    back = back_of(field)
    if back is not None:
        options["back_populates"] = back
    return relationship(
        lambda: mapped(target),
        primaryjoin=lambda: _in(table, field) == column(target, field.target_field),
        foreign_keys=lambda: [_in(table, field)],
        remote_side=lambda: [column(target, field.target_field)],
        uselist=False,
        comparator_factory=RelationComparator,
        info=_info(model, field, field.name),
        **options,
    )


def _reverse(model: Any, rel: Any, mapped: Mapped) -> Any:
    """Return the relationship of the other side of a foreign key."""
    field = rel.field
    child = rel.related_model._meta.concrete_model
    table = table_of(child)
    options: dict[str, Any] = {}
    if rel.on_delete is CASCADE:
        options["cascade"] = "save-update, merge, delete"
    elif rel.on_delete is not SET_NULL:
        options["passive_deletes"] = "all"
    return relationship(
        lambda: mapped(child),
        primaryjoin=lambda: _in(table, field) == column(model, field.target_field),
        foreign_keys=lambda: [_in(table, field)],
        remote_side=lambda: [_in(table, field)],
        uselist=not rel.one_to_one,
        back_populates=field.name,
        comparator_factory=RelationComparator,
        info=_info(model, rel, rel.get_accessor_name()),
        **options,
    )


def _sides(field: Any) -> tuple[Any, Any, Any]:
    """Return the table between the two sides, and the fields in it that point at either."""
    through = field.remote_field.through
    source = through._meta.get_field(field.m2m_field_name())
    target = through._meta.get_field(field.m2m_reverse_field_name())
    return through._meta.table, source, target


def _is_own(field: Any) -> bool:
    """Whether rows between the two sides are objects of a model: ``through.py`` makes them."""
    return not field.remote_field.through._meta.auto_created


def _many(model: Any, field: Any, mapped: Mapped) -> Any:
    """Return the relationship of a many-to-many field."""
    secondary, source, target = _sides(field)
    other = field.remote_field.model._meta.concrete_model
    view = _is_own(field)
    back = None if field.remote_field.symmetrical else back_of(field)
    options: dict[str, Any] = {"back_populates": back} if back is not None and not view else {}
    return relationship(
        lambda: mapped(other),
        secondary=secondary,
        primaryjoin=lambda: column(model, source.target_field) == secondary.c[source.column],
        secondaryjoin=lambda: column(other, target.target_field) == secondary.c[target.column],
        viewonly=view,
        comparator_factory=RelationComparator,
        info=_info(model, field, field.name),
        **options,
    )


def _many_reverse(model: Any, rel: Any, mapped: Mapped) -> Any:
    """Return the relationship of the other side of a many-to-many field."""
    field = rel.field
    secondary, source, target = _sides(field)
    other = rel.related_model._meta.concrete_model
    view = _is_own(field)
    options: dict[str, Any] = {} if view else {"back_populates": field.name}
    return relationship(
        lambda: mapped(other),
        secondary=secondary,
        primaryjoin=lambda: column(model, target.target_field) == secondary.c[target.column],
        secondaryjoin=lambda: column(other, source.target_field) == secondary.c[source.column],
        viewonly=view,
        comparator_factory=RelationComparator,
        info=_info(model, rel, rel.get_accessor_name()),
        **options,
    )


__all__ = ["accessor_of", "back_of", "column", "guest_of", "is_known", "is_plain_relation", "relationships"]
