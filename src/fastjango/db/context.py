"""
What a context knows about its connection: the value that a connection's context variable holds.

``Context`` is replaced, never changed, so tasks and threads that copied it keep theirs. A ``Hold`` is a connection that
stays with one owner: for an open transaction, or because it was asked for (``ensure_connection``). Used by
``backends/base/`` only.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import fix
from fastjango.db.bridge import await_only, caller, in_bridge
from fastjango.db.errors import ChildTaskError

if TYPE_CHECKING:
    from fastjango.db.pool import Lease

QUERIES_LIMIT = 9000

ExecuteWrapper = Callable[..., Any]
CommitHook = tuple[set[str | None], Callable[[], Any], bool]


class QueryLog:
    """The statements that a context has run, newest last."""

    __slots__ = ("entries", "forced")

    def __init__(self, forced: bool = False, limit: int = QUERIES_LIMIT) -> None:
        self.entries: deque[dict[str, str]] = deque(maxlen=limit)
        self.forced = forced


class Gate:
    """A lock for the statements of one shared connection; a bridge waits for it without blocking the loop."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if self._lock.acquire(blocking=False):
            return
        if not in_bridge():
            self._lock.acquire()
            return
        while not self._lock.acquire(blocking=False):
            await_only(asyncio.sleep(0.001))

    def __exit__(self, *exc_info: object) -> None:
        self._lock.release()


class Hold:
    """One connection kept by one owner, with the state of its transaction."""

    __slots__ = (
        "alias",
        "atomic_blocks",
        "autocommit",
        "begin_options",
        "begun",
        "closed_in_transaction",
        "commit_on_exit",
        "everywhere",
        "finished",
        "gate",
        "hooks_ran",
        "in_atomic_block",
        "kept",
        "lease",
        "needs_rollback",
        "rollback_exc",
        "run_commit_hooks_on_set_autocommit_on",
        "run_on_commit",
        "savepoint_ids",
        "task",
        "thread",
        "unchecked",
    )

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.task: asyncio.Task[Any] | None = caller()
        self.thread = threading.get_ident()
        self.lease: Lease | None = None
        self.kept = False
        # Foreign keys are not enforced on this connection: nobody else may get it.
        self.unchecked = False
        self.autocommit = True
        self.begun = False
        self.in_atomic_block = False
        self.commit_on_exit = True
        self.savepoint_ids: list[str | None] = []
        self.atomic_blocks: list[Any] = []
        self.needs_rollback = False
        self.rollback_exc: BaseException | None = None
        self.closed_in_transaction = False
        self.run_on_commit: list[CommitHook] = []
        self.run_commit_hooks_on_set_autocommit_on = False
        self.hooks_ran = False
        self.finished = False
        self.everywhere = False
        self.gate: Gate | None = None
        self.begin_options: Any = None

    @property
    def transactional(self) -> bool:
        """Whether a transaction is or may be open on it."""
        return not self.finished and (self.in_atomic_block or not self.autocommit)

    def usable_here(self, shared_threads: int) -> bool:
        """
        Whether the running task and thread may use it; ``False`` means: take another connection.

        Raises:
            ChildTaskError: The context was copied out of an open transaction of another task or thread.
        """
        task = caller()
        thread = threading.get_ident()
        if task is self.task and thread == self.thread:
            return not self.finished
        if not self.transactional:
            return False
        if self.everywhere or shared_threads > 0 or (self.task is None and thread == self.thread):
            if self.gate is None:
                self.gate = Gate()
            return True
        raise fix(
            ChildTaskError(
                f"The connection {self.alias!r} has an open transaction that belongs to another task or thread."
            ),
            "start tasks and threads after the atomic() block, or give them a fresh context "
            "(asyncio.create_task(coro, context=contextvars.Context())); they never inherit an open transaction",
            code="db.E102",
        )


class Context:
    """A context's hold, execute wrappers and query log for one alias."""

    __slots__ = ("hold", "log", "wrappers")

    def __init__(self, hold: Hold | None, wrappers: tuple[ExecuteWrapper, ...], log: QueryLog | None) -> None:
        self.hold = hold
        self.wrappers = wrappers
        self.log = log


def duration_text(began: float) -> str:
    """Return the seconds since *began* (``time.monotonic()``) as the query log writes them."""
    return f"{time.monotonic() - began:.3f}"
