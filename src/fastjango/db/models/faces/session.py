"""
Sessions of SQLAlchemy inside ``atomic()`` blocks: ``shared_connection()``, and ``open_session()`` on top of it.

Inside a block a session works on the block's connection: it sees what Django has written, its ``commit()`` releases a
savepoint, and the block decides in the end. ``fastjango.db.sqlalchemy`` is the door that people use.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine.base import Connection
from sqlalchemy.orm import Session
from sqlalchemy.pool.base import _AdhocProxiedConnection

from fastjango.db.connections import connections
from fastjango.db.engines import DEFAULT_DB_ALIAS


class BorrowedConnection(_AdhocProxiedConnection):
    """A driver connection whose transaction belongs to somebody else."""

    def commit(self) -> None:
        """Leave the transaction open: it is Django's."""

    def rollback(self) -> None:
        """Leave the transaction open: it is Django's."""

    def close(self) -> None:
        """Leave the connection open."""


def shared_connection(db: Any) -> Connection | None:
    """
    Return SQLAlchemy's connection on the transaction of the open ``atomic()`` block, None outside of one.

    All sessions of a block share it, so that the names of their savepoints differ.

    Raises:
        ChildTaskError: The block belongs to another task.
    """
    hold = db.hold_here()
    if hold is None or not hold.in_atomic_block:
        return None
    lease = db.lease_of(hold)
    known = (lease.extra or {}).get("sqlalchemy")
    if known is not None and known[0] is hold and not known[1].closed:
        found: Connection = known[1]
        return found
    borrowed = BorrowedConnection(lease.raw, None)  # type: ignore[arg-type]  # no pool stands behind it
    made = Connection(db.engine, connection=borrowed).execution_options(fastjango_no_begin=True)
    made.begin()
    if lease.extra is None:
        lease.extra = {}
    lease.extra["sqlalchemy"] = (hold, made)
    return made


def open_session(using: str = DEFAULT_DB_ALIAS, **options: Any) -> Session:
    """
    Return a session on *using*, inside the context's open transaction if there is one.

        with transaction.atomic(), open_session() as session:
            session.add(Book(title="x"))
            session.commit()  # the block may still roll it back
    """
    db = connections[using]
    bound = shared_connection(db)
    if bound is None:
        return Session(db.engine, **options)
    return Session(bound, join_transaction_mode="create_savepoint", **options)


__all__ = ["BorrowedConnection", "open_session", "shared_connection"]
