"""
The database errors that people catch, whatever driver raised the first one.

    Error
    ├── InterfaceError
    └── DatabaseError
        ├── DataError              (DataOverflow: a number or text the column cannot hold)
        ├── OperationalError       (PoolTimeout: no free connection in time)
        ├── IntegrityError
        ├── InternalError
        ├── ProgrammingError       (TransactionManagementError: a transaction is used wrongly)
        └── NotSupportedError

``execute.py`` and the cursor wrappers translate; the driver's exception stays as ``__cause__``.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any


class Error(Exception):
    """Any error of a database or its driver."""


class InterfaceError(Error):
    """The driver was used wrongly, or the connection is closed."""


class DatabaseError(Error):
    """The database refused or failed."""


class DataError(DatabaseError):
    """A value does not fit its column."""


class OperationalError(DatabaseError):
    """The database is not reachable, busy or out of resources."""


class IntegrityError(DatabaseError):
    """A constraint would be broken."""


class InternalError(DatabaseError):
    """The database reports an error of its own."""


class ProgrammingError(DatabaseError):
    """The statement is wrong: a missing table, a syntax error."""


class NotSupportedError(DatabaseError):
    """The database cannot do this."""


class DataOverflow(DataError, OverflowError):
    """A value that the driver cannot even send (too large, or not encodable)."""


class TransactionManagementError(ProgrammingError):
    """A transaction is used in a way that its state does not allow."""


class PoolTimeout(OperationalError):
    """
    No connection became free within the pool's timeout.

    The handlers answer it with 503 and ``Retry-After: retry_after_seconds``.
    """

    retry_after_seconds = 1


class ChildTaskError(DatabaseError):
    """A task or thread that was started inside an open transaction tried to use its connection."""


# Most specific first: the first class the driver's exception is an instance of decides.
DRIVER_NAMES: tuple[type[Error], ...] = (
    DataError,
    OperationalError,
    IntegrityError,
    InternalError,
    ProgrammingError,
    NotSupportedError,
    DatabaseError,
    InterfaceError,
    Error,
)

# Errors of the caller's data: the connection is as good as before.
HARMLESS: tuple[type[Error], ...] = (DataError, IntegrityError)


def translate(exc: BaseException, driver: ModuleType | Any) -> Error | None:
    """
    Return the error of ours that stands for *exc*, or ``None`` when it is no database error.

    Args:
        driver: The DB-API module (or an object with its exception names).
    """
    if isinstance(exc, Error):
        return None
    for ours in DRIVER_NAMES:
        theirs = getattr(driver, ours.__name__, None)
        if theirs is not None and isinstance(exc, theirs):
            return ours(*exc.args)
    if isinstance(exc, (OverflowError, UnicodeEncodeError)):
        return DataOverflow(str(exc))
    return None
