"""Redirect to https, and the headers by which browsers protect the site."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fastjango.conf import settings
from fastjango.http import HttpResponsePermanentRedirect
from fastjango.http.response_headers import prepared_lines
from fastjango.utils.deprecation import MiddlewareMixin


class SecurityMiddleware(MiddlewareMixin):
    """Does what the ``SECURE_*`` settings say; they are read once, when the chain is composed."""

    def __init__(self, get_response: Callable[..., Any]) -> None:
        super().__init__(get_response)
        self.sts_seconds = settings.SECURE_HSTS_SECONDS
        self.sts_include_subdomains = settings.SECURE_HSTS_INCLUDE_SUBDOMAINS
        self.sts_preload = settings.SECURE_HSTS_PRELOAD
        self.content_type_nosniff = settings.SECURE_CONTENT_TYPE_NOSNIFF
        self.redirect = settings.SECURE_SSL_REDIRECT
        self.redirect_host = settings.SECURE_SSL_HOST
        self.redirect_exempt = [re.compile(pattern) for pattern in settings.SECURE_REDIRECT_EXEMPT]
        self.referrer_policy = settings.SECURE_REFERRER_POLICY
        self.cross_origin_opener_policy = settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
        self._fixed = self._fixed_headers()

    def _fixed_headers(self) -> list[tuple[str, tuple[str, str]]]:
        fixed: dict[str, str] = {}
        if self.content_type_nosniff:
            fixed["X-Content-Type-Options"] = "nosniff"
        if self.referrer_policy:
            policy = self.referrer_policy
            policies = policy.split(",") if isinstance(policy, str) else policy
            fixed["Referrer-Policy"] = ",".join(one.strip() for one in policies)
        if self.cross_origin_opener_policy:
            fixed["Cross-Origin-Opener-Policy"] = self.cross_origin_opener_policy
        return prepared_lines(fixed)

    def process_request(self, request: Any) -> Any:
        """Redirect to https where the settings ask for it."""
        if not self.redirect or request.is_secure():
            return None
        path = request.path.lstrip("/")
        if any(pattern.search(path) for pattern in self.redirect_exempt):
            return None
        host = self.redirect_host or request.get_host()
        return HttpResponsePermanentRedirect(f"https://{host}{request.get_full_path()}")

    def process_response(self, request: Any, response: Any) -> Any:
        """Set the headers that the response does not have."""
        headers = response.headers
        if self.sts_seconds and "Strict-Transport-Security" not in headers and request.is_secure():
            value = f"max-age={self.sts_seconds}"
            if self.sts_include_subdomains:
                value += "; includeSubDomains"
            if self.sts_preload:
                value += "; preload"
            headers["Strict-Transport-Security"] = value
        headers.fill(self._fixed)
        return response


__all__ = ["SecurityMiddleware"]
