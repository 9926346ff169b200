"""
Settings: defaults, loading, overriding.

global_settings.py  the default of every setting
holders.py          Settings (a module's values), UserSettingsHolder (values over values)
lazy.py             `settings`, loaded at the first access
script_prefix.py    where the site is mounted
"""

from fastjango.conf import global_settings
from fastjango.conf.holders import FORMS_URLFIELD_ASSUME_HTTPS_DEPRECATED_MSG, Settings, UserSettingsHolder
from fastjango.conf.lazy import ENVIRONMENT_VARIABLE, LazySettings, SettingsReference, are_configured, settings

DEFAULT_STORAGE_ALIAS = "default"
STATICFILES_STORAGE_ALIAS = "staticfiles"

__all__ = [
    "DEFAULT_STORAGE_ALIAS",
    "ENVIRONMENT_VARIABLE",
    "FORMS_URLFIELD_ASSUME_HTTPS_DEPRECATED_MSG",
    "STATICFILES_STORAGE_ALIAS",
    "LazySettings",
    "Settings",
    "SettingsReference",
    "UserSettingsHolder",
    "are_configured",
    "global_settings",
    "settings",
]
