"""CSRF protection of single views."""

from __future__ import annotations

from typing import Any

from fastjango.middleware.csrf import CsrfViewMiddleware, get_token
from fastjango.utils.decorators import decorator_from_middleware
from fastjango.views.decorators.around import View, marked

csrf_protect = decorator_from_middleware(CsrfViewMiddleware)
csrf_protect.__name__ = "csrf_protect"
csrf_protect.__doc__ = "Check the token of this view's requests, also without the middleware."


class _EnsureCsrfToken(CsrfViewMiddleware):
    """Prepares the token and refuses nothing."""

    def _reject(self, request: Any, reason: str) -> Any:
        return None


requires_csrf_token = decorator_from_middleware(_EnsureCsrfToken)
requires_csrf_token.__name__ = "requires_csrf_token"
requires_csrf_token.__doc__ = "Have the token ready for a page that must work for any request, such as an error page."


class _EnsureCsrfCookie(_EnsureCsrfToken):
    """Sends the cookie whatever the page does."""

    def process_view(self, request: Any, callback: Any, callback_args: Any, callback_kwargs: Any) -> Any:
        response = super().process_view(request, callback, callback_args, callback_kwargs)
        # Asking for it makes the cookie be sent.
        get_token(request)
        return response


ensure_csrf_cookie = decorator_from_middleware(_EnsureCsrfCookie)
ensure_csrf_cookie.__name__ = "ensure_csrf_cookie"
ensure_csrf_cookie.__doc__ = "Send the CSRF cookie, also where the page has no form."


def csrf_exempt(view_func: View) -> View:
    """Leave this view unprotected."""
    return marked(view_func, "csrf_exempt", True)


__all__ = ["csrf_exempt", "csrf_protect", "ensure_csrf_cookie", "requires_csrf_token"]
