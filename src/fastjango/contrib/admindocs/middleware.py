"""``XViewMiddleware``: names the view of a page in a header, for staff and internal addresses."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.contrib.admindocs.utils import get_view_name
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.http import HttpResponse
from fastjango.utils.deprecation import MiddlewareMixin


class XViewMiddleware(MiddlewareMixin):
    """Answers HEAD requests with ``X-View``."""

    def process_view(self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        """Answer a HEAD request of somebody who may know."""
        if not hasattr(request, "user"):
            raise ImproperlyConfigured(
                "The XView middleware requires authentication middleware to be installed. Edit your MIDDLEWARE setting "
                "to insert 'fastjango.contrib.auth.middleware.AuthenticationMiddleware'."
            )
        internal = request.META.get("REMOTE_ADDR") in settings.INTERNAL_IPS
        if request.method == "HEAD" and (internal or (request.user.is_active and request.user.is_staff)):
            response = HttpResponse()
            response.headers["X-View"] = get_view_name(view_func)
            return response
        return None
