"""
URL patterns that serve static files in development: add ``staticfiles_urlpatterns()`` to your own.
"""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.conf.urls.static import static
from fastjango.contrib.staticfiles.views import serve

__all__ = ["staticfiles_urlpatterns", "urlpatterns"]

urlpatterns: list[Any] = []


def staticfiles_urlpatterns(prefix: str | None = None) -> list[Any]:
    """Return a pattern for *prefix* (``STATIC_URL`` by default), none without ``DEBUG``."""
    return static(settings.STATIC_URL if prefix is None else prefix, view=serve)


if settings.DEBUG and not urlpatterns:
    urlpatterns += staticfiles_urlpatterns()
