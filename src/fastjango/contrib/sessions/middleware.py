"""``request.session``: from the cookie before the view, to the cookie after it."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from fastjango.conf import settings
from fastjango.contrib.sessions.backends.base import UpdateError
from fastjango.contrib.sessions.exceptions import SessionInterrupted
from fastjango.http.caching import patch_vary_headers
from fastjango.utils.deprecation import MiddlewareMixin
from fastjango.utils.http import http_date


class SessionMiddleware(MiddlewareMixin):
    """Loads lazily, saves what was changed; a visitor who stores nothing gets neither a row nor a cookie."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.SessionStore = import_module(settings.SESSION_ENGINE).SessionStore

    def process_request(self, request: Any) -> None:
        """Add the session."""
        request.session = self.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))

    def process_response(self, request: Any, response: Any) -> Any:
        """Save the session and set the cookie, or delete the cookie of an empty one."""
        try:
            accessed = request.session.accessed
            modified = request.session.modified
            empty = request.session.is_empty()
        except AttributeError:
            return response
        if settings.SESSION_COOKIE_NAME in request.COOKIES and empty:
            response.delete_cookie(
                settings.SESSION_COOKIE_NAME,
                path=settings.SESSION_COOKIE_PATH,
                domain=settings.SESSION_COOKIE_DOMAIN,
                samesite=settings.SESSION_COOKIE_SAMESITE,
            )
            patch_vary_headers(response, ("Cookie",))
            return response
        # A response that failed saves nothing.
        saves = (modified or settings.SESSION_SAVE_EVERY_REQUEST) and not empty and response.status_code < 500
        if accessed or saves:
            # One that brings a visitor's cookie is for nobody else, though the view never looked at the session.
            patch_vary_headers(response, ("Cookie",))
        if saves:
            self._save(request, response)
        return response

    def _save(self, request: Any, response: Any) -> None:
        max_age: int | None = None
        expires: str | None = None
        if not request.session.get_expire_at_browser_close():
            max_age = request.session.get_expiry_age()
            expires = http_date(time.time() + (max_age or 0))
        try:
            request.session.save()
        except UpdateError:
            raise SessionInterrupted(
                "The request's session was deleted before the request completed. The user may have logged out in a "
                "concurrent request, for example."
            ) from None
        response.set_cookie(
            settings.SESSION_COOKIE_NAME,
            request.session.session_key,
            max_age=max_age,
            expires=expires,
            domain=settings.SESSION_COOKIE_DOMAIN,
            path=settings.SESSION_COOKIE_PATH,
            secure=settings.SESSION_COOKIE_SECURE or None,
            httponly=settings.SESSION_COOKIE_HTTPONLY or None,
            samesite=settings.SESSION_COOKIE_SAMESITE,
        )
