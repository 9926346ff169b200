"""
Middleware that puts the current site on the request.
"""

from __future__ import annotations

from typing import Any

from fastjango.contrib.sites.shortcuts import get_current_site
from fastjango.utils.deprecation import MiddlewareMixin

__all__ = ["CurrentSiteMiddleware"]


class CurrentSiteMiddleware(MiddlewareMixin):
    """Sets ``request.site``."""

    def process_request(self, request: Any) -> None:
        """Find the site."""
        request.site = get_current_site(request)
