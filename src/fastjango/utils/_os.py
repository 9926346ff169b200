"""Paths that stay inside their folder, folders with exact permissions, and symlinks."""

from __future__ import annotations

import os
import tempfile
from os.path import abspath, curdir, dirname, join, normcase, pardir, sep
from pathlib import Path
from typing import Any

from fastjango.core.exceptions import SuspiciousFileOperation


def safe_makedirs(name: Any, mode: int = 0o777, exist_ok: bool = False) -> None:
    """
    Make a folder and the folders above it, each with the permissions *mode*, whatever the umask is.

    Folders that exist keep theirs.
    """
    name = os.fspath(name)
    head, tail = os.path.split(os.path.normpath(name))
    path = join(head, tail) if tail else head
    parent = dirname(path)
    if parent and parent != path and not os.path.exists(parent):
        safe_makedirs(parent, mode, exist_ok=True)
    if path in {"", curdir, pardir} or path == sep:
        return
    try:
        os.mkdir(path, mode)
    except FileExistsError:
        if not exist_ok or not os.path.isdir(path):
            raise
    else:
        os.chmod(path, mode)


def safe_join(base: Any, *paths: Any) -> str:
    """
    Return *paths* below *base* as an absolute path.

    Raises:
        SuspiciousFileOperation: The result would lie outside of *base*.
    """
    final_path: str = abspath(join(base, *paths))
    base_path = abspath(base)
    # The separator keeps /base from allowing /base-other; the root ends with one already.
    inside = normcase(final_path).startswith(normcase(base_path + sep))
    is_base = normcase(final_path) == normcase(base_path)
    is_root = dirname(normcase(base_path)) == normcase(base_path)
    if not (inside or is_base or is_root):
        raise SuspiciousFileOperation(
            f"The joined path ({final_path}) is located outside of the base path component ({base_path})"
        )
    return final_path


def symlinks_supported() -> bool:
    """Return whether this process may make symbolic links."""
    with tempfile.TemporaryDirectory() as folder:
        original, link = join(folder, "original"), join(folder, "symlink")
        os.makedirs(original)
        try:
            os.symlink(original, link)
        except (OSError, NotImplementedError):
            return False
        return True


def to_path(value: Any) -> Path:
    """Return a text or a path as a ``Path``."""
    if isinstance(value, Path):
        return value
    if not isinstance(value, str):
        raise TypeError(f"Invalid path type: {type(value).__name__}")
    return Path(value)
