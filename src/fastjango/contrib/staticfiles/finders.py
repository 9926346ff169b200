"""
Finders: who knows where a static file lies.

``settings.STATICFILES_FINDERS`` names them; ``find("css/site.css")`` asks each in turn.
"""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.contrib.staticfiles import utils
from fastjango.core.checks import Error, Warning
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.files.storage import FileSystemStorage, Storage, default_storage
from fastjango.utils._os import safe_join
from fastjango.utils.deprecation import RemovedInDjango61Warning
from fastjango.utils.functional import LazyObject, empty
from fastjango.utils.module_loading import import_string

__all__ = [
    "AppDirectoriesFinder",
    "BaseFinder",
    "BaseStorageFinder",
    "DefaultStorageFinder",
    "FileSystemFinder",
    "find",
    "get_finder",
    "get_finders",
]

# Where the last find() has looked, for findstatic to show.
searched_locations: list[Any] = []


def _read_old_arguments(function: str, find_all: bool, given: dict[str, Any]) -> bool:
    """Return *find_all* from the deprecated ``all``; anything else in *given* is a mistake."""
    if "all" in given:
        warnings.warn(
            "Passing the `all` argument to find() is deprecated. Use `find_all` instead.",
            RemovedInDjango61Warning,
            stacklevel=3,
        )
        if find_all:
            raise TypeError(f"{function}() got multiple values for argument 'find_all'")
        find_all = given.pop("all")
    for name in given:
        raise TypeError(f"{function}() got an unexpected keyword argument '{name}'")
    return find_all


def _note_searched(location: Any) -> None:
    if location not in searched_locations:
        searched_locations.append(location)


class BaseFinder:
    """A finder: give ``find`` and ``list``, and ``check`` when there is something to check."""

    def check(self, **kwargs: Any) -> list[Any]:
        """Return check messages about the finder's settings."""
        raise NotImplementedError(
            "subclasses may provide a check() method to verify the finder is configured correctly."
        )

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the absolute path of a file, or a list of all that fit; empty for none."""
        raise NotImplementedError("subclasses of BaseFinder must provide a find() method")

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Any]]:
        """Give ``(path, storage)`` for every file."""
        raise NotImplementedError("subclasses of BaseFinder must provide a list() method")


class FileSystemFinder(BaseFinder):
    """Finds files in the folders of ``settings.STATICFILES_DIRS``."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.locations: list[tuple[str, Any]] = []
        self.storages: dict[Any, Any] = {}
        for entry in settings.STATICFILES_DIRS:
            prefix, root = entry if isinstance(entry, (list, tuple)) else ("", entry)
            if (prefix, root) not in self.locations:
                self.locations.append((prefix, root))
        for prefix, root in self.locations:
            storage = FileSystemStorage(location=root)
            storage.prefix = prefix  # type: ignore[attr-defined]  # collectstatic reads it
            self.storages[root] = storage
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        """Return what is wrong with ``STATICFILES_DIRS``."""
        if not isinstance(settings.STATICFILES_DIRS, (list, tuple)):
            return [
                Error(
                    "The STATICFILES_DIRS setting is not a tuple or list.",
                    hint="Perhaps you forgot a trailing comma?",
                    id="staticfiles.E001",
                )
            ]
        messages: list[Any] = []
        for entry in settings.STATICFILES_DIRS:
            prefix, root = entry if isinstance(entry, (list, tuple)) else ("", entry)
            messages += self._check_folder(prefix, root)
        return messages

    def _check_folder(self, prefix: str, root: Any) -> Iterator[Any]:
        if prefix.endswith("/"):
            yield Error(
                f"The prefix {prefix!r} in the STATICFILES_DIRS setting must not end with a slash.",
                id="staticfiles.E003",
            )
        if settings.STATIC_ROOT and os.path.abspath(settings.STATIC_ROOT) == os.path.abspath(root):
            yield Error(
                "The STATICFILES_DIRS setting should not contain the STATIC_ROOT setting.", id="staticfiles.E002"
            )
        if not os.path.isdir(root):
            yield Warning(
                f"The directory '{root}' in the STATICFILES_DIRS setting does not exist.", id="staticfiles.W004"
            )

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file in the first folder that has it, or all."""
        if kwargs:
            find_all = _read_old_arguments(f"{type(self).__qualname__}.find", find_all, kwargs)
        found = []
        for prefix, root in self.locations:
            _note_searched(root)
            if match := self.find_location(root, path, prefix):
                if not find_all:
                    return match
                found.append(match)
        return found

    def find_location(self, root: Any, path: str, prefix: str | None = None) -> str | None:
        """Return the path of a file below *root*, ``None`` when it is not there."""
        if prefix:
            front = f"{prefix}{os.sep}"
            if not path.startswith(front):
                return None
            path = path.removeprefix(front)
        full = safe_join(root, path)
        return full if os.path.exists(full) else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Give every file of every folder that exists."""
        for _prefix, root in self.locations:
            if os.path.isdir(root):
                storage = self.storages[root]
                for path in utils.get_files(storage, ignore_patterns):
                    yield path, storage


class AppDirectoriesFinder(BaseFinder):
    """Finds files in the folder ``static/`` of each installed app."""

    storage_class: Any = FileSystemStorage
    source_dir = "static"

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        wanted = set(app_names or ())
        self.apps: list[str] = []
        self.storages: dict[str, Any] = {}
        for config in apps.get_app_configs():
            if wanted and config.name not in wanted:
                continue
            storage = self.storage_class(os.path.join(config.path, self.source_dir))
            if os.path.isdir(storage.location):
                self.storages[config.name] = storage
                self.apps.append(config.name)
        super().__init__(*args, **kwargs)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Give every file of every app."""
        for storage in self.storages.values():
            if storage.exists(""):
                for path in utils.get_files(storage, ignore_patterns):
                    yield path, storage

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file in the first app that has it, or all."""
        if kwargs:
            find_all = _read_old_arguments(f"{type(self).__qualname__}.find", find_all, kwargs)
        found = []
        for app in self.apps:
            _note_searched(self.storages[app].location)
            if match := self.find_in_app(app, path):
                if not find_all:
                    return match
                found.append(match)
        return found

    def find_in_app(self, app: str, path: str) -> str | None:
        """Return the path of a file in one app, ``None`` when it is not there."""
        storage = self.storages.get(app)
        return storage.path(path) if storage and storage.exists(path) else None


class BaseStorageFinder(BaseFinder):
    """Finds files in one storage."""

    storage: Any = None

    def __init__(self, storage: Any = None, *args: Any, **kwargs: Any) -> None:
        if storage is not None:
            self.storage = storage
        if self.storage is None:
            raise ImproperlyConfigured(
                f"The staticfiles storage finder {type(self)!r} doesn't have a storage class assigned."
            )
        if not isinstance(self.storage, (Storage, LazyObject)):
            self.storage = self.storage()
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file when the storage has it and keeps it in a folder."""
        if kwargs:
            find_all = _read_old_arguments(f"{type(self).__qualname__}.find", find_all, kwargs)
        try:
            self.storage.path("")
        except NotImplementedError:
            return []
        _note_searched(self.storage.location)
        if not self.storage.exists(path):
            return []
        match = self.storage.path(path)
        return [match] if find_all else match

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Give every file of the storage."""
        for path in utils.get_files(self.storage, ignore_patterns):
            yield path, self.storage


class DefaultStorageFinder(BaseStorageFinder):
    """Finds files in the default storage."""

    storage = default_storage

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not getattr(self.storage, "base_location", empty):
            raise ImproperlyConfigured(
                f"The storage backend of the staticfiles finder {type(self)!r} doesn't have a valid location."
            )


def find(path: str, find_all: bool = False, **kwargs: Any) -> Any:
    """
    Return the absolute path of a static file, ``None`` when no finder knows it.

    Args:
        find_all: Return a list of all paths that fit.
    """
    if kwargs:
        find_all = _read_old_arguments("find", find_all, kwargs)
    searched_locations.clear()
    found: list[Any] = []
    for finder in get_finders():
        match = finder.find(path, find_all=find_all)
        if match and not find_all:
            return match
        found += match if isinstance(match, (list, tuple)) else [match]
    if found:
        return found
    return [] if find_all else None


def get_finders() -> Iterator[Any]:
    """Give the finders of ``settings.STATICFILES_FINDERS``."""
    for dotted in settings.STATICFILES_FINDERS:
        yield get_finder(dotted)


@functools.cache
def get_finder(import_path: str) -> Any:
    """
    Return the one finder of a class named by its dotted path.

    Raises:
        ImproperlyConfigured: The class is no ``BaseFinder``.
    """
    finder = import_string(import_path)
    if not issubclass(finder, BaseFinder):
        raise ImproperlyConfigured(f'Finder "{finder}" is not a subclass of "{BaseFinder}"')
    return finder()
