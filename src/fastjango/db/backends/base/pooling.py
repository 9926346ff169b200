"""
How a connection object comes by driver connections: engine, dialect, pool, leases.

The first of the three layers of ``BaseDatabaseWrapper``; ``transactions.py`` and ``base.py`` build on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine.base import Connection as SAConnection
from sqlalchemy.pool.base import _AdhocProxiedConnection

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.db.backends.signals import connection_created
from fastjango.db.bridge import await_only, in_bridge
from fastjango.db.context import Context, Hold, QueryLog
from fastjango.db.errors import OperationalError
from fastjango.db.pool import Lease, LeasePool, TwoFacedPool

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect, Engine

# So long after a server went away, failed attempts to connect are repeated.
RECOVERY_SECONDS: Final = 10.0
RECOVERY_PAUSES: Final = (0.05, 0.1, 0.2, 0.3)

# Every connection object of this process, for the clean-up after a fork.
made: weakref.WeakSet[PooledConnections] = weakref.WeakSet()


class PooledConnections:
    """Engine, dialect and pool of one alias."""

    vendor = "unknown"
    # Whether a statement never waits for a network: then nothing is done in threads.
    inline = False
    pool_size = 10
    sa_url = ""
    sa_options: dict[str, Any] = {}
    # SQLAlchemy's own types, and the ones that read what our driver gives.
    sa_types: ClassVar[dict[type[Any], type[Any]]] = {}

    def __init__(self, settings_dict: dict[str, Any], alias: str) -> None:
        self.settings_dict = settings_dict
        self.alias = alias
        self._engine: Engine | None = None
        self._pool: LeasePool | None = None
        self._making = threading.RLock()
        self._dialect_ready = False
        self.base_log = QueryLog()
        self.var: ContextVar[Context | None] = ContextVar(f"fastjango_connection_{alias}", default=None)
        made.add(self)

    # --- what a backend defines ---------------------------------------------------------------

    def get_connection_params(self) -> dict[str, Any]:
        """Return the keyword arguments of the driver's ``connect``."""
        raise NotImplementedError("subclasses of BaseDatabaseWrapper may require a get_connection_params() method")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection of the driver."""
        raise NotImplementedError("subclasses of BaseDatabaseWrapper may require a get_new_connection() method")

    def prepare_raw(self, raw: Any) -> None:
        """Set up a connection that has just been opened."""

    def raw_is_clean(self, raw: Any) -> bool:
        """Whether *raw* has no open transaction and can be used by the next one."""
        raise NotImplementedError("subclasses of BaseDatabaseWrapper must tell the state of a connection")

    def clean_raw(self, raw: Any) -> None:
        """Roll back what is open on *raw*."""
        raise NotImplementedError("subclasses of BaseDatabaseWrapper must be able to roll back a connection")

    def raw_is_alive(self, raw: Any) -> bool:
        """Ask the server whether *raw* still works."""
        raise NotImplementedError("subclasses of BaseDatabaseWrapper may require an is_usable() method")

    def open_cursor(self, lease: Lease) -> Any:
        """Return the cursor that the ORM's statements reuse on this lease."""
        lease.cursor = cursor = lease.raw.cursor()
        return cursor

    # --- engine and pool ----------------------------------------------------------------------

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine over this pool; its own connections begin and commit real transactions."""
        if self._engine is None:
            with self._making:
                if self._engine is None:
                    self._engine = self._make_engine()
        return self._engine

    @property
    def dialect(self) -> Dialect:
        """SQLAlchemy's dialect, with positional parameters."""
        return self.engine.dialect

    @property
    def pool(self) -> LeasePool:
        """The pool of this alias, made at the first use."""
        if self._pool is None:
            with self._making:
                if self._pool is None:
                    self._pool = self._make_pool()
        return self._pool

    def pool_settings(self) -> dict[str, Any]:
        """Return ``DATABASES[alias]["POOL"]`` with the defaults filled in (``size``, ``timeout``, ``max_age``)."""
        given: dict[str, Any] = dict(self.settings_dict.get("POOL") or {})
        unknown = set(given) - {"size", "timeout", "max_age"}
        if unknown:
            raise ImproperlyConfigured(
                f"DATABASES[{self.alias!r}]['POOL'] knows size, timeout and max_age, not {', '.join(sorted(unknown))}."
            )
        max_age = given.get("max_age", self.settings_dict.get("CONN_MAX_AGE") or None)
        return {
            "size": given.get("size", self.pool_size),
            "timeout": given.get("timeout", 30.0),
            "max_age": max_age,
        }

    def _make_engine(self) -> Engine:
        pool = self.pool_settings()
        engine = sqlalchemy.create_engine(
            self.sa_url,
            creator=self._create_raw,
            poolclass=TwoFacedPool,
            pool_size=pool["size"],
            max_overflow=0,
            pool_timeout=pool["timeout"],
            pool_use_lifo=True,
            pool_reset_on_return=None,
            _initialize=False,
            **self.sa_options,
        )
        if self.sa_types:
            engine.dialect.colspecs = {**engine.dialect.colspecs, **self.sa_types}
        event.listen(engine, "begin", _begin_for_sqlalchemy)
        event.listen(engine, "handle_error", _roll_back_failed_commit)
        return engine

    def _make_pool(self) -> LeasePool:
        return LeasePool(
            self.engine,
            max_age_seconds=self.pool_settings()["max_age"],
            is_clean=self.raw_is_clean,
            clean=self.clean_raw,
            check=self.raw_is_alive if self.settings_dict.get("CONN_HEALTH_CHECKS") else None,
            is_lost=self.raw_is_closed,
        )

    def raw_is_closed(self, raw: Any) -> bool:
        """Whether the driver knows that *raw* is closed or broken."""
        return False

    def is_starting(self, exc: BaseException) -> bool:
        """Whether *exc* is a server's answer that it is about to start or to stop."""
        return False

    def _connect_patiently(self) -> Any:
        """Open a connection; a server that has just gone away, or says that it starts, is given a moment."""
        began = time.monotonic()
        for pause in itertools.chain(RECOVERY_PAUSES, itertools.repeat(RECOVERY_PAUSES[-1])):
            try:
                return await_only(self._connect_in_thread()) if in_bridge() and not self.inline else self._connect_now()
            except OperationalError as exc:
                lost_at = self._pool.lost_at if self._pool is not None else None
                waits_since = began if self.is_starting(exc) else lost_at
                if waits_since is None or time.monotonic() - waits_since > RECOVERY_SECONDS:
                    raise
            if in_bridge():
                await_only(asyncio.sleep(pause))
            else:
                time.sleep(pause)
        raise AssertionError  # the pauses do not end

    def _create_raw(self) -> Any:
        """Open a connection for the pool; inside a bridge the loop runs on meanwhile."""
        raw = self._connect_patiently()
        try:
            self.init_connection_state()
            connection_created.send(sender=self.__class__, connection=self, raw=raw)
        except BaseException:
            raw.close()
            raise
        return raw

    def init_connection_state(self) -> None:
        """Called for each new connection; the first one's server must be new enough."""

    def _connect_now(self) -> Any:
        with self.wrap_database_errors:
            raw = self.get_new_connection(self.get_connection_params())
            try:
                self.prepare_raw(raw)
                if not self._dialect_ready:
                    self._initialize_dialect(raw)
            except BaseException:
                raw.close()
                raise
        return raw

    async def _connect_in_thread(self) -> Any:
        """Connect in a thread; a connection that arrives after a cancellation is closed."""
        future = asyncio.get_running_loop().run_in_executor(None, self._connect_now)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            future.add_done_callback(_close_orphan)
            raise

    def _initialize_dialect(self, raw: Any) -> None:
        """Let SQLAlchemy's dialect learn the server's version, once."""
        connection = SAConnection(
            self.engine,
            connection=_AdhocProxiedConnection(raw, None),  # type: ignore[arg-type]  # as create_engine does itself
            _has_events=False,
            _allow_revalidate=False,
            _allow_autobegin=False,
        )
        self.engine.dialect.initialize(connection)
        self._dialect_ready = True

    def close_pool(self) -> None:
        """Close all connections of this alias that are not in use, and forget the engine."""
        with self._making:
            pool, self._pool = self._pool, None
            self._engine = None
            self._dialect_ready = False
        if pool is not None:
            pool.close()

    def forget_pool(self) -> None:
        """Drop connections inherited from a parent process without touching them."""
        pool, self._pool = self._pool, None
        self._engine = None
        self._making = threading.RLock()
        self.var = ContextVar(f"fastjango_connection_{self.alias}", default=None)
        if pool is not None:
            pool.forget()

    # --- the context's hold -------------------------------------------------------------------

    if TYPE_CHECKING:
        wrap_database_errors: Any
        thread_sharing: int
        shared_hold: Hold | None


def _roll_back_failed_commit(context: Any) -> None:
    """End a transaction whose COMMIT has failed: SQLite leaves it open, SQLAlchemy takes it for done."""
    connection = context.connection
    if context.statement is None and connection is not None:
        if not connection.get_execution_options().get("fastjango_no_begin"):
            # What failed first is what people shall see.
            with contextlib.suppress(Exception):
                connection.dialect.do_rollback(connection._dbapi_connection)


def _close_orphan(future: asyncio.Future[Any]) -> None:
    if not future.cancelled() and future.exception() is None:
        future.result().close()


def _begin_for_sqlalchemy(connection: SAConnection) -> None:
    """Begin a real transaction for a SQLAlchemy ``Connection`` or ``Session``: the drivers are in autocommit."""
    if not connection.get_execution_options().get("fastjango_no_begin"):
        connection.exec_driver_sql("BEGIN")


def forget_after_fork() -> None:
    """In a forked child: the parent's sockets are not ours."""
    for pooled in list(made):
        pooled.forget_pool()
