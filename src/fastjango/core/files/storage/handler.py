"""``storages``: the storages of the setting ``STORAGES`` by alias; ``default_storage``: the one called default."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from fastjango.conf import DEFAULT_STORAGE_ALIAS, settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.utils.functional import LazyObject
from fastjango.utils.module_loading import import_string


class InvalidStorageError(ImproperlyConfigured):
    """``STORAGES`` has no such alias, or names a class that is not there."""


class StorageHandler:
    """
    Storages by alias, made when first asked for.

    Args:
        backends: In place of the setting ``STORAGES``.
    """

    def __init__(self, backends: Any = None) -> None:
        self._backends = backends
        self._storages: dict[str, Any] = {}

    @cached_property
    def backends(self) -> Any:
        """The configuration by alias."""
        if self._backends is None:
            self._backends = settings.STORAGES.copy()
        return self._backends

    def __getitem__(self, alias: str) -> Any:
        try:
            return self._storages[alias]
        except KeyError:
            pass
        try:
            params = self.backends[alias]
        except KeyError:
            raise InvalidStorageError(f"Could not find config for '{alias}' in settings.STORAGES.") from None
        storage = self._storages[alias] = self.create_storage(params)
        return storage

    def create_storage(self, params: dict[str, Any]) -> Any:
        """Return a storage for ``{"BACKEND": ..., "OPTIONS": ...}``."""
        params = dict(params)
        backend = params.pop("BACKEND")
        options = params.pop("OPTIONS", {})
        try:
            storage_class = import_string(backend)
        except ImportError as error:
            raise InvalidStorageError(f"Could not find backend {backend!r}: {error}") from error
        return storage_class(**options)


class DefaultStorage(LazyObject):
    """The storage called default, made when first used."""

    def _setup(self) -> None:
        self._wrapped = storages[DEFAULT_STORAGE_ALIAS]


storages = StorageHandler()
default_storage: Any = DefaultStorage()
