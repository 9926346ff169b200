"""
Archives taken apart: tar in all its compressions, and zip.

Members that would land outside of the target folder are refused.
"""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import zipfile
from typing import Any, Self

from fastjango.core.exceptions import SuspiciousOperation
from fastjango.utils._os import safe_join


class ArchiveException(Exception):
    """Base of the errors of archives."""


class UnrecognizedArchiveFormat(ArchiveException):
    """The file is no archive of a known kind."""


def extract(path: Any, to_path: Any) -> None:
    """Take the archive at *path* apart into the folder *to_path*."""
    with Archive(path) as archive:
        archive.extract(to_path)


class Archive:
    """An archive of any known kind, told by the ending of its name."""

    def __init__(self, file: Any) -> None:
        self._archive = self._archive_cls(file)(file)

    @staticmethod
    def _archive_cls(file: Any) -> type[BaseArchive]:
        name = file if isinstance(file, str) else getattr(file, "name", None)
        if isinstance(file, os.PathLike):
            name = os.fspath(file)
        if not isinstance(name, str):
            raise UnrecognizedArchiveFormat(
                "File object not a recognized archive format."
                if name is None
                else "Path not a recognized archive format."
            )
        base, tail = os.path.splitext(name.lower())
        cls = extension_map.get(tail) or extension_map.get(os.path.splitext(base)[1])
        if cls is None:
            raise UnrecognizedArchiveFormat(f"Path not a recognized archive format: {name}")
        return cls

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def extract(self, to_path: Any) -> None:
        """Write all members below *to_path*."""
        self._archive.extract(to_path)

    def list(self) -> None:
        """Print the members."""
        self._archive.list()

    def close(self) -> None:
        """Close the file."""
        self._archive.close()


class BaseArchive:
    """What all kinds share."""

    def __init__(self, file: Any) -> None:
        """Open *file*: a path, or a file that is open."""

    @staticmethod
    def _copy_permissions(mode: int, filename: str) -> None:
        # Set only when readable by the owner; some archives carry no mode.
        if mode & stat.S_IROTH:
            os.chmod(filename, mode)

    def split_leading_dir(self, path: str) -> list[str]:
        """Return the first folder of a path and the rest."""
        path = path.lstrip("/").lstrip("\\")
        slash, backslash = path.find("/"), path.find("\\")
        if slash >= 0 and (backslash < 0 or slash < backslash):
            return path.split("/", 1)
        if backslash >= 0:
            return path.split("\\", 1)
        return [path, ""]

    def has_leading_dir(self, paths: Any) -> bool:
        """Return whether all members lie in one folder."""
        common = None
        for path in paths:
            prefix, _ = self.split_leading_dir(path)
            if not prefix:
                return False
            if common is None:
                common = prefix
            elif prefix != common:
                return False
        return True

    def target_filename(self, to_path: Any, name: str) -> str:
        """Return where a member goes; one that would leave *to_path* is refused."""
        try:
            return safe_join(os.path.abspath(to_path), name)
        except SuspiciousOperation:
            shown = name.removesuffix("/")
            raise SuspiciousOperation(f"Archive contains invalid path: '{shown}'") from None

    def _target(self, to_path: Any, name: str, leading: bool) -> str:
        """Return where a member goes, its folder made; folders end with a slash."""
        if leading:
            name = self.split_leading_dir(name)[1]
        filename = self.target_filename(to_path, name)
        is_folder = name.endswith(("/", "\\")) or not name
        os.makedirs(filename if is_folder else os.path.dirname(filename), exist_ok=True)
        return "" if is_folder else filename

    def extract(self, to_path: Any) -> None:
        """Write all members below *to_path*."""
        raise NotImplementedError("subclasses of BaseArchive must provide an extract() method")

    def list(self) -> None:
        """Print the members."""
        raise NotImplementedError("subclasses of BaseArchive must provide a list() method")

    def close(self) -> None:
        """Close the file."""


class TarArchive(BaseArchive):
    """A tar file."""

    def __init__(self, file: Any) -> None:
        if isinstance(file, str | os.PathLike):
            self._archive = tarfile.open(file)
        else:
            self._archive = tarfile.open(fileobj=file)

    def list(self, *args: Any, **kwargs: Any) -> None:
        """Print the members."""
        self._archive.list(*args, **kwargs)

    def extract(self, to_path: Any) -> None:
        """Write folders and files; links and devices are left out."""
        members = self._archive.getmembers()
        leading = self.has_leading_dir(member.name for member in members)
        for member in members:
            filename = self._target(to_path, member.name + ("/" if member.isdir() else ""), leading)
            source = self._archive.extractfile(member) if filename and member.isfile() else None
            if source is None:
                continue
            with source, open(filename, "wb") as target:
                shutil.copyfileobj(source, target)
            self._copy_permissions(member.mode, filename)

    def close(self) -> None:
        """Close the file."""
        self._archive.close()


class ZipArchive(BaseArchive):
    """A zip file."""

    def __init__(self, file: Any) -> None:
        self._archive = zipfile.ZipFile(file)

    def list(self, *args: Any, **kwargs: Any) -> None:
        """Print the members."""
        self._archive.printdir(*args, **kwargs)

    def extract(self, to_path: Any) -> None:
        """Write folders and files."""
        names = self._archive.namelist()
        leading = self.has_leading_dir(names)
        for name in names:
            filename = self._target(to_path, name, leading)
            if not filename:
                continue
            with self._archive.open(name) as source, open(filename, "wb") as target:
                shutil.copyfileobj(source, target)
            self._copy_permissions(self._archive.getinfo(name).external_attr >> 16, filename)

    def close(self) -> None:
        """Close the file."""
        self._archive.close()


extension_map: dict[str, type[BaseArchive]] = {
    **dict.fromkeys((".tar", ".tar.bz2", ".tbz2", ".tbz", ".tz2", ".tar.gz", ".tgz", ".taz"), TarArchive),
    **dict.fromkeys((".tar.lzma", ".tlz", ".tar.xz", ".txz"), TarArchive),
    ".zip": ZipArchive,
}
