"""``get_current_site``: the site's row, or what the request's host tells where the app is not installed."""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps
from fastjango.contrib.sites.requests import RequestSite


def get_current_site(request: Any) -> Any:
    """Return the site of a request."""
    if apps.is_installed("fastjango.contrib.sites"):
        from fastjango.contrib.sites.models import Site

        return Site.objects.get_current(request)
    return RequestSite(request)
