"""
Handlers that receive uploaded files chunk by chunk and decide where these go.
"""

from __future__ import annotations

import os
from io import BytesIO
from typing import Any

from fastjango.conf import settings
from fastjango.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile
from fastjango.utils.module_loading import import_string

__all__ = [
    "FileUploadHandler",
    "MemoryFileUploadHandler",
    "SkipFile",
    "StopFutureHandlers",
    "StopUpload",
    "TemporaryFileUploadHandler",
    "UploadFileException",
    "load_handler",
    "remaining_size",
]


class UploadFileException(Exception):
    """Base of what a handler may raise."""


class StopUpload(UploadFileException):
    """
    Ends the whole upload.

    Args:
        connection_reset: Do not even read the rest of the body.
    """

    def __init__(self, connection_reset: bool = False) -> None:
        self.connection_reset = connection_reset

    def __str__(self) -> str:
        return "StopUpload: Halt current upload." + (
            "" if self.connection_reset else " Consume request data, then halt."
        )


class SkipFile(UploadFileException):
    """Leaves this file out."""


class StopFutureHandlers(UploadFileException):
    """Keeps the handlers behind from this file."""


class FileUploadHandler:
    """Base of handlers."""

    chunk_size = 64 * 2**10  # bytes

    file_name: str | None
    content_type: str | None
    content_length: int | None
    charset: str | None
    content_type_extra: Any
    field_name: str

    def __init__(self, request: Any = None) -> None:
        self.file_name = None
        self.content_type = None
        self.content_length = None
        self.charset = None
        self.request = request

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: Any = None,  # noqa: N803
    ) -> Any:
        """Read the body in its own way and return ``(POST, FILES)``; None leaves it to the parser."""

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str | None,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: Any = None,
    ) -> None:
        """Get ready for a file."""
        self.field_name = field_name
        self.file_name = file_name
        self.content_type = content_type
        self.content_length = content_length
        self.charset = charset
        self.content_type_extra = content_type_extra

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        """Take a chunk; what is returned goes to the next handler."""
        raise NotImplementedError("subclasses of FileUploadHandler must provide a receive_data_chunk() method")

    def file_complete(self, file_size: int) -> Any:
        """Return the file when it is this handler's, else None."""
        raise NotImplementedError("subclasses of FileUploadHandler must provide a file_complete() method")

    def upload_complete(self) -> None:
        """Called when all files are there."""

    def upload_interrupted(self) -> None:
        """Called when the client went away."""


class TemporaryFileUploadHandler(FileUploadHandler):
    """Writes files to disk."""

    file: Any

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Make a temporary file."""
        super().new_file(*args, **kwargs)
        self.file = TemporaryUploadedFile(
            str(self.file_name), self.content_type, 0, self.charset, self.content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        """Write a chunk."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> Any:
        """Return the file."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Remove what was written."""
        if not hasattr(self, "file"):
            return
        location = self.file.temporary_file_path()
        try:
            self.file.close()
            os.remove(location)
        except FileNotFoundError:
            pass


def remaining_size(stream: Any) -> int:
    """Return how much can still be read, 0 when the stream does not tell."""
    if not (hasattr(stream, "seekable") and stream.seekable()):
        return 0
    start: int = stream.tell()
    stream.seek(0, os.SEEK_END)
    end: int = stream.tell()
    stream.seek(start)
    return end - start


class MemoryFileUploadHandler(FileUploadHandler):
    """Keeps small uploads in memory; larger ones are left to the next handler."""

    activated = False
    file: Any

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: Any = None,  # noqa: N803
    ) -> Any:
        """Decide by the length of the body: by what is there, where that can be seen, not only by what was declared."""
        size = max(content_length, remaining_size(getattr(input_data, "_stream", input_data)))
        self.activated = size <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Make a buffer and keep the handlers behind out."""
        super().new_file(*args, **kwargs)
        if self.activated:
            self.file = BytesIO()
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        """Keep a chunk, or pass it on."""
        if not self.activated:
            return raw_data
        self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> Any:
        """Return the file, None when it is too large for memory."""
        if not self.activated:
            return None
        self.file.seek(0)
        return InMemoryUploadedFile(
            file=self.file,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def load_handler(path: str, *args: Any, **kwargs: Any) -> Any:
    """Return a handler by its dotted path."""
    return import_string(path)(*args, **kwargs)
