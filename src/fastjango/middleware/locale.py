"""The language of a request: from its address, cookie or Accept-Language header."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.conf.urls.i18n import is_language_prefix_patterns_used
from fastjango.http import HttpResponseRedirect
from fastjango.http.caching import patch_vary_headers
from fastjango.urls import get_script_prefix, is_valid_path
from fastjango.utils import translation
from fastjango.utils.deprecation import MiddlewareMixin


class LocaleMiddleware(MiddlewareMixin):
    """Activates the language that fits, and redirects to it where addresses carry the language."""

    response_redirect_class = HttpResponseRedirect

    def process_request(self, request: Any) -> None:
        """Activate the language."""
        urlconf = getattr(request, "urlconf", settings.ROOT_URLCONF)
        used, default_prefixed = is_language_prefix_patterns_used(urlconf)
        language = translation.get_language_from_request(request, check_path=used)
        if used and not default_prefixed and not translation.get_language_from_path(request.path_info):
            language = settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: Any, response: Any) -> Any:
        """Redirect a path without language to the one with it; say which language this is."""
        language = translation.get_language()
        in_path = translation.get_language_from_path(request.path_info)
        urlconf = getattr(request, "urlconf", settings.ROOT_URLCONF)
        used, default_prefixed = is_language_prefix_patterns_used(urlconf)
        if response.status_code == 404 and not in_path and used and default_prefixed:
            redirect = self._to_language(request, urlconf, language)
            if redirect is not None:
                return redirect
        if not (used and in_path):
            patch_vary_headers(response, ("Accept-Language",))
        if language is not None:
            response.headers.setdefault("Content-Language", language)
        return response

    def _to_language(self, request: Any, urlconf: Any, language: str | None) -> Any:
        """Return the redirect to the same path below the language, if something is there."""
        path = f"/{language}{request.path_info}"
        valid = is_valid_path(path, urlconf)
        needs_slash = (
            not valid and settings.APPEND_SLASH and not path.endswith("/") and bool(is_valid_path(f"{path}/", urlconf))
        )
        if not valid and not needs_slash:
            return None
        prefix = get_script_prefix()
        # The prefix once, at the front: it may also stand further back.
        full_path = request.get_full_path(force_append_slash=needs_slash)
        redirect = self.response_redirect_class(full_path.replace(prefix, f"{prefix}{language}/", 1))
        patch_vary_headers(redirect, ("Accept-Language", "Cookie"))
        return redirect


__all__ = ["LocaleMiddleware"]
