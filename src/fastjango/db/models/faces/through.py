"""
What a session writes for many-to-many relations that are more than a table of two keys.

A symmetrical relation has a row in each direction. A ``through`` model of one's own gets an object per member, with its
defaults, as Django's ``add()`` makes them; its rows go when a member is removed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event, exc, orm
from sqlalchemy.orm import attributes
from sqlalchemy.orm.base import PASSIVE_NO_FETCH
from sqlalchemy.orm.instrumentation import manager_of_class

from fastjango.core.exceptions import fix
from fastjango.db.models.faces.relationships import accessor_of, back_of, is_known

REMOVED = "fastjango_removed_members"


class Side(NamedTuple):
    """One side of a relation: its name, the other side's, and the keys in the table between them."""

    name: str
    back: str | None
    through: Any
    source: Any
    target: Any
    symmetrical: bool

    @property
    def is_own(self) -> bool:
        """Whether the table between is a model that somebody has written."""
        return not self.through._meta.auto_created


# What is being mirrored now: the other side's event shall not mirror it back.
_mirrored: set[tuple[str, int, int]] = set()


def side_of(relation: Any) -> Side:
    """Return the side that a field, or the other side of one, stands on."""
    field = getattr(relation, "field", None) or relation
    through = field.remote_field.through
    source = through._meta.get_field(field.m2m_field_name())
    target = through._meta.get_field(field.m2m_reverse_field_name())
    symmetrical = bool(field.remote_field.symmetrical)
    if field is relation:
        return Side(field.name, field.name if symmetrical else back_of(field), through, source, target, symmetrical)
    return Side(relation.get_accessor_name(), field.name, through, target, source, symmetrical)


def listen_members(model: Any, properties: dict[str, Any]) -> None:
    """Connect what a session writes beside two keys for the many-to-many relations among *properties*."""
    manager = manager_of_class(model)
    for name, prop in properties.items():
        relation = prop.info.get("field")
        if relation is None or not relation.many_to_many:
            continue
        side = side_of(relation)
        if side.symmetrical or side.is_own:
            writer = Members(side)
            event.listen(manager[name], "append", writer.append, propagate=True)
            event.listen(manager[name], "remove", writer.remove, propagate=True)
    cleared = _cleared(model)
    if cleared:

        def clear(mapper: Any, connection: Any, instance: Any) -> None:
            for column, attname in cleared:
                connection.execute(sa.delete(column.table).where(column == getattr(instance, attname)))

        event.listen(model, "before_delete", clear, propagate=True)


def _cleared(model: Any) -> list[tuple[Any, str]]:
    """Return the keys to *model* in hidden tables that no relationship of *model* would delete."""
    found = []
    for rel in model._meta.get_fields(include_hidden=True):
        if not (rel.auto_created and rel.many_to_many and not rel.concrete) or rel.model is not model:
            continue
        field = rel.field
        if not is_known(rel.through) or not rel.through._meta.auto_created or not hasattr(field, "m2m_db_table"):
            continue
        if rel.symmetrical or accessor_of(rel) is None:
            target = rel.through._meta.get_field(field.m2m_reverse_field_name())
            found.append((rel.through._meta.table.c[target.column], target.target_field.attname))
    return found


class Members:
    """Follows the changes of one collection."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._required: list[str] | None = None

    def append(self, instance: Any, member: Any, initiator: Any) -> None:
        """Make the rows of a new member."""
        side = self.side
        if (side.name, id(instance), id(member)) in _mirrored or _has(instance, side.name, member):
            return
        if side.is_own:
            self._check()
            self._make(instance, member)
            if side.symmetrical and member is not instance:
                self._make(member, instance)
        self._mirror("append", instance, member, initiator)

    def remove(self, instance: Any, member: Any, initiator: Any) -> None:
        """Remove the rows of a member."""
        side = self.side
        if (side.name, id(instance), id(member)) in _mirrored:
            return
        if side.is_own:
            self._take(instance, member)
            if side.symmetrical and member is not instance:
                self._take(member, instance)
        self._mirror("pop", instance, member, initiator)

    def _mirror(self, verb: str, instance: Any, member: Any, initiator: Any) -> None:
        """Do the same at the other side: SQLAlchemy writes its rows, or knows what it has loaded."""
        side = self.side
        if side.back is None or member is instance or (side.is_own and side.back not in member.__dict__):
            return
        if (verb == "append") == _has(member, side.back, instance) and side.back in member.__dict__:
            return
        impl: Any = manager_of_class(type(member))[side.back].impl
        state = member._sa_instance_state
        with _mirroring(side.back, member, instance):
            getattr(impl, verb)(state, state.dict, instance, initiator, passive=PASSIVE_NO_FETCH)

    def _make(self, instance: Any, member: Any) -> None:
        """Make the object between *instance* and *member*."""
        side = self.side
        session = orm.object_session(instance) or (orm.object_session(member) if side.symmetrical else None)
        if session is None and accessor_of(side.source.remote_field) is None:
            raise fix(
                exc.InvalidRequestError(
                    f"{type(instance).__name__}.{side.name} cannot be written before the object is in a session: "
                    f"{side.through.__name__} has no name on its side."
                ),
                f"add the {type(instance).__name__} to the session first",
                code="models.Q206",
            )
        row = side.through()
        # From here on SQLAlchemy knows both ends, and they know the row.
        state = row._sa_instance_state
        setattr(row, side.source.name, instance)
        setattr(row, side.target.name, member)
        if session is not None:
            session.add(row)
        made = instance._sa_instance_state.info.setdefault("fastjango_made", {})
        made[side.name, id(member)] = state

    def _take(self, instance: Any, member: Any) -> None:
        """Take back the object that was made for *member*, or let the next flush delete its rows."""
        side = self.side
        state = instance._sa_instance_state.info.get("fastjango_made", {}).pop((side.name, id(member)), None)
        row = None if state is None else state.obj()
        if row is not None and row._state.adding:
            setattr(row, side.source.name, None)
            setattr(row, side.target.name, None)
            session = orm.object_session(row)
            if session is not None:
                session.expunge(row)
            return
        session = orm.object_session(instance)
        if session is not None and instance._is_pk_set() and member._is_pk_set():
            keys = {side.source.attname: instance, side.target.attname: member}
            values = {
                name: getattr(found, side.through._meta.get_field(name).target_field.attname)
                for name, found in keys.items()
            }
            session.info.setdefault(REMOVED, []).append((side.through, values))
            # A session without changes would not flush.
            attributes.flag_dirty(instance)

    def _check(self) -> None:
        """
        Refuse a table whose rows need more than the two keys.

        Raises:
            InvalidRequestError: A column has neither a default nor may it be NULL.
        """
        side = self.side
        if self._required is None:
            self._required = [
                field.name
                for field in side.through._meta.concrete_fields
                if field not in (side.source, side.target, side.through._meta.auto_field) and _is_required(field)
            ]
        if self._required:
            missing = ", ".join(repr(name) for name in self._required)
            name = side.through.__name__
            raise fix(
                exc.InvalidRequestError(f"{side.name} cannot be written: {name} needs a value for {missing}."),
                f"add {name}({side.source.name}=..., {side.target.name}=..., {self._required[0]}=...) to the session",
                code="models.Q206",
            )


def _is_required(field: Any) -> bool:
    stamped = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return not (field.null or field.generated or stamped or field.has_db_default() or field.get_default() is not None)


def _has(instance: Any, name: str, member: Any) -> bool:
    """Whether a collection that is loaded has *member*."""
    return any(item is member for item in instance.__dict__.get(name, ()))


@contextmanager
def _mirroring(name: str, instance: Any, member: Any) -> Iterator[None]:
    key = (name, id(instance), id(member))
    _mirrored.add(key)
    try:
        yield
    finally:
        _mirrored.discard(key)


@event.listens_for(orm.Session, "before_flush")
def _delete_removed(session: Any, context: Any, objects: Any) -> None:
    """Delete the rows of removed members, as objects: their own relations and events see it."""
    for through, values in session.info.pop(REMOVED, ()):
        conditions = [getattr(through, name) == value for name, value in values.items()]
        for row in session.scalars(sa.select(through).where(*conditions)):
            session.delete(row)


@event.listens_for(orm.Session, "after_soft_rollback")
def _forget_removed(session: Any, previous: Any) -> None:
    session.info.pop(REMOVED, None)


__all__ = ["Members", "Side", "listen_members", "side_of"]
