"""Settings that a storage reads anew when they change."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from fastjango.conf import settings
from fastjango.utils.encoding import filepath_to_uri


class StorageSettingsMixin:
    """Place, address and permissions from the arguments, else from settings; dropped when these change."""

    _location: Any
    _base_url: str | None
    _file_permissions_mode: int | None
    _directory_permissions_mode: int | None

    @cached_property
    def base_location(self) -> Any:
        """The folder as it was given."""
        return self._value_or_setting(self._location, settings.MEDIA_ROOT)

    @cached_property
    def location(self) -> str:
        """The folder as an absolute path."""
        return str(os.path.abspath(self.base_location))

    @cached_property
    def base_url(self) -> Any:
        """Where the files are served, with a slash at the end."""
        if self._base_url is not None and not self._base_url.endswith("/"):
            self._base_url += "/"
        return self._value_or_setting(self._base_url, settings.MEDIA_URL)

    @cached_property
    def file_permissions_mode(self) -> Any:
        """The permissions of new files; None leaves them to the system."""
        return self._value_or_setting(self._file_permissions_mode, settings.FILE_UPLOAD_PERMISSIONS)

    @cached_property
    def directory_permissions_mode(self) -> Any:
        """The permissions of new folders; None leaves them to the system."""
        return self._value_or_setting(self._directory_permissions_mode, settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)

    def url(self, name: str | None) -> str:
        """Return the address of a file."""
        if self.base_url is None:
            raise ValueError("This file is not accessible via a URL.")
        url = filepath_to_uri(name)
        if url is not None:
            url = url.lstrip("/")
        return str(urljoin(self.base_url, url))

    def _clear_cached_properties(self, setting: str, **kwargs: Any) -> None:
        """Receive ``setting_changed``."""
        stale = {
            "MEDIA_ROOT": ("base_location", "location"),
            "MEDIA_URL": ("base_url",),
            "FILE_UPLOAD_PERMISSIONS": ("file_permissions_mode",),
            "FILE_UPLOAD_DIRECTORY_PERMISSIONS": ("directory_permissions_mode",),
        }
        for name in stale.get(setting, ()):
            self.__dict__.pop(name, None)

    def _value_or_setting(self, value: Any, setting: Any) -> Any:
        return setting if value is None else value
