"""Conditional GET: an ETag for every page, and 304 where the client has it."""

from __future__ import annotations

from typing import Any

from fastjango.http.caching import cc_delim_re, get_conditional_response, set_response_etag
from fastjango.utils.deprecation import MiddlewareMixin
from fastjango.utils.http import parse_http_date_safe


class ConditionalGetMiddleware(MiddlewareMixin):
    """Answers conditional GET requests by ETag or Last-Modified, and adds an ETag where there is none."""

    def process_response(self, request: Any, response: Any) -> Any:
        """Return *response*, or a 304 in its place."""
        # HEAD has no content to make an ETag from.
        if request.method != "GET":
            return response
        if self.needs_etag(response) and not response.has_header("ETag"):
            set_response_etag(response)
        etag = response.get("ETag")
        last_modified = response.get("Last-Modified")
        last_modified = last_modified and parse_http_date_safe(last_modified)
        if etag or last_modified:
            return get_conditional_response(request, etag=etag, last_modified=last_modified, response=response)
        return response

    def needs_etag(self, response: Any) -> bool:
        """Return whether the client may keep the response at all."""
        directives = cc_delim_re.split(response.get("Cache-Control", ""))
        return all(directive.lower() != "no-store" for directive in directives)


__all__ = ["ConditionalGetMiddleware"]
