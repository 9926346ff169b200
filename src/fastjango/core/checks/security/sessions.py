"""Session cookies that cannot be read on the way or by scripts."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.core.checks.messages import CheckMessage, Warning  # noqa: A004 - Django's name
from fastjango.core.checks.registry import Tags, register

_APP = "fastjango.contrib.sessions"
_MIDDLEWARE = "fastjango.contrib.sessions.middleware.SessionMiddleware"


def _warnings(setting: str, reason: str, *ids: str) -> list[Warning]:
    """Return the warnings for: app only, middleware only, both."""
    texts = (
        f"You have '{_APP}' in your INSTALLED_APPS, but you have not set {setting} to True.",
        f"You have '{_MIDDLEWARE}' in your MIDDLEWARE, but you have not set {setting} to True.",
        f"{setting} is not set to True.",
    )
    return [Warning(f"{text} {reason}", id=f"security.{id_}") for text, id_ in zip(texts, ids, strict=True)]


W010, W011, W012 = _warnings(
    "SESSION_COOKIE_SECURE",
    "Using a secure-only session cookie makes it more difficult for network traffic sniffers to hijack user sessions.",
    *("W010", "W011", "W012"),
)
W013, W014, W015 = _warnings(
    "SESSION_COOKIE_HTTPONLY",
    "Using an HttpOnly session cookie makes it more difficult for cross-site scripting attacks to hijack user "
    "sessions.",
    *("W013", "W014", "W015"),
)


def _chosen(value: Any, app: Warning, middleware: Warning, both: Warning) -> list[CheckMessage]:
    if value is True:
        return []
    has_app, has_middleware = _APP in settings.INSTALLED_APPS, _MIDDLEWARE in settings.MIDDLEWARE
    if has_app and has_middleware:
        return [both]
    chosen: list[CheckMessage] = [app] if has_app else []
    return chosen + ([middleware] if has_middleware else [])


@register(Tags.security, deploy=True)
def check_session_cookie_secure(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Ask for a cookie that travels by HTTPS only."""
    return _chosen(settings.SESSION_COOKIE_SECURE, W010, W011, W012)


@register(Tags.security, deploy=True)
def check_session_cookie_httponly(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Ask for a cookie that scripts cannot read."""
    return _chosen(settings.SESSION_COOKIE_HTTPONLY, W013, W014, W015)
