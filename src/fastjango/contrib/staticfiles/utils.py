"""
What finders and storages share: patterns of names, all files of a storage, sane settings.

A public path of Django's, therefore its name.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured

__all__ = ["check_settings", "get_files", "matches_patterns"]


def matches_patterns(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether *path* fits any of the shell-style *patterns*, upper and lower case apart."""
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def get_files(storage: Any, ignore_patterns: Iterable[str] | None = None, location: str = "") -> Iterator[str]:
    """Give the paths of all files in *storage*; patterns are held against names and whole paths."""
    ignored = list(ignore_patterns or ())
    folders, files = storage.listdir(location)
    for name in files:
        path = os.path.join(location, name) if location else name
        if not matches_patterns(name, ignored) and not matches_patterns(path, ignored):
            yield path
    for name in folders:
        if not matches_patterns(name, ignored):
            yield from get_files(storage, ignored, os.path.join(location, name) if location else name)


def check_settings(base_url: str | None = None) -> None:
    """Raise ``ImproperlyConfigured`` when static and media files would get in each other's way."""
    url = settings.STATIC_URL if base_url is None else base_url
    if not url:
        raise ImproperlyConfigured(
            "You're using the staticfiles app without having set the required STATIC_URL setting."
        )
    if settings.MEDIA_URL == url:
        raise ImproperlyConfigured("The MEDIA_URL and STATIC_URL settings must have different values")
    if (
        settings.DEBUG
        and settings.MEDIA_URL
        and settings.STATIC_URL
        and settings.MEDIA_URL.startswith(settings.STATIC_URL)
    ):
        raise ImproperlyConfigured("runserver can't serve media if MEDIA_URL is within STATIC_URL.")
    if settings.MEDIA_ROOT and settings.MEDIA_ROOT == settings.STATIC_ROOT:
        raise ImproperlyConfigured("The MEDIA_ROOT and STATIC_ROOT settings must have different values")
