"""
Databases: connections, transactions, routers and errors; models live in ``fastjango.db.models``.

connections.py  ``connections[alias]``       transaction.py  ``atomic`` and friends
execute.py      sends statements             bridge.py       sync bodies on the event loop
routers.py      which alias for which model  errors.py       the exceptions
"""

from fastjango.db import transaction
from fastjango.db.connections import ConnectionHandler, connections
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.errors import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from fastjango.db.requests import close_old_connections, connection, reset_queries
from fastjango.db.routers import router
from fastjango.db.utils import DJANGO_VERSION_PICKLE_KEY

__all__ = [
    "DEFAULT_DB_ALIAS",
    "DJANGO_VERSION_PICKLE_KEY",
    "ConnectionHandler",
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "close_old_connections",
    "connection",
    "connections",
    "reset_queries",
    "router",
    "transaction",
]
