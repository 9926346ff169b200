"""
``get_db`` and ``get_async_db``: a session for a request, as FastAPI's dependencies.

    @app.post("/products")
    async def create(db: Annotated[AsyncSession, Depends(get_async_db, scope="function")]) -> Product: ...

What was not committed is committed when the endpoint ends well, and rolled back when it raises. With ``scope="function"``
that happens before the response is sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from fastjango.db.sqlalchemy.sessions import async_session, session


def get_db() -> Iterator[Session]:
    """Give a session; commit it, or roll it back when the endpoint raises."""
    with session() as db:
        try:
            yield db
            db.commit()
        except BaseException:
            db.rollback()
            raise


async def get_async_db() -> AsyncIterator[AsyncSession]:
    """Give an asynchronous session; commit it, or roll it back when the endpoint raises."""
    async with async_session() as db:
        try:
            yield db
            await db.commit()
        except BaseException:
            await db.rollback()
            raise


__all__ = ["get_async_db", "get_db"]
