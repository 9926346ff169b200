"""
``BaseDatabaseWrapper``: the ``connection`` object of one alias.

One object per alias and process. What belongs to a context (open transaction, execute wrappers, query log) is kept in a
context variable, so tasks and threads never see each other's. Statements of the ORM go through ``execute.py``; user code
uses :meth:`cursor`.
"""

from __future__ import annotations

import datetime as dt
import warnings
import zoneinfo
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar

from fastjango.conf import settings
from fastjango.core.exceptions import fix
from fastjango.db.backends.base.client import BaseDatabaseClient
from fastjango.db.backends.base.creation import BaseDatabaseCreation
from fastjango.db.backends.base.features import BaseDatabaseFeatures
from fastjango.db.backends.base.introspection import BaseDatabaseIntrospection
from fastjango.db.backends.base.operations import BaseDatabaseOperations
from fastjango.db.backends.base.transactions import Transactions
from fastjango.db.backends.base.validation import BaseDatabaseValidation
from fastjango.db.backends.utils import CursorDebugWrapper, CursorWrapper
from fastjango.db.bridge import guard_loop
from fastjango.db.context import QUERIES_LIMIT, Context, ExecuteWrapper, Hold, QueryLog
from fastjango.db.errors import DatabaseError, NotSupportedError, translate
from fastjango.db.errors_scope import DatabaseErrorWrapper
from fastjango.db.pool import Lease
from fastjango.db.tags import Tagger, checked

NO_DB_ALIAS = "__no_db__"
RAN_WITH_PARAMS_WARNING = "Limit for query logging exceeded, only the last {} queries will be returned."


class BaseDatabaseWrapper(Transactions):
    """The connection of one alias, as ``fastjango.db.connection`` and ``connections[alias]`` give it."""

    data_types: ClassVar[dict[str, Any]] = {}
    data_types_suffix: ClassVar[dict[str, str]] = {}
    data_type_check_constraints: ClassVar[dict[str, Any]] = {}
    operators: ClassVar[dict[str, str]] = {}
    pattern_ops: ClassVar[dict[str, str]] = {}
    pattern_esc: ClassVar[str] = ""
    vendor = "unknown"
    display_name = "unknown"
    SchemaEditorClass: type[Any] | None = None
    client_class: type[BaseDatabaseClient] = BaseDatabaseClient
    creation_class: type[BaseDatabaseCreation] = BaseDatabaseCreation
    features_class: type[BaseDatabaseFeatures] = BaseDatabaseFeatures
    introspection_class: type[BaseDatabaseIntrospection] = BaseDatabaseIntrospection
    ops_class: type[BaseDatabaseOperations] = BaseDatabaseOperations
    validation_class: type[BaseDatabaseValidation] = BaseDatabaseValidation
    Database: Any = None
    # How many statements the log of a connection object keeps.
    queries_limit: int = QUERIES_LIMIT

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self.base_log = QueryLog(limit=self.queries_limit)
        self.errors_occurred = False
        self._version_checked = False
        self.health_check_enabled = False
        self.health_check_done = False
        self.client = self.client_class(self)
        self.creation: Any = self.creation_class(self)
        self.features = self.features_class(self)
        self.introspection = self.introspection_class(self)
        self.ops = self.ops_class(self)
        self.validation = self.validation_class(self)

    def __repr__(self) -> str:
        return f"<{self.__class__.__qualname__} vendor={self.vendor!r} alias={self.alias!r}>"

    # --- tests that declare their databases ----------------------------------------------------

    def forbid_queries(self, message: str, error_class: type[Exception] = RuntimeError) -> None:
        """Raise *error_class* for every query until ``allow_queries()``; nothing is paid for it elsewhere."""

        def refuse(*args: Any, **kwargs: Any) -> Any:
            raise error_class(message)

        self.__dict__["lease_of"] = self.__dict__["lease_of_open"] = refuse
        self.pool.__dict__["take"] = refuse
        self.pool.is_guarded = True

    def allow_queries(self) -> None:
        """Take back ``forbid_queries()``."""
        for owner, name in ((self, "lease_of"), (self, "lease_of_open"), (self.pool, "take")):
            owner.__dict__.pop(name, None)
        self.pool.is_guarded = self.pool.asks

    # --- time zones ---------------------------------------------------------------------------

    @cached_property
    def timezone(self) -> dt.tzinfo | None:
        """The zone of date-times in the database: ``None`` without ``USE_TZ``, else ``TIME_ZONE`` of the alias or UTC."""
        if not settings.USE_TZ:
            return None
        name = self.settings_dict.get("TIME_ZONE")
        return dt.UTC if name is None else zoneinfo.ZoneInfo(name)

    @cached_property
    def timezone_name(self) -> str | None:
        """The name of the zone of date-times in the database; ``None``: the server's own."""
        if not settings.USE_TZ:
            return None if settings.TIME_ZONE is None else str(settings.TIME_ZONE)
        name = self.settings_dict.get("TIME_ZONE")
        return "UTC" if name is None else str(name)

    # --- log ----------------------------------------------------------------------------------

    @property
    def _log(self) -> QueryLog:
        context = self.var.get()
        return self.base_log if context is None or context.log is None else context.log

    @property
    def queries_log(self) -> deque[dict[str, str]]:
        """The logged statements."""
        return self._log.entries

    @queries_log.setter
    def queries_log(self, value: deque[dict[str, str]]) -> None:
        self._log.entries = value

    @property
    def force_debug_cursor(self) -> bool:
        """Whether statements are logged although ``DEBUG`` is off."""
        return self._log.forced

    @force_debug_cursor.setter
    def force_debug_cursor(self, value: bool) -> None:
        self._log.forced = value

    @property
    def queries_logged(self) -> bool:
        """Whether statements are logged now."""
        return bool(self._log.forced or settings.DEBUG)

    @property
    def queries(self) -> list[dict[str, str]]:
        """The logged statements: ``[{"sql": ..., "time": seconds}, ...]``."""
        log = self.queries_log
        if len(log) == log.maxlen:
            warnings.warn(RAN_WITH_PARAMS_WARNING.format(log.maxlen), stacklevel=2)
        return list(log)

    def start_query_log(self) -> None:
        """Give this context a log of its own."""
        context = self.var.get()
        hold = context.hold if context is not None else None
        wrappers = context.wrappers if context is not None else ()
        self.var.set(Context(hold, wrappers, QueryLog(self._log.forced, self.queries_limit)))

    # --- connections --------------------------------------------------------------------------

    @property
    def connection(self) -> Any:
        """The driver's connection that this context holds, or ``None``."""
        hold = self.hold_here()
        return hold.lease.raw if hold is not None and hold.lease is not None else None

    def ensure_timezone(self) -> bool:
        """Give the session the zone of :attr:`timezone_name`; returns whether it had another one."""
        return False

    def init_connection_state(self) -> None:
        """Called for each new connection; the first one's server must be new enough."""
        if not self._version_checked:
            self._version_checked = True
            self.check_database_version_supported()

    def check_database_version_supported(self) -> None:
        """Raise an error if the server is older than we support."""
        minimum = self.features.minimum_database_version
        if minimum is not None and self.get_database_version() < minimum:
            wanted = ".".join(map(str, minimum))
            found = ".".join(map(str, self.get_database_version()))
            raise NotSupportedError(f"{self.display_name} {wanted} or later is required (found {found}).")

    def get_database_version(self) -> tuple[int, ...]:
        """Return the version of the server."""
        raise NotImplementedError("subclasses of BaseDatabaseWrapper may require a get_database_version() method.")

    def connect(self) -> None:
        """Hold a connection for this context, until :meth:`close`."""
        hold = self.open_hold()
        hold.kept = True

    def ensure_connection(self) -> None:
        """Hold a connection for this context if it holds none."""
        if self.connection is None:
            self.connect()

    def close(self) -> None:
        """Close the connection that this context uses; inside a block its transaction is lost."""
        guard_loop()
        hold = self.hold_here()
        if hold is None:
            self.pool_close_one()
            return
        if hold.closed_in_transaction:
            return
        hold.run_on_commit = []
        lease, hold.lease = hold.lease, None
        if hold.in_atomic_block:
            hold.closed_in_transaction = True
            hold.needs_rollback = True
        else:
            hold.kept = False
            hold.autocommit = True
            self.release_hold(hold)
        if lease is not None:
            self.pool.drop(lease)

    def _close(self) -> None:
        """Close what this context holds, whatever its state; without a hold, all idle connections."""
        raw = self.connection
        if raw is not None:
            raw.close()
        else:
            self.close_pool()

    def pool_close_one(self) -> None:
        """Close the idle connection that this thread would have used next."""
        if self._pool is not None and self._pool.shelf:
            # Closing is allowed even where queries are forbidden.
            self._pool.drop(type(self._pool).take(self._pool))

    def close_if_unusable_or_obsolete(self) -> None:
        """Give back a connection that this context keeps; broken ones are closed."""
        hold = self.hold_here()
        if hold is None or hold.in_atomic_block:
            return
        if self.errors_occurred:
            self.errors_occurred = False
            if not self.is_usable():
                self.close()
                return
        hold.kept = False
        if hold.autocommit:
            self.release_hold(hold)
        else:
            self.close()

    def close_if_health_check_failed(self) -> None:
        """Close the kept connection if it does not answer (``CONN_HEALTH_CHECKS``)."""
        if self.health_check_enabled and not self.health_check_done and self.connection is not None:
            if not self.is_usable():
                self.close()
            self.health_check_done = True

    def is_usable(self) -> bool:
        """Whether the connection that this context holds still answers."""
        raw = self.connection
        return raw is None or self.raw_is_alive(raw)

    # --- cursors ------------------------------------------------------------------------------

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor of the driver that takes ``%s`` parameters, on the held connection."""
        return self.user_cursor(self.open_hold().lease)

    def user_cursor(self, lease: Any) -> Any:
        """Return a new cursor that takes ``%s`` parameters."""
        return lease.raw.cursor()

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap a cursor of the driver."""
        return CursorWrapper(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> CursorDebugWrapper:
        """Wrap a cursor of the driver with logging."""
        return CursorDebugWrapper(cursor, self)

    def wrap_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap a cursor of the driver, with logging if queries are logged."""
        return self.make_debug_cursor(cursor) if self.queries_logged else self.make_cursor(cursor)

    def cursor(self) -> CursorWrapper:
        """Return a cursor; ``%s`` marks parameters. Use it in a ``with`` block."""
        guard_loop()
        hold = self.hold_here()
        if hold is not None:
            with self.wrap_database_errors:
                return self.wrap_cursor(self.user_cursor(self.lease_of_open(hold)))
        lease = self.pool.take()
        try:
            with self.wrap_database_errors:
                wrapped = self.wrap_cursor(self.user_cursor(lease))
        except BaseException:
            self.pool.give(lease)
            raise
        wrapped.release = lambda: self.pool.give(lease)
        return wrapped

    def lease_of_open(self, hold: Any) -> Any:
        """Return the hold's lease; a broken block refuses at execution, as cursors always have."""
        return hold.lease if hold.lease is not None and hold.begun else self.lease_of(hold)

    def chunked_cursor(self) -> CursorWrapper:
        """Return a cursor that fetches rows in chunks where the driver can."""
        return self.cursor()

    @contextmanager
    def temporary_connection(self) -> Generator[CursorWrapper]:
        """Give a cursor, and give up the connection afterwards if it was opened for it."""
        with self.cursor() as cursor:
            yield cursor

    @contextmanager
    def _nodb_cursor(self) -> Generator[CursorWrapper]:
        """Give a cursor on the server without a database of ours."""
        other = self.__class__({**self.settings_dict, "NAME": None}, alias=NO_DB_ALIAS)
        try:
            with other.cursor() as cursor:
                yield cursor
        finally:
            other.close_pool()

    @property
    def execute_wrappers(self) -> list[ExecuteWrapper]:
        """The wrappers around statements of this context, outermost first."""
        context = self.var.get()
        return [] if context is None else list(context.wrappers)

    @contextmanager
    def execute_wrapper(self, wrapper: ExecuteWrapper) -> Generator[None]:
        """Call *wrapper* around every statement of this context inside the block."""
        before = self.var.get()
        hold, wrappers, log = (None, (), None) if before is None else (before.hold, before.wrappers, before.log)
        self.var.set(Context(hold, (*wrappers, wrapper), log))
        try:
            yield
        finally:
            now = self.var.get()
            if now is not None:
                rest = list(now.wrappers)
                rest.reverse()
                if wrapper in rest:
                    rest.remove(wrapper)
                rest.reverse()
                plain = now.hold is None and not rest and now.log is None
                self.var.set(None if plain else Context(now.hold, tuple(rest), now.log))

    def sql_tags(self, **labels: Any) -> AbstractContextManager[None]:
        """
        Tag the statements that this context sends inside the block with their shape id and *labels*, as a comment.

        Raises:
            ValueError: A name is no lower-case word, or is "shape".
        """
        return self.execute_wrapper(Tagger(checked(labels)))

    # --- errors -------------------------------------------------------------------------------

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        """A context manager and decorator that turns the driver's errors into ours."""
        return DatabaseErrorWrapper(self)

    def translated(self, exc: BaseException) -> BaseException:
        """Return our error for *exc*, or *exc* itself."""
        ours = translate(exc, self.Database)
        if ours is None:
            return exc
        ours.__cause__ = exc
        self.errors_occurred = True
        return ours

    def is_retryable(self, exc: BaseException) -> bool:
        """Whether *exc* is a deadlock or serialization failure: the transaction may succeed when repeated."""
        return False

    def give_or_drop(self, lease: Lease) -> None:
        """Give a lease back after a cancellation; one that is not idle is thrown away."""
        if self.raw_is_closed(lease.raw) or not self.raw_is_clean(lease.raw):
            self.pool.drop(lease)
        else:
            self.pool.give(lease)

    def abandon(self, hold: Hold) -> None:
        """Throw the hold's connection away: its state is unknown."""
        lease, hold.lease = hold.lease, None
        hold.begun = False
        hold.kept = False
        hold.run_on_commit = []
        if lease is not None:
            self.pool.drop(lease)

    @contextmanager
    def shielded(self, lease: Lease | None, exc: BaseException | None) -> Generator[None]:
        """Clean up after *exc*: waits inside the block are not cut short by the same cancellation."""
        yield

    def stream_rows(self, sql: str, args: Any, chunk_size: int) -> Iterator[list[Any]]:
        """Give the rows of a statement in chunks, on a connection of its own or the transaction's."""
        hold = self.hold_here()
        lease = self.lease_of(hold) if hold is not None else self.pool.take()
        cursor: Any = None
        try:
            with self.wrap_database_errors:
                cursor = lease.raw.cursor()
            shell = self.wrap_cursor(cursor)
            shell.execute(sql, args)
            while True:
                with self.wrap_database_errors:
                    rows = cursor.fetchmany(chunk_size)
                if not rows:
                    break
                yield rows
        finally:
            try:
                if cursor is not None:
                    with self.wrap_database_errors:
                        cursor.close()
            finally:
                if hold is None:
                    self.pool.give(lease)

    # --- schema -------------------------------------------------------------------------------

    def schema_editor(self, *args: Any, **kwargs: Any) -> Any:
        """Return the schema editor of this database."""
        if self.SchemaEditorClass is None and self.vendor not in schema_editors:
            # The schema editors stand above the connections and register themselves.
            import_module("fastjango.db.migrations.ddl")
        editor = self.SchemaEditorClass or schema_editors.get(self.vendor)
        if editor is None:
            raise fix(
                NotImplementedError("The SchemaEditorClass attribute of this database wrapper is still None"),
                "import fastjango.db.migrations, which brings the schema editors",
                code="db.E104",
            )
        return editor(self, *args, **kwargs)

    @contextmanager
    def constraint_checks_disabled(self) -> Generator[None]:
        """Switch foreign-key checks off inside the block."""
        disabled = self.disable_constraint_checking()
        try:
            yield
        finally:
            if disabled:
                self.enable_constraint_checking()

    def disable_constraint_checking(self) -> bool:
        """Switch foreign-key checks off; returns whether they must be switched on again."""
        return False

    def enable_constraint_checking(self) -> None:
        """Switch foreign-key checks on again."""

    def check_constraints(self, table_names: Any = None) -> None:
        """Raise ``IntegrityError`` if a foreign key points nowhere."""

    def prepare_database(self) -> None:
        """Make what must exist before ``migrate`` (extensions, for example)."""


# Filled by fastjango.db.migrations: {vendor: schema editor class}.
schema_editors: dict[str, Callable[..., Any]] = {}

__all__ = ["NO_DB_ALIAS", "BaseDatabaseWrapper", "DatabaseError", "schema_editors"]
