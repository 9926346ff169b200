"""
Guests and their twins in sessions of SQLAlchemy.

A session knows the guest's mapper only. A twin's object in a session is mapped by it as well: it has the same identity as the
guest's object of the row. Objects of the guest have what Django's relations ask of an object: ``pk`` and ``_state``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import orm
from sqlalchemy.orm import attributes
from sqlalchemy.orm.instrumentation import manager_of_class
from sqlalchemy.orm.properties import ColumnProperty
from sqlalchemy.orm.relationships import RelationshipProperty

from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.models.declare import ModelBase
from fastjango.db.models.faces.duals import DualCollection, DualColumn, DualRelation
from fastjango.db.models.faces.hidden import watch
from fastjango.db.models.faces.instances import listen
from fastjango.db.models.faces.relationships import Mapped, accessor_of, column, guest_of, relationships
from fastjango.db.models.state import ModelState

_KINDS = (DualCollection, DualColumn, DualRelation)
_adopted: set[Any] = set()


# --- what Django asks of a guest's object ---------------------------------------------------------


class GuestState:
    """``_state`` of a guest's object: whether it has a row, as its session knows."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            raise AttributeError("_state")
        found = instance.__dict__.get("_fastjango_state")
        if found is None:
            found = instance.__dict__["_fastjango_state"] = ModelState()
        state = attributes.instance_state(instance)
        found.adding = state.key is None
        session = state.session
        if not found.adding:
            found.db = DEFAULT_DB_ALIAS if session is None else session.info.get("using", DEFAULT_DB_ALIAS)
        return found


class GuestKey:
    """``pk`` of a guest's object."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            raise AttributeError("pk")
        mapper = attributes.instance_state(instance).mapper
        values = tuple(getattr(instance, mapper.get_property_by_column(key).key) for key in mapper.primary_key)
        return values[0] if len(values) == 1 else values


def _is_pk_set(self: Any, meta: Any = None) -> bool:
    key = GuestKey().__get__(self)
    return not (key is None or (isinstance(key, tuple) and None in key))


def prepare_guest(cls: Any, twin: Any) -> None:
    """Give objects of the guest what Django's relations ask of an object."""
    for name, value in (("_state", GuestState()), ("pk", GuestKey()), ("_is_pk_set", _is_pk_set)):
        if not hasattr(cls, name) or name not in {key for base in cls.__mro__ for key in vars(base)}:
            setattr(cls, name, value)


# --- mapping --------------------------------------------------------------------------------------


def is_adopted(twin: Any) -> bool:
    """Whether the attributes of *twin* are known to SQLAlchemy."""
    return twin in _adopted


def adopt(twin: Any, mapped: Mapped) -> None:
    """Put dual attributes on a twin, and relations from Django-style models on its guest."""
    _adopted.add(twin)
    guest = twin.guest
    mapper = orm.class_mapper(guest, configure=False)
    known = mapper._props
    _resolve_keys(guest, twin)
    for name, made in relationships(twin, mapped, inherited=True):
        relation = made.info["field"]
        # A relation between guests is theirs to declare.
        if name not in known and guest_of(relation.related_model) is None:
            if not any(name in vars(base) for base in guest.__mro__):
                mapper.add_property(name, made)
    manager: Any = manager_of_class(guest)
    by_name = {field.attname: field for field in twin._meta.concrete_fields}
    by_name.update({field.name: field for field in twin._meta.fields if field.is_relation})
    by_name.update({field.name: field for field in twin._meta.many_to_many})
    by_name.update({accessor_of(rel): rel for rel in twin._meta.related_objects if accessor_of(rel)})
    for name, attribute in list(manager.items()):
        fallback = _django_side(twin, name)
        if fallback is None:
            continue
        prop = mapper.get_property(name, _configure_mappers=False)
        kind: Any = None
        if isinstance(prop, ColumnProperty):
            kind = DualColumn
        elif isinstance(prop, RelationshipProperty):
            kind = DualCollection if prop.uselist else DualRelation
        if kind is not None and name in by_name:
            prop.info.setdefault("field", by_name[name])
            setattr(twin, name, kind(name, attribute, fallback))
    listen(guest)
    watch(guest, twin)


def _resolve_keys(guest: Any, twin: Any) -> None:
    """Lead the foreign keys of the guest's table to tables of Django-style models, which its metadata does not have."""
    for key in guest.__table__.foreign_keys:
        field = next((own for own in twin._meta.concrete_fields if own.column == key.parent.name), None)
        if field is None or field.remote_field is None or "column" in vars(key):
            continue
        if guest_of(field.remote_field.model) is None:
            key._set_target_column(column(field.remote_field.model, field.target_field))


def _django_side(twin: Any, name: str) -> Any:
    """Return Django's descriptor of that name on *twin*."""
    for base in twin.__mro__:
        if name in vars(base):
            found = vars(base)[name]
            while isinstance(found, _KINDS):
                found = found.fallback
            return found if isinstance(base, ModelBase) else None
    return None


def as_twin(twin: Any, instance: Any, using: str) -> Any:
    """Return the twin's object of the row that an object of the guest stands for."""
    fields = twin._meta.concrete_fields
    values = [instance.pk if field.primary_key else getattr(instance, field.attname) for field in fields]
    return twin.from_db(using, [field.attname for field in fields], values)


__all__ = ["GuestKey", "GuestState", "adopt", "as_twin", "is_adopted", "prepare_guest"]
