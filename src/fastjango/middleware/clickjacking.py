"""``X-Frame-Options``: which sites may show this one in a frame."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.utils.deprecation import MiddlewareMixin


class XFrameOptionsMiddleware(MiddlewareMixin):
    """Sets ``X-Frame-Options`` on responses that do not have it; ``DENY``, or what ``X_FRAME_OPTIONS`` says."""

    def process_response(self, request: Any, response: Any) -> Any:
        """Set the header, unless the view has done so or is exempt."""
        if "X-Frame-Options" not in response.headers and not getattr(response, "xframe_options_exempt", False):
            response.headers["X-Frame-Options"] = self.get_xframe_options_value(request, response)
        return response

    def get_xframe_options_value(self, request: Any, response: Any) -> str:
        """Return the value; to be overridden where it depends on request or response."""
        return str(getattr(settings, "X_FRAME_OPTIONS", "DENY")).upper()


__all__ = ["XFrameOptionsMiddleware"]
