"""
SQLAlchemy's sessions on the databases of ``DATABASES``, and the models' tables.

sessions.py      session, async_session: what they are bound to, inside and outside ``atomic()``
dependencies.py  get_db, get_async_db for FastAPI
tables.py        metadata: every table with its keys, indexes and constraints, for Alembic
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.sqlalchemy.dependencies import get_async_db, get_db
from fastjango.db.sqlalchemy.sessions import async_session, session
from fastjango.db.sqlalchemy.tables import metadata_of_project

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    metadata: MetaData

__all__ = ["async_session", "get_async_db", "get_db", "metadata", "session"]


def __getattr__(name: str) -> Any:
    # Tables are known when the apps are loaded, not when this module is.
    if name == "metadata":
        return metadata_of_project()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
