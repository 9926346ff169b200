"""
Where collected static files are kept (Django's path ``contrib.staticfiles.storage``).

``StaticFilesStorage`` keeps them under their names, ``ManifestStaticFilesStorage`` under names with a hash;
``staticfiles_storage`` is the one that ``settings.STORAGES`` says.
"""

from __future__ import annotations

from typing import Any

from fastjango.conf import STATICFILES_STORAGE_ALIAS, settings
from fastjango.contrib.staticfiles.hashing import HashedFilesMixin
from fastjango.contrib.staticfiles.manifest import ManifestFilesMixin
from fastjango.contrib.staticfiles.utils import check_settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.files.storage import FileSystemStorage, storages
from fastjango.utils.functional import LazyObject

__all__ = [
    "ConfiguredStorage",
    "FileSystemStorage",
    "HashedFilesMixin",
    "ManifestFilesMixin",
    "ManifestStaticFilesStorage",
    "StaticFilesStorage",
    "static_file_url",
    "staticfiles_storage",
]


class StaticFilesStorage(FileSystemStorage):
    """A folder for static files: ``settings.STATIC_ROOT`` at ``settings.STATIC_URL``."""

    def __init__(self, location: Any = None, base_url: str | None = None, *args: Any, **kwargs: Any) -> None:
        folder = settings.STATIC_ROOT if location is None else location
        url = settings.STATIC_URL if base_url is None else base_url
        check_settings(url)
        super().__init__(folder, url, *args, **kwargs)
        if not folder:
            # A plain storage would take MEDIA_ROOT now.
            self.base_location: Any = None
            self.location: Any = None

    def path(self, name: str) -> str:
        """Return the path of a file. Raises ``ImproperlyConfigured`` without ``STATIC_ROOT``."""
        if not self.location:
            raise ImproperlyConfigured(
                "You're using the staticfiles app without having set the STATIC_ROOT setting to a filesystem path."
            )
        return super().path(name)


class ManifestStaticFilesStorage(ManifestFilesMixin, StaticFilesStorage):  # type: ignore[misc]  # url() gains an argument
    """A folder for static files under names with a hash of their content, listed in a manifest."""


class ConfiguredStorage(LazyObject):
    """The storage for static files, made at first use."""

    def _setup(self) -> None:
        self._wrapped = storages[STATICFILES_STORAGE_ALIAS]


staticfiles_storage: Any = ConfiguredStorage()


def static_file_url(path: str) -> str:
    """Return the URL of the static file *path*."""
    url: str = staticfiles_storage.url(path)
    return url
