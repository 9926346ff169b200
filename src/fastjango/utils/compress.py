"""Gzip for responses, with a random file name in the header against BREACH."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from gzip import GzipFile
from gzip import compress as gzip_compress
from io import BytesIO
from typing import Any

__all__ = ["StreamingBuffer", "acompress_sequence", "compress_sequence", "compress_string"]

FNAME_FLAG = 8


def _random_filename(max_random_bytes: int) -> bytes:
    return b"a" * secrets.randbelow(max_random_bytes)


def compress_string(s: bytes, *, max_random_bytes: int | None = None) -> bytes:
    """
    Return *s* gzipped.

    Args:
        max_random_bytes: Make the result longer by fewer than so many bytes, at random.
    """
    compressed = gzip_compress(s, compresslevel=6, mtime=0)
    if not max_random_bytes:
        return compressed
    header = bytearray(compressed[:10])
    header[3] = FNAME_FLAG
    return bytes(header) + _random_filename(max_random_bytes) + b"\x00" + compressed[10:]


class StreamingBuffer(BytesIO):
    """A buffer that is emptied by each ``read()``."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return everything written since the last call."""
        data = self.getvalue()
        self.seek(0)
        self.truncate()
        return data


class _Compressor:
    def __init__(self, max_random_bytes: int | None) -> None:
        self.buffer = StreamingBuffer()
        name: Any = _random_filename(max_random_bytes).decode("ascii") if max_random_bytes else ""
        self.file = GzipFile(filename=name, mode="wb", compresslevel=6, fileobj=self.buffer, mtime=0)

    def add(self, item: bytes) -> bytes:
        self.file.write(item)
        return self.buffer.read()

    def finish(self) -> bytes:
        self.file.close()
        return self.buffer.read()


def compress_sequence(sequence: Iterable[bytes], *, max_random_bytes: int | None = None) -> Iterator[bytes]:
    """Give the gzipped pieces of *sequence*."""
    compressor = _Compressor(max_random_bytes)
    yield compressor.buffer.read()
    for item in sequence:
        data = compressor.add(item)
        if data:
            yield data
    yield compressor.finish()


async def acompress_sequence(
    sequence: AsyncIterable[bytes], *, max_random_bytes: int | None = None
) -> AsyncIterator[bytes]:
    """Give the gzipped pieces of *sequence*."""
    compressor = _Compressor(max_random_bytes)
    yield compressor.buffer.read()
    async for item in sequence:
        data = compressor.add(item)
        if data:
            yield data
    yield compressor.finish()
