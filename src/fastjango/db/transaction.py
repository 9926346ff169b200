"""
Transactions: ``atomic``, savepoints, ``on_commit``, autocommit.

``atomic()`` is a context manager for ``with`` and ``async with`` and a decorator for sync and async functions. It sends
BEGIN, SAVEPOINT, COMMIT and ROLLBACK through the connection object (``backends/base/transactions.py``).
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import random
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar, overload

from fastjango.core.exceptions import fix
from fastjango.db.backends.base.transactions import BeginOptions, Transactions
from fastjango.db.bridge import await_only, bridge, in_bridge
from fastjango.db.connections import connections
from fastjango.db.context import Hold
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.errors import DatabaseError, Error, ProgrammingError, TransactionManagementError

F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "Atomic",
    "Attempt",
    "ProgrammingError",
    "TransactionManagementError",
    "atomic",
    "clean_savepoints",
    "commit",
    "get_autocommit",
    "get_connection",
    "get_rollback",
    "mark_for_rollback_on_error",
    "non_atomic_requests",
    "on_commit",
    "rollback",
    "savepoint",
    "savepoint_commit",
    "savepoint_rollback",
    "set_autocommit",
    "set_rollback",
]


def get_connection(using: str | None = None) -> Any:
    """Return the connection object of an alias."""
    return connections[DEFAULT_DB_ALIAS if using is None else using]


def get_autocommit(using: str | None = None) -> bool:
    """Whether each statement commits itself."""
    return bool(get_connection(using).get_autocommit())


def set_autocommit(autocommit: bool, using: str | None = None) -> None:
    """Switch autocommit."""
    get_connection(using).set_autocommit(autocommit)


def commit(using: str | None = None) -> None:
    """Commit the open transaction."""
    get_connection(using).commit()


def rollback(using: str | None = None) -> None:
    """Roll the open transaction back."""
    get_connection(using).rollback()


def savepoint(using: str | None = None) -> Any:
    """Make a savepoint and return its id."""
    return get_connection(using).savepoint()


def savepoint_rollback(sid: str, using: str | None = None) -> None:
    """Go back to a savepoint."""
    get_connection(using).savepoint_rollback(sid)


def savepoint_commit(sid: str, using: str | None = None) -> None:
    """Release a savepoint."""
    get_connection(using).savepoint_commit(sid)


def clean_savepoints(using: str | None = None) -> None:
    """Start the numbering of savepoints anew."""
    get_connection(using).clean_savepoints()


def get_rollback(using: str | None = None) -> bool:
    """Whether the innermost block will be rolled back."""
    return bool(get_connection(using).get_rollback())


def set_rollback(rollback: bool, using: str | None = None) -> None:
    """Say whether the innermost block shall be rolled back at its end."""
    get_connection(using).set_rollback(rollback)


def on_commit(func: Callable[[], Any], using: str | None = None, robust: bool = False) -> None:
    """Call *func* after the commit, or now outside a transaction; *robust* logs its errors instead of raising."""
    get_connection(using).on_commit(func, robust)


@contextmanager
def mark_for_rollback_on_error(using: str | None = None) -> Generator[None]:
    """Let an error inside the block doom the surrounding ``atomic`` block; cheaper than a savepoint."""
    try:
        yield
    except Exception as exc:
        connection = get_connection(using)
        if connection.in_atomic_block:
            connection.needs_rollback = True
            connection.rollback_exc = exc
        raise


class Atomic:
    """
    A block whose statements happen together or not at all.

    Nested blocks are savepoints. Use :func:`atomic` to make one.
    """

    _from_testcase: bool

    def __init__(
        self,
        using: str | None,
        savepoint: bool,
        durable: bool,
        *,
        retry: int = 0,
        isolation: str | None = None,
        read_only: bool = False,
    ) -> None:
        self.using = using
        self.savepoint = savepoint
        self.durable = durable
        self.retry = retry
        self.isolation = isolation
        self.read_only = read_only
        self._from_testcase = False

    # --- as a context manager -----------------------------------------------------------------

    def __enter__(self) -> None:
        if self.retry:
            raise fix(
                TypeError("A block cannot be repeated: atomic(retry=...) is a decorator, or gives blocks in a loop."),
                "for attempt in atomic(retry=...): with attempt: ...",
                code="db.E105",
            )
        self._enter()

    def _enter(self) -> None:
        connection = get_connection(self.using)
        hold: Hold | None = connection.hold_here()
        inside = hold is not None and hold.in_atomic_block
        if inside and hold is not None and hold.atomic_blocks and not hold.atomic_blocks[-1]._from_testcase:
            if self.durable:
                raise RuntimeError("A durable atomic block cannot be nested within another atomic block.")
            if self.isolation or self.read_only:
                raise TransactionManagementError("isolation and read_only belong to the outermost atomic block.")
        if hold is None or not inside:
            outermost: Hold = connection.open_hold()
            self._enter_outermost(connection, outermost)
            hold = outermost
        elif self.savepoint and not hold.needs_rollback:
            hold.savepoint_ids.append(connection.savepoint())
        else:
            hold.savepoint_ids.append(None)
        hold.atomic_blocks.append(self)

    def _enter_outermost(self, connection: Any, hold: Hold) -> None:
        """Begin a transaction, or join one that was begun by switching autocommit off."""
        hold.commit_on_exit = True
        hold.needs_rollback = False
        hold.everywhere = self._from_testcase
        if not hold.autocommit:
            # The surrounding code manages the transaction; our end must not commit it.
            hold.in_atomic_block = True
            hold.commit_on_exit = False
            if self.savepoint:
                hold.savepoint_ids.append(connection.savepoint())
            else:
                hold.savepoint_ids.append(None)
            return
        if self.isolation or self.read_only:
            hold.begin_options = BeginOptions(self.isolation, self.read_only)
        hold.autocommit = False
        try:
            connection.begin(hold)
        except BaseException:
            hold.autocommit = True
            connection.release_hold(hold)
            raise
        hold.in_atomic_block = True

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        connection = get_connection(self.using)
        hold: Hold | None = connection.hold_here()
        if hold is None:
            return
        if hold.atomic_blocks:
            hold.atomic_blocks.pop()
        sid: str | None = None
        nested = bool(hold.savepoint_ids)
        if nested:
            sid = hold.savepoint_ids.pop()
        else:
            hold.in_atomic_block = False
        try:
            if hold.closed_in_transaction:
                pass
            elif exc_type is None and not hold.needs_rollback:
                self._succeed(connection, hold, sid)
            else:
                hold.needs_rollback = False
                with connection.shielded(hold.lease, exc):
                    self._fail(connection, hold, sid)
        finally:
            self._leave(connection, hold)

    def _succeed(self, connection: Any, hold: Hold, sid: str | None) -> None:
        """Commit, or release the savepoint."""
        if hold.in_atomic_block:
            if sid is None:
                return
            try:
                connection.savepoint_commit(sid)
            except DatabaseError:
                try:
                    connection.savepoint_rollback(sid)
                    connection.savepoint_commit(sid)
                except Error:
                    # The savepoint is lost: only the outer block can clean up.
                    hold.needs_rollback = True
                raise
            return
        try:
            connection.commit()
        except DatabaseError:
            try:
                connection.rollback()
            except Error:
                connection.close()
            raise
        except BaseException as exc:
            # Cancelled in the middle of COMMIT: whether it happened is unknown, the connection is not reusable.
            with connection.shielded(hold.lease, exc):
                connection.abandon(hold)
            raise

    def _fail(self, connection: Any, hold: Hold, sid: str | None) -> None:
        """Roll back, or go back to the savepoint."""
        if hold.in_atomic_block:
            if sid is None:
                hold.needs_rollback = True
                return
            try:
                connection.savepoint_rollback(sid)
                connection.savepoint_commit(sid)
            except Error:
                hold.needs_rollback = True
            return
        try:
            connection.rollback()
        except Error:
            connection.close()
        except BaseException:
            connection.abandon(hold)
            raise

    def _leave(self, connection: Any, hold: Hold) -> None:
        """Go back to autocommit after the outermost block."""
        if not hold.in_atomic_block:
            if hold.closed_in_transaction:
                hold.closed_in_transaction = False
                hold.needs_rollback = False
                hold.kept = False
                hold.autocommit = True
                hold.run_on_commit = []
                connection.release_hold(hold)
            elif not hold.finished:
                connection.set_autocommit(True)
        elif not hold.savepoint_ids and not hold.commit_on_exit:
            if hold.closed_in_transaction:
                hold.lease = None
            else:
                hold.in_atomic_block = False

    async def __aenter__(self) -> None:
        await bridge(self.__enter__)

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await bridge(self.__exit__, exc_type, exc, tb)

    # --- in a loop ----------------------------------------------------------------------------

    def __iter__(self) -> Generator[Attempt]:
        """
        Yield a block for each attempt, until one ends well: ``for attempt in atomic(retry=3): with attempt: ...``.

        A deadlock or serialization failure ends a block without an error while attempts are left, after a pause.
        """
        for number in range(1, self.retry + 2):
            attempt = Attempt(self, number)
            yield attempt
            if not attempt.failed:
                return

    # --- as a decorator -----------------------------------------------------------------------

    def _once(self) -> Atomic:
        """Return the block for one call of a decorated function."""
        block = Atomic(self.using, self.savepoint, self.durable, isolation=self.isolation, read_only=self.read_only)
        block._from_testcase = self._from_testcase
        return block

    def __call__(self, func: F) -> F:
        if inspect.iscoroutinefunction(func):

            @functools.wraps(func)
            async def async_inner(*args: Any, **kwargs: Any) -> Any:
                attempt = 0
                while True:
                    try:
                        async with self._once():
                            return await func(*args, **kwargs)
                    except DatabaseError as exc:
                        attempt += 1
                        if not self._may_repeat(exc, attempt):
                            raise
                        await asyncio.sleep(_pause(attempt))

            return async_inner  # type: ignore[return-value]  # same signature by wraps

        @functools.wraps(func)
        def inner(*args: Any, **kwargs: Any) -> Any:
            attempt = 0
            while True:
                try:
                    with self._once():
                        return func(*args, **kwargs)
                except DatabaseError as exc:
                    attempt += 1
                    if not self._may_repeat(exc, attempt):
                        raise
                    _rest(attempt)

        return inner  # type: ignore[return-value]  # same signature by wraps

    def _may_repeat(self, exc: DatabaseError, attempt: int) -> bool:
        """Whether a failed call is repeated: a deadlock or serialization failure of an outermost block."""
        if attempt > self.retry:
            return False
        connection = get_connection(self.using)
        return not connection.in_atomic_block and connection.is_retryable(exc)


class Attempt:
    """One block of a loop over ``atomic(retry=...)``, for ``with`` and ``async with``."""

    def __init__(self, wish: Atomic, number: int) -> None:
        self.number = number
        # Whether the block is to be repeated.
        self.failed = False
        self._wish = wish
        self._block = wish._once()

    def __enter__(self) -> Attempt:
        """Begin; the number of the attempt is ``number``, from 1."""
        self._block.__enter__()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> bool:
        """End the block; returns whether the error is kept because the block will be repeated."""
        try:
            self._block.__exit__(exc_type, exc, tb)
        except DatabaseError as error:
            # A commit may fail as well.
            self.failed = self._wish._may_repeat(error, self.number)
            if not self.failed:
                raise
        else:
            self.failed = isinstance(exc, DatabaseError) and self._wish._may_repeat(exc, self.number)
        if self.failed:
            _rest(self.number)
        return self.failed

    async def __aenter__(self) -> Attempt:
        return await bridge(self.__enter__)

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> bool:
        return await bridge(self.__exit__, exc_type, exc, tb)


def _rest(attempt: int) -> None:
    """Wait before the next attempt; a bridge awaits."""
    if in_bridge():
        await_only(asyncio.sleep(_pause(attempt)))
    else:
        time.sleep(_pause(attempt))


def _pause(attempt: int) -> float:
    """Return the seconds before the next attempt, with jitter."""
    return random.uniform(0.5, 1.5) * 0.01 * float(2**attempt)


@overload
def atomic(using: F) -> F: ...


@overload
def atomic(
    using: str | None = None,
    savepoint: bool = True,
    durable: bool = False,
    *,
    retry: int = 0,
    isolation: str | None = None,
    read_only: bool = False,
) -> Atomic: ...


def atomic(
    using: Any = None,
    savepoint: bool = True,
    durable: bool = False,
    *,
    retry: int = 0,
    isolation: str | None = None,
    read_only: bool = False,
) -> Any:
    """
    Return a block whose statements happen together or not at all.

    Args:
        using: The alias.
        savepoint: Whether a nested block can be rolled back on its own.
        durable: Insist on being the outermost block, so that its end is a commit.
        retry: How often a decorated function, or the block of a ``for`` loop, is repeated after a deadlock or
            serialization failure.
        isolation: Isolation level of the outermost block, for example ``"serializable"``.
        read_only: Whether the block only reads.
    """
    if callable(using):
        return Atomic(DEFAULT_DB_ALIAS, savepoint, durable)(using)
    return Atomic(using, savepoint, durable, retry=retry, isolation=isolation, read_only=read_only)


def _non_atomic_requests(view: Any, using: str) -> Any:
    aliases = getattr(view, "_non_atomic_requests", None)
    if aliases is None:
        aliases = view._non_atomic_requests = set()
    aliases.add(using)
    return view


def non_atomic_requests(using: Any = None) -> Any:
    """Exempt a view from ``ATOMIC_REQUESTS``; a decorator, with or without an alias."""
    if callable(using):
        return _non_atomic_requests(using, DEFAULT_DB_ALIAS)
    alias = DEFAULT_DB_ALIAS if using is None else using
    return lambda view: _non_atomic_requests(view, alias)


# Backends open blocks too, but stand below this module.
Transactions.atomic_class = Atomic
