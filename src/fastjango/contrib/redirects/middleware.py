"""
The middleware that looks for a redirect where no page was found.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.contrib.redirects.models import Redirect
from fastjango.contrib.sites.shortcuts import get_current_site
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.http import HttpResponseGone, HttpResponsePermanentRedirect
from fastjango.utils.deprecation import MiddlewareMixin

__all__ = ["RedirectFallbackMiddleware"]


class RedirectFallbackMiddleware(MiddlewareMixin):
    """Answers a 404 with a redirect of the current site, if there is one. Queries: 1 or 2 per 404."""

    response_gone_class: Any = HttpResponseGone
    response_redirect_class: Any = HttpResponsePermanentRedirect

    def __init__(self, get_response: Any) -> None:
        if not apps.is_installed("fastjango.contrib.sites"):
            raise ImproperlyConfigured(
                "You cannot use RedirectFallbackMiddleware when fastjango.contrib.sites is not installed."
            )
        super().__init__(get_response)

    def process_response(self, request: Any, response: Any) -> Any:
        """Return the redirect, or the response as it is."""
        if response.status_code != 404:
            return response
        paths = [request.get_full_path()]
        if settings.APPEND_SLASH and not request.path.endswith("/"):
            paths.append(request.get_full_path(force_append_slash=True))
        site = get_current_site(request)
        for path in paths:
            found = Redirect.objects.filter(site=site, old_path=path).first()
            if found is not None:
                return self.response_redirect_class(found.new_path) if found.new_path else self.response_gone_class()
        return response
