"""Moving a file, also between disks."""

from __future__ import annotations

import contextlib
import os
from shutil import copymode, copystat
from typing import Any

from fastjango.core.files import locks

__all__ = ["file_move_safe"]


def file_move_safe(
    old_file_name: Any, new_file_name: Any, chunk_size: int = 1024 * 64, allow_overwrite: bool = False
) -> None:
    """
    Move a file: by renaming, or by copying where that is not possible.

    Args:
        chunk_size: Bytes copied at a time.
        allow_overwrite: Replace a file that is there.
    Raises:
        FileExistsError: There is one, and it may not be replaced.
    """
    try:
        if os.path.samefile(old_file_name, new_file_name):
            return
    except OSError:
        pass  # there is no new file yet
    if not allow_overwrite and os.access(new_file_name, os.F_OK):
        raise FileExistsError(f"Destination file {new_file_name} exists and allow_overwrite is False.")
    try:
        os.rename(old_file_name, new_file_name)
    except OSError:
        pass  # another disk, or an open file
    else:
        return
    with open(old_file_name, "rb") as old_file:
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
        flags |= os.O_TRUNC if allow_overwrite else os.O_EXCL
        descriptor = os.open(new_file_name, flags)
        try:
            locks.lock(descriptor, locks.LOCK_EX)
            while chunk := old_file.read(chunk_size):
                os.write(descriptor, chunk)
        finally:
            locks.unlock(descriptor)
            os.close(descriptor)
    try:
        copystat(old_file_name, new_file_name)
    except PermissionError:
        # Some file systems do not take a time or a label; the mode is what matters.
        with contextlib.suppress(PermissionError):
            copymode(old_file_name, new_file_name)
    os.remove(old_file_name)
