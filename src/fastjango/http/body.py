"""
The one place where a request's body is received, with limits counted on the bytes that really arrive.

``receive_body`` is awaited by the handlers before a view runs and before a database connection is taken; what it
returns is what ``HttpRequest`` reads from. ``read_limited`` is used wherever a whole body goes into memory.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Protocol

from fastjango.conf import settings
from fastjango.core.exceptions import RequestAborted, RequestDataTooBig

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Readable(Protocol):
    """Anything that gives up to *size* bytes at a time."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most *size* bytes, none at the end."""
        ...


async def receive_body(
    receive: Receive, *, max_bytes: int | None = None, spool_bytes: int | None = None
) -> bytes | IO[bytes]:
    """
    Return the whole body: bytes when it came in one piece, else a file that moves to disk when it grows.

    Args:
        max_bytes: Refuse more than this; ``None`` leaves the limits to whoever reads the body.
        spool_bytes: What is kept in memory; ``FILE_UPLOAD_MAX_MEMORY_SIZE`` when not given.
    Raises:
        RequestAborted: The client went away.
        RequestDataTooBig: More than *max_bytes* arrived.
    """
    body: IO[bytes] | None = None
    received = 0
    try:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            chunk: bytes = message.get("body", b"")
            received += len(chunk)
            if max_bytes is not None and received > max_bytes:
                raise RequestDataTooBig("Request body exceeded settings.DATA_UPLOAD_MAX_BODY_SIZE.")
            if body is None:
                if not message.get("more_body", False):
                    return chunk
                spool = settings.FILE_UPLOAD_MAX_MEMORY_SIZE if spool_bytes is None else spool_bytes
                body = SpooledTemporaryFile(max_size=spool, mode="w+b")
            body.write(chunk)
            if not message.get("more_body", False):
                body.seek(0)
                return body
    except BaseException:
        if body is not None:
            body.close()
        raise


def too_big() -> RequestDataTooBig:
    """Return the error for a body over ``DATA_UPLOAD_MAX_MEMORY_SIZE``."""
    return RequestDataTooBig("Request body exceeded settings.DATA_UPLOAD_MAX_MEMORY_SIZE.")


def read_limited(source: Readable, limit: int | None) -> bytes:
    """
    Return everything *source* has, if that is at most *limit* bytes.

    Raises:
        RequestDataTooBig: There is more; one byte over the limit has been read.
    """
    if limit is None:
        return source.read()
    pieces: list[bytes] = []
    room = limit + 1
    while room > 0 and (piece := source.read(room)):
        pieces.append(piece)
        room -= len(piece)
    if room <= 0:
        raise too_big()
    return b"".join(pieces)


__all__ = ["Readable", "Receive", "read_limited", "receive_body", "too_big"]
