"""``DatabaseWrapper`` for MariaDB and MySQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, ClassVar

from fastjango.core.exceptions import ImproperlyConfigured, fix

try:
    import pymysql as Database
except ImportError as exc:
    raise fix(
        ImproperlyConfigured("Error loading MySQLdb module.\nDid you install mysqlclient?"),
        "install the driver: pip install 'fastjango[mysql]'",
        code="db.E108",
    ) from exc

from pymysql.constants import CLIENT, FIELD_TYPE
from pymysql.converters import conversions

from fastjango.db.backends.base.base import BaseDatabaseWrapper
from fastjango.db.backends.base.transactions import BeginOptions
from fastjango.db.backends.mysql.client import DatabaseClient
from fastjango.db.backends.mysql.creation import DatabaseCreation
from fastjango.db.backends.mysql.driver import TwoFacedConnection
from fastjango.db.backends.mysql.features import DatabaseFeatures
from fastjango.db.backends.mysql.identifiers import Identifiers
from fastjango.db.backends.mysql.introspection import DatabaseIntrospection
from fastjango.db.backends.mysql.operations import DatabaseOperations
from fastjango.db.backends.mysql.plain_types import PLAIN_TYPES
from fastjango.db.backends.mysql.validation import DatabaseValidation
from fastjango.db.backends.utils import typecast_time
from fastjango.db.bridge import in_bridge
from fastjango.db.errors import IntegrityError, NotSupportedError
from fastjango.db.pool import Lease

ISOLATION_LEVELS = frozenset(["read uncommitted", "read committed", "repeatable read", "serializable"])
# Deadlock, and lock wait timeout.
RETRYABLE = frozenset([1213, 1205])
# Codes that the driver reports as operational errors though a constraint is broken.
INTEGRITY_CODES = frozenset([1048, 1690, 3819, 4025])

CONVERSIONS = {
    **conversions,
    FIELD_TYPE.TIME: lambda value: typecast_time(value.decode() if isinstance(value, bytes) else value),
    dt.timedelta: lambda value, mapping: str((value.days * 86400 + value.seconds) * 1_000_000 + value.microseconds),
}


class CursorErrors(Database.cursors.Cursor):
    """A cursor that reports broken constraints as what they are, and gives rows as lists."""

    def fetchall(self) -> list[Any]:  # type: ignore[override]  # as the other drivers
        """Return all remaining rows."""
        return list(super().fetchall())

    def fetchmany(self, size: int | None = None) -> list[Any]:  # type: ignore[override]  # as the other drivers
        """Return the next rows."""
        return list(super().fetchmany(size))

    def execute(self, query: Any, args: Any = None) -> int:
        """Run one statement."""
        try:
            # Even no parameters at all say that the text has doubled percent signs.
            return super().execute(query, args)
        except Database.OperationalError as exc:
            if exc.args and exc.args[0] in INTEGRITY_CODES:
                raise Database.IntegrityError(*exc.args) from exc
            raise


class StreamCursor(CursorErrors, Database.cursors.SSCursor):
    """A cursor whose rows stay on the server until they are fetched."""

    def fetchmany(self, size: int | None = None) -> list[Any]:  # type: ignore[override]  # as above
        """Return the next rows."""
        return list(Database.cursors.SSCursor.fetchmany(self, size))

    def fetchall(self) -> list[Any]:  # type: ignore[override]  # as above
        """Return all remaining rows."""
        return list(Database.cursors.SSCursor.fetchall(self))

    def abandon(self) -> None:
        """Leave the rest of the rows unread; the connection is of no use any more."""
        cursor: Any = self
        result, cursor._result, cursor.connection = cursor._result, None, None
        if result is not None:
            result.unbuffered_active = False
            result.connection = None


class DatabaseWrapper(BaseDatabaseWrapper):
    """The connection object of a MariaDB or MySQL database."""

    vendor = "mysql"
    sa_url = "mysql+pymysql://"
    sa_options: dict[str, Any] = {"paramstyle": "format"}
    sa_types = PLAIN_TYPES
    Database = Database
    client_class = DatabaseClient
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations
    validation_class = DatabaseValidation

    _data_types: ClassVar[dict[str, Any]] = {
        "AutoField": "integer AUTO_INCREMENT",
        "BigAutoField": "bigint AUTO_INCREMENT",
        "BinaryField": "longblob",
        "BooleanField": "bool",
        "CharField": "varchar(%(max_length)s)",
        "DateField": "date",
        "DateTimeField": "datetime(6)",
        "DecimalField": "numeric(%(max_digits)s, %(decimal_places)s)",
        "DurationField": "bigint",
        "FileField": "varchar(%(max_length)s)",
        "FilePathField": "varchar(%(max_length)s)",
        "FloatField": "double precision",
        "IntegerField": "integer",
        "BigIntegerField": "bigint",
        "IPAddressField": "char(15)",
        "GenericIPAddressField": "char(39)",
        "JSONField": "json",
        "OneToOneField": "integer",
        "PositiveBigIntegerField": "bigint UNSIGNED",
        "PositiveIntegerField": "integer UNSIGNED",
        "PositiveSmallIntegerField": "smallint UNSIGNED",
        "SlugField": "varchar(%(max_length)s)",
        "SmallAutoField": "smallint AUTO_INCREMENT",
        "SmallIntegerField": "smallint",
        "TextField": "longtext",
        "TimeField": "time(6)",
        "UUIDField": "char(32)",
    }
    operators: ClassVar[dict[str, str]] = {
        "exact": "= %s",
        "iexact": "LIKE %s",
        "contains": "LIKE BINARY %s",
        "icontains": "LIKE %s",
        "gt": "> %s",
        "gte": ">= %s",
        "lt": "< %s",
        "lte": "<= %s",
        "startswith": "LIKE BINARY %s",
        "endswith": "LIKE BINARY %s",
        "istartswith": "LIKE %s",
        "iendswith": "LIKE %s",
    }

    @cached_property
    def data_types(self) -> dict[str, Any]:  # type: ignore[override]  # a constant elsewhere
        """The types of columns; the server's own UUID where it has one."""
        native = {"UUIDField": "uuid"} if self.features.has_native_uuid_field else {}
        return {**self._data_types, **native}

    @property
    def display_name(self) -> str:  # type: ignore[override]  # a constant elsewhere
        """``MariaDB`` or ``MySQL``."""
        return "MariaDB" if self.mysql_is_mariadb else "MySQL"

    def get_connection_params(self) -> dict[str, Any]:
        """Return the arguments of PyMySQL's ``connect``."""
        conf = self.settings_dict
        options = dict(conf["OPTIONS"])
        params: dict[str, Any] = {"charset": "utf8mb4", "conv": CONVERSIONS, "autocommit": True}
        for key, name in (("USER", "user"), ("NAME", "database"), ("PASSWORD", "password")):
            if conf[key]:
                params[name] = conf[key]
        if str(conf["HOST"]).startswith("/"):
            params["unix_socket"] = conf["HOST"]
        elif conf["HOST"]:
            params["host"] = conf["HOST"]
        if conf["PORT"]:
            params["port"] = int(conf["PORT"])
        # Counts the rows that a statement finds, as other databases do.
        params["client_flag"] = CLIENT.FOUND_ROWS
        level = options.pop("isolation_level", "read committed")
        if level and str(level).lower() not in ISOLATION_LEVELS:
            raise ImproperlyConfigured(
                f"Invalid transaction isolation level '{level}' specified.\nUse one of "
                f"{', '.join(repr(name) for name in sorted(ISOLATION_LEVELS))}, or None."
            )
        self.isolation_level = level
        params.update(options)
        return params

    isolation_level: Any = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection in autocommit mode."""
        raw = TwoFacedConnection(**conn_params, cursorclass=CursorErrors)
        raw.kill_arguments = conn_params
        return raw

    def prepare_raw(self, raw: Any) -> None:
        """Set the isolation level and the meaning of NULL comparisons."""
        with raw.cursor() as cursor:
            cursor.execute("SET SQL_AUTO_IS_NULL = 0")
            if self.isolation_level:
                cursor.execute(f"SET SESSION TRANSACTION ISOLATION LEVEL {str(self.isolation_level).upper()}")

    # --- leases -------------------------------------------------------------------------------

    def raw_is_clean(self, raw: Any) -> bool:
        """Whether no transaction is open; the server tells with every answer."""
        return bool(raw.open and not raw.server_status & 1)

    def raw_is_closed(self, raw: Any) -> bool:
        """Whether the connection is closed."""
        return not raw.open

    def clean_raw(self, raw: Any) -> None:
        """Roll back."""
        if raw.open:
            raw.rollback()

    def raw_is_alive(self, raw: Any) -> bool:
        """Ask the server."""
        try:
            raw.ping(reconnect=False)
        except Database.Error:
            return False
        return True

    def open_cursor(self, lease: Lease) -> Any:
        """Return the cursor for the ORM's statements."""
        lease.cursor = cursor = lease.raw.cursor()
        return cursor

    def stream_rows(self, sql: str, args: Any, chunk_size: int) -> Iterator[list[Any]]:
        """
        Give rows in chunks as the server sends them.

        Inside a transaction all rows are fetched first: its connection must be free for other statements meanwhile.
        """
        if self.hold_here() is not None:
            yield from super().stream_rows(sql, args, chunk_size)
            return
        lease = self.pool.take()
        cursor: Any = None
        done = False
        try:
            with self.wrap_database_errors:
                cursor = lease.raw.cursor(StreamCursor)
            self.wrap_cursor(cursor).execute(sql, args)
            while True:
                with self.wrap_database_errors:
                    rows = cursor.fetchmany(chunk_size)
                if not rows:
                    break
                yield rows
            cursor.close()
            done = True
        finally:
            if done:
                self.pool.give(lease)
            else:
                # The rest of the rows would have to be read first.
                if cursor is not None:
                    cursor.abandon()
                self.pool.drop(lease)

    @contextmanager
    def shielded(self, lease: Lease | None, exc: BaseException | None) -> Generator[None]:
        """Protect the clean-up after a cancellation from the same cancellation."""
        if lease is None or exc is None or isinstance(exc, Exception) or not in_bridge():
            yield
            return
        lease.raw.shield = True
        try:
            yield
        finally:
            lease.raw.shield = False

    # --- transactions -------------------------------------------------------------------------

    def begin_sql(self, options: BeginOptions | None) -> list[str]:
        """Begin, with the isolation level and access mode that were asked for."""
        if options is None:
            return ["BEGIN"]
        statements = []
        if options.isolation is not None:
            level = options.isolation.lower().replace("_", " ")
            if level not in ISOLATION_LEVELS:
                raise NotSupportedError(f"Unknown isolation level {options.isolation!r}.")
            statements.append(f"SET TRANSACTION ISOLATION LEVEL {level.upper()}")
        statements.append("START TRANSACTION READ ONLY" if options.read_only else "BEGIN")
        return statements

    def is_retryable(self, exc: BaseException) -> bool:
        """Whether *exc* is a deadlock or a lock that took too long."""
        cause = exc.__cause__
        return bool(cause is not None and cause.args and cause.args[0] in RETRYABLE)

    # --- the server ---------------------------------------------------------------------------

    def _make_engine(self) -> Any:
        engine = super()._make_engine()
        dialect: Any = engine.dialect
        dialect.preparer = Identifiers
        dialect.identifier_preparer = Identifiers(dialect)
        return engine

    def _informed(self) -> Any:
        """Return SQLAlchemy's dialect, which learns about the server with the first connection."""
        if not self._dialect_ready:
            with self.cursor():
                pass
        return self.dialect

    @cached_property
    def mysql_server_info(self) -> str:
        """The server's version as it says it."""
        with self.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            return str(cursor.fetchone()[0])

    @cached_property
    def sql_mode(self) -> set[str]:
        """The session's SQL mode."""
        return {word for word in str(self._informed()._sql_mode or "").split(",") if word}

    @cached_property
    def mysql_is_mariadb(self) -> bool:
        """Whether the server is MariaDB."""
        return bool(self._informed().is_mariadb)

    @cached_property
    def mysql_version(self) -> tuple[int, ...]:
        """The server's version as numbers."""
        return tuple(int(part) for part in self._informed().server_version_info[:3])

    def get_database_version(self) -> tuple[int, ...]:
        """Return the server's version as numbers."""
        return self.mysql_version

    # --- constraints --------------------------------------------------------------------------

    def disable_constraint_checking(self) -> bool:
        """Switch foreign keys off for this context's connection."""
        hold = self.open_hold()
        # The switch belongs to the session: it stays with this context until the checks are on again.
        hold.unchecked = True
        with self.cursor() as cursor:
            cursor.execute("SET foreign_key_checks=0")
        return True

    def enable_constraint_checking(self) -> None:
        """Switch foreign keys on, also in a block that can only be rolled back."""
        broken, self.needs_rollback = self.needs_rollback, False
        try:
            with self.cursor() as cursor:
                cursor.execute("SET foreign_key_checks=1")
        finally:
            self.needs_rollback = broken
        hold = self.hold_here()
        if hold is not None:
            hold.unchecked = False
            if hold.autocommit and not hold.in_atomic_block:
                self.release_hold(hold)

    def check_constraints(self, table_names: Any = None) -> None:
        """Raise ``IntegrityError`` for the first row whose foreign key points nowhere."""
        quote = self.ops.quote_name
        with self.cursor() as cursor:
            if table_names is None:
                table_names = self.introspection.table_names(cursor)
            for table in table_names:
                key = self.introspection.get_primary_key_column(cursor, table)
                if key is None:
                    continue
                for column, (other_column, other) in self.introspection.get_relations(cursor, table).items():
                    cursor.execute(
                        f"SELECT a.{quote(key)}, a.{quote(column)} FROM {quote(table)} AS a LEFT JOIN {quote(other)} AS b "
                        f"ON a.{quote(column)} = b.{quote(other_column)} "
                        f"WHERE a.{quote(column)} IS NOT NULL AND b.{quote(other_column)} IS NULL LIMIT 1"
                    )
                    for value, bad in cursor.fetchall():
                        raise IntegrityError(
                            f"The row in table '{table}' with primary key '{value}' has an invalid foreign key: "
                            f"{table}.{column} contains a value '{bad}' that does not have a corresponding value in "
                            f"{other}.{other_column}."
                        )


__all__ = ["Database", "DatabaseWrapper"]
