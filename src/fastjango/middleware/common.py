"""Addresses as they should be (slash, www), forbidden user agents, Content-Length; mail about broken links."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from fastjango.conf import settings
from fastjango.core.exceptions import PermissionDenied
from fastjango.core.mail import mail_managers
from fastjango.http import HttpResponsePermanentRedirect
from fastjango.urls import is_valid_path
from fastjango.utils.deprecation import MiddlewareMixin
from fastjango.utils.http import escape_leading_slashes

UNSAFE_METHODS = ("DELETE", "POST", "PUT", "PATCH")


class CommonMiddleware(MiddlewareMixin):
    """
    Redirects to the address with a final slash (``APPEND_SLASH``) or with ``www.`` (``PREPEND_WWW``).

    Refuses ``DISALLOWED_USER_AGENTS`` and a bad Host; sets Content-Length.
    """

    response_redirect_class = HttpResponsePermanentRedirect

    def process_request(self, request: Any) -> Any:
        """Refuse or redirect."""
        if settings.DISALLOWED_USER_AGENTS:
            agent = request.META.get("HTTP_USER_AGENT")
            if agent is not None and any(pattern.search(agent) for pattern in settings.DISALLOWED_USER_AGENTS):
                raise PermissionDenied("Forbidden user agent")
        host = request.get_host()
        if not (settings.PREPEND_WWW and host and not host.startswith("www.")):
            return None
        if self.should_redirect_with_slash(request):
            path = self.get_full_path_with_slash(request)
        else:
            path = request.get_full_path()
        return self.response_redirect_class(f"{request.scheme}://www.{host}{path}")

    def should_redirect_with_slash(self, request: Any) -> bool:
        """Return whether nothing is at this path, but something is at the path with a slash."""
        if not settings.APPEND_SLASH or request.path_info.endswith("/"):
            return False
        urlconf = getattr(request, "urlconf", None)
        if is_valid_path(request.path_info, urlconf):
            return False
        match: Any = is_valid_path(f"{request.path_info}/", urlconf)
        return bool(match) and getattr(match.func, "should_append_slash", True)

    def get_full_path_with_slash(self, request: Any) -> str:
        """
        Return path and query with the slash.

        Raises:
            RuntimeError: In DEBUG, for a request whose body the redirect would lose.
        """
        new_path = escape_leading_slashes(request.get_full_path(force_append_slash=True))
        if settings.DEBUG and request.method in UNSAFE_METHODS:
            raise RuntimeError(
                f"You called this URL via {request.method}, but the URL doesn't end in a slash and you have "
                f"APPEND_SLASH set. Django can't redirect to the slash URL while maintaining {request.method} data. "
                f"Change your form to point to {request.get_host() + new_path} (note the trailing slash), or set "
                "APPEND_SLASH=False in your Django settings."
            )
        return new_path

    def process_response(self, request: Any, response: Any) -> Any:
        """Redirect where nothing was found; set Content-Length."""
        if response.status_code == 404 and self.should_redirect_with_slash(request):
            return self.response_redirect_class(self.get_full_path_with_slash(request))
        # A 204 may not have one (RFC 9110, 8.6).
        if not response.streaming and response.status_code != 204 and not response.has_header("Content-Length"):
            response.headers["Content-Length"] = str(len(response.content))
        return response


class BrokenLinkEmailsMiddleware(MiddlewareMixin):
    """Sends mail to ``MANAGERS`` about links that lead nowhere."""

    def process_response(self, request: Any, response: Any) -> Any:
        """Send mail about a 404 that a page links to."""
        if response.status_code == 404 and not settings.DEBUG:
            domain = request.get_host()
            path = request.get_full_path()
            referer = request.META.get("HTTP_REFERER", "")
            if not self.is_ignorable_request(request, path, domain, referer):
                agent = request.META.get("HTTP_USER_AGENT", "<none>")
                address = request.META.get("REMOTE_ADDR", "<none>")
                internal = "INTERNAL " if self.is_internal_request(domain, referer) else ""
                mail_managers(
                    f"Broken {internal}link on {domain}",
                    f"Referrer: {referer}\nRequested URL: {path}\nUser agent: {agent}\nIP address:  {address}\n",
                    fail_silently=True,
                )
        return response

    def is_internal_request(self, domain: str, referer: str) -> bool:
        """Return whether the referring page is on this site."""
        return bool(re.match(rf"^https?://{re.escape(domain)}/", referer))

    def is_ignorable_request(self, request: Any, uri: str, domain: str, referer: str) -> bool:
        """Return whether nobody's link is at fault: no referrer, the page itself, a search, ``IGNORABLE_404_URLS``."""
        if not referer:
            return True
        # A page that names itself as the referrer is a client making it up.
        if settings.APPEND_SLASH and uri.endswith("/") and referer == uri[:-1]:
            return True
        if not self.is_internal_request(domain, referer) and "?" in referer:
            return True
        parsed = urlsplit(referer)
        if parsed.netloc in ("", domain) and parsed.path == uri:
            return True
        return any(pattern.search(uri) for pattern in settings.IGNORABLE_404_URLS)


__all__ = ["BrokenLinkEmailsMiddleware", "CommonMiddleware"]
