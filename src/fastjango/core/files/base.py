"""``File``: a Python file with a name, a size and chunks; ``ContentFile``: one made from text or bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from io import BytesIO, StringIO, UnsupportedOperation
from typing import Any, Self

from fastjango.core.files.utils import FileProxyMixin


class File(FileProxyMixin):
    """
    A file of any origin.

    Args:
        file: The Python file.
        name: In place of the file's own name.
    """

    DEFAULT_CHUNK_SIZE = 64 * 2**10

    mode: Any

    def __init__(self, file: Any, name: Any = None) -> None:
        self.file = file
        self.name: Any = getattr(file, "name", None) if name is None else name
        if hasattr(file, "mode"):
            self.mode = file.mode

    def __str__(self) -> str:
        return self.name or ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self or 'None'}>"

    def __bool__(self) -> bool:
        return bool(self.name)

    def __len__(self) -> int:
        return int(self.size)

    @cached_property
    def size(self) -> Any:
        """Its length in bytes; ``AttributeError`` when it cannot be told."""
        if hasattr(self.file, "size"):
            return self.file.size
        if hasattr(self.file, "name"):
            try:
                return os.path.getsize(self.file.name)
            except (OSError, TypeError):
                pass  # not a file on disk
        if hasattr(self.file, "tell") and hasattr(self.file, "seek"):
            position = self.file.tell()
            end = self.file.seek(0, os.SEEK_END)
            size = self.file.tell() if end is None else end
            self.file.seek(position)
            return size
        raise AttributeError("Unable to determine the file's size.")

    def chunks(self, chunk_size: int | None = None) -> Iterator[Any]:
        """Yield the content from its start, *chunk_size* bytes at a time (64 KiB by default)."""
        chunk_size = chunk_size or self.DEFAULT_CHUNK_SIZE
        try:
            self.seek(0)
        except (AttributeError, UnsupportedOperation):
            pass  # read on from where it stands
        while data := self.read(chunk_size):
            yield data

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        """Return whether the content is larger than one chunk."""
        return bool(self.size > (chunk_size or self.DEFAULT_CHUNK_SIZE))

    def __iter__(self) -> Iterator[Any]:
        held = None  # the last line of a chunk may go on in the next one
        for chunk in self.chunks():
            for line in chunk.splitlines(True):
                if held is not None:
                    if endswith_cr(held) and not equals_lf(line):
                        yield held
                        held = line
                    else:
                        held += line
                else:
                    held = line
                if endswith_lf(held):
                    yield held
                    held = None
        if held is not None:
            yield held

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, tb: Any) -> None:
        self.close()

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> Self:
        """Go to the start of an open file, or open it again by its name."""
        if not self.closed:
            self.seek(0)
        elif self.name and os.path.exists(self.name):
            self.file = open(self.name, mode or self.mode, *args, **kwargs)
        else:
            raise ValueError("The file cannot be reopened.")
        return self

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class ContentFile(File):
    """A file in memory."""

    def __init__(self, content: Any, name: Any = None) -> None:
        super().__init__(StringIO(content) if isinstance(content, str) else BytesIO(content), name=name)
        self.size = len(content)

    def __str__(self) -> str:
        return "Raw content"

    def __bool__(self) -> bool:
        return True

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> Self:
        """Go to its start."""
        self.seek(0)
        return self

    def close(self) -> None:
        """Do nothing: the content stays readable."""

    def write(self, data: Any) -> Any:
        """Write *data* at the current position."""
        self.__dict__.pop("size", None)  # has to be counted anew
        return self.file.write(data)


def endswith_cr(line: Any) -> bool:
    """Return whether a line of text or bytes ends with a carriage return."""
    return bool(line.endswith("\r" if isinstance(line, str) else b"\r"))


def endswith_lf(line: Any) -> bool:
    """Return whether a line of text or bytes ends with a line feed."""
    return bool(line.endswith("\n" if isinstance(line, str) else b"\n"))


def equals_lf(line: Any) -> bool:
    """Return whether a line of text or bytes is a line feed alone."""
    return bool(line == ("\n" if isinstance(line, str) else b"\n"))
