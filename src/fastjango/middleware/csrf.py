"""
Protection against forged requests: unsafe methods need a token that only our own pages know.

The token itself is made in ``http/csrf.py``; here requests are checked and the cookie is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from fastjango.conf import settings
from fastjango.core.exceptions import DisallowedHost, ImproperlyConfigured
from fastjango.http import HttpHeaders, UnreadablePostError
from fastjango.http.caching import patch_vary_headers
from fastjango.http.csrf import (
    CSRF_ALLOWED_CHARS,
    CSRF_SECRET_LENGTH,
    CSRF_SESSION_KEY,
    CSRF_TOKEN_LENGTH,
    InvalidTokenFormat,
    _add_new_csrf_cookie,
    _check_token_format,
    _does_token_match,
    _get_new_csrf_string,
    _mask_cipher_secret,
    _unmask_cipher_token,
    get_token,
    rotate_token,
)
from fastjango.urls import get_callable
from fastjango.utils.deprecation import MiddlewareMixin
from fastjango.utils.functional import cached_property
from fastjango.utils.http import is_same_domain
from fastjango.utils.log import log_response

logger = logging.getLogger("fastjango.security.csrf")

REASON_BAD_ORIGIN = "Origin checking failed - %s does not match any trusted origins."
REASON_NO_REFERER = "Referer checking failed - no Referer."
REASON_BAD_REFERER = "Referer checking failed - %s does not match any trusted origins."
REASON_NO_CSRF_COOKIE = "CSRF cookie not set."
REASON_CSRF_TOKEN_MISSING = "CSRF token missing."
REASON_MALFORMED_REFERER = "Referer checking failed - Referer is malformed."
REASON_INSECURE_REFERER = "Referer checking failed - Referer is insecure while host is secure."

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


def _get_failure_view() -> Callable[..., Any]:
    """Return the view that answers refused requests."""
    return get_callable(settings.CSRF_FAILURE_VIEW)


class RejectRequest(Exception):
    """The request is refused; *reason* says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


class CsrfViewMiddleware(MiddlewareMixin):
    """
    Refuses unsafe requests without the right token, and sends the cookie that the token is compared with.

    The origin is checked first: by the Origin header, else over https by the Referer.
    """

    # ------------------------------------------------------------ what the settings say

    @cached_property
    def csrf_trusted_origins_hosts(self) -> list[str]:
        """The hosts of ``CSRF_TRUSTED_ORIGINS``, as ``is_same_domain()`` takes them."""
        return [urlsplit(origin).netloc.lstrip("*") for origin in settings.CSRF_TRUSTED_ORIGINS]

    @cached_property
    def allowed_origins_exact(self) -> set[str]:
        """The trusted origins without a wildcard."""
        return {origin for origin in settings.CSRF_TRUSTED_ORIGINS if "*" not in origin}

    @cached_property
    def allowed_origin_subdomains(self) -> dict[str, list[str]]:
        """The trusted origins with a wildcard: hosts by scheme."""
        found: dict[str, list[str]] = {}
        for origin in settings.CSRF_TRUSTED_ORIGINS:
            if "*" in origin:
                parsed = urlsplit(origin)
                found.setdefault(parsed.scheme, []).append(parsed.netloc.lstrip("*"))
        return found

    # ------------------------------------------------------------ answers

    def _accept(self, request: Any) -> None:
        # Decorators ask for a second check; once is enough.
        request.csrf_processing_done = True

    def _reject(self, request: Any, reason: str) -> Any:
        response = _get_failure_view()(request, reason=reason)
        log_response("Forbidden (%s): %s", reason, request.path, response=response, request=request, logger=logger)
        return response

    # ------------------------------------------------------------ the secret

    def _get_secret(self, request: Any) -> str | None:
        """
        Return the secret of session or cookie, ``None`` when there is none.

        Raises:
            InvalidTokenFormat: The cookie is not one of ours.
            ImproperlyConfigured: It should be in the session, and there is no session.
        """
        secret: str | None
        if settings.CSRF_USE_SESSIONS:
            try:
                secret = request.session.get(CSRF_SESSION_KEY)
            except AttributeError:
                raise ImproperlyConfigured(
                    "CSRF_USE_SESSIONS is enabled, but request.session is not set. SessionMiddleware must appear "
                    "before CsrfViewMiddleware in MIDDLEWARE."
                ) from None
        else:
            secret = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
            if secret is not None:
                _check_token_format(secret)
        if secret is None:
            return None
        # Older versions stored it masked.
        return _unmask_cipher_token(secret) if len(secret) == CSRF_TOKEN_LENGTH else secret

    def _set_csrf_cookie(self, request: Any, response: Any) -> None:
        secret = request.META["CSRF_COOKIE"]
        if settings.CSRF_USE_SESSIONS:
            if request.session.get(CSRF_SESSION_KEY) != secret:
                request.session[CSRF_SESSION_KEY] = secret
            return
        response.set_cookie(
            settings.CSRF_COOKIE_NAME,
            secret,
            max_age=settings.CSRF_COOKIE_AGE,
            domain=settings.CSRF_COOKIE_DOMAIN,
            path=settings.CSRF_COOKIE_PATH,
            secure=settings.CSRF_COOKIE_SECURE,
            httponly=settings.CSRF_COOKIE_HTTPONLY,
            samesite=settings.CSRF_COOKIE_SAMESITE,
        )
        # A cached page with somebody else's token would be of no use.
        patch_vary_headers(response, ("Cookie",))

    # ------------------------------------------------------------ the checks

    def _origin_verified(self, request: Any) -> bool:
        origin = request.META["HTTP_ORIGIN"]
        try:
            host = request.get_host()
        except DisallowedHost:
            pass
        else:
            if origin == f"{'https' if request.is_secure() else 'http'}://{host}":
                return True
        if origin in self.allowed_origins_exact:
            return True
        try:
            parsed = urlsplit(origin)
        except ValueError:
            return False
        hosts = self.allowed_origin_subdomains.get(parsed.scheme, ())
        return any(is_same_domain(parsed.netloc, host) for host in hosts)

    def _check_referer(self, request: Any) -> None:
        """Refuse an https request that does not come from an https page of a trusted host."""
        text = request.META.get("HTTP_REFERER")
        if text is None:
            raise RejectRequest(REASON_NO_REFERER)
        try:
            referer = urlsplit(text)
        except ValueError:
            raise RejectRequest(REASON_MALFORMED_REFERER) from None
        if "" in (referer.scheme, referer.netloc):
            raise RejectRequest(REASON_MALFORMED_REFERER)
        if referer.scheme != "https":
            raise RejectRequest(REASON_INSECURE_REFERER)
        if any(is_same_domain(referer.netloc, host) for host in self.csrf_trusted_origins_hosts):
            return
        good = settings.SESSION_COOKIE_DOMAIN if settings.CSRF_USE_SESSIONS else settings.CSRF_COOKIE_DOMAIN
        if good is None:
            try:
                good = request.get_host()
            except DisallowedHost:
                raise RejectRequest(REASON_BAD_REFERER % referer.geturl()) from None
        else:
            port = request.get_port()
            if port not in ("443", "80"):
                good = f"{good}:{port}"
        if not is_same_domain(referer.netloc, good):
            raise RejectRequest(REASON_BAD_REFERER % referer.geturl())

    def _bad_token_message(self, reason: str, token_source: str) -> str:
        if token_source != "POST":
            # It is the name of a setting's header in META.
            token_source = f"the {HttpHeaders.parse_header_name(token_source)!r} HTTP header"
        return f"CSRF token from {token_source} {reason}."

    def _check_token(self, request: Any) -> None:
        """Refuse a request whose token does not carry the secret."""
        try:
            secret = self._get_secret(request)
        except InvalidTokenFormat as exc:
            raise RejectRequest(f"CSRF cookie {exc.reason}.") from None
        if secret is None:
            # Every page with a form sets the cookie: without it, the form was not ours.
            raise RejectRequest(REASON_NO_CSRF_COOKIE)
        token = ""
        if request.method == "POST":
            try:
                token = request.POST.get("csrfmiddlewaretoken", "")
            except UnreadablePostError:
                # The client is gone; the view will meet the same error.
                pass
        source = "POST"
        if token == "":
            source = settings.CSRF_HEADER_NAME
            if source not in request.META:
                raise RejectRequest(REASON_CSRF_TOKEN_MISSING)
            token = request.META[source]
        try:
            _check_token_format(token)
        except InvalidTokenFormat as exc:
            raise RejectRequest(self._bad_token_message(exc.reason, source)) from None
        if not _does_token_match(token, secret):
            raise RejectRequest(self._bad_token_message("incorrect", source))

    # ------------------------------------------------------------ hooks

    def process_request(self, request: Any) -> None:
        """Put the secret where ``get_token()`` finds it."""
        try:
            secret = self._get_secret(request)
        except InvalidTokenFormat:
            _add_new_csrf_cookie(request)
        else:
            if secret is not None:
                request.META["CSRF_COOKIE"] = secret

    def process_view(self, request: Any, callback: Any, callback_args: Any, callback_kwargs: Any) -> Any:
        """Refuse a forged request; the view's exemption is known only here."""
        if getattr(request, "csrf_processing_done", False):
            return None
        # Exempt views may still ask for the check by a decorator, so nothing is marked as done.
        if getattr(callback, "csrf_exempt", False):
            return None
        if request.method in SAFE_METHODS or getattr(request, "_dont_enforce_csrf_checks", False):
            return self._accept(request)
        try:
            if "HTTP_ORIGIN" in request.META:
                if not self._origin_verified(request):
                    raise RejectRequest(REASON_BAD_ORIGIN % request.META["HTTP_ORIGIN"])
            elif request.is_secure():
                # A man in the middle can set cookies over http, so the cookie alone proves nothing.
                self._check_referer(request)
            self._check_token(request)
        except RejectRequest as exc:
            return self._reject(request, exc.reason)
        return self._accept(request)

    def process_response(self, request: Any, response: Any) -> Any:
        """Send the cookie where a token has been asked for."""
        if request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            self._set_csrf_cookie(request, response)
            # The same middleware may run again, from a decorator.
            request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
        return response


__all__ = [
    "CSRF_ALLOWED_CHARS",
    "CSRF_SECRET_LENGTH",
    "CSRF_SESSION_KEY",
    "CSRF_TOKEN_LENGTH",
    "REASON_BAD_ORIGIN",
    "REASON_BAD_REFERER",
    "REASON_CSRF_TOKEN_MISSING",
    "REASON_INSECURE_REFERER",
    "REASON_MALFORMED_REFERER",
    "REASON_NO_CSRF_COOKIE",
    "REASON_NO_REFERER",
    "CsrfViewMiddleware",
    "InvalidTokenFormat",
    "RejectRequest",
    "_add_new_csrf_cookie",
    "_check_token_format",
    "_does_token_match",
    "_get_failure_view",
    "_get_new_csrf_string",
    "_mask_cipher_secret",
    "_unmask_cipher_token",
    "get_token",
    "rotate_token",
]
