"""
Instances that cross between Django and SQLAlchemy's ORM.

An instance gets SQLAlchemy's state when a session first looks at it; one that a session has made gets ``_state``. A flush
fills in what ``save()`` would: defaults, ``auto_now``, ``auto_now_add``, keys of one's own making. It sends no signals.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, orm
from sqlalchemy.orm.instrumentation import manager_of_class

from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.models.declare import ModelBase
from fastjango.db.models.faces.annotations import is_file
from fastjango.db.models.faces.duals import DualRelation
from fastjango.db.models.state import ModelState


class MissingState:
    """``_state`` of an instance that SQLAlchemy has made without the constructor; made at the first look."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            raise AttributeError("_state")
        state = instance.__dict__["_state"] = ModelState()
        return state


def make_state(instance: Any) -> Any:
    """Return SQLAlchemy's state of *instance*, made now if it had none."""
    found = instance.__dict__.get("_sa_instance_state")
    if found is not None:
        return found
    model: Any = type(instance)
    manager: Any = manager_of_class(vars(model).get("guest", model))
    state = instance.__dict__["_sa_instance_state"] = manager._state_constructor(instance, manager)
    if not instance._state.adding:
        # It stands for a row already: a session shall update, not insert.
        orm.make_transient_to_detached(instance)
        return state
    for name, related in list(instance._state.fields_cache.items()):
        dual = getattr(model, "__dict__", {}).get(name) or _inherited(model, name)
        if isinstance(dual, DualRelation) and related is not None and related._state.adding:
            # A new object comes along with the one that refers to it.
            dual.attribute.__set__(instance, related)
    return state


def _inherited(model: Any, name: str) -> Any:
    return next((vars(cls)[name] for cls in model.__mro__ if name in vars(cls)), None)


def listen(model: Any) -> None:
    """Connect what this room does at load, flush and expiry of *model*'s instances."""
    event.listen(model, "load", _loaded)
    event.listen(model, "expire", _expired)
    event.listen(model, "before_insert", _before_insert)
    event.listen(model, "before_update", _before_update)
    event.listen(model, "after_insert", _after_insert)


def _is_model(instance: Any) -> bool:
    """Whether the object is a model's; a guest's mapper has objects of the plain class as well."""
    return isinstance(type(instance), ModelBase)


def _alias_of(session: Any) -> str:
    return DEFAULT_DB_ALIAS if session is None else str(session.info.get("using", DEFAULT_DB_ALIAS))


def _loaded(instance: Any, context: Any) -> None:
    """Give an object that a session has loaded Django's state."""
    if "_state" not in instance.__dict__ and _is_model(instance):
        state = ModelState()
        # merge() tells of new objects as well, without a context.
        state.adding = instance._sa_instance_state.key is None
        state.db = None if state.adding else _alias_of(None if context is None else context.session)
        instance._state = state


def _expired(instance: Any, attrs: Any) -> None:
    """Keep the key of an object that a commit has expired: without a session, Django loads the rest by it."""
    if instance is None:
        return  # it has been collected meanwhile
    data = instance.__dict__
    state = data.get("_sa_instance_state")
    if state is not None and state.key is not None:
        for column, value in zip(state.mapper.primary_key, state.key[1], strict=True):
            data.setdefault(state.mapper.get_property_by_column(column).key, value)


def _before_insert(mapper: Any, connection: Any, instance: Any) -> None:
    if not _is_model(instance):
        return
    opts = instance._meta
    data = instance.__dict__
    for field in opts.concrete_fields:
        name = field.attname
        if field.generated or (field is opts.auto_field and data.get(name) is None):
            data.pop(name, None)
            continue
        if name not in data and (field.has_default() or field.get_default() == ""):
            setattr(instance, name, field.get_default())
        if name not in data:
            continue
        value = field.pre_save(instance, True)
        if is_file(field):
            # Stored now; the column holds its name.
            data[name] = str(value)
        elif hasattr(value, "resolve_expression"):
            # The database's default.
            del data[name]
        elif value is not data[name]:
            setattr(instance, name, value)


def _before_update(mapper: Any, connection: Any, instance: Any) -> None:
    if not _is_model(instance):
        return
    session = orm.object_session(instance)
    if session is not None and not session.is_modified(instance, include_collections=False):
        return
    for field in instance._meta.concrete_fields:
        if is_file(field) and hasattr(instance.__dict__.get(field.attname), "storage"):
            instance.__dict__[field.attname] = str(field.pre_save(instance, False))
        elif getattr(field, "auto_now", False):
            setattr(instance, field.attname, field.pre_save(instance, False))


def _after_insert(mapper: Any, connection: Any, instance: Any) -> None:
    if not _is_model(instance):
        return
    instance._state.adding = False
    instance._state.db = _alias_of(orm.object_session(instance))


__all__ = ["MissingState", "listen", "make_state"]
