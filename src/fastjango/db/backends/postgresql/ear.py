"""
Hears for one event loop when a connection's socket has something to read.

psycopg adds and removes a reader for every wait. An ``Ear`` stays registered between statements, on a duplicate of the
socket's descriptor: whoever closes the connection, and in whichever thread, never leaves the loop with a dead descriptor.
"""

from __future__ import annotations

import asyncio
import os


class Ear:
    """One registration; it ends by itself when the socket speaks and nobody listens."""

    __slots__ = ("_descriptor", "_registered", "_waiter", "is_shut", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: int) -> None:
        self.loop = loop
        self.is_shut = False
        self._descriptor = os.dup(socket)
        self._registered = False
        self._waiter: asyncio.Future[None] | None = None

    def listen(self) -> asyncio.Future[None]:
        """Return a future that is done when the socket can be read; called on the loop."""
        self._waiter = waiter = self.loop.create_future()
        if not self._registered:
            self.loop.add_reader(self._descriptor, self._hear)
            self._registered = True
        return waiter

    def _hear(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            # The end of the connection, or the rest of a cancelled statement: a reader that stays would spin the loop.
            self._shut()
        else:
            waiter.set_result(None)

    def shut(self) -> None:
        """End the registration, from any thread."""
        if self.is_shut:
            return
        if self.loop.is_closed() or not self.loop.is_running() or asyncio._get_running_loop() is self.loop:
            self._shut()
            return
        try:
            self.loop.call_soon_threadsafe(self._shut)
        except RuntimeError:
            # The loop was closed in between.
            self._shut()

    def _shut(self) -> None:
        if self.is_shut:
            return
        self.is_shut = True
        if self._registered and not self.loop.is_closed():
            self.loop.remove_reader(self._descriptor)
        self._registered = False
        os.close(self._descriptor)


__all__ = ["Ear"]
