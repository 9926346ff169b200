"""
What Django writes of an instance that lives in a session: ``save()``, ``delete()`` and ``refresh_from_db()``.

Outside of ``atomic()`` Django and the session write on connections of their own. What Django has written is not written again
by a flush; what it has deleted is no part of the session any more. Called by way of ``face_slot.py``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import orm

from fastjango.core.exceptions import fix
from fastjango.db.connections import connections
from fastjango.db.models.faces.duals import DualCollection
from fastjango.db.transaction import TransactionManagementError


def before_save(instance: Any) -> None:
    """
    Refuse what would wait for a lock of the same thread, and members that only a session writes.

    Raises:
        TransactionManagementError: The session has written the object in a transaction that is still open.
        TypeError: A new object has been given members.
    """
    session = orm.object_session(instance)
    if session is None:
        if instance._state.adding:
            _refuse_members(instance)
        return
    transaction = session.get_nested_transaction() or session.get_transaction()
    state = instance._sa_instance_state
    while transaction is not None:
        if state in transaction._dirty or state in transaction._new or state in transaction._deleted:
            _refuse_other_connection(instance, session)
            return
        transaction = transaction.parent


def _refuse_other_connection(instance: Any, session: Any) -> None:
    using = session.info.get("using")
    if using is None:
        return
    hold = connections[using].hold_here()
    if hold is not None and hold.in_atomic_block:
        return
    name = type(instance).__name__
    raise fix(
        TransactionManagementError(
            f"This {name} has been written by a session whose transaction is still open: Django would wait for its lock."
        ),
        "commit the session first, let it write the object, or put both into one atomic() block",
        code="models.Q207",
    )


def _refuse_members(instance: Any) -> None:
    model = type(instance)
    for name in instance._sa_instance_state.dict:
        dual = next((vars(cls)[name] for cls in model.__mro__ if name in vars(cls)), None)
        if isinstance(dual, DualCollection) and instance.__dict__[name]:
            # Django's own words.
            dual.fallback.__set__(instance, instance.__dict__[name])


def after_save(instance: Any, names: Any = None) -> None:
    """Take what is in the columns for what the row has; *names* are those that were written, None stands for all."""
    state = instance._sa_instance_state
    session = orm.object_session(instance)
    data = instance.__dict__
    keys = {
        field.attname
        for field in instance._meta.concrete_fields
        if field.attname in data and (names is None or field.name in names or field.attname in names)
    }
    if state.key is None:
        # A new object, or one that waited for its INSERT: it has a row now.
        _make_persistent(instance, session)
    # The relations of these columns have been written with them.
    relations = {field.name for field in instance._meta.concrete_fields if field.attname in keys} & data.keys()
    state._commit(data, keys | relations)
    if session is not None and not state.committed_state:
        state.modified = False
        session.identity_map._modified.discard(state)


def _make_persistent(instance: Any, session: Any) -> None:
    if session is not None:
        session.expunge(instance)
    members = {name: value for name, value in instance.__dict__.items() if hasattr(value, "_sa_adapter")}
    orm.make_transient_to_detached(instance)
    instance.__dict__.update(members)
    if session is not None:
        session.add(instance)


def set_members(instance: Any, name: str, members: Any) -> None:
    """Relate *instance* to *members* as Django's manager does; its session reads the collection again."""
    model = type(instance)
    dual = next(vars(cls)[name] for cls in model.__mro__ if name in vars(cls))
    dual.fallback.__get__(instance, model).set(members)
    session = orm.object_session(instance)
    if session is not None:
        session.expire(instance, [name])


def forget_deleted(instances: list[Any]) -> None:
    """Let sessions forget objects whose rows are gone, also their own copies of objects that Django has found."""
    held = (orm.object_session(instance) for instance in instances if "_sa_instance_state" in instance.__dict__)
    sessions = {session for session in held if session is not None}
    for instance in instances:
        found = [instance] if "_sa_instance_state" in instance.__dict__ else []
        for session in sessions:
            key = orm.class_mapper(type(instance)).identity_key_from_primary_key(_key_of(instance))
            known = session.identity_map.get(key)
            if known is not None and known is not instance:
                found.append(known)
        for known in found:
            owner = orm.object_session(known)
            if owner is not None:
                owner.expunge(known)
            orm.make_transient(known)


def _key_of(instance: Any) -> tuple[Any, ...]:
    key = instance.pk
    return key if isinstance(key, tuple) else (key,)


__all__ = ["after_save", "before_save", "forget_deleted", "set_members"]
