"""
Where setting values are kept: ``Settings`` reads a module, ``UserSettingsHolder`` lies over another holder.
"""

from __future__ import annotations

import importlib
import os
import time
import warnings
from pathlib import Path
from typing import Any

from fastjango.conf import global_settings
from fastjango.core.exceptions import ImproperlyConfigured, RemovedInDjango60Warning

FORMS_URLFIELD_ASSUME_HTTPS_DEPRECATED_MSG = "The FORMS_URLFIELD_ASSUME_HTTPS transitional setting is deprecated."
_LISTS = ("ALLOWED_HOSTS", "INSTALLED_APPS", "TEMPLATE_DIRS", "LOCALE_PATHS", "SECRET_KEY_FALLBACKS")
_ZONES = Path("/usr/share/zoneinfo")


class Settings:
    """
    The values of a settings module over the defaults.

    When the module names a ``SETTINGS_CLASS`` (a ``pydantic_settings.BaseSettings`` subclass or its dotted
    path), that class is instantiated and its upper-case fields win over the module's own names.
    """

    def __init__(self, settings_module: str) -> None:
        for name in dir(global_settings):
            if name.isupper() and not name.startswith("_"):
                setattr(self, name, getattr(global_settings, name))
        self.SETTINGS_MODULE = settings_module
        self._explicit_settings: set[str] = set()
        module = importlib.import_module(settings_module)
        values = {name: getattr(module, name) for name in dir(module) if name.isupper()}
        values.update(_typed_values(values.pop("SETTINGS_CLASS", None)))
        for name, value in values.items():
            if name in _LISTS and not isinstance(value, list | tuple):
                raise ImproperlyConfigured(f"The {name} setting must be a list or a tuple.")
            setattr(self, name, value)
            self._explicit_settings.add(name)
        if "FORMS_URLFIELD_ASSUME_HTTPS" in self._explicit_settings:
            warnings.warn(FORMS_URLFIELD_ASSUME_HTTPS_DEPRECATED_MSG, RemovedInDjango60Warning, stacklevel=2)
        self._apply_time_zone()

    def _apply_time_zone(self) -> None:
        """Make ``TIME_ZONE`` the zone of this process, as far as the system allows it."""
        zone: str = getattr(self, "TIME_ZONE", "")
        if not zone or not hasattr(time, "tzset"):
            return
        if _ZONES.exists() and not _ZONES.joinpath(*zone.split("/")).exists():
            raise ValueError(f"Incorrect timezone setting: {zone}")
        os.environ["TZ"] = zone
        time.tzset()

    def is_overridden(self, setting: str) -> bool:
        """Return whether the settings module itself names *setting*."""
        return setting in self._explicit_settings

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        return f'<{type(self).__name__} "{self.SETTINGS_MODULE}">'


def _typed_values(source: Any) -> dict[str, Any]:
    """Return the upper-case fields of a typed settings class, freshly read from its environment."""
    if source is None:
        return {}
    if isinstance(source, str):
        module_name, _, class_name = source.rpartition(".")
        source = getattr(importlib.import_module(module_name), class_name)
    values = source()
    return {name: getattr(values, name) for name in type(values).model_fields if name.isupper()}


class UserSettingsHolder:
    """Values set by hand over another holder; what it does not have is looked up there."""

    SETTINGS_MODULE: str | None = None

    def __init__(self, default_settings: Any) -> None:
        self.__dict__["_deleted"] = set()
        self.default_settings = default_settings

    def __getattr__(self, name: str) -> Any:
        if not name.isupper() or name in self._deleted:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.default_settings, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._deleted.discard(name)
        if name == "FORMS_URLFIELD_ASSUME_HTTPS":
            warnings.warn(FORMS_URLFIELD_ASSUME_HTTPS_DEPRECATED_MSG, RemovedInDjango60Warning, stacklevel=2)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self._deleted.add(name)
        if name in self.__dict__:
            super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = [*self.__dict__, *dir(self.default_settings)]
        return sorted(name for name in names if name not in self._deleted)

    def is_overridden(self, setting: str) -> bool:
        """Return whether *setting* was set, removed, or set in a holder below."""
        if setting in self._deleted or setting in self.__dict__:
            return True
        below = getattr(self.default_settings, "is_overridden", None)
        return bool(below and below(setting))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
