"""
The short way of a repeated query: prepared on the server, sent and read through libpq without a cursor.

psycopg decides when a statement is prepared and when it is forgotten (after DROP, ROLLBACK, DEALLOCATE); this room only
looks the name up. A statement without a name, a connection in an unusual state, an outdated plan: all go the ordinary way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from psycopg import errors, generators
from psycopg._queries import PostgresQuery
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, TransactionStatus

if TYPE_CHECKING:
    from fastjango.db.backends.postgresql.driver import OrmCursor, TwoFacedConnection

Row = tuple[Any, ...]

_ROWS: Final = ExecStatus.TUPLES_OK
_FAILED: Final = ExecStatus.FATAL_ERROR
_READY: Final = (TransactionStatus.IDLE, TransactionStatus.INTRANS)
# The plan is of another schema; the prepared statement is gone.
_OUTDATED: Final = ("0A000", "26000")


class _Statement:
    """One SQL text on one connection: how its parameters are dumped and its rows loaded."""

    __slots__ = ("formats", "loaded_for", "query", "transformer")

    def __init__(self, sql: str, args: Sequence[Any], connection: TwoFacedConnection) -> None:
        self.transformer: Any = Transformer(connection)
        converted = PostgresQuery(self.transformer)
        converted.convert(sql, args)  # pyright: ignore[reportArgumentType]  # no literal: the compiler wrote it
        self.query = converted.query
        self.formats = [PyFormat.AUTO] * len(args)
        # The prepared statement whose columns the row loaders are for.
        self.loaded_for: bytes | None = None


class Lane:
    """The prepared reads of one connection; whoever calls it owns the connection for that time."""

    __slots__ = ("_connection", "_cursor", "_names", "_pgconn", "_statements")

    def __init__(self, cursor: OrmCursor, connection: TwoFacedConnection) -> None:
        self._cursor = cursor
        self._connection = connection
        self._pgconn: Any = connection.pgconn
        # {(query, types of the parameters): name}, kept by psycopg.
        self._names: Any = connection._prepared._names
        self._statements: dict[str, _Statement] = {}

    def read(self, sql: str, args: Sequence[Any]) -> list[Row]:
        """Run a statement and return its rows."""
        statement = self._statements.get(sql)
        if statement is None:
            return self._first_time(sql, args)
        with self._connection.lock:
            rows = self._prepared(statement, args)
        return self._ordinary(sql, args) if rows is None else rows

    async def aread(self, sql: str, args: Sequence[Any]) -> list[Row] | None:
        """Run a statement from a coroutine and return its rows; None where the ordinary way is needed."""
        statement = self._statements.get(sql)
        if statement is None:
            return None
        with self._connection.lock:
            name = self._sent(statement, args)
            if name is None:
                return None
            results: Any = await self._connection.wait_here(generators.execute(self._pgconn))
            return self._rows(statement, name, results[-1])

    def _prepared(self, statement: _Statement, args: Sequence[Any]) -> list[Row] | None:
        """Return the rows, or None where the ordinary way is needed."""
        name = self._sent(statement, args)
        if name is None:
            return None
        results: Any = self._connection.wait(generators.execute(self._pgconn))
        return self._rows(statement, name, results[-1])

    def _sent(self, statement: _Statement, args: Sequence[Any]) -> bytes | None:
        """Send a prepared statement and return its name; None: nothing was sent."""
        transformer = statement.transformer
        params = transformer.dump_sequence(args, statement.formats)
        key = (statement.query, transformer.types or ())
        name: bytes | None = self._names.get(key)
        pgconn = self._pgconn
        if name is None or pgconn.transaction_status not in _READY or self._connection._pipeline is not None:
            return None
        self._names.move_to_end(key)
        pgconn.send_query_prepared(name, params, param_formats=transformer.formats)
        return name

    def _rows(self, statement: _Statement, name: bytes, result: Any) -> list[Row] | None:
        """Return the rows of a result, or None where the statement is to be run again in the ordinary way."""
        if result.status != _ROWS:
            self._raise_for(result)
            return None
        transformer = statement.transformer
        transformer.set_pgresult(result, set_loaders=statement.loaded_for is not name)
        statement.loaded_for = name
        rows: list[Row] = transformer.load_rows(0, result.ntuples, tuple)
        # The result's memory is not kept until the next time.
        transformer.set_pgresult(None, set_loaders=False)
        return rows

    def _first_time(self, sql: str, args: Sequence[Any]) -> list[Row]:
        rows = self._ordinary(sql, args)
        if len(self._statements) >= (self._connection.prepared_max or 0):
            self._statements.clear()
        self._statements[sql] = _Statement(sql, args, self._connection)
        return rows

    def _ordinary(self, sql: str, args: Sequence[Any]) -> list[Row]:
        self._cursor.execute(sql, args)
        rows: list[Row] = self._cursor.fetchall()
        return rows

    def _raise_for(self, result: Any) -> None:
        """Raise the error of *result*, unless the plan is to blame and the statement can be run once more."""
        if result.status != _FAILED:
            return
        error = errors.error_from_result(result, encoding=self._connection.info.encoding)
        if error.sqlstate not in _OUTDATED or self._pgconn.transaction_status != TransactionStatus.IDLE:
            raise error


__all__ = ["Lane"]
