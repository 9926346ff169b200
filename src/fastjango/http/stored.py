"""
Responses as plain data, so that a cache can keep them without pickle.

Only what goes over the wire is kept: a template response comes back as the plain response it was rendered to.
"""

from __future__ import annotations

import base64
from typing import Any

from fastjango.http.cookie import SimpleCookie
from fastjango.http.response import HttpResponse, HttpResponseNotModified


def freeze_response(response: Any) -> dict[str, Any]:
    """Return *response*, which must not be streaming, as data that JSON can hold."""
    return {
        "status": response.status_code,
        "reason": response._reason_phrase,
        "charset": response._charset,
        "headers": [list(line) for line in response.headers.lines()],
        "cookies": [cookie.OutputString() for cookie in response.cookies.values()],
        "content": base64.b64encode(response.content).decode("ascii"),
    }


def thaw_response(data: Any) -> HttpResponse:
    """Return the response that ``freeze_response`` made *data* from."""
    if data["status"] == 304:
        response: HttpResponse = HttpResponseNotModified(reason=data["reason"])
    else:
        content = base64.b64decode(data["content"])
        response = HttpResponse(content, status=data["status"], reason=data["reason"], charset=data["charset"])
        del response.headers["Content-Type"]
    for name, value in data["headers"]:
        response.headers.append(name, value)
    for line in data["cookies"]:
        cookies: SimpleCookie = SimpleCookie()
        cookies.load(line)
        response.cookies.update(cookies)
    return response


__all__ = ["freeze_response", "thaw_response"]
