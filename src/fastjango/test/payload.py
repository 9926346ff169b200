"""Bodies of test requests: multipart forms and the stream that a view reads. Used by ``factory.py``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from io import BytesIO, IOBase
from mimetypes import guess_type
from typing import Any

from fastjango.utils.encoding import force_bytes
from fastjango.utils.regex_helper import _lazy_re_compile

BOUNDARY = "BoUnDaRyStRiNg"
MULTIPART_CONTENT = f"multipart/form-data; boundary={BOUNDARY}"
CONTENT_TYPE_RE = _lazy_re_compile(r".*; charset=([\w-]+);?")
JSON_CONTENT_TYPE_RE = _lazy_re_compile(r"^application\/(.+\+)?json")


class FakePayload(IOBase):
    """A body that can be written once and read once, and whose size is known."""

    def __init__(self, initial_bytes: bytes | str | None = None) -> None:
        self._content = BytesIO()
        self._size = 0
        self.read_started = False
        if initial_bytes is not None:
            self.write(initial_bytes)

    def __len__(self) -> int:
        return self._size

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to *size* bytes; reading more than there is is an error of the code under test."""
        self._start()
        if size == -1 or size is None:
            size = self._size
        assert self._size >= size, "Cannot read more than the available bytes from the HTTP incoming data."
        self._size -= size
        return self._content.read(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line."""
        self._start()
        if size == -1 or size is None:
            size = self._size
        assert self._size >= size, "Cannot read more than the available bytes from the HTTP incoming data."
        line = self._content.readline(size)
        self._size -= len(line)
        return line

    def _start(self) -> None:
        if not self.read_started:
            self._content.seek(0)
            self.read_started = True

    def write(self, b: Any, /) -> None:
        """Append to the body."""
        if self.read_started:
            raise ValueError("Unable to write a payload after it's been read")
        content = force_bytes(b)
        self._content.write(content)
        self._size += len(content)


def encode_multipart(boundary: str, data: Mapping[str, Any]) -> bytes:
    """
    Return *data* as a multipart body; files, and lists of values and files, are allowed.

    Raises:
        TypeError: A value is None, which no form can send.
    """
    lines: list[bytes] = []
    for key, value in data.items():
        if value is None:
            raise TypeError(
                f"Cannot encode None for key '{key}' as POST data. Did you mean to pass an empty string or omit the "
                "value?"
            )
        values = (
            value
            if not isinstance(value, (str, bytes)) and not _is_file(value) and isinstance(value, Iterable)
            else [value]
        )
        for item in values:
            if item is None:
                raise TypeError(
                    f"Cannot encode None for key '{key}' as POST data. Did you mean to pass an empty string or omit "
                    "the value?"
                )
            lines += encode_file(boundary, key, item) if _is_file(item) else _encode_field(boundary, key, item)
    lines += [force_bytes(f"--{boundary}--"), b""]
    return b"\r\n".join(lines)


def _encode_field(boundary: str, key: str, value: Any) -> list[bytes]:
    return [force_bytes(part) for part in (f"--{boundary}", f'Content-Disposition: form-data; name="{key}"', "", value)]


def _is_file(thing: Any) -> bool:
    return hasattr(thing, "read") and callable(thing.read)


def encode_file(boundary: str, key: str, file: Any) -> list[bytes]:
    """Return the lines of one file of a multipart body."""
    filename = os.path.basename(file.name) if isinstance(getattr(file, "name", None), str) else ""
    if hasattr(file, "content_type"):
        content_type = file.content_type
    elif filename:
        content_type = guess_type(filename)[0]
    else:
        content_type = None
    return [
        force_bytes(f"--{boundary}"),
        force_bytes(f'Content-Disposition: form-data; name="{key}"; filename="{filename or key}"'),
        force_bytes(f"Content-Type: {content_type or 'application/octet-stream'}"),
        b"",
        force_bytes(file.read()),
    ]
