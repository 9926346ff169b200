"""
The driver side of MariaDB and MySQL: a PyMySQL connection that awaits inside a bridge and blocks elsewhere.

PyMySQL reads through ``_rfile`` and writes through ``_write_bytes``; both are replaced. A cancelled statement is killed on
the server from a second connection, and its own connection is closed.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Final

import anyio
import pymysql
from pymysql.connections import Connection

from fastjango.db.bridge import await_only, in_bridge

CHUNK: Final = 65536
KILL_SECONDS: Final = 5.0


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

    async def until_ready(self, sock: Any, write: bool) -> None:
        """Wait on the loop until *sock* can be read or written."""
        if self.shield:
            with anyio.CancelScope(shield=True):
                await self._until_ready(sock, write)
            return
        try:
            await self._until_ready(sock, write)
        except asyncio.CancelledError:
            with anyio.CancelScope(shield=True):
                await self._kill_statement()
            raise

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
