"""The project's WSGI application, for tools that look for it where Django keeps it; ``runserver`` speaks ASGI."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.wsgi import get_wsgi_application
from fastjango.utils.module_loading import import_string

__all__ = ["get_internal_wsgi_application"]


def get_internal_wsgi_application() -> Any:
    """
    Return what ``WSGI_APPLICATION`` names, or the plain application where it names nothing.

    Raises:
        ImproperlyConfigured: It names something that cannot be imported.
    """
    path = settings.WSGI_APPLICATION
    if path is None:
        return get_wsgi_application()
    try:
        return import_string(path)
    except ImportError as exc:
        raise ImproperlyConfigured(f"WSGI application '{path}' could not be loaded; Error importing module.") from exc
