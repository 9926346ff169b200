"""
``session()`` and ``async_session()``: SQLAlchemy's sessions on our connections.

Both work on the engine of the alias; its driver connections wait in the way that fits the caller, so one engine serves
threads and any number of event loops. Inside ``atomic()`` a session works on the block's connection: its ``commit()``
releases a savepoint, and the block decides in the end.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.util.concurrency import in_greenlet

from fastjango.core.exceptions import fix
from fastjango.db.bridge import guard_other_loop
from fastjango.db.connections import connections
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.models import Model
from fastjango.db.models.faces.session import shared_connection
from fastjango.utils.loops import OTHER_LOOP, loaded_modules


class AliasSession(Session):
    """A session on one alias of ``DATABASES``."""

    def __init__(self, bind: Any = None, *, using: str = DEFAULT_DB_ALIAS, **options: Any) -> None:
        options.setdefault("expire_on_commit", False)
        options.setdefault("join_transaction_mode", "create_savepoint")
        options["info"] = {**(options.get("info") or {}), "using": using}
        super().__init__(bind, **options)
        self.using = using
        # Whether an AsyncSession stands before it: then nothing may wait outside of its methods.
        self.is_asynchronous = False

    def get_bind(self, mapper: Any = None, **options: Any) -> Engine | Connection:
        """
        Return the connection of the open ``atomic()`` block, else the alias' engine.

        Raises:
            MissingGreenlet: A relation of an asynchronous session would be loaded where nobody awaits it.
        """
        if self.is_asynchronous and not in_greenlet():
            raise fix(
                MissingGreenlet(
                    "greenlet_spawn has not been called; can't call await_only() here. Was IO attempted in an unexpected place?"
                ),
                "load the relation with the query (selectinload), or await session.refresh(obj, ['name'])",
                code="models.Q208",
            )
        return self.bind_of(mapper, **options)

    def bind_of(self, mapper: Any = None, **options: Any) -> Engine | Connection:
        """Return what the session works on, wherever it is asked."""
        if OTHER_LOOP in loaded_modules:
            guard_other_loop()
        if self.bind is not None or options.get("bind") is not None:
            return super().get_bind(mapper, **options)
        known = getattr(self._transaction, "_connections", None) if self._transaction is not None else None
        db = connections[self.using]
        if known and db.engine in known:
            # The session has a transaction of its own already.
            return db.engine
        return shared_connection(db) or db.engine

    def merge(self, instance: Any, **options: Any) -> Any:
        """Copy the state of *instance* onto the session's object of its row; what it does not say yet is not copied."""
        if not isinstance(instance, Model) or not instance._state.adding:
            return super().merge(instance, **options)
        data: dict[str, Any] = vars(instance)
        unsaid = [
            field.attname
            for field in instance._meta.concrete_fields
            if not field.null and not field.primary_key and data.get(field.attname, field) is None
        ]
        _ = instance._sa_instance_state
        for name in unsaid:
            del data[name]
        try:
            return super().merge(instance, **options)
        finally:
            data.update(dict.fromkeys(unsaid))


class AliasAsyncSession(AsyncSession):
    """An ``AsyncSession`` on one alias of ``DATABASES``."""

    sync_session_class = AliasSession

    def __init__(self, bind: Any = None, *, using: str = DEFAULT_DB_ALIAS, **options: Any) -> None:
        super().__init__(bind, using=using, **options)
        self.using = using
        cast("AliasSession", self.sync_session).is_asynchronous = True

    def get_bind(self, *args: Any, **options: Any) -> Engine | Connection:
        """Return the connection of the open ``atomic()`` block, else the alias' engine."""
        return cast("AliasSession", self.sync_session).bind_of(*args, **options)


class SessionFactory(sessionmaker[Session]):
    """Makes sessions; serves wherever a ``sessionmaker`` is expected."""

    def __call__(self, using: str = DEFAULT_DB_ALIAS, **options: Any) -> Session:
        """Return a session on *using*, to be used in a ``with`` block."""
        return super().__call__(using=using, **options)


class AsyncSessionFactory(async_sessionmaker[AsyncSession]):
    """Makes asynchronous sessions; serves wherever an ``async_sessionmaker`` is expected."""

    def __call__(self, using: str = DEFAULT_DB_ALIAS, **options: Any) -> AsyncSession:
        """Return a session on *using*, to be used in an ``async with`` block."""
        return super().__call__(using=using, **options)


session = SessionFactory(class_=AliasSession, expire_on_commit=False)
async_session = AsyncSessionFactory(class_=AliasAsyncSession, expire_on_commit=False)

__all__ = ["AliasAsyncSession", "AliasSession", "async_session", "session"]
