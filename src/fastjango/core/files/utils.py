"""Names of files: checking them, and passing calls on to a wrapped file."""

from __future__ import annotations

import os
import pathlib
from typing import Any

from fastjango.core.exceptions import SuspiciousFileOperation


def validate_file_name(name: Any, allow_relative_path: bool = False) -> Any:
    """
    Return *name* when it is safe to store a file under.

    Args:
        allow_relative_path: Accept folders in it too.
    Raises:
        SuspiciousFileOperation: It is empty, is a folder, or leads out of its folder.
    """
    text = str(name)
    if os.path.basename(name) in {"", ".", ".."}:
        raise SuspiciousFileOperation(f"Could not derive file name from '{name}'")
    if allow_relative_path:
        # Windows' separators are read as separators everywhere.
        path = pathlib.PurePosixPath(text.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise SuspiciousFileOperation(f"Detected path traversal attempt in '{name}'")
    elif name != os.path.basename(name):
        raise SuspiciousFileOperation(f"File name '{name}' includes path elements")
    return name


class FileProxyMixin:
    """Passes the methods of a file on to ``self.file``."""

    file: Any

    encoding = property(lambda self: self.file.encoding)
    fileno = property(lambda self: self.file.fileno)
    flush = property(lambda self: self.file.flush)
    isatty = property(lambda self: self.file.isatty)
    newlines = property(lambda self: self.file.newlines)
    read = property(lambda self: self.file.read)
    readinto = property(lambda self: self.file.readinto)
    readline = property(lambda self: self.file.readline)
    readlines = property(lambda self: self.file.readlines)
    seek = property(lambda self: self.file.seek)
    tell = property(lambda self: self.file.tell)
    truncate = property(lambda self: self.file.truncate)
    write = property(lambda self: self.file.write)
    writelines = property(lambda self: self.file.writelines)

    @property
    def closed(self) -> bool:
        """Whether there is no open file."""
        return bool(not self.file or self.file.closed)

    def _can(self, ability: str, modes: str) -> bool:
        if self.closed:
            return False
        if hasattr(self.file, ability):
            return bool(getattr(self.file, ability)())
        mode = getattr(self.file, "mode", "")
        return any(letter in mode for letter in modes)

    def readable(self) -> bool:
        """Return whether it can be read."""
        if not self.closed and not hasattr(self.file, "readable"):
            return True
        return self._can("readable", "r")

    def writable(self) -> bool:
        """Return whether it can be written."""
        return self._can("writable", "wax+")

    def seekable(self) -> bool:
        """Return whether its position can be set."""
        if not self.closed and not hasattr(self.file, "seekable"):
            return True
        return self._can("seekable", "")

    def __iter__(self) -> Any:
        return iter(self.file)
