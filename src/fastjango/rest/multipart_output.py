"""Forms with files as bytes, for test requests."""

from __future__ import annotations

import os
from mimetypes import guess_type
from typing import Any

BOUNDARY = "BoUnDaRyStRiNg"


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _is_file(value: Any) -> bool:
    return hasattr(value, "read") and callable(value.read)


def encode_multipart(boundary: str, data: Any) -> bytes:
    """
    Return *data* as ``multipart/form-data``; lists give several values, files their content.

    Raises:
        TypeError: A value is None, which no form can say.
    """
    parts: list[bytes] = []
    for key, value in data.items():
        if value is None:
            raise TypeError(
                f"Cannot encode None for key '{key}' as POST data. Did you mean to pass an empty string or omit the "
                "value?"
            )
        many = not isinstance(value, str | bytes) and not _is_file(value) and hasattr(value, "__iter__")
        for item in value if many else [value]:
            parts += _file(boundary, key, item) if _is_file(item) else _text(boundary, key, item)
    parts += [f"--{boundary}--".encode(), b""]
    return b"\r\n".join(parts)


def _text(boundary: str, key: str, value: Any) -> list[bytes]:
    return [f"--{boundary}".encode(), f'Content-Disposition: form-data; name="{key}"'.encode(), b"", _bytes(value)]


def _file(boundary: str, key: str, file: Any) -> list[bytes]:
    name = getattr(file, "name", None)
    filename = os.path.basename(name) if isinstance(name, str) and name else ""
    content_type = getattr(file, "content_type", None) or (guess_type(filename)[0] if filename else None)
    return [
        f"--{boundary}".encode(),
        f'Content-Disposition: form-data; name="{key}"; filename="{filename or key}"'.encode(),
        f"Content-Type: {content_type or 'application/octet-stream'}".encode(),
        b"",
        _bytes(file.read()),
    ]
