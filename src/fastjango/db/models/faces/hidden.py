"""
Deleting through a session along relations whose other side has no name (``related_name="+"``).

SQLAlchemy follows ``on_delete`` where the other side is a relationship (``relationships.py``). Here is what it does for a hidden one,
right before the flush that deletes the object: CASCADE deletes, SET_NULL sets NULL, anything else is left to the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event, orm

from fastjango.db.models.deletion import CASCADE, SET_NULL
from fastjango.db.models.faces.relationships import accessor_of, column, guest_of, is_plain_relation


class Hidden(NamedTuple):
    """A foreign key of another model that nothing of this one leads to."""

    field: Any
    target: str
    deletes: bool

    def follow(self, session: Any, instance: Any) -> None:
        """Do for the objects that refer to *instance* what ``on_delete`` says."""
        model = self.field.model._meta.concrete_model
        entity: Any = guest_of(model) or model
        own = column(model, self.field)
        name = orm.class_mapper(entity).get_property_by_column(own).key
        key = getattr(instance, self.target)
        for found in session.scalars(sa.select(entity).where(own == key)):
            if found in session.deleted or getattr(found, name) != key:
                # It goes anyway, or has been given to another one already.
                continue
            if self.deletes:
                if entity is model:
                    # What is not loaded does not count when the flush sorts its deletions, if the other is of a child class.
                    orm.attributes.set_committed_value(found, self.field.name, instance)
                session.delete(found)
            else:
                setattr(found, self.field.name if entity is model else name, None)


_known: WeakKeyDictionary[type[Any], tuple[Hidden, ...]] = WeakKeyDictionary()


def watch(entity: type[Any], model: Any) -> None:
    """Note the hidden relations to *model*, whose objects sessions know as those of *entity*."""
    _known[entity] = tuple(_hidden(model))


def _hidden(model: Any) -> Iterator[Hidden]:
    is_guest = guest_of(model) is not None
    for rel in model._meta.get_fields(include_hidden=True):
        if (
            not rel.auto_created
            or rel.concrete
            or not (rel.one_to_many or rel.one_to_one)
            or accessor_of(rel) is not None
        ):
            continue
        field: Any = getattr(rel, "field", None)
        on_delete = getattr(rel, "on_delete", None)
        if on_delete not in (CASCADE, SET_NULL) or getattr(rel, "parent_link", False):
            continue
        other = rel.related_model._meta
        # Tables between are written by the collections of both sides; what a guest refers to is its own business.
        if other.auto_created or other.swapped or not is_plain_relation(field):
            continue
        if is_guest and (guest_of(rel.related_model) is not None or getattr(rel.related_model, "is_between", False)):
            continue
        yield Hidden(field, field.target_field.attname, on_delete is CASCADE)


def _of(instance: Any) -> tuple[Hidden, ...]:
    return next((_known[cls] for cls in type(instance).__mro__ if cls in _known), ())


@event.listens_for(orm.Session, "before_flush")
def _follow(session: Any, context: Any, objects: Any) -> None:
    done: set[int] = set()
    while True:
        waiting = [found for found in session.deleted if id(found) not in done and _of(found)]
        if not waiting:
            return
        for instance in waiting:
            done.add(id(instance))
            for hidden in _of(instance):
                hidden.follow(session, instance)


__all__ = ["watch"]
