"""
``open_session()``: a SQLAlchemy session that takes part in an open ``atomic()`` block.

Inside a block the session works on the block's connection: it sees what Django has written, its ``commit()`` releases a
savepoint, and the block decides in the end. Outside it is a plain ``Session`` on the alias' engine.
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


def open_session(using: str = DEFAULT_DB_ALIAS, **options: Any) -> Session:
    """
    Return a session on *using*, inside the context's open transaction if there is one.

        with transaction.atomic(), open_session() as session:
            session.add(Book(title="x"))
            session.commit()  # the block may still roll it back
    """
    db = connections[using]
    hold = db.hold_here()
    if hold is None or not hold.in_atomic_block:
        return Session(db.engine, **options)
    borrowed = BorrowedConnection(db.lease_of(hold).raw, None)  # type: ignore[arg-type]  # no pool stands behind it
    bound = Connection(db.engine, connection=borrowed).execution_options(fastjango_no_begin=True)
    bound.begin()
    return Session(bound, join_transaction_mode="create_savepoint", **options)
