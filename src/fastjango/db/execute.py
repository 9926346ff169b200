"""
The only sender of the ORM's statements.

SQL comes compiled, with positional parameters in the style of the alias' dialect (``?`` on SQLite, ``%s`` elsewhere).
Outside a transaction a connection is taken from the pool for the statement; inside, the context's own is used.
"""

from __future__ import annotations

from asyncio import _get_running_loop
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.db.backends.utils import CursorDebugWrapper, CursorWrapper
from fastjango.db.bridge import bridge, guard_loop
from fastjango.db.connections import connections
from fastjango.db.context import Context, Hold
from fastjango.db.pool import Lease, LeasePool
from fastjango.utils.loops import OTHER_LOOP, loaded_modules

Row = tuple[Any, ...]


def fetch(alias: str, sql: str, args: Sequence[Any] = ()) -> list[Row]:
    """Run a statement that returns rows. Queries: 1."""
    db = connections[alias]
    if _get_running_loop() is not None or OTHER_LOOP in loaded_modules:
        guard_loop()
    if db.var.get() is None and not db.thread_sharing and not (db.base_log.forced or settings.DEBUG):
        pool = db.pool
        lease = pool.take()
        try:
            cursor = lease.cursor or db.open_cursor(lease)
            rows: list[Row]
            if lease.read is not None:
                rows = lease.read(sql, args)
            else:
                cursor.execute(sql, args)
                rows = cursor.fetchall()
        except BaseException as exc:
            raise _failed(db, lease, exc)  # noqa: B904  # the cause is set where it is translated
        pool.give(lease)
        return rows
    return _run(db, sql, args, _rows)  # type: ignore[no-any-return]  # what _rows returns


def fetch_ready(db: Any, sql: str, args: Sequence[Any], waits: bool) -> list[Row] | None:
    """
    Run a compiled read on a connection that lies ready; None: it was not run, ``fetch()`` has to do it. Queries: 1.

    Args:
        waits: Whether the caller may be kept waiting; where not, it needs no bridge.
    """
    if waits and (_get_running_loop() is not None or OTHER_LOOP in loaded_modules):
        guard_loop()
    context: Context | None = db.var.get()
    if context is not None or db.thread_sharing:
        return _fetch_held(db, context, sql, args) if waits else None
    if db.base_log.forced or settings.DEBUG:
        return None
    pool: LeasePool | None = db._pool
    lease = None if pool is None else pool.take_ready()
    if pool is None or lease is None:
        return None
    read = lease.read if waits else lease.attempt
    try:
        rows = None if read is None else read(sql, args)
    except BaseException as exc:
        raise _failed(db, lease, exc)  # noqa: B904  # the cause is set where it is translated
    pool.give_ready(lease)
    return rows


def _fetch_held(db: Any, context: Context | None, sql: str, args: Sequence[Any]) -> list[Row] | None:
    """Run a compiled read on the connection that the context holds; None where somebody else has a say in it."""
    if (context is not None and context.wrappers) or db.queries_logged or not apps.ready:
        return None
    hold: Hold | None = db.hold_here()
    if hold is None or hold.gate is not None:
        return None
    lease: Lease = db.lease_of(hold)
    if lease.read is None:
        return None
    try:
        return lease.read(sql, args)
    except Exception as exc:
        ours = db.translated(exc)
        if ours is exc:
            raise
        raise ours from exc


async def afetch_ready(db: Any, sql: str, args: Sequence[Any]) -> list[Row] | None:
    """See ``fetch_ready``; the driver is awaited without a bridge."""
    if db.var.get() is not None or db.thread_sharing or db.base_log.forced or settings.DEBUG:
        return None
    pool: LeasePool | None = db._pool
    lease = None if pool is None else pool.take_ready()
    if pool is None or lease is None:
        return None
    try:
        rows = None if lease.aread is None else await lease.aread(sql, args)
    except BaseException as exc:
        raise await bridge(_failed, db, lease, exc)  # noqa: B904  # the cause is set where it is translated
    pool.give_ready(lease)
    return rows


def change(alias: str, sql: str, args: Sequence[Any] = ()) -> int:
    """Run a statement and return how many rows it changed. Queries: 1."""
    return _run(connections[alias], sql, args, _rowcount)  # type: ignore[no-any-return]


def insert_id(alias: str, sql: str, args: Sequence[Any] = ()) -> int:
    """Run an INSERT and return the key that the database gave. Queries: 1."""
    return _run(connections[alias], sql, args, _lastrowid)  # type: ignore[no-any-return]


def change_many(alias: str, sql: str, rows: Iterable[Sequence[Any]]) -> int:
    """Run a statement once per entry of *rows*."""
    return _run(connections[alias], sql, list(rows), _rowcount, many=True)  # type: ignore[no-any-return]


def stream(alias: str, sql: str, args: Sequence[Any] = (), chunk_size: int = 2000) -> Iterator[list[Row]]:
    """Run a statement and give its rows in chunks; the connection is in use until the last one."""
    db = connections[alias]
    guard_loop()
    yield from db.stream_rows(sql, args, chunk_size)


def run(alias: str, statement: sqlalchemy.Executable) -> list[Row]:
    """Compile and run a SQLAlchemy statement that returns rows."""
    sql, args = compiled(alias, statement)
    return fetch(alias, sql, args)


def run_count(alias: str, statement: sqlalchemy.Executable) -> int:
    """Compile and run a SQLAlchemy statement and return how many rows it changed."""
    sql, args = compiled(alias, statement)
    return change(alias, sql, args)


def compiled(alias: str, statement: Any) -> tuple[str, tuple[Any, ...]]:
    """Return SQL and driver parameters of a SQLAlchemy statement."""
    result = statement.compile(dialect=connections[alias].dialect, compile_kwargs={"render_postcompile": True})
    names = getattr(result, "positiontup", None) or ()
    values = result.params
    processors = getattr(result, "_bind_processors", {})
    args = tuple(processors[name](values[name]) if name in processors else values[name] for name in names)
    return str(result), args


# --- how a statement is run ---------------------------------------------------------------------


def _rows(cursor: Any) -> Any:
    return cursor.fetchall()


def _rowcount(cursor: Any) -> Any:
    return cursor.rowcount


def _lastrowid(cursor: Any) -> Any:
    return cursor.lastrowid


def _run(db: Any, sql: str, args: Any, consume: Callable[[Any], Any], many: bool = False) -> Any:
    """Run a statement on the context's connection or on one from the pool."""
    if _get_running_loop() is not None or OTHER_LOOP in loaded_modules:
        guard_loop()
    context: Context | None = db.var.get()
    hold: Hold | None = db.hold_here() if context is not None or db.thread_sharing else None
    # Before the apps are ready a query warns, which is the shell's work too.
    wrapped = (context is not None and bool(context.wrappers)) or db.queries_logged or not apps.ready
    if hold is None:
        lease: Lease = db.pool.take()
        try:
            result = _send(db, lease, sql, args, consume, many, wrapped)
        except BaseException as exc:
            raise _failed(db, lease, exc)  # noqa: B904  # the cause is set where it is translated
        db.pool.give(lease)
        return result
    lease = db.lease_of(hold)
    try:
        if hold.gate is None:
            return _send(db, lease, sql, args, consume, many, wrapped)
        with hold.gate:
            return _send(db, lease, sql, args, consume, many, wrapped)
    except Exception as exc:
        ours = db.translated(exc)
        if ours is exc:
            raise
        raise ours from exc


def _send(db: Any, lease: Lease, sql: str, args: Any, consume: Callable[[Any], Any], many: bool, wrapped: bool) -> Any:
    """Hand the statement to the driver, through wrappers and log if there are any."""
    cursor = lease.cursor or db.open_cursor(lease)
    if not wrapped:
        if consume is _rows and lease.read is not None:
            return lease.read(sql, args)
        if many:
            cursor.executemany(sql, args)
        else:
            cursor.execute(sql, args)
        return consume(cursor)
    shell = CursorDebugWrapper(cursor, db) if db.queries_logged else CursorWrapper(cursor, db)
    if many:
        shell.executemany(sql, args)
    else:
        shell.execute(sql, args)
    with db.wrap_database_errors:
        return consume(cursor)


def _failed(db: Any, lease: Lease, exc: BaseException) -> BaseException:
    """Give a lease back after an error and return the error to raise."""
    if isinstance(exc, Exception) and not db.raw_is_closed(lease.raw):
        with db.shielded(lease, exc):
            db.pool.give(lease)
    else:
        # Cancelled or disconnected: keep the connection only if it is certainly idle.
        with db.shielded(lease, exc):
            db.give_or_drop(lease)
    ours: BaseException = db.translated(exc)
    return ours


@contextmanager
def no_transaction(alias: str) -> Generator[Lease]:
    """Give a lease outside any transaction, for statements that may not run in one."""
    db = connections[alias]
    lease = db.pool.take()
    try:
        yield lease
    finally:
        db.pool.give(lease)
