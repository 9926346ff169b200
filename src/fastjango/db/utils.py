"""
Door of Django's path for database errors, handlers and routers.

errors.py        the exceptions
errors_scope.py  DatabaseErrorWrapper
connections.py   ConnectionHandler
engines.py       load_backend and the settings
routers.py       ConnectionRouter
"""

from fastjango.db.connections import ConnectionHandler
from fastjango.db.engines import DEFAULT_DB_ALIAS, ConnectionDoesNotExist, load_backend
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
from fastjango.db.errors_scope import DatabaseErrorWrapper
from fastjango.db.routers import ConnectionRouter

DJANGO_VERSION_PICKLE_KEY = "_django_version"

__all__ = [
    "DEFAULT_DB_ALIAS",
    "DJANGO_VERSION_PICKLE_KEY",
    "ConnectionDoesNotExist",
    "ConnectionHandler",
    "ConnectionRouter",
    "DataError",
    "DatabaseError",
    "DatabaseErrorWrapper",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "load_backend",
]
