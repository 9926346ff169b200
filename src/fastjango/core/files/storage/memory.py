"""``InMemoryStorage``: files and folders as objects; what is stored is lost with the process."""

from __future__ import annotations

import datetime as dt
import io
import os
import pathlib
from typing import Any

from fastjango.core.files.base import ContentFile
from fastjango.core.files.storage.base import Storage
from fastjango.core.files.storage.mixins import StorageSettingsMixin
from fastjango.core.signals import setting_changed
from fastjango.utils._os import safe_join
from fastjango.utils.deconstruct import deconstructible
from fastjango.utils.timezone import now

__all__ = ("InMemoryStorage",)


class _Times:
    """When a file or a folder was made, read and changed."""

    def __init__(self) -> None:
        self.created_time: dt.datetime = now()
        self.accessed_time: dt.datetime = now()
        self.modified_time: dt.datetime = now()

    def was_read(self) -> None:
        """Note a reading."""
        self.accessed_time = now()

    def was_changed(self) -> None:
        """Note a change."""
        self.modified_time = now()


class InMemoryFileNode(ContentFile, _Times):
    """A file: text or bytes, whichever was written first."""

    def __init__(self, content: Any = "", name: Any = None) -> None:
        self.file = None
        self._content_type: Any = type(content)
        self._initialize_stream()
        ContentFile.__init__(self, content, name)
        _Times.__init__(self)

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """Return the file at its start, made for the kind of *mode*."""
        wanted = bytes if mode and "b" in mode else str
        self._convert(wanted)
        self.was_read()
        return super().open(mode)

    def write(self, data: Any) -> Any:
        """Write *data*, text or bytes."""
        super().write(data)
        self.was_changed()

    def _initialize_stream(self) -> None:
        self.file = io.BytesIO() if self._content_type is bytes else io.StringIO()

    def _convert(self, wanted: type) -> None:
        """Make the content text or bytes, keeping what was written."""
        if self._content_type is wanted:
            return
        content = self.file.getvalue()
        self._content_type = wanted
        self._initialize_stream()
        self.file.write(content.encode() if isinstance(content, str) else content.decode())
        self.file.seek(0)


class InMemoryDirNode(_Times):
    """A folder."""

    def __init__(self) -> None:
        self._children: dict[str, Any] = {}
        super().__init__()

    def resolve(self, path: str, create_if_missing: bool = False, leaf_cls: Any = None) -> Any:
        """
        Return the node at *path*, None when there is none.

        Args:
            create_if_missing: Make folders, and a *leaf_cls* at the end.
        """
        parts = list(pathlib.PurePath(path).parts)
        if parts and parts[0] == pathlib.PurePath(path).anchor and parts[0]:
            parts = parts[1:]
        node: Any = self
        for number, part in enumerate(parts):
            if not isinstance(node, InMemoryDirNode):
                raise FileExistsError(f"{os.path.join(*parts[:number])!r} exists and is not a directory.")
            is_leaf = number == len(parts) - 1
            child = node._children.get(part)
            if child is None:
                if not create_if_missing:
                    return None
                child = leaf_cls() if is_leaf and leaf_cls else InMemoryDirNode()
                if isinstance(child, InMemoryFileNode):
                    child.name = "/".join(parts)
                node._children[part] = child
                node.was_read()
                node.was_changed()
            node = child
        return node

    def listdir(self) -> tuple[list[str], list[str]]:
        """Return the names of the folders and of the files."""
        directories: list[str] = []
        files: list[str] = []
        for name, child in self._children.items():
            (directories if isinstance(child, InMemoryDirNode) else files).append(name)
        return directories, files

    def remove_child(self, name: str) -> None:
        """Remove a file or a folder."""
        self._children.pop(name, None)
        self.was_read()
        self.was_changed()


@deconstructible(path="fastjango.core.files.storage.InMemoryStorage")
class InMemoryStorage(StorageSettingsMixin, Storage):
    """Keeps files in memory; the arguments are those of ``FileSystemStorage``."""

    def __init__(
        self,
        location: Any = None,
        base_url: str | None = None,
        file_permissions_mode: int | None = None,
        directory_permissions_mode: int | None = None,
    ) -> None:
        self._location = location
        self._base_url = base_url
        self._file_permissions_mode = file_permissions_mode
        self._directory_permissions_mode = directory_permissions_mode
        self._root = InMemoryDirNode()
        self._resolve(self.base_location, create_if_missing=True, leaf_cls=InMemoryDirNode)
        setting_changed.connect(self._clear_cached_properties)

    def _relative_path(self, name: str) -> str:
        return os.path.relpath(safe_join(self.location, name), self.location)

    def _resolve(
        self, name: str, *, create_if_missing: bool = False, leaf_cls: Any = None, check_exists: bool = True
    ) -> Any:
        try:
            node = self._root.resolve(self._relative_path(name), create_if_missing=create_if_missing, leaf_cls=leaf_cls)
        except NotADirectoryError as error:
            raise FileExistsError(str(error)) from None
        if check_exists and node is None:
            raise FileNotFoundError(f"{name} does not exist.")
        return node

    def _open(self, name: str, mode: str = "rb") -> Any:
        create = "w" in mode
        file_node = self._resolve(name, create_if_missing=create, leaf_cls=InMemoryFileNode)
        if isinstance(file_node, InMemoryDirNode):
            raise IsADirectoryError(f"{name!r} is a directory.")
        return file_node.open(mode)

    def _save(self, name: str, content: Any) -> str:
        file_node = self._resolve(name, create_if_missing=True, leaf_cls=InMemoryFileNode)
        opened: Any = None
        for chunk in content.chunks():
            if opened is None:
                opened = file_node.open("wb" if isinstance(chunk, bytes) else "wt")
            opened.write(chunk)
        if hasattr(content, "temporary_file_path"):
            # As with a storage on disk, which takes the file itself.
            os.remove(content.temporary_file_path())
        file_node.was_changed()
        return self._relative_path(name).replace("\\", "/")

    def path(self, name: str) -> str:
        """Refuse: nothing is on disk."""
        return super().path(name)

    def delete(self, name: str) -> None:
        """Remove a file or a folder."""
        path, filename = os.path.split(self._relative_path(name))
        folder = self._root.resolve(path)
        if folder is not None:
            folder.remove_child(filename)

    def exists(self, name: str) -> bool:
        """Return whether there is a file of that name."""
        return self._resolve(name, check_exists=False) is not None

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Return the folders and the files in a folder."""
        node = self._resolve(path, leaf_cls=InMemoryDirNode)
        directories, files = node.listdir()
        return directories, files

    def size(self, name: str) -> int:
        """Return a file's length in bytes."""
        return len(self._open(name, "rb").file.getvalue())

    def get_accessed_time(self, name: str) -> Any:
        """Return when a file was last read."""
        return self._resolve(name).accessed_time

    def get_created_time(self, name: str) -> Any:
        """Return when a file was made."""
        return self._resolve(name).created_time

    def get_modified_time(self, name: str) -> Any:
        """Return when a file was last changed."""
        return self._resolve(name).modified_time
