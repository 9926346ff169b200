"""``Storage``: what every storage can do, and names that are safe and free."""

from __future__ import annotations

import os
import pathlib
from typing import Any

from fastjango.core.exceptions import SuspiciousFileOperation
from fastjango.core.files.base import File
from fastjango.core.files.utils import validate_file_name
from fastjango.utils.crypto import get_random_string
from fastjango.utils.text import get_valid_filename


class Storage:
    """Base of storages. A subclass gives ``_open`` and ``_save`` and whichever other methods make sense for it."""

    def open(self, name: str, mode: str = "rb") -> Any:
        """Return the file of that name, open."""
        return self._open(name, mode)  # type: ignore[attr-defined]

    def save(self, name: Any, content: Any, max_length: int | None = None) -> str:
        """
        Store *content* under *name*, or a free name like it, and return that name.

        Args:
            content: A ``File``, or anything with ``read()``.
            max_length: The longest name that the caller can keep.
        """
        if name is None:
            name = content.name
        if not hasattr(content, "chunks"):
            content = File(content, name)
        validate_file_name(name, allow_relative_path=True)
        name = self.get_available_name(name, max_length=max_length)
        # A storage of somebody else may make up names of its own.
        validate_file_name(name, allow_relative_path=True)
        name = self._save(name, content)  # type: ignore[attr-defined]
        validate_file_name(name, allow_relative_path=True)
        return str(name)

    def is_name_available(self, name: str, max_length: int | None = None) -> bool:
        """Return whether *name* is free and not too long."""
        exceeds = bool(max_length and len(name) > max_length)
        return not self.exists(name) and not exceeds

    def get_valid_name(self, name: str) -> str:
        """Return *name* with only characters that are safe in a file's name."""
        return str(get_valid_filename(name))

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """Return another name, told apart by seven random characters."""
        return f"{file_root}_{get_random_string(7)}{file_ext}"

    def get_available_name(self, name: Any, max_length: int | None = None) -> str:
        """
        Return *name*, or one like it that is free.

        Raises:
            SuspiciousFileOperation: It leads out of the storage, or cannot be made short enough.
        """
        name = str(name).replace("\\", "/")
        dir_name, file_name = os.path.split(name)
        if ".." in pathlib.PurePath(dir_name).parts:
            raise SuspiciousFileOperation(f"Detected path traversal attempt in '{dir_name}'")
        validate_file_name(file_name)
        file_ext = "".join(pathlib.PurePath(file_name).suffixes)
        file_root = file_name.removesuffix(file_ext)
        while not self.is_name_available(name, max_length=max_length):
            name = os.path.join(dir_name, self.get_alternative_name(file_root, file_ext))
            if max_length is None:
                continue
            excess = len(name) - max_length
            if excess > 0:
                file_root = file_root[:-excess]
                if not file_root:
                    raise SuspiciousFileOperation(
                        f'Storage can not find an available filename for "{name}". '
                        'Please make sure that the corresponding file field allows sufficient "max_length".'
                    )
                name = os.path.join(dir_name, self.get_alternative_name(file_root, file_ext))
        return str(name)

    def generate_filename(self, filename: Any) -> str:
        """
        Return a name with folders in the form that ``save`` takes.

        Raises:
            SuspiciousFileOperation: It leads out of the storage.
        """
        filename = str(filename).replace("\\", "/")
        dirname, filename = os.path.split(filename)
        if ".." in pathlib.PurePath(dirname).parts:
            raise SuspiciousFileOperation(f"Detected path traversal attempt in '{dirname}'")
        return str(os.path.normpath(os.path.join(dirname, self.get_valid_name(filename))))

    def path(self, name: str) -> str:
        """Return where the file is on this machine; only storages on disk have an answer."""
        raise NotImplementedError("This backend doesn't support absolute paths.")

    def delete(self, name: str) -> None:
        """Remove a file."""
        raise NotImplementedError("subclasses of Storage must provide a delete() method")

    def exists(self, name: str) -> bool:
        """Return whether there is a file of that name."""
        raise NotImplementedError("subclasses of Storage must provide an exists() method")

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Return the folders and the files in a folder."""
        raise NotImplementedError("subclasses of Storage must provide a listdir() method")

    def size(self, name: str) -> int:
        """Return a file's length in bytes."""
        raise NotImplementedError("subclasses of Storage must provide a size() method")

    def url(self, name: str | None) -> str:
        """Return the address of a file."""
        raise NotImplementedError("subclasses of Storage must provide a url() method")

    def get_accessed_time(self, name: str) -> Any:
        """Return when a file was last read."""
        raise NotImplementedError("subclasses of Storage must provide a get_accessed_time() method")

    def get_created_time(self, name: str) -> Any:
        """Return when a file was made."""
        raise NotImplementedError("subclasses of Storage must provide a get_created_time() method")

    def get_modified_time(self, name: str) -> Any:
        """Return when a file was last changed."""
        raise NotImplementedError("subclasses of Storage must provide a get_modified_time() method")
