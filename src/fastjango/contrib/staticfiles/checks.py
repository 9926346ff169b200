"""
Checks of the settings of static files.
"""

from __future__ import annotations

from typing import Any

from fastjango.conf import STATICFILES_STORAGE_ALIAS, settings
from fastjango.contrib.staticfiles.finders import get_finders
from fastjango.core.checks import Error

__all__ = ["E005", "check_finders", "check_storages"]

E005 = Error(
    f"The STORAGES setting must define a '{STATICFILES_STORAGE_ALIAS}' storage.",
    id="staticfiles.E005",
)


def check_finders(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Return what the finders say of their settings."""
    messages: list[Any] = []
    for finder in get_finders():
        try:
            messages += finder.check()
        except NotImplementedError:
            continue
    return messages


def check_storages(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Return an error when there is no storage for static files."""
    return [] if STATICFILES_STORAGE_ALIAS in settings.STORAGES else [E005]
