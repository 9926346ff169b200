"""The address of a static file, for templates; ``contrib.staticfiles`` fills the slot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urljoin

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.utils.encoding import iri_to_uri

__all__ = ["set_static_url", "static_url"]

# Slot: contrib.staticfiles puts the url() of its storage here.
_storage_url: Callable[[str], str] | None = None


def set_static_url(function: Callable[[str], str]) -> None:
    """Tell how the address of a static file is found while ``contrib.staticfiles`` is installed."""
    global _storage_url
    _storage_url = function


def prefix(name: str) -> str:
    """Return the setting ``STATIC_URL`` or ``MEDIA_URL`` as an address."""
    value: Any = getattr(settings, name, "") if settings.configured else ""
    return str(iri_to_uri(value) or "")


def static_url(path: str) -> str:
    """Return the address of the static file *path*."""
    if _storage_url is not None and apps.is_installed("fastjango.contrib.staticfiles"):
        return _storage_url(path)
    return urljoin(prefix("STATIC_URL"), quote(path))
