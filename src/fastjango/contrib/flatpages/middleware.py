"""
The middleware that shows a flat page where no other page was found.
"""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.contrib.flatpages.views import flatpage
from fastjango.http import Http404
from fastjango.utils.deprecation import MiddlewareMixin

__all__ = ["FlatpageFallbackMiddleware"]


class FlatpageFallbackMiddleware(MiddlewareMixin):
    """Answers a 404 with the flat page at that path, if there is one."""

    def process_response(self, request: Any, response: Any) -> Any:
        """Return the page, or the response as it is."""
        if response.status_code != 404:
            return response
        try:
            return flatpage(request, request.path_info)
        except Http404:
            return response
        except Exception:
            # A fault of the flat page must not hide that the page was not found.
            if settings.DEBUG:
                raise
            return response
