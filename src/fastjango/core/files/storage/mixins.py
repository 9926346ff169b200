"""Settings that a storage reads anew when they change."""

from __future__ import annotations

from typing import Any


class StorageSettingsMixin:
    """Drops what was worked out from settings when these change."""

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
