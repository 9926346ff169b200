"""
The driver side of MariaDB and MySQL: a PyMySQL connection that awaits inside a bridge and blocks elsewhere.

PyMySQL reads through ``_rfile`` and writes through ``_write_bytes``; both are replaced. A cancelled statement is killed on
the server from a second connection and its answer is awaited, shielded, so that its own connection can be used again; one
that streams rows, or gives no answer, is closed.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Final

import pymysql
from pymysql.connections import Connection

from fastjango.db.bridge import await_only, in_bridge, to_its_end

CHUNK: Final = 65536
KILL_SECONDS: Final = 5.0
# The code of a statement that was killed.
INTERRUPTED: Final = 1317


# The stubs leave out what is replaced here.
_Connection: Any = Connection


class TwoFacedReader:
    """Reads exact numbers of bytes from a socket."""

    def __init__(self, owner: TwoFacedConnection, sock: Any) -> None:
        self._owner = owner
        self._sock = sock
        self._buffer = bytearray()

    def read(self, size: int) -> bytes:
        """Return *size* bytes, fewer only at the end of the stream."""
        buffer = self._buffer
        while len(buffer) < size:
            if in_bridge() and not (hasattr(self._sock, "pending") and self._sock.pending()):
                await_only(self._owner.until_ready(self._sock, write=False))
            data = self._sock.recv(max(CHUNK, size - len(buffer)))
            if not data:
                break
            buffer += data
        found = bytes(buffer[:size])
        del buffer[:size]
        return found

    def close(self) -> None:
        """Forget what was read ahead."""
        self._buffer.clear()


class TwoFacedConnection(_Connection):  # type: ignore[misc]  # see above
    """A PyMySQL connection for both worlds."""

    # Read by the clean-up after a cancellation.
    kill_arguments: dict[str, Any] | None = None
    shield = False
    _reader: Any = None
    # The cancellation that waits for the end of its statement; whether one may wait.
    _interruption: asyncio.CancelledError | None = None
    _may_wait = False
    _settling = False

    @property
    def _rfile(self) -> Any:
        return self._reader

    @_rfile.setter
    def _rfile(self, value: Any) -> None:
        if value is None:
            self._reader = None
            return
        # The file of the driver is only its word for "the socket is there".
        value.close()
        self._reader = TwoFacedReader(self, self._sock)

    def _write_bytes(self, data: bytes) -> None:
        sock: Any = self._sock
        if not in_bridge() or len(data) <= CHUNK or not isinstance(sock, socket.socket):
            super()._write_bytes(data)
            return
        view = memoryview(data)
        while view:
            await_only(self.until_ready(sock, write=True))
            try:
                sent = sock.send(view[:CHUNK], socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
            except OSError as exc:
                self._force_close()
                raise pymysql.err.OperationalError(2006, f"MySQL server has gone away ({exc!r})") from exc
            view = view[sent:]

    def _read_query_result(self, unbuffered: bool = False) -> Any:
        """Read the answer to a statement; a cancellation meanwhile is raised when the answer is there."""
        if unbuffered or self._settling or not in_bridge():
            return super()._read_query_result(unbuffered)
        self._may_wait = True
        affected: Any = None
        try:
            affected = super()._read_query_result(False)
        except pymysql.Error:
            if self._interruption is None:
                raise
        finally:
            self._may_wait = False
            interruption, self._interruption = self._interruption, None
        if interruption is None:
            return affected
        self._settle()
        raise interruption

    def _settle(self) -> None:
        """Make sure that a kill that came too late does not hit the next statement."""
        if not self.open:
            return
        self._settling = True
        try:
            self.query("DO 0")
        except pymysql.Error as exc:
            if not exc.args or exc.args[0] != INTERRUPTED:
                self._force_close()
        finally:
            self._settling = False

    async def until_ready(self, sock: Any, write: bool) -> None:
        """Wait on the loop until *sock* can be read or written."""
        if self._interruption is not None or self._settling or self.shield:
            await to_its_end(self._ready_in_time(sock, write))
            return
        try:
            await self._until_ready(sock, write)
        except asyncio.CancelledError as exc:
            await to_its_end(self._kill_statement())
            if write or not self._may_wait:
                raise
            self._interruption = exc
            await to_its_end(self._ready_in_time(sock, write))

    async def _ready_in_time(self, sock: Any, write: bool) -> None:
        """Wait for the clean-up after a cancellation; a server that does not answer loses the connection."""
        async with asyncio.timeout(KILL_SECONDS):
            await self._until_ready(sock, write)

    @staticmethod
    async def _until_ready(sock: Any, write: bool) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def ready() -> None:
            if not future.done():
                future.set_result(None)

        add, remove = (loop.add_writer, loop.remove_writer) if write else (loop.add_reader, loop.remove_reader)
        add(sock.fileno(), ready)
        try:
            await future
        finally:
            remove(sock.fileno())

    async def _kill_statement(self) -> None:
        """Stop the running statement on the server, as well as that can be done."""
        arguments, number = self.kill_arguments, self.thread_id()
        if arguments is None:
            return

        def kill() -> None:
            try:
                with pymysql.connect(**{**arguments, "connect_timeout": 3}) as other, other.cursor() as cursor:
                    cursor.execute(f"KILL QUERY {int(number)}")
            except pymysql.Error:
                return

        try:
            async with asyncio.timeout(KILL_SECONDS):
                await asyncio.to_thread(kill)
        except TimeoutError:
            return
