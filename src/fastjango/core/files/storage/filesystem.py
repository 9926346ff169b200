"""``FileSystemStorage``: files in a folder of this machine."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import RemovedInDjango60Warning
from fastjango.core.files import File, locks
from fastjango.core.files.move import file_move_safe
from fastjango.core.files.storage.base import Storage
from fastjango.core.files.storage.mixins import StorageSettingsMixin
from fastjango.core.signals import setting_changed
from fastjango.utils._os import safe_join, safe_makedirs
from fastjango.utils.deconstruct import deconstructible


@deconstructible(path="fastjango.core.files.storage.FileSystemStorage")
class FileSystemStorage(StorageSettingsMixin, Storage):
    """
    Keeps files in a folder.

    Args:
        location: The folder; ``MEDIA_ROOT`` by default.
        base_url: Where the files are served; ``MEDIA_URL`` by default.
        file_permissions_mode: ``FILE_UPLOAD_PERMISSIONS`` by default.
        directory_permissions_mode: ``FILE_UPLOAD_DIRECTORY_PERMISSIONS`` by default.
        allow_overwrite: Replace a file of the same name, instead of taking another name.
    """

    # Deprecated: subclasses used to take os.O_EXCL out to overwrite files.
    OS_OPEN_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

    def __init__(
        self,
        location: Any = None,
        base_url: str | None = None,
        file_permissions_mode: int | None = None,
        directory_permissions_mode: int | None = None,
        allow_overwrite: bool = False,
    ) -> None:
        self._location = location
        self._base_url = base_url
        self._file_permissions_mode = file_permissions_mode
        self._directory_permissions_mode = directory_permissions_mode
        self._allow_overwrite = allow_overwrite
        if type(self).OS_OPEN_FLAGS != FileSystemStorage.OS_OPEN_FLAGS:
            warnings.warn(
                "Overriding OS_OPEN_FLAGS is deprecated. Use the allow_overwrite parameter instead.",
                RemovedInDjango60Warning,
                stacklevel=2,
            )
        setting_changed.connect(self._clear_cached_properties)

    def _open(self, name: str, mode: str = "rb") -> File:
        return File(open(self.path(name), mode))

    def _make_folder(self, directory: str) -> None:
        """Make a folder and those above it."""
        try:
            if self.directory_permissions_mode is not None:
                safe_makedirs(directory, self.directory_permissions_mode, exist_ok=True)
            else:
                os.makedirs(directory, exist_ok=True)
        except FileExistsError:
            raise FileExistsError(f"{directory} exists and is not a directory.") from None

    def _save(self, name: str, content: Any) -> str:
        full_path = self.path(name)
        self._make_folder(os.path.dirname(full_path))
        while True:
            try:
                if hasattr(content, "temporary_file_path"):
                    file_move_safe(content.temporary_file_path(), full_path, allow_overwrite=self._allow_overwrite)
                else:
                    self._write(full_path, content)
            except FileExistsError:
                # Somebody was faster: take another name.
                name = self.get_available_name(name)
                full_path = self.path(name)
            else:
                break
        if self.file_permissions_mode is not None:
            os.chmod(full_path, self.file_permissions_mode)
        name = os.path.relpath(full_path, self.location)
        # Stored names have slashes on every system.
        return name.replace("\\", "/")

    def _write(self, full_path: str, content: Any) -> None:
        """Write *content* to a file that is made for it, under a lock."""
        flags = self.OS_OPEN_FLAGS
        if self._allow_overwrite or not flags & os.O_EXCL:
            flags = (flags & ~os.O_EXCL) | os.O_TRUNC
        descriptor = os.open(full_path, flags, 0o666)
        file: Any = None
        try:
            locks.lock(descriptor, locks.LOCK_EX)
            for chunk in content.chunks():
                if file is None:
                    file = os.fdopen(descriptor, "wb" if isinstance(chunk, bytes) else "wt")
                file.write(chunk)
        finally:
            locks.unlock(descriptor)
            if file is None:
                os.close(descriptor)
            else:
                file.close()

    def delete(self, name: str) -> None:
        """Remove a file or an empty folder; nothing happens when it is gone already."""
        if not name:
            raise ValueError("The name must be given to delete().")
        path = self.path(name)
        try:
            if os.path.isdir(path):
                os.rmdir(path)
            else:
                os.remove(path)
        except FileNotFoundError:
            pass  # a concurrent request removed it

    def is_name_available(self, name: str, max_length: int | None = None) -> bool:
        """Return whether *name* may be written to."""
        if self._allow_overwrite:
            return not (max_length and len(name) > max_length)
        return super().is_name_available(name, max_length=max_length)

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """Return another name; without random characters when the file may be replaced anyway."""
        if self._allow_overwrite:
            return f"{file_root}{file_ext}"
        return super().get_alternative_name(file_root, file_ext)

    def exists(self, name: str) -> bool:
        """Return whether there is a file of that name."""
        return os.path.lexists(self.path(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Return the folders and the files in a folder."""
        directories: list[str] = []
        files: list[str] = []
        with os.scandir(self.path(path)) as entries:
            for entry in entries:
                (directories if entry.is_dir() else files).append(entry.name)
        return directories, files

    def path(self, name: str) -> str:
        """Return where the file is; a name that leads out of the folder is refused."""
        return safe_join(self.location, name)

    def size(self, name: str) -> int:
        """Return a file's length in bytes."""
        return os.path.getsize(self.path(name))

    def _datetime_from_timestamp(self, ts: float) -> dt.datetime:
        """Return a time; aware when ``USE_TZ`` is on."""
        return dt.datetime.fromtimestamp(ts, tz=dt.UTC if settings.USE_TZ else None)

    def get_accessed_time(self, name: str) -> dt.datetime:
        """Return when a file was last read."""
        return self._datetime_from_timestamp(os.path.getatime(self.path(name)))

    def get_created_time(self, name: str) -> dt.datetime:
        """Return when a file was made."""
        return self._datetime_from_timestamp(os.path.getctime(self.path(name)))

    def get_modified_time(self, name: str) -> dt.datetime:
        """Return when a file was last changed."""
        return self._datetime_from_timestamp(os.path.getmtime(self.path(name)))
