"""
Transactions of a connection object: holds, autocommit, savepoints, ``on_commit``.

The second layer of ``BaseDatabaseWrapper``. ``fastjango.db.transaction`` is the public door; this layer keeps the state
in the context's ``Hold`` and sends BEGIN, COMMIT and SAVEPOINT itself, because the drivers run in autocommit.
"""

from __future__ import annotations

import _thread
import copy
import logging
from collections.abc import Callable
from typing import Any

from fastjango.db.backends.base.pooling import PooledConnections
from fastjango.db.backends.utils import debug_transaction
from fastjango.db.bridge import guard_loop
from fastjango.db.context import Context, Hold
from fastjango.db.errors import TransactionManagementError
from fastjango.db.pool import Lease

logger = logging.getLogger("fastjango.db.backends.base")

BROKEN = "An error occurred in the current transaction. You can't execute queries until the end of the 'atomic' block."


class BeginOptions:
    """How a transaction is begun: isolation level and read-only flag."""

    __slots__ = ("isolation", "read_only")

    def __init__(self, isolation: str | None, read_only: bool) -> None:
        self.isolation = isolation
        self.read_only = read_only


class Transactions(PooledConnections):
    """What a connection object knows and does about transactions."""

    # Filled by fastjango.db.transaction.
    atomic_class: Any = None

    def __init__(self, settings_dict: dict[str, Any], alias: str) -> None:
        super().__init__(settings_dict, alias)
        self.thread_sharing = 0
        self.shared_hold: Hold | None = None
        self._savepoint_counter = 0

    @property
    def queries_logged(self) -> bool:
        """Whether statements are logged now."""
        return False

    # --- holds --------------------------------------------------------------------------------

    def hold_here(self) -> Hold | None:
        """Return the hold that the running task and thread may use."""
        context = self.var.get()
        hold = context.hold if context is not None else None
        if hold is None:
            hold = self.shared_hold if self.thread_sharing else None
        if hold is not None and hold.usable_here(self.thread_sharing):
            return hold
        return None

    def open_hold(self) -> Hold:
        """Return the context's hold, opening one with a connection if there is none."""
        guard_loop()
        hold = self.hold_here()
        if hold is None:
            hold = Hold(self.alias)
            hold.lease = self.pool.take()
            self._set_hold(hold)
        elif hold.lease is None and not hold.closed_in_transaction:
            hold.lease = self.pool.take()
        return hold

    def _set_hold(self, hold: Hold | None) -> None:
        context = self.var.get()
        wrappers = context.wrappers if context is not None else ()
        log = context.log if context is not None else None
        plain = hold is None and not wrappers and log is None
        self.var.set(None if plain else Context(hold, wrappers, log))

    def release_hold(self, hold: Hold) -> None:
        """Give the hold's connection back; a kept one stays with its context."""
        hold.begun = False
        hold.begin_options = None
        if (hold.kept or hold.unchecked) and hold.lease is not None and not hold.closed_in_transaction:
            return
        hold.finished = True
        hold.task = None  # a task, its context and the hold would form a circle
        lease, hold.lease = hold.lease, None
        context = self.var.get()
        if context is not None and context.hold is hold:
            self._set_hold(None)
        if self.shared_hold is hold:
            self.shared_hold = None
        if lease is not None:
            self.pool.give(lease)

    def lease_of(self, hold: Hold) -> Lease:
        """Return the hold's lease, with a transaction begun if autocommit is off."""
        if hold.needs_rollback and hold.in_atomic_block:
            raise TransactionManagementError(BROKEN) from hold.rollback_exc
        if hold.lease is None:
            hold.lease = self.pool.take()
        if not hold.autocommit and not hold.begun:
            self.begin(hold)
        return hold.lease

    # --- state, as attributes -----------------------------------------------------------------

    def _state(self, name: str, default: Any) -> Any:
        hold = self.hold_here()
        return default if hold is None else getattr(hold, name)

    @property
    def in_atomic_block(self) -> bool:
        """Whether an ``atomic()`` block is open."""
        return bool(self._state("in_atomic_block", False))

    @property
    def autocommit(self) -> bool:
        """Whether each statement commits itself."""
        return bool(self._state("autocommit", True))

    @property
    def savepoint_ids(self) -> list[str | None]:
        """The savepoints of the open blocks, outermost first."""
        found: list[str | None] = self._state("savepoint_ids", [])
        return found

    @property
    def atomic_blocks(self) -> list[Any]:
        """The open ``Atomic`` objects, outermost first."""
        found: list[Any] = self._state("atomic_blocks", [])
        return found

    @property
    def commit_on_exit(self) -> bool:
        """Whether the outermost block ends the transaction."""
        return bool(self._state("commit_on_exit", True))

    @property
    def closed_in_transaction(self) -> bool:
        """Whether the connection was closed inside a block."""
        return bool(self._state("closed_in_transaction", False))

    @property
    def needs_rollback(self) -> bool:
        """Whether the innermost block will be rolled back."""
        return bool(self._state("needs_rollback", False))

    @needs_rollback.setter
    def needs_rollback(self, value: bool) -> None:
        hold = self.hold_here()
        if hold is not None:
            hold.needs_rollback = value

    @property
    def rollback_exc(self) -> BaseException | None:
        """The error because of which the block will be rolled back."""
        found: BaseException | None = self._state("rollback_exc", None)
        return found

    @rollback_exc.setter
    def rollback_exc(self, value: BaseException | None) -> None:
        hold = self.hold_here()
        if hold is not None:
            hold.rollback_exc = value

    @property
    def run_on_commit(self) -> list[Any]:
        """The functions that wait for the commit: ``(savepoint ids, function, robust)``."""
        found: list[Any] = self._state("run_on_commit", [])
        return found

    @run_on_commit.setter
    def run_on_commit(self, value: list[Any]) -> None:
        hold = self.hold_here()
        if hold is not None:
            hold.run_on_commit = value

    # --- the three statements -----------------------------------------------------------------

    def begin_sql(self, options: BeginOptions | None) -> list[str]:
        """Return the statements that begin a transaction."""
        return ["BEGIN"]

    def send(self, hold: Hold, sql: str) -> None:
        """Send a transaction statement on the hold's connection."""
        lease = hold.lease
        if lease is None:
            return
        if self.queries_logged:
            with debug_transaction(self, sql):
                self._send(hold, lease, sql)
        else:
            self._send(hold, lease, sql)

    def _send(self, hold: Hold, lease: Lease, sql: str) -> None:
        cursor = lease.cursor or self.open_cursor(lease)
        try:
            if hold.gate is None:
                cursor.execute(sql)
            else:
                with hold.gate:
                    cursor.execute(sql)
        except Exception as exc:
            ours = self.translated(exc)
            if ours is exc:
                raise
            raise ours from exc

    def begin(self, hold: Hold) -> None:
        """Begin a transaction on the hold."""
        hold.begun = True
        try:
            for sql in self.begin_sql(hold.begin_options):
                self.send(hold, sql)
        except BaseException:
            hold.begun = False
            raise

    def _commit(self) -> None:
        hold = self.hold_here()
        if hold is not None and hold.begun:
            self.send(hold, "COMMIT")
            hold.begun = False

    def _rollback(self) -> None:
        hold = self.hold_here()
        if hold is not None and hold.begun:
            self.send(hold, "ROLLBACK")
            hold.begun = False

    def commit(self) -> None:
        """Commit the open transaction and mark ``on_commit`` functions as due."""
        guard_loop()
        self.validate_thread_sharing()
        self.validate_no_atomic_block()
        self._commit()
        self.errors_occurred = False
        hold = self.hold_here()
        if hold is not None:
            hold.run_commit_hooks_on_set_autocommit_on = True

    def rollback(self) -> None:
        """Roll the open transaction back and forget its ``on_commit`` functions."""
        guard_loop()
        self.validate_thread_sharing()
        self.validate_no_atomic_block()
        self._rollback()
        self.errors_occurred = False
        hold = self.hold_here()
        if hold is not None:
            hold.needs_rollback = False
            hold.run_on_commit = []

    # --- savepoints ---------------------------------------------------------------------------

    def _savepoint(self, sid: str) -> None:
        self._savepoint_statement(self.ops.savepoint_create_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        self._savepoint_statement(self.ops.savepoint_rollback_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._savepoint_statement(self.ops.savepoint_commit_sql(sid))

    def _savepoint_statement(self, sql: str) -> None:
        """Send a savepoint statement; wrappers and log see it like any other."""
        context = self.var.get()
        hold = self.hold_here()
        if hold is None or self.queries_logged or (context is not None and context.wrappers):
            with self.cursor() as cursor:
                cursor.execute(sql)
            return
        self._send(hold, self.lease_of(hold), sql)

    def _savepoint_allowed(self) -> bool:
        return bool(self.features.uses_savepoints and not self.get_autocommit())

    def savepoint(self) -> str | None:
        """Make a savepoint and return its id; ``None`` when there is no transaction."""
        if not self._savepoint_allowed():
            return None
        self._savepoint_counter += 1
        sid = f"s{_thread.get_ident()}_x{self._savepoint_counter}"
        self.validate_thread_sharing()
        self._savepoint(sid)
        return sid

    def savepoint_rollback(self, sid: str) -> None:
        """Go back to a savepoint; ``on_commit`` functions registered since are forgotten."""
        if not self._savepoint_allowed():
            return
        self.validate_thread_sharing()
        self._savepoint_rollback(sid)
        self.run_on_commit = [entry for entry in self.run_on_commit if sid not in entry[0]]

    def savepoint_commit(self, sid: str) -> None:
        """Release a savepoint."""
        if not self._savepoint_allowed():
            return
        self.validate_thread_sharing()
        self._savepoint_commit(sid)

    def clean_savepoints(self) -> None:
        """Start the numbering of savepoints anew."""
        self._savepoint_counter = 0

    # --- autocommit and flags -----------------------------------------------------------------

    def get_autocommit(self) -> bool:
        """Whether each statement commits itself."""
        return self.autocommit

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Switch autocommit; with it off, a transaction begins at the next statement."""
        self.validate_no_atomic_block()
        guard_loop()
        hold = self.hold_here()
        if hold is None:
            if autocommit:
                return
            hold = self.open_hold()
        if autocommit and not hold.autocommit:
            if hold.begun:
                self._commit()
            hold.autocommit = True
            hooks_are_due = hold.run_commit_hooks_on_set_autocommit_on
            hold.run_commit_hooks_on_set_autocommit_on = False
            hooks = hold.run_on_commit if hooks_are_due else []
            if hooks_are_due:
                hold.run_on_commit = []
            self.release_hold(hold)
            self._run_hooks(hooks)
        elif not autocommit and hold.autocommit:
            hold.autocommit = False
            if force_begin_transaction_with_broken_autocommit:
                self.begin(hold)

    def get_rollback(self) -> bool:
        """Whether the innermost block will be rolled back."""
        if not self.in_atomic_block:
            raise TransactionManagementError("The rollback flag doesn't work outside of an 'atomic' block.")
        return self.needs_rollback

    def set_rollback(self, rollback: bool) -> None:
        """Say whether the innermost block shall be rolled back at its end."""
        if not self.in_atomic_block:
            raise TransactionManagementError("The rollback flag doesn't work outside of an 'atomic' block.")
        self.needs_rollback = rollback

    def validate_no_atomic_block(self) -> None:
        """Raise an error if an atomic block is active."""
        if self.in_atomic_block:
            raise TransactionManagementError("This is forbidden when an 'atomic' block is active.")

    def validate_no_broken_transaction(self) -> None:
        """Raise an error if the open block can only be rolled back."""
        hold = self.hold_here()
        if hold is not None and hold.needs_rollback:
            raise TransactionManagementError(BROKEN) from hold.rollback_exc

    # --- on_commit ----------------------------------------------------------------------------

    def on_commit(self, func: Callable[[], Any], robust: bool = False) -> None:
        """Call *func* after the commit, or now outside a transaction; *robust* logs its errors."""
        if not callable(func):
            raise TypeError("on_commit()'s callback must be a callable.")
        hold = self.hold_here()
        if hold is not None and hold.in_atomic_block:
            hold.run_on_commit.append((set(hold.savepoint_ids), func, robust))
        elif hold is not None and not hold.autocommit:
            raise TransactionManagementError("on_commit() cannot be used in manual transaction management")
        else:
            self._run_hook(func, robust)

    def run_and_clear_commit_hooks(self) -> None:
        """Run the functions that wait for the commit."""
        self.validate_no_atomic_block()
        hold = self.hold_here()
        if hold is None:
            return
        hooks, hold.run_on_commit = hold.run_on_commit, []
        self._run_hooks(hooks)

    def _run_hooks(self, hooks: list[Any]) -> None:
        for _, func, robust in hooks:
            self._run_hook(func, robust, " during transaction")

    def _run_hook(self, func: Callable[[], Any], robust: bool, when: str = "") -> None:
        if not robust:
            func()
            return
        try:
            func()
        except Exception as exc:
            name = getattr(func, "__qualname__", repr(func))
            logger.exception("Error calling %s in on_commit()%s (%s).", name, when, exc)

    # --- sharing between threads --------------------------------------------------------------

    @property
    def allow_thread_sharing(self) -> bool:
        """Whether other threads may use this context's open transaction."""
        return self.thread_sharing > 0

    def inc_thread_sharing(self) -> None:
        """Let other threads use the connection that this context holds, until :meth:`dec_thread_sharing`."""
        self.thread_sharing += 1
        context = self.var.get()
        if context is not None and context.hold is not None:
            self.shared_hold = context.hold

    def dec_thread_sharing(self) -> None:
        """Take back one :meth:`inc_thread_sharing`."""
        if self.thread_sharing <= 0:
            raise RuntimeError("Cannot decrement the thread sharing count below zero.")
        self.thread_sharing -= 1
        if not self.thread_sharing:
            self.shared_hold = None

    def validate_thread_sharing(self) -> None:
        """Raise an error if the open transaction belongs to another thread or task."""
        self.hold_here()

    def atomic(self, savepoint: bool = True) -> Any:
        """Return an ``atomic`` block on this connection."""
        return self.atomic_class(self.alias, savepoint, False)

    def copy(self, alias: str | None = None) -> Any:
        """Return a connection object with the same settings and no connections."""
        return type(self)(copy.deepcopy(self.settings_dict), self.alias if alias is None else alias)

    cursor: Any
    ops: Any
    features: Any
    errors_occurred: bool
    translated: Any
