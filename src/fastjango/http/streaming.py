"""
Responses that are sent piece by piece: ``StreamingHttpResponse`` and ``FileResponse``.

Sync iterators run on the loop inside a bridge, so a generator may query the database; files are read in worker threads.
"""

from __future__ import annotations

import mimetypes
import os
import warnings
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, cast

import anyio
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from fastjango.http.response_base import HttpResponseBase
from fastjango.utils.http import content_disposition_header
from fastjango.utils.worlds import in_thread, run_coroutine, run_sync


class StreamingHttpResponse(HttpResponseBase):
    """
    A response whose content comes from an iterator, sync or async, and is read once.

    Middleware must not read it; it may wrap ``streaming_content``.
    """

    streaming = True
    is_async: bool
    _iterator: Any

    def __init__(self, streaming_content: Any = (), *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Async iterators that hold something: the content, and what middleware wrapped around it.
        self._async_iterators: list[Any] = []
        self.streaming_content = streaming_content

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} status_code={self.status_code}{self._content_type_for_repr}>"

    @property
    def content(self) -> bytes:
        """Not there: the content is not known before it is sent."""
        raise AttributeError(
            f"This {type(self).__name__} instance has no `content` attribute. Use `streaming_content` instead."
        )

    @property
    def text(self) -> str:
        """Not there: the content is not known before it is sent."""
        raise AttributeError(f"This {type(self).__name__} instance has no `text` attribute.")

    @property
    def streaming_content(self) -> Any:
        """The pieces as bytes; an async iterator where the content came as one."""
        return self._encoded(self._iterator) if self.is_async else map(self.make_bytes, self._iterator)

    @streaming_content.setter
    def streaming_content(self, value: Any) -> None:
        self._set_streaming_content(value)

    # Bound to the iterator of this moment: middleware wraps the content in an iterator over what it was.
    async def _encoded(self, iterator: AsyncIterator[Any]) -> AsyncIterator[bytes]:
        async for part in iterator:
            yield self.make_bytes(part)

    def _set_streaming_content(self, value: Any) -> None:
        try:
            self._iterator = iter(value)
            self.is_async = False
        except TypeError:
            self._iterator = aiter(value)
            self.is_async = True
            if hasattr(self._iterator, "aclose"):
                self._async_iterators.append(self._iterator)
        if hasattr(value, "close"):
            self._resource_closers.append(value.close)

    def __iter__(self) -> Iterator[bytes]:
        if not self.is_async:
            return iter(self.streaming_content)
        warnings.warn(
            "StreamingHttpResponse must consume asynchronous iterators in order to "
            "serve them synchronously. Use a synchronous iterator instead.",
            Warning,
            stacklevel=2,
        )
        return iter(run_coroutine(self._collect()))

    async def _collect(self) -> list[bytes]:
        return [part async for part in self.streaming_content]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.is_async:
            async for part in self.streaming_content:
                yield part
            return
        warnings.warn(
            "StreamingHttpResponse must consume synchronous iterators in order to "
            "serve them asynchronously. Use an asynchronous iterator instead.",
            Warning,
            stacklevel=2,
        )
        for part in await run_sync(list, self.streaming_content):
            yield part

    async def aclose_content(self) -> None:
        """End async iterators that were not read to their end, so that a connection they hold comes back at once."""
        with anyio.CancelScope(shield=True):
            while self._async_iterators:
                await self._async_iterators.pop().aclose()

    def getvalue(self) -> bytes:
        """Return the whole content, and use it up."""
        return b"".join(self.streaming_content)

    # ------------------------------------------------------------ sending

    async def _pieces(self) -> AsyncIterator[bytes]:
        """Yield the pieces as they come, without blocking the loop on the database."""
        if self.is_async:
            async for part in self.streaming_content:
                yield part
            return
        iterator = iter(self.streaming_content)
        while (part := await run_sync(self._next, iterator)) is not None:
            yield part

    @staticmethod
    def _next(iterator: Iterator[bytes]) -> bytes | None:
        return next(iterator, None)

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        spec = tuple(map(int, scope.get("asgi", {}).get("spec_version", "2.0").split(".")))
        if spec >= (2, 4):
            # From this version on, the server tells of a lost client by an error in send().
            try:
                await self._send_pieces(send)
            except OSError as exc:
                raise ClientDisconnect from exc
            return
        try:
            async with anyio.create_task_group() as group:

                async def watch() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    group.cancel_scope.cancel()

                group.start_soon(watch)
                await self._send_pieces(send)
                group.cancel_scope.cancel()
        except BaseExceptionGroup as failed:
            # Only the sending fails; whoever waits for its error does not know of the group.
            raise failed.exceptions[0] from None

    async def _send_pieces(self, send: Send) -> None:
        await self._send_start(send)
        try:
            async for part in self._pieces():
                await send({"type": "http.response.body", "body": part, "more_body": True})
        finally:
            await self.aclose_content()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class FileResponse(StreamingHttpResponse):
    """
    A file, streamed; length, type and name are taken from it.

    Args:
        as_attachment: Have the browser save the file, not show it.
        filename: The name the browser sees, where the file's own is missing or wrong.
    """

    block_size = 4096

    def __init__(self, *args: Any, as_attachment: bool = False, filename: str = "", **kwargs: Any) -> None:
        self.as_attachment = as_attachment
        self.filename = filename
        self._no_explicit_content_type = kwargs.get("content_type") is None
        self.file_to_stream: Any = None
        super().__init__(*args, **kwargs)

    def _set_streaming_content(self, value: Any) -> None:
        if not hasattr(value, "read"):
            self.file_to_stream = None
            super()._set_streaming_content(value)
            return
        self.file_to_stream = value
        if hasattr(value, "close"):
            self._resource_closers.append(value.close)
        read = cast("Callable[[int], bytes]", value.read)
        pieces: Iterable[bytes] = iter(lambda: read(self.block_size), b"")
        self.set_headers(value)
        super()._set_streaming_content(pieces)

    def set_headers(self, filelike: Any) -> None:
        """Set length, type and disposition from the file and its name."""
        filename = getattr(filelike, "name", "")
        filename = filename if isinstance(filename, str) else ""
        size = _remaining_size(filelike, filename)
        if size is not None:
            self.headers["Content-Length"] = size
        filename = os.path.basename(self.filename or filename)
        if self._no_explicit_content_type:
            content_type, encoding = mimetypes.guess_type(filename) if filename else (None, None)
            # A compressed file is the compressed file: the browser must not unpack what it saves.
            self.headers["Content-Type"] = ENCODING_TYPES.get(
                encoding or "", content_type or "application/octet-stream"
            )
        if disposition := content_disposition_header(self.as_attachment, filename):
            self.headers["Content-Disposition"] = disposition

    async def _pieces(self) -> AsyncIterator[bytes]:
        file = self.file_to_stream
        if file is None:
            async for part in super()._pieces():
                yield part
            return
        while chunk := await in_thread(file.read, SEND_BLOCK):
            yield self.make_bytes(chunk)


ENCODING_TYPES = {
    "br": "application/x-brotli",
    "bzip2": "application/x-bzip",
    "compress": "application/x-compress",
    "gzip": "application/gzip",
    "xz": "application/x-xz",
}
# A thread hop costs as much as reading this much from the page cache.
SEND_BLOCK = 64 * 1024


def _remaining_size(filelike: Any, filename: str) -> int | None:
    """Return how many bytes can still be read, if that can be known."""
    seekable = hasattr(filelike, "seek") and (not hasattr(filelike, "seekable") or filelike.seekable())
    if hasattr(filelike, "tell"):
        if seekable:
            start = filelike.tell()
            filelike.seek(0, os.SEEK_END)
            end = filelike.tell()
            filelike.seek(start)
            return int(end - start)
        if hasattr(filelike, "getbuffer"):
            return int(filelike.getbuffer().nbytes - filelike.tell())
        if os.path.exists(filename):
            return os.path.getsize(filename) - int(filelike.tell())
        return None
    if seekable:
        start = filelike.seek(0, os.SEEK_CUR)
        end = filelike.seek(0, os.SEEK_END)
        filelike.seek(start)
        return int(end - start)
    return None


__all__ = ["FileResponse", "StreamingHttpResponse"]
