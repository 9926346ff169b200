"""
The driver side of SQLite: cursors that wait for locks by awaiting, and cursors for user code with ``%s`` parameters.

SQLite's own busy handler would block the event loop; here the wait between two attempts is awaited inside a bridge.
"""

from __future__ import annotations

import asyncio
import functools
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import tee
from typing import Any, Final, Self

from fastjango.db.bridge import await_only, in_bridge

SQLITE_BUSY: Final = 5
SQLITE_LOCKED: Final = 6
# A transaction that has read old data can never become a writer: waiting does not help.
SQLITE_BUSY_SNAPSHOT: Final = 517
PAUSES: Final = (0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.025, 0.025, 0.05, 0.1)
Row = tuple[Any, ...]
FORMAT_QMARK = re.compile(r"(?<!%)%s")


class Connection(sqlite3.Connection):
    """A connection with its lock time-out in seconds."""

    lock_timeout: float = 5.0


class WaitingCursor(sqlite3.Cursor):
    """A cursor that tries again while another connection holds the lock."""

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        """Run one statement, waiting for locks."""
        try:
            return super().execute(sql, parameters)
        except sqlite3.OperationalError as exc:
            if not _waitable(exc):
                raise
            self._again(exc, functools.partial(super().execute, sql, parameters))
            return self

    def executemany(self, sql: str, seq_of_parameters: Iterable[Any], /) -> Self:
        """Run one statement per entry, waiting for locks."""
        rows = list(seq_of_parameters)
        try:
            return super().executemany(sql, rows)
        except sqlite3.OperationalError as exc:
            if not _waitable(exc):
                raise
            self._again(exc, functools.partial(super().executemany, sql, rows))
            return self

    def _again(self, error: sqlite3.OperationalError, attempt: Callable[[], Any]) -> None:
        """Repeat *attempt* until it passes the lock or the time is up."""
        connection: Any = self.connection
        deadline = time.monotonic() + connection.lock_timeout
        number = 0
        while time.monotonic() < deadline:
            pause = PAUSES[min(number, len(PAUSES) - 1)]
            number += 1
            if in_bridge():
                await_only(asyncio.sleep(pause))
            else:
                time.sleep(pause)
            try:
                attempt()
                return
            except sqlite3.OperationalError as exc:
                if not _waitable(exc):
                    raise
                error = exc
        raise error


def attempt_of(cursor: WaitingCursor) -> Callable[[str, Any], list[Row] | None]:
    """Return the function from SQL and arguments to rows; it gives None where another connection holds the lock."""
    execute, fetchall = super(WaitingCursor, cursor).execute, cursor.fetchall

    def attempt(sql: str, args: Any) -> list[Row] | None:
        try:
            execute(sql, args)
        except sqlite3.OperationalError as exc:
            if not _waitable(exc):
                raise
            return None
        return fetchall()

    return attempt


def read_of(cursor: WaitingCursor) -> Callable[[str, Any], list[Row]]:
    """Return the function from SQL and arguments to rows; it waits for locks."""
    execute, fetchall = super(WaitingCursor, cursor).execute, cursor.fetchall

    def read(sql: str, args: Any) -> list[Row]:
        try:
            execute(sql, args)
        except sqlite3.OperationalError as exc:
            if not _waitable(exc):
                raise
            cursor._again(exc, functools.partial(execute, sql, args))
        return fetchall()

    return read


def _waitable(exc: sqlite3.OperationalError) -> bool:
    code = getattr(exc, "sqlite_errorcode", 0)
    return code != SQLITE_BUSY_SNAPSHOT and code & 0xFF in {SQLITE_BUSY, SQLITE_LOCKED}


class SQLiteCursorWrapper(WaitingCursor):
    """A cursor that takes ``%s`` and ``%(name)s`` parameters."""

    def execute(self, sql: str, parameters: Any = None, /) -> Self:
        """Run one statement; without parameters the text is sent as it is."""
        if parameters is None:
            return super().execute(sql)
        names = list(parameters) if isinstance(parameters, Mapping) else None
        return super().execute(self.convert_query(sql, param_names=names), parameters)

    def executemany(self, sql: str, seq_of_parameters: Iterable[Any], /) -> Self:
        """Run one statement per entry."""
        peekable, rows = tee(iter(seq_of_parameters))
        first = next(peekable, None)
        if first is None:
            return super().executemany(self.convert_query(sql), [])
        names = list(first) if isinstance(first, Mapping) else None
        return super().executemany(self.convert_query(sql, param_names=names), rows)

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """Return *query* with SQLite's own placeholders."""
        if param_names is None:
            return FORMAT_QMARK.sub("?", query).replace("%%", "%")
        return query % {name: f":{name}" for name in param_names}
