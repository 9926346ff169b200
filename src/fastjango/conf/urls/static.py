"""Compatibility door: the pattern that serves uploaded files during development."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured


def static(prefix: str, view: Callable[..., Any] | None = None, **kwargs: Any) -> list[Any]:
    """
    Return URL patterns that serve files below *prefix* with DEBUG on, else an empty list.

    Raises:
        ImproperlyConfigured: *prefix* is empty.
    """
    if not prefix:
        raise ImproperlyConfigured("Empty static prefix not permitted")
    if not settings.DEBUG or urlsplit(prefix).netloc:
        return []
    if view is None:
        view = importlib.import_module("fastjango.views.static").serve
    re_path = importlib.import_module("fastjango.urls").re_path
    return [re_path(rf"^{re.escape(prefix.lstrip('/'))}(?P<path>.*)$", view, kwargs=kwargs)]
