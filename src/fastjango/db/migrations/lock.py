"""
One ``migrate`` at a time: several workers that start together apply each migration once.

PostgreSQL and MySQL have locks that belong to a session: whatever ends the process frees them. SQLite gets a file beside
the database, locked by the operating system, which frees it likewise.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from fastjango.db.utils import DatabaseError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_KEY = zlib.crc32(b"fastjango.migrate")
_PAUSE_SECONDS = 0.1


def _nothing() -> None:
    """Nobody wants to hear of the waiting."""


@contextmanager
def migration_lock(connection: Any, waiting: Callable[[], None] = _nothing) -> Iterator[None]:
    """
    Hold the database's lock for migrations during the block.

    Args:
        waiting: Called once when another process holds the lock and this one has to wait.
    """
    holders: dict[str, Any] = {"postgresql": _postgresql, "mysql": _mysql, "sqlite": _sqlite}
    holder = holders.get(connection.vendor)
    if holder is None:
        yield
        return
    with holder(connection, waiting):
        yield


def _ask(connection: Any, sql: str, params: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


@contextmanager
def _postgresql(connection: Any, waiting: Callable[[], None]) -> Iterator[None]:
    if not _ask(connection, "SELECT pg_try_advisory_lock(%s)", [_KEY]):
        waiting()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_KEY])
    try:
        yield
    finally:
        # A session that is gone, or whose transaction is broken, has no lock to give back, or gives it back when it ends.
        with suppress(DatabaseError):
            _ask(connection, "SELECT pg_advisory_unlock(%s)", [_KEY])


@contextmanager
def _mysql(connection: Any, waiting: Callable[[], None]) -> Iterator[None]:
    # These locks are the server's, not the database's.
    name = f"fastjango.migrate.{zlib.crc32(str(connection.settings_dict['NAME']).encode()):x}"
    if _ask(connection, "SELECT GET_LOCK(%s, 0)", [name]) != 1:
        waiting()
        while _ask(connection, "SELECT GET_LOCK(%s, 10)", [name]) != 1:
            pass
    try:
        yield
    finally:
        with suppress(DatabaseError):
            _ask(connection, "SELECT RELEASE_LOCK(%s)", [name])


@contextmanager
def _sqlite(connection: Any, waiting: Callable[[], None]) -> Iterator[None]:
    path = _lock_path(connection)
    if path is None:
        # A database in memory belongs to this process alone.
        yield
        return
    handle = _locked_file(path, waiting)
    try:
        yield
    finally:
        # The name goes while the lock is held: who waits for the old file sees that it is not the one by this name.
        with suppress(OSError):
            os.unlink(path)
        os.close(handle)


def _lock_path(connection: Any) -> str | None:
    name = os.fspath(connection.settings_dict["NAME"] or "")
    if connection.is_in_memory_db() or name.startswith("file:") or not name:
        return None
    return f"{name}-migrate"


def _locked_file(path: str, waiting: Callable[[], None]) -> int:
    """Return an open file that this process alone has locked, and that still has its name."""
    told = False
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if _try_lock(handle):
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), os.stat(path)):
                    return handle
            os.close(handle)
            continue
        os.close(handle)
        if not told:
            told = True
            waiting()
        time.sleep(_PAUSE_SECONDS)


def _try_lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def lock_timeout(connection: Any, seconds: float | None) -> Iterator[None]:
    """Let statements of the block give up that wait longer than this for a lock; ``None`` waits as long as it takes."""
    if seconds is None or connection.vendor not in _TIMEOUTS:
        yield
        return
    set_it, reset = _TIMEOUTS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(set_it(seconds))
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute(reset)


def is_lock_timeout(exc: BaseException) -> bool:
    """Return whether a statement gave up waiting for a lock, or was chosen to end a deadlock."""
    cause = exc.__cause__
    number = cause.args[0] if cause is not None and cause.args else None
    return getattr(cause, "sqlstate", None) in ("55P03", "40P01") or number in (1205, 1213)


# What sets the longest wait for a lock, and what sets it back. MySQL counts whole seconds.
_TIMEOUTS: dict[str, tuple[Callable[[float], str], str]] = {
    "postgresql": (lambda seconds: f"SET lock_timeout = {max(1, round(seconds * 1000))}", "RESET lock_timeout"),
    "mysql": (
        lambda seconds: f"SET SESSION lock_wait_timeout = {max(1, round(seconds))}",
        "SET SESSION lock_wait_timeout = DEFAULT",
    ),
}

__all__ = ["is_lock_timeout", "lock_timeout", "migration_lock"]
