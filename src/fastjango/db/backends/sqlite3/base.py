"""``DatabaseWrapper`` for SQLite: inline on the loop, WAL, foreign keys on, write transactions begin IMMEDIATE."""

from __future__ import annotations

import datetime as dt
import decimal
import itertools
import sqlite3 as Database
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import event

from fastjango.core.exceptions import ImproperlyConfigured, fix
from fastjango.db.backends.base.base import BaseDatabaseWrapper
from fastjango.db.backends.base.transactions import BeginOptions
from fastjango.db.backends.sqlite3 import functions
from fastjango.db.backends.sqlite3.client import DatabaseClient
from fastjango.db.backends.sqlite3.creation import DatabaseCreation
from fastjango.db.backends.sqlite3.driver import Connection, SQLiteCursorWrapper, WaitingCursor, attempt_of, read_of
from fastjango.db.backends.sqlite3.features import DatabaseFeatures
from fastjango.db.backends.sqlite3.introspection import DatabaseIntrospection
from fastjango.db.backends.sqlite3.operations import DatabaseOperations
from fastjango.db.context import Hold
from fastjango.db.errors import IntegrityError, NotSupportedError
from fastjango.db.pool import Lease
from fastjango.utils.dateparse import parse_date, parse_datetime, parse_time

__all__ = ["Database", "DatabaseWrapper", "SQLiteCursorWrapper"]

# A memory database lives as long as one connection to it: (path) -> the connection that keeps it.
_memory_names = itertools.count(1)


def register_adapters() -> None:
    """Teach the driver the Python types whose default adapters are deprecated or missing."""
    Database.register_adapter(decimal.Decimal, str)
    Database.register_adapter(dt.date, dt.date.isoformat)
    Database.register_adapter(dt.datetime, lambda value: value.isoformat(" "))
    Database.register_adapter(dt.time, dt.time.isoformat)


register_adapters()


def _varchar(data: dict[str, Any]) -> str:
    length = data.get("max_length")
    return "varchar" if length is None else f"varchar({length})"


class DatabaseWrapper(BaseDatabaseWrapper):
    """The connection object of a SQLite database."""

    vendor = "sqlite"
    display_name = "SQLite"
    inline = True
    pool_size = 32
    sa_url = "sqlite+pysqlite://"
    sa_options: dict[str, Any] = {"paramstyle": "qmark"}
    Database = Database
    client_class = DatabaseClient
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations
    transaction_modes = frozenset(["DEFERRED", "EXCLUSIVE", "IMMEDIATE"])

    data_types: ClassVar[dict[str, Any]] = {
        "AutoField": "integer",
        "BigAutoField": "integer",
        "BinaryField": "BLOB",
        "BooleanField": "bool",
        "CharField": _varchar,
        "DateField": "date",
        "DateTimeField": "datetime",
        "DecimalField": "decimal",
        "DurationField": "bigint",
        "FileField": "varchar(%(max_length)s)",
        "FilePathField": "varchar(%(max_length)s)",
        "FloatField": "real",
        "IntegerField": "integer",
        "BigIntegerField": "bigint",
        "IPAddressField": "char(15)",
        "GenericIPAddressField": "char(39)",
        "JSONField": "text",
        "OneToOneField": "integer",
        "PositiveBigIntegerField": "bigint unsigned",
        "PositiveIntegerField": "integer unsigned",
        "PositiveSmallIntegerField": "smallint unsigned",
        "SlugField": "varchar(%(max_length)s)",
        "SmallAutoField": "integer",
        "SmallIntegerField": "smallint",
        "TextField": "text",
        "TimeField": "time",
        "UUIDField": "char(32)",
    }
    data_type_check_constraints: ClassVar[dict[str, Any]] = {
        "PositiveBigIntegerField": '"%(column)s" >= 0',
        "JSONField": '(JSON_VALID("%(column)s") OR "%(column)s" IS NULL)',
        "PositiveIntegerField": '"%(column)s" >= 0',
        "PositiveSmallIntegerField": '"%(column)s" >= 0',
    }
    data_types_suffix: ClassVar[dict[str, str]] = {
        "AutoField": "AUTOINCREMENT",
        "BigAutoField": "AUTOINCREMENT",
        "SmallAutoField": "AUTOINCREMENT",
    }
    operators: ClassVar[dict[str, str]] = {
        "exact": "= %s",
        "iexact": "LIKE %s ESCAPE '\\'",
        "contains": "LIKE %s ESCAPE '\\'",
        "icontains": "LIKE %s ESCAPE '\\'",
        "regex": "REGEXP %s",
        "iregex": "REGEXP '(?i)' || %s",
        "gt": "> %s",
        "gte": ">= %s",
        "lt": "< %s",
        "lte": "<= %s",
        "startswith": "LIKE %s ESCAPE '\\'",
        "endswith": "LIKE %s ESCAPE '\\'",
        "istartswith": "LIKE %s ESCAPE '\\'",
        "iendswith": "LIKE %s ESCAPE '\\'",
    }
    pattern_esc = r"REPLACE(REPLACE(REPLACE({}, '\', '\\'), '%%', '\%%'), '_', '\_')"
    pattern_ops: ClassVar[dict[str, str]] = {
        "contains": r"LIKE '%%' || {} || '%%' ESCAPE '\'",
        "icontains": r"LIKE '%%' || UPPER({}) || '%%' ESCAPE '\'",
        "startswith": r"LIKE {} || '%%' ESCAPE '\'",
        "istartswith": r"LIKE UPPER({}) || '%%' ESCAPE '\'",
        "endswith": r"LIKE '%%' || {} ESCAPE '\'",
        "iendswith": r"LIKE '%%' || UPPER({}) ESCAPE '\'",
    }

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self._keeper: Any = None
        self._keeper_name: Any = None
        self._memory_number = next(_memory_names)

    # --- connecting ---------------------------------------------------------------------------

    def is_in_memory_db(self) -> bool:
        """Whether the database lives in memory."""
        return bool(self.creation.is_in_memory_db(self.settings_dict["NAME"]))

    def get_connection_params(self) -> dict[str, Any]:
        """Return the arguments of ``sqlite3.connect`` and our own options."""
        conf = self.settings_dict
        if not conf["NAME"]:
            raise ImproperlyConfigured("settings.DATABASES is improperly configured. Please supply the NAME value.")
        params: dict[str, Any] = {
            "database": conf["NAME"],
            "detect_types": Database.PARSE_DECLTYPES | Database.PARSE_COLNAMES,
            "cached_statements": 512,
            **conf["OPTIONS"],
        }
        if params.get("check_same_thread"):
            warnings.warn(
                "The `check_same_thread` option was provided and set to True. It will be overridden with False. "
                "Use the `DatabaseWrapper.allow_thread_sharing` property instead for controlling thread shareability.",
                RuntimeWarning,
                stacklevel=2,
            )
        mode = params.pop("transaction_mode", None)
        if mode is not None and str(mode).upper() not in self.transaction_modes:
            allowed = ", ".join(map(repr, sorted(self.transaction_modes)))
            raise ImproperlyConfigured(
                f"settings.DATABASES[{self.alias!r}]['OPTIONS']['transaction_mode'] is improperly configured to "
                f"'{mode}'. Use one of {allowed}, or None."
            )
        self.transaction_mode = str(mode).upper() if mode is not None else None
        params.pop("init_command", None)
        params.update(check_same_thread=False, uri=True)
        if params["database"] == ":memory:":
            # Every connection of this alias must see the same database.
            params["database"] = f"file:fastjango_{self.alias}_{self._memory_number}?mode=memory&cache=shared"
        elif isinstance(params["database"], Path):
            params["database"] = str(params["database"])
        return params

    transaction_mode: str | None = None

    def get_database_version(self) -> tuple[int, ...]:
        """Return the version of the SQLite library."""
        return Database.sqlite_version_info

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection in autocommit mode."""
        params = dict(conn_params)
        timeout = float(params.pop("timeout", 5.0))
        # We commit ourselves; waiting for locks is done by the cursors.
        params["detect_types"] = 0
        params["factory"] = Connection
        raw: Any = Database.connect(**params, timeout=0, isolation_level=None)
        raw.lock_timeout = timeout
        if "mode=memory" in str(params["database"]) and self._keeper_name != params["database"]:
            keeper = Database.connect(params["database"], uri=True, check_same_thread=False)
            old, self._keeper, self._keeper_name = self._keeper, keeper, params["database"]
            if old is not None:
                old.close()
        return raw

    def prepare_raw(self, raw: Any) -> None:
        """Switch foreign keys and WAL on and run ``init_command``."""
        cursor = raw.cursor(WaitingCursor)
        cursor.execute("PRAGMA foreign_keys = ON")
        # Queries written for Django expect LIKE to be case-sensitive nowhere, and old ALTER TABLE behaviour off.
        cursor.execute("PRAGMA legacy_alter_table = OFF")
        if not self.is_in_memory_db() and not self._read_only():
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
        for statement in str(self.settings_dict["OPTIONS"].get("init_command", "")).split(";"):
            if statement := statement.strip():
                cursor.execute(statement)
        cursor.close()

    def _read_only(self) -> bool:
        name = str(self.settings_dict["NAME"])
        return name.startswith("file:") and ("mode=ro" in name or "immutable=1" in name)

    def _make_engine(self) -> Any:
        engine = super()._make_engine()
        # After SQLAlchemy's own hook, which registers a regexp of its own.
        event.listen(engine.pool, "connect", lambda raw, record: functions.register(raw))
        return engine

    def raw_is_clean(self, raw: Any) -> bool:
        """Whether no transaction is open."""
        return not raw.in_transaction

    def clean_raw(self, raw: Any) -> None:
        """Roll back, and let the next one write."""
        raw.cursor().execute("ROLLBACK")
        raw.cursor().execute("PRAGMA query_only = OFF")

    def raw_is_alive(self, raw: Any) -> bool:
        """A file does not go away."""
        return True

    def open_cursor(self, lease: Lease) -> Any:
        """Return the cursor for the ORM's statements."""
        lease.cursor = cursor = lease.raw.cursor(WaitingCursor)
        lease.read, lease.attempt = read_of(cursor), attempt_of(cursor)
        return cursor

    def user_cursor(self, lease: Lease) -> Any:
        """Return a cursor that takes ``%s`` parameters."""
        return lease.raw.cursor(SQLiteCursorWrapper)

    def close_pool(self) -> None:
        """Close all connections; a memory database stays until the process ends or it is destroyed."""
        super().close_pool()

    def destroy_memory(self) -> None:
        """Let go of the memory database."""
        keeper, self._keeper, self._keeper_name = self._keeper, None, None
        if keeper is not None:
            keeper.close()
        self._memory_number = next(_memory_names)

    # --- transactions -------------------------------------------------------------------------

    def begin_sql(self, options: BeginOptions | None) -> list[str]:
        """Begin; writers take the lock at once, so that they never fail in the middle."""
        if options is not None and options.isolation is not None:
            if options.isolation.lower() != "serializable":
                raise NotSupportedError("SQLite has no isolation level but serializable.")
        if options is not None and options.read_only:
            return ["BEGIN", "PRAGMA query_only = ON"]
        mode = self.transaction_mode
        if mode is None:
            return ["BEGIN"] if self.is_in_memory_db() else ["BEGIN IMMEDIATE"]
        return [f"BEGIN {mode}"]

    def _commit(self) -> None:
        hold = self.hold_here()
        super()._commit()
        self._allow_writing(hold)

    def _rollback(self) -> None:
        hold = self.hold_here()
        super()._rollback()
        self._allow_writing(hold)

    def _allow_writing(self, hold: Hold | None) -> None:
        """End what ``read_only`` has begun: the pragma belongs to the connection, not to the transaction."""
        if hold is not None and hold.begin_options is not None and hold.begin_options.read_only:
            self.send(hold, "PRAGMA query_only = OFF")

    def is_retryable(self, exc: BaseException) -> bool:
        """Whether the database was locked."""
        code = getattr(exc.__cause__, "sqlite_errorcode", 0) or 0
        return code & 0xFF in {5, 6}

    def stream_rows(self, sql: str, args: Any, chunk_size: int) -> Iterator[list[Any]]:
        """Give rows in chunks."""
        if self.hold_here() is None and self.is_in_memory_db():
            # An open cursor would lock its tables against the context's next statement.
            with self.cursor() as shell:
                native = self.wrap_cursor(shell.cursor.connection.cursor(WaitingCursor))
                rows = native.execute(sql, args).fetchall()
                native.close()
            for start in range(0, len(rows), chunk_size):
                yield rows[start : start + chunk_size]
            return
        yield from super().stream_rows(sql, args, chunk_size)

    # --- constraints --------------------------------------------------------------------------

    def disable_constraint_checking(self) -> bool:
        """Switch foreign keys off for this context's connection; impossible inside a transaction."""
        hold = self.open_hold()
        # The pragma belongs to the connection: it stays with this context until the checks are on again.
        hold.unchecked = True
        with self.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
            enabled = bool(cursor.execute("PRAGMA foreign_keys").fetchone()[0])
        if enabled:
            self._let_go(hold)
        return not enabled

    def enable_constraint_checking(self) -> None:
        """Switch foreign keys on."""
        with self.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = ON")
        hold = self.hold_here()
        if hold is not None:
            self._let_go(hold)

    def _let_go(self, hold: Hold) -> None:
        """Give the connection back if nothing else keeps it."""
        hold.unchecked = False
        if hold.autocommit and not hold.in_atomic_block:
            self.release_hold(hold)

    def check_constraints(self, table_names: Iterable[str] | None = None) -> None:
        """Raise ``IntegrityError`` for the first row whose foreign key points nowhere."""
        with self.cursor() as cursor:
            if table_names is None:
                violations = cursor.execute("PRAGMA foreign_key_check").fetchall()
            else:
                violations = list(
                    itertools.chain.from_iterable(
                        cursor.execute(f"PRAGMA foreign_key_check({self.ops.quote_name(table_name)})").fetchall()
                        for table_name in table_names
                    )
                )
            for table_name, rowid, referenced, index in violations:
                self._raise_violation(cursor, table_name, rowid, referenced, index)

    def _raise_violation(self, cursor: Any, table_name: str, rowid: int, referenced: str, index: int) -> None:
        """Raise the error for one violation."""
        quote = self.ops.quote_name
        foreign_key = cursor.execute(f"PRAGMA foreign_key_list({quote(table_name)})").fetchall()[index]
        column, target = foreign_key[3:5]
        primary = self.introspection.get_primary_key_column(cursor, table_name)
        value, bad = cursor.execute(
            f"SELECT {quote(primary or 'rowid')}, {quote(column)} FROM {quote(table_name)} WHERE rowid = %s",
            (rowid,),
        ).fetchone()
        raise fix(
            IntegrityError(
                f"The row in table '{table_name}' with primary key '{value}' has an invalid foreign key: "
                f"{table_name}.{column} contains a value '{bad}' that does not have a corresponding value in "
                f"{referenced}.{target}."
            ),
            "delete the row, correct its value, or insert the row it refers to",
        )


def convert_date(value: bytes) -> Any:
    """Return the date of a stored value."""
    return parse_date(value.decode())


def convert_datetime(value: bytes) -> Any:
    """Return the date-time of a stored value."""
    return parse_datetime(value.decode())


def convert_time(value: bytes) -> Any:
    """Return the time of a stored value."""
    return parse_time(value.decode())
