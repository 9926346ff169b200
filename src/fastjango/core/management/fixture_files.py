"""
The files that ``loaddata`` reads: how they are opened, and how much of one has been read.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zipfile
from collections.abc import Callable
from typing import Any

from fastjango.core.serializers.base import ProgressBar

try:
    import bz2
except ImportError:
    bz2 = None  # type: ignore[assignment]
try:
    import lzma
except ImportError:
    lzma = None  # type: ignore[assignment]


class SingleZipReader(zipfile.ZipFile):
    """Read the only file of an archive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.namelist()) != 1:
            raise ValueError("Zip-compressed fixtures must contain one file.")
        self._content: Any = None

    def read(self, size: int = -1) -> bytes:  # type: ignore[override]  # that of a file, not of an archive
        """Return the next bytes of the file's content."""
        if self._content is None:
            self._content = self.open(self.namelist()[0])
        return bytes(self._content.read(size))

    @property
    def content_size(self) -> int:
        """How many bytes the content has."""
        return self.infolist()[0].file_size

    def tell(self) -> int:
        """Return how many bytes of the content have been read."""
        return int(self._content.tell()) if self._content is not None else 0


def compression_formats() -> dict[str | None, Any]:
    """Return the compressions of files that can be read: ``{extension: (opener, mode)}``."""
    formats: dict[str | None, Any] = {
        None: (open, "rb"),
        "gz": (_gzip, "rb"),
        "zip": (SingleZipReader, "r"),
    }
    if bz2 is not None:
        formats["bz2"] = (bz2.BZ2File, "r")
    if lzma is not None:
        formats["lzma"] = formats["xz"] = (lzma.LZMAFile, "r")
    return formats


def _gzip(source: Any, mode: str) -> gzip.GzipFile:
    if hasattr(source, "read"):
        return gzip.GzipFile(fileobj=source, mode=mode)
    return gzip.GzipFile(source, mode)


class FixtureFile:
    """
    A fixture that is open, and how far it has been read.

    Args:
        stream: What is read; with the content unpacked.
        size: How many bytes there are, as ``position()`` counts them; 0 where nobody knows.
    """

    def __init__(self, stream: Any, size: int, position: Callable[[], int], files: tuple[Any, ...] = ()) -> None:
        self.stream = stream
        self.size = size
        self.position = position
        self._files = files

    @classmethod
    def open(cls, path: str, compression: str | None, opener: Any, mode: Any) -> FixtureFile:
        """Open a file; the place in a packed one is that in its packed bytes."""
        if compression == "stdin":
            stream = opener(path, mode)
            return cls(stream, *_standard_input(stream))
        if compression in ("gz", "bz2", "lzma", "xz"):
            packed = open(path, "rb")  # noqa: SIM115 - closed with the fixture
            stream = opener(packed, mode)
            return cls(stream, os.path.getsize(path), packed.tell, (stream, packed))
        stream = opener(path, mode)
        size = stream.content_size if isinstance(stream, SingleZipReader) else os.path.getsize(path)
        return cls(stream, size, stream.tell, (stream,))

    def close(self) -> None:
        """Close it; standard input stays open."""
        for file in self._files:
            file.close()


def _standard_input(stream: Any) -> tuple[int, Callable[[], int]]:
    """Return the size and the place of standard input; a pipe has none."""
    try:
        number = stream.fileno()
        status = os.fstat(number)
    except (AttributeError, OSError, ValueError, io.UnsupportedOperation):
        return 0, lambda: 0
    if not stat.S_ISREG(status.st_mode):
        return 0, lambda: 0
    return status.st_size, lambda: os.lseek(number, 0, os.SEEK_CUR)


class LoadingBar:
    """
    What a person sees while a fixture is loaded: a bar, or a number of objects where nobody knows how many there are.

    Args:
        output: The command's output.
        file: What is read.
        count: How many objects there are, if that is known; else the bar follows the bytes.
    """

    def __init__(self, output: Any, file: FixtureFile, count: int | None) -> None:
        self.output = output
        self.file = file
        self.count = count
        self.total = file.size if count is None else count
        self.bar = ProgressBar(self, self.total) if self.total else None
        self.shown = False

    def write(self, text: str) -> None:
        """Write a part of the line."""
        self.output.write(text, ending="")
        self.shown = not text.endswith("\n")

    def flush(self) -> None:
        """Show what was written."""
        self.output.flush()

    def update(self, objects: int) -> None:
        """Show that so many objects are loaded."""
        if self.bar is None:
            if objects % 100 == 0:
                self.write(f"\rProcessed {objects} object(s).")
            return
        # All bytes may be read before the last object is saved.
        done = self.file.position() if self.count is None else objects
        self.bar.update(min(done, self.total - 1))

    def finish(self) -> None:
        """Show that everything is loaded."""
        if self.bar is not None:
            self.bar.update(self.total)
        self.close()

    def close(self) -> None:
        """End the line, wherever it is."""
        if self.shown:
            self.write("\n")


__all__ = ["FixtureFile", "LoadingBar", "SingleZipReader", "bz2", "compression_formats", "lzma"]
