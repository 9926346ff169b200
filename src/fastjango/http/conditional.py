"""
Conditional requests: whether the client has the answer already, and whether it may change what it means to change.

Source: RFC 9110, section 13.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from fastjango.http.response import HttpResponse, HttpResponseNotModified
from fastjango.utils.http import parse_etags, parse_http_date_safe, quote_etag
from fastjango.utils.log import log_response

# Section 15.4.5: what a 304 repeats from the answer it stands for.
KEPT_HEADERS = ("Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Last-Modified", "Vary")


def set_response_etag(response: Any) -> Any:
    """Give *response* an ETag made from its content, if it has any; return it."""
    if not response.streaming and response.content:
        digest = hashlib.md5(response.content, usedforsecurity=False).hexdigest()
        response.headers["ETag"] = quote_etag(digest)
    return response


def get_conditional_response(
    request: Any, etag: str | None = None, last_modified: int | None = None, response: Any = None
) -> Any:
    """
    Return the answer that the request's conditions call for: 304, 412, or *response* itself.

    Args:
        etag: The quoted ETag of what is asked for.
        last_modified: When it changed last, in seconds since 1970.
    """
    # Conditions count only where the plain answer would be a success.
    if response is not None and not 200 <= response.status_code < 300:
        return response
    meta = request.META
    if_match = parse_etags(meta.get("HTTP_IF_MATCH", ""))
    unmodified_since = _date(meta.get("HTTP_IF_UNMODIFIED_SINCE"))
    if_none_match = parse_etags(meta.get("HTTP_IF_NONE_MATCH", ""))
    modified_since = _date(meta.get("HTTP_IF_MODIFIED_SINCE"))
    reads = request.method in ("GET", "HEAD")

    # Section 13.2.2 gives the order.
    if if_match:
        if not _if_match_passes(etag, if_match):
            return _precondition_failed(request)
    elif unmodified_since and not (last_modified and last_modified <= unmodified_since):
        return _precondition_failed(request)
    if if_none_match:
        if not _if_none_match_passes(etag, if_none_match):
            return _not_modified(request, response) if reads else _precondition_failed(request)
    elif modified_since and reads and last_modified and last_modified <= modified_since:
        return _not_modified(request, response)
    return response


def _date(text: str | None) -> int | None:
    return parse_http_date_safe(text) if text else None


def _if_match_passes(etag: str | None, wanted: Sequence[str]) -> bool:
    """Compare strongly: a weak ETag never matches."""
    if not etag:
        return False
    if list(wanted) == ["*"]:
        return True
    return not etag.startswith("W/") and etag in wanted


def _if_none_match_passes(etag: str | None, known: Sequence[str]) -> bool:
    """Compare weakly."""
    if not etag:
        return True
    if list(known) == ["*"]:
        return False
    return etag.removeprefix("W/") not in {one.removeprefix("W/") for one in known}


def _precondition_failed(request: Any) -> HttpResponse:
    response = HttpResponse(status=412)
    log_response("Precondition Failed: %s", request.path, response=response, request=request)
    return response


def _not_modified(request: Any, response: Any = None) -> HttpResponseNotModified:
    made = HttpResponseNotModified()
    if response is not None:
        for header in KEPT_HEADERS:
            if header in response:
                made.headers[header] = response.headers[header]
        made.cookies = response.cookies
    return made


__all__ = ["get_conditional_response", "set_response_etag"]
