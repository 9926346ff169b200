"""
Cursors as user code sees them, and conversions of values and names.

``connection.cursor()`` gives a ``CursorWrapper``; with query logging it is a ``CursorDebugWrapper``. Both translate the
driver's errors, run execute wrappers and refuse work in a broken transaction.
"""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import hashlib
import logging
import re
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from fastjango.apps import apps
from fastjango.db.errors import NotSupportedError

logger = logging.getLogger("fastjango.db.backends")
_SIZES = re.compile(r"\([^)]*\)")


class CursorWrapper:
    """A cursor of the driver with the framework's errors, wrappers and checks around it."""

    WRAP_ERROR_ATTRS = frozenset(["fetchone", "fetchmany", "fetchall", "nextset"])

    APPS_NOT_READY_WARNING_MSG = (
        "Accessing the database during app initialization is discouraged. To fix this warning, avoid executing "
        "queries in AppConfig.ready() or when your app modules are imported."
    )

    def __init__(self, cursor: Any, db: Any) -> None:
        self.cursor = cursor
        self.db = db
        # What is called once when the cursor is closed: gives the connection back.
        self.release: Callable[[], None] | None = None

    def __getattr__(self, attr: str) -> Any:
        value = getattr(self.cursor, attr)
        if attr in CursorWrapper.WRAP_ERROR_ATTRS:
            return self.db.wrap_database_errors(value)
        return value

    def __iter__(self) -> Iterator[Any]:
        with self.db.wrap_database_errors:
            yield from self.cursor

    def __enter__(self) -> CursorWrapper:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        # Some drivers fail to close a cursor whose connection broke; that would hide the real error.
        try:
            self.close()
        except self.db.Database.Error:
            pass

    def __del__(self) -> None:
        if self.__dict__.get("release") is not None:
            try:
                self.close()
            except Exception:
                logger.debug("A cursor that was never closed could not be closed.", exc_info=True)

    def close(self) -> None:
        """Close the cursor; its connection may be used by others again."""
        release, self.release = self.release, None
        try:
            self.cursor.close()
        finally:
            if release is not None:
                release()

    def callproc(self, procname: str, params: Sequence[Any] | None = None, kparams: Any = None) -> Any:
        """
        Call a stored procedure.

        Raises:
            NotSupportedError: Keyword parameters, where the driver has none.
        """
        if kparams is not None and not self.db.features.supports_callproc_kwargs:
            raise NotSupportedError("Keyword parameters for callproc are not supported on this database backend.")
        self.db.validate_no_broken_transaction()
        with self.db.wrap_database_errors:
            if params is None and kparams is None:
                return self.cursor.callproc(procname)
            if kparams is None:
                return self.cursor.callproc(procname, params)
            return self.cursor.callproc(procname, params or (), kparams)

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Run one statement; ``None`` for *params* sends the text as it is."""
        return self._execute_with_wrappers(sql, params, many=False, executor=self._execute)

    def executemany(self, sql: Any, param_list: Iterable[Any]) -> Any:
        """Run one statement once per entry of *param_list*."""
        return self._execute_with_wrappers(sql, param_list, many=True, executor=self._executemany)

    def _execute_with_wrappers(self, sql: Any, params: Any, many: bool, executor: Callable[..., Any]) -> Any:
        if not apps.ready and not apps.stored_app_configs:  # stored while tests exchange the apps
            warnings.warn(self.APPS_NOT_READY_WARNING_MSG, category=RuntimeWarning, stacklevel=6)
        context = {"connection": self.db, "cursor": self}
        for wrapper in reversed(self.db.execute_wrappers):
            executor = functools.partial(wrapper, executor)
        return executor(sql, params, many, context)

    def _execute(self, sql: Any, params: Any, *ignored_wrapper_args: Any) -> Any:
        self.db.validate_no_broken_transaction()
        with self.db.wrap_database_errors:
            if params is None:
                return self.cursor.execute(sql)
            return self.cursor.execute(sql, params)

    def _executemany(self, sql: Any, param_list: Any, *ignored_wrapper_args: Any) -> Any:
        self.db.validate_no_broken_transaction()
        with self.db.wrap_database_errors:
            return self.cursor.executemany(sql, param_list)


class CursorDebugWrapper(CursorWrapper):
    """A cursor that writes what it runs to ``connection.queries`` and to the log."""

    _sent: tuple[Any, Any] | None = None

    def _execute(self, sql: Any, params: Any, *ignored_wrapper_args: Any) -> Any:
        self._sent = (sql, params)
        return super()._execute(sql, params, *ignored_wrapper_args)

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Run one statement and log it."""
        with self.debug_sql(sql, params, use_last_executed_query=True):
            return super().execute(sql, params)

    def executemany(self, sql: Any, param_list: Iterable[Any]) -> Any:
        """Run one statement many times and log it once."""
        with self.debug_sql(sql, param_list, many=True):
            return super().executemany(sql, param_list)

    @contextmanager
    def debug_sql(
        self, sql: Any = None, params: Any = None, use_last_executed_query: bool = False, many: bool = False
    ) -> Generator[None]:
        """Measure the block and log it as one statement."""
        began = time.monotonic()
        self._sent = None
        try:
            yield
        finally:
            duration = time.monotonic() - began
            sent: tuple[Any, Any] | None = self._sent
            if sent is not None:
                # A wrapper may have changed it.
                sql, params = sent
            if use_last_executed_query:
                sql = self.db.ops.last_executed_query(self.cursor, sql, params)
            times: Any = ""
            if many:
                try:
                    times = len(params)
                except TypeError:
                    times = "?"  # an iterator has no length
            self.db.queries_log.append({"sql": f"{times} times: {sql}" if many else sql, "time": f"{duration:.3f}"})
            log_statement(duration, sql, params, self.db.alias)


def log_statement(duration: float, sql: Any, params: Any, alias: str) -> None:
    """Send one statement to the ``fastjango.db.backends`` logger."""
    logger.debug(
        "(%.3f) %s; args=%s; alias=%s",
        duration,
        sql,
        params,
        alias,
        extra={"duration": duration, "sql": sql, "params": params, "alias": alias},
    )


@contextmanager
def debug_transaction(connection: Any, sql: str) -> Generator[None]:
    """Log the block as the statement *sql*, when queries are logged."""
    began = time.monotonic()
    try:
        yield
    finally:
        if connection.queries_logged:
            duration = time.monotonic() - began
            connection.queries_log.append({"sql": f"{sql}", "time": f"{duration:.3f}"})
            log_statement(duration, sql, None, connection.alias)


def split_tzname_delta(tzname: str) -> tuple[str, str | None, str | None]:
    """Split ``UTC+05:30`` into zone, sign and offset; a name without an offset comes back alone."""
    for sign in "+-":
        zone, found, offset = tzname.rpartition(sign)
        if found and len(offset) == 5 and offset[2] == ":" and offset.replace(":", "").isdigit():
            return zone, sign, offset
    return tzname, None, None


def typecast_date(text: str | None) -> dt.date | None:
    """Turn ``YYYY-MM-DD`` into a date."""
    return dt.date(*map(int, text.split("-"))) if text else None


def typecast_time(text: str | None) -> dt.time | None:
    """Turn ``HH:MM:SS[.ffffff]`` into a time."""
    if not text:
        return None
    hour, minutes, seconds = text.split(":")
    seconds, _, fraction = seconds.partition(".")
    return dt.time(int(hour), int(minutes), int(seconds), int((fraction + "000000")[:6]))


def typecast_timestamp(text: str | None) -> dt.date | None:
    """Turn ``YYYY-MM-DD HH:MM:SS[.ffffff]``, or a bare date, into its object."""
    if not text:
        return None
    if " " not in text:
        return typecast_date(text)
    day, clock = text.split()
    for sign in "-+":
        clock = clock.partition(sign)[0]
    date = typecast_date(day)
    moment = typecast_time(clock)
    if date is None or moment is None:
        return None
    return dt.datetime.combine(date, moment)


def split_identifier(identifier: str) -> tuple[str, str]:
    """Split ``"owner"."name"`` into its two parts without quotes; the owner may be empty."""
    namespace, _, name = identifier.partition('"."')
    if not name:
        namespace, name = "", identifier
    return namespace.strip('"'), name.strip('"')


def truncate_name(identifier: str, length: int | None = None, hash_len: int = 4) -> str:
    """Shorten *identifier* to *length* characters, ending in a digest that keeps it unique."""
    namespace, name = split_identifier(identifier)
    if length is None or len(name) <= length:
        return identifier
    digest = names_digest(name, length=hash_len)
    prefix = f'{namespace}"."' if namespace else ""
    return f"{prefix}{name[: length - hash_len]}{digest}"


def names_digest(*args: str, length: int) -> str:
    """Return *length* hexadecimal digits that stand for *args*."""
    digest = hashlib.md5(usedforsecurity=False)
    for part in args:
        digest.update(part.encode())
    return digest.hexdigest()[:length]


def format_number(value: decimal.Decimal | None, max_digits: int | None, decimal_places: int | None) -> str | None:
    """Write a decimal as text with *decimal_places* places."""
    if value is None:
        return None
    context = decimal.getcontext().copy()
    if max_digits is not None:
        context.prec = max_digits
    if decimal_places is not None:
        value = value.quantize(decimal.Decimal(1).scaleb(-decimal_places), context=context)
    else:
        context.traps[decimal.Rounded] = True
        value = context.create_decimal(value)
    return f"{value:f}"


def without_sizes(type_text: str) -> str:
    """
    Return the name of a type without lengths and precisions: ``varchar(10)[]`` is ``varchar[]``.

    A cast to ``varchar(10)`` cuts a text off in silence; without the length the column complains.
    """
    return _SIZES.sub("", type_text)


def strip_quotes(table_name: str) -> str:
    """Take the quotes off an already quoted table name."""
    is_quoted = table_name.startswith('"') and table_name.endswith('"')
    return table_name[1:-1] if is_quoted else table_name
