"""
The driver side of PostgreSQL: one connection class that blocks in threads and awaits inside a bridge.

All waiting of psycopg goes through ``Connection.wait``. Inside a bridge it becomes an ``await``; when that is cancelled,
the statement is cancelled on the server and the connection is drained, shielded, so that it can be used again.
"""

from __future__ import annotations

import asyncio
import itertools
from asyncio import _get_running_loop
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast

import psycopg
import psycopg.postgres
from psycopg import capabilities, errors, sql, waiting
from psycopg.adapt import AdaptersMap
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.numeric import Int8Dumper
from psycopg.types.range import Range, RangeDumper
from psycopg.types.string import TextLoader

from fastjango.db.backends.postgresql.ear import Ear
from fastjango.db.bridge import await_only, in_bridge, to_its_end
from fastjango.db.context import Gate

R = TypeVar("R")

CANCEL_SECONDS: Final = 5.0
# Only a safety net: data and errors wake the loop by themselves.
ASYNC_INTERVAL: Final = 30.0
_INTERRUPTED = (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit)
WAIT_R: Final = waiting.WAIT_R
READY_R: Final = waiting.READY_R
TSRANGE_OID: Final = psycopg.postgres.types["tsrange"].oid
TSTZRANGE_OID: Final = psycopg.postgres.types["tstzrange"].oid
_cursor_names = itertools.count(1)


class TwoFacedConnection(psycopg.Connection[Any]):
    """A psycopg connection that waits by awaiting inside a bridge, and by blocking elsewhere."""

    shield = False
    _ear: Ear | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # psycopg's own lock would block the loop while another task of it waits for the server.
        self.lock = cast("Any", Gate())

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Drive *gen* until it is done."""
        if not in_bridge():
            return super().wait(gen, interval, timeout)
        if timeout is not None:
            return await_only(self._wait_on_loop(gen, timeout))
        try:
            state = next(gen)
            while state == WAIT_R and not self.shield:
                try:
                    await_only(self._hearing())
                except _INTERRUPTED:
                    if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                        await_only(self._cancel_shielded(resumed(gen, state)))
                    raise
                state = gen.send(READY_R)
        except StopIteration as done:
            return done.value
        # It has to write, or is to be shielded.
        return await_only(self._wait_on_loop(resumed(gen, state), None))

    async def wait_here(self, gen: Any) -> Any:
        """Drive *gen* until it is done, from a coroutine without a bridge."""
        try:
            state = next(gen)
            while state == WAIT_R:
                try:
                    await self._hearing()
                except _INTERRUPTED:
                    if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                        await self._cancel_shielded(resumed(gen, state))
                    raise
                state = gen.send(READY_R)
        except StopIteration as done:
            return done.value
        # It has to write.
        return await self._wait_on_loop(resumed(gen, state), None)

    def _hearing(self) -> asyncio.Future[None]:
        """Return a future that is done when the server has sent something."""
        ear = self._ear
        loop = _get_running_loop()
        if ear is None or ear.is_shut or ear.loop is not loop:
            if ear is not None:
                ear.shut()
            assert loop is not None
            self._ear = ear = Ear(loop, self.pgconn.socket)
        return ear.listen()

    def close(self) -> None:
        """Close the connection."""
        if self._ear is not None:
            self._ear.shut()
        super().close()

    async def _wait_on_loop(self, gen: Any, timeout: float | None) -> Any:
        """Drive *gen* on the running loop."""
        if self.shield:
            return await to_its_end(self._wait_in_time(gen))
        try:
            return await waiting.wait_async(gen, self.pgconn.socket, ASYNC_INTERVAL, timeout)
        except _INTERRUPTED:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                await self._cancel_shielded(gen)
            raise

    async def _cancel_shielded(self, gen: Any) -> None:
        """Cancel the statement; the cancellation that is being handled does not cut this short."""
        await to_its_end(self._cancel_and_drain(gen))

    async def _wait_in_time(self, gen: Any) -> Any:
        """Drive *gen*, the clean-up after a cancellation; a server that does not answer loses the connection."""
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                return await waiting.wait_async(gen, self.pgconn.socket, ASYNC_INTERVAL)
        except TimeoutError as exc:
            self.pgconn.finish()
            raise errors.OperationalError(f"no answer within {CANCEL_SECONDS:.0f} seconds") from exc

    async def _cancel_and_drain(self, gen: Any) -> None:
        """Cancel the statement on the server and read its end; a connection that stays busy is closed."""
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                if capabilities.has_cancel_safe():
                    await waiting.wait_conn_async(self._cancel_gen(), interval=0.1)
                else:
                    await asyncio.to_thread(self.cancel)
                await waiting.wait_async(gen, self.pgconn.socket, 0.1)
        except errors.QueryCanceled:
            pass
        except BaseException as exc:
            self.pgconn.finish()
            if not isinstance(exc, Exception):
                raise

    @property
    def is_idle(self) -> bool:
        """Whether no transaction is open and no statement runs."""
        return self.pgconn.transaction_status == TransactionStatus.IDLE


def resumed(gen: Any, state: Any) -> Generator[Any, Any, Any]:
    """Return a generator that goes on where *gen* has stopped, beginning with the *state* it waits for."""
    try:
        while True:
            state = gen.send((yield state))
    except StopIteration as done:
        return done.value


class OrmCursor(psycopg.Cursor[Any]):
    """The cursor of compiled statements: parameters are bound by the server, plans are prepared."""

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> OrmCursor:
        """Run one statement; a prepared plan that the schema has outrun is made anew."""
        try:
            return super().execute(query, params, **kwargs)
        except errors.FeatureNotSupported as exc:
            if "cached plan" not in str(exc) or not cast("TwoFacedConnection", self.connection).is_idle:
                raise
        super().execute("DEALLOCATE ALL", prepare=False)
        return super().execute(query, params, **kwargs)


class UserCursor(psycopg.ClientCursor[Any]):
    """The cursor of ``connection.cursor()``: parameters are filled in by the client, as SQL texts expect."""

    def callproc(self, name: str, args: Sequence[Any] | None = None) -> Sequence[Any] | None:
        """Call a function of the database and keep its result for fetching."""
        quoted = sql.Identifier(name)
        marks = sql.SQL(", ").join(sql.Placeholder() * len(args or ()))
        self.execute(sql.SQL("SELECT * FROM {}({})").format(quoted, marks), args)
        return args


class ServerBoundUserCursor(psycopg.Cursor[Any]):
    """``connection.cursor()`` with ``OPTIONS["server_side_binding"]``."""

    callproc = UserCursor.callproc


class NaiveTimestamptzLoader(TimestamptzLoader):
    """Loads moments without their zone, for ``USE_TZ = False``."""

    def load(self, data: Any) -> Any:
        """Return a naive date-time in the session's zone."""
        return super().load(data).replace(tzinfo=None)


class MomentRangeDumper(RangeDumper):
    """Sends ranges of naive date-times as ranges of moments in the session's zone, as single ones are stored."""

    def upgrade(self, obj: Any, format: Any) -> Any:
        """Return the dumper for the bounds of *obj*."""
        dumper = super().upgrade(obj, format)
        if dumper is not self and dumper.oid == TSRANGE_OID:
            dumper.oid = TSTZRANGE_OID
        return dumper


def adapters(naive: bool) -> AdaptersMap:
    """Return the adaptation of types for a new connection."""
    made = AdaptersMap(psycopg.adapters)
    # By default ints are sent as int2, int4 or int8 by size: several prepared plans for one statement.
    made.register_dumper(int, Int8Dumper)
    made.register_dumper(Range, MomentRangeDumper)
    for name in ("inet", "cidr", "jsonb"):
        made.register_loader(name, TextLoader)
    if naive:
        made.register_loader("timestamptz", NaiveTimestamptzLoader)
    return made


@contextmanager
def shielded(raw: Any) -> Iterator[None]:
    """Protect the waits of *raw* inside the block from the cancellation that is being handled."""
    raw.shield = True
    try:
        yield
    finally:
        raw.shield = False


def server_cursor(raw: Any) -> Any:
    """Return a cursor whose rows stay on the server; needs an open transaction."""
    return psycopg.ServerCursor(raw, f"fastjango_{next(_cursor_names)}", scrollable=False)
