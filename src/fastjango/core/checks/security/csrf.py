"""Protection against cross-site requests."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from fastjango.conf import settings
from fastjango.core.checks.messages import CheckMessage, Error, Warning  # noqa: A004 - Django's name
from fastjango.core.checks.registry import Tags, register

_MIDDLEWARE = "fastjango.middleware.csrf.CsrfViewMiddleware"

W003 = Warning(
    "You don't appear to be using Django's built-in cross-site request forgery protection via the middleware "
    f"('{_MIDDLEWARE}' is not in your MIDDLEWARE). Enabling the middleware is the safest approach to ensure you don't "
    "leave any holes.",
    id="security.W003",
)
W016 = Warning(
    f"You have '{_MIDDLEWARE}' in your MIDDLEWARE, but you have not set CSRF_COOKIE_SECURE to True. Using a "
    "secure-only CSRF cookie makes it more difficult for network traffic sniffers to steal the CSRF token.",
    id="security.W016",
)


def _csrf_middleware() -> bool:
    return _MIDDLEWARE in settings.MIDDLEWARE


@register(Tags.security, deploy=True)
def check_csrf_middleware(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Ask for the middleware."""
    return [] if _csrf_middleware() else [W003]


@register(Tags.security, deploy=True)
def check_csrf_cookie_secure(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Ask for a cookie that travels by HTTPS only."""
    passed = settings.CSRF_USE_SESSIONS or not _csrf_middleware() or settings.CSRF_COOKIE_SECURE is True
    return [] if passed else [W016]


@register(Tags.security)
def check_csrf_failure_view(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that the view for refused requests is there and takes what it is given."""
    view_name = settings.CSRF_FAILURE_VIEW
    try:
        view = importlib.import_module("fastjango.urls").get_callable(view_name)
    except ImportError:
        return [Error(f"The CSRF failure view '{view_name}' could not be imported.", id="security.E102")]
    try:
        inspect.signature(view).bind(None, reason=None)
    except TypeError:
        return [
            Error(
                f"The CSRF failure view '{view_name}' does not take the correct number of arguments.",
                id="security.E101",
            )
        ]
    return []
