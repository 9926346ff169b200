"""Brings messages to the request and keeps new ones for the next."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.contrib.messages.storage import default_storage
from fastjango.utils.deprecation import MiddlewareMixin


class MessageMiddleware(MiddlewareMixin):
    """Handles temporary messages."""

    def process_request(self, request: Any) -> None:
        """Add the storage; nothing is read yet."""
        request._messages = default_storage(request)

    def process_response(self, request: Any, response: Any) -> Any:
        """Store what was not shown."""
        # A middleware before this one may have answered.
        if hasattr(request, "_messages"):
            unstored = request._messages.update(response)
            if unstored and settings.DEBUG:
                raise ValueError("Not all temporary messages could be stored.")
        return response
