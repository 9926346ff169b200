"""Responses that are known by their status: redirects, refusals, and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from fastjango.core.exceptions import DisallowedRedirect
from fastjango.http.response_base import HttpResponse
from fastjango.utils.encoding import iri_to_uri
from fastjango.utils.http import MAX_URL_REDIRECT_LENGTH
from fastjango.utils.json import DjangoJSONEncoder


class Http404(Exception):
    """There is nothing at this address; answered with status 404."""


class HttpResponseRedirectBase(HttpResponse):
    """
    A redirect.

    Args:
        redirect_to: The address; text outside ASCII is encoded.
        preserve_request: Have the browser keep method and body (307, 308).
    Raises:
        DisallowedRedirect: The scheme is not in ``allowed_schemes``, or the address is too long.
    """

    allowed_schemes = ["http", "https", "ftp"]
    max_length = MAX_URL_REDIRECT_LENGTH
    status_code_preserve_request = 307

    def __init__(self, redirect_to: Any, preserve_request: bool = False, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["Location"] = iri_to_uri(redirect_to)
        address = str(redirect_to)
        if len(address) > self.max_length:
            raise DisallowedRedirect(f"Unsafe redirect exceeding {self.max_length} characters")
        try:
            scheme = urlsplit(address).scheme
        except ValueError as exc:
            raise DisallowedRedirect(f"Unsafe redirect to malformed URL: {exc}") from exc
        if preserve_request:
            self.status_code = self.status_code_preserve_request
        if scheme and scheme not in self.allowed_schemes:
            raise DisallowedRedirect(f"Unsafe redirect to URL with protocol '{scheme}'")

    @property
    def url(self) -> str:
        """Where to."""
        return self["Location"]

    def __repr__(self) -> str:
        return f'<{type(self).__name__} status_code={self.status_code}{self._content_type_for_repr}, url="{self.url}">'


class HttpResponseRedirect(HttpResponseRedirectBase):
    """302, or 307 with *preserve_request*."""

    status_code = 302


class HttpResponsePermanentRedirect(HttpResponseRedirectBase):
    """301, or 308 with *preserve_request*."""

    status_code = 301
    status_code_preserve_request = 308


class HttpResponseNotModified(HttpResponse):
    """304; it never has content."""

    status_code = 304

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self["content-type"]

    @property
    def content(self) -> bytes:
        """Nothing; assigning something is an error."""
        return b"".join(self._container)

    @content.setter
    def content(self, value: Any) -> None:
        if value:
            raise AttributeError("You cannot set content to a 304 (Not Modified) response")
        self._container = []


class HttpResponseBadRequest(HttpResponse):
    """400."""

    status_code = 400


class HttpResponseNotFound(HttpResponse):
    """404."""

    status_code = 404


class HttpResponseForbidden(HttpResponse):
    """403."""

    status_code = 403


class HttpResponseNotAllowed(HttpResponse):
    """405, with the methods that are allowed."""

    status_code = 405

    def __init__(self, permitted_methods: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["Allow"] = ", ".join(permitted_methods)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self['Allow']}] status_code={self.status_code}{self._content_type_for_repr}>"


class HttpResponseGone(HttpResponse):
    """410."""

    status_code = 410


class HttpResponseServerError(HttpResponse):
    """500."""

    status_code = 500


class JsonResponse(HttpResponse):
    """
    A response with JSON.

    Args:
        data: A dictionary, or with ``safe=False`` anything the encoder takes.
        json_dumps_params: Passed on to ``json.dumps()``.
    Raises:
        TypeError: *data* is no dictionary and *safe* is true.
    """

    media_type = "application/json"

    def __init__(
        self,
        data: Any,
        encoder: type[json.JSONEncoder] = DjangoJSONEncoder,
        safe: bool = True,
        json_dumps_params: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if safe and not isinstance(data, dict):
            raise TypeError("In order to allow non-dict objects to be serialized set the safe parameter to False.")
        if not kwargs.get("media_type"):
            kwargs.setdefault("content_type", "application/json")
        super().__init__(content=json.dumps(data, cls=encoder, **(json_dumps_params or {})), **kwargs)


__all__ = [
    "MAX_URL_REDIRECT_LENGTH",
    "Http404",
    "HttpResponseBadRequest",
    "HttpResponseForbidden",
    "HttpResponseGone",
    "HttpResponseNotAllowed",
    "HttpResponseNotFound",
    "HttpResponseNotModified",
    "HttpResponsePermanentRedirect",
    "HttpResponseRedirect",
    "HttpResponseRedirectBase",
    "HttpResponseServerError",
    "JsonResponse",
]
