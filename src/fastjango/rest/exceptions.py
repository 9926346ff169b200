"""
Exceptions that views raise and that become responses.

    APIException (500)
      ValidationError ParseError (400)       NotFound (404)               UnsupportedMediaType (415)
      AuthenticationFailed NotAuthenticated  MethodNotAllowed (405)       Throttled (429)
      PermissionDenied (403)                 NotAcceptable (406)
"""

from __future__ import annotations

import math
from typing import Any

from fastjango.http import JsonResponse
from fastjango.rest import status
from fastjango.rest.utils.serializer_helpers import ReturnDict, ReturnList
from fastjango.utils.encoding import force_str
from fastjango.utils.functional import Promise
from fastjango.utils.translation import gettext_lazy as _
from fastjango.utils.translation import ngettext


class ErrorDetail(str):
    """A message with a code; equal to plain text, and to another detail of the same code."""

    __slots__ = ("code",)
    code: str | None

    def __new__(cls, string: str, code: str | None = None) -> ErrorDetail:
        made = super().__new__(cls, string)
        made.code = code
        return made

    def __eq__(self, other: object) -> Any:
        same = str.__eq__(self, other)  # str gives NotImplemented for other types
        if same is NotImplemented or not isinstance(other, ErrorDetail):
            return same
        return same and self.code == other.code

    def __ne__(self, other: object) -> Any:
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def __repr__(self) -> str:
        return f"ErrorDetail(string={str(self)!r}, code={self.code!r})"

    __hash__ = str.__hash__


def _get_error_details(data: Any, default_code: str | None = None) -> Any:
    """Return *data* with every leaf an ``ErrorDetail``."""
    if isinstance(data, list | tuple):
        items = [_get_error_details(item, default_code) for item in data]
        return ReturnList(items, serializer=data.serializer) if isinstance(data, ReturnList) else items
    if isinstance(data, dict):
        entries = {key: _get_error_details(value, default_code) for key, value in data.items()}
        return ReturnDict(entries, serializer=data.serializer) if isinstance(data, ReturnDict) else entries
    text = force_str(data)
    return ErrorDetail(text, getattr(data, "code", default_code) or default_code)


def _get_codes(detail: Any) -> Any:
    if isinstance(detail, list):
        return [_get_codes(item) for item in detail]
    if isinstance(detail, dict):
        return {key: _get_codes(value) for key, value in detail.items()}
    return detail.code


def _get_full_details(detail: Any) -> Any:
    if isinstance(detail, list):
        return [_get_full_details(item) for item in detail]
    if isinstance(detail, dict):
        return {key: _get_full_details(value) for key, value in detail.items()}
    return {"message": detail, "code": detail.code}


class APIException(Exception):
    """
    An error with a status and a body.

    Args:
        detail: The message, or a list or mapping of messages.
        code: Said to clients that compare codes.
    """

    status_code = status.HTTP_500_INTERNAL_SERVER_ERROR
    default_detail: Any = _("A server error occurred.")
    default_code = "error"
    detail: Any

    def __init__(self, detail: Any = None, code: str | None = None) -> None:
        if detail is None:
            detail = self.default_detail
        if code is None:
            code = self.default_code
        self.detail = _get_error_details(detail, code)

    def __str__(self) -> str:
        return str(self.detail)

    def get_codes(self) -> Any:
        """Return the codes in the shape of the detail."""
        return _get_codes(self.detail)

    def get_full_details(self) -> Any:
        """Return message and code of each error, in the shape of the detail."""
        return _get_full_details(self.detail)


class ValidationError(APIException):
    """The input is wrong; the detail is always a list or a mapping."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("Invalid input.")
    default_code = "invalid"

    def __init__(self, detail: Any = None, code: str | None = None) -> None:
        if detail is None:
            detail = self.default_detail
        if code is None:
            code = self.default_code
        if isinstance(detail, tuple):
            flat: list[Any] = []
            for item in detail:
                if isinstance(item, ValidationError):
                    flat += item.detail if isinstance(item.detail, list) else [item.detail]
                else:
                    flat.append(item)
            detail = flat
        elif not isinstance(detail, dict | list):
            detail = [detail]
        elif isinstance(detail, list):
            opened: list[Any] = []
            for item in detail:
                if isinstance(item, ValidationError):
                    opened += item.detail if isinstance(item.detail, list) else [item.detail]
                else:
                    opened.append(item)
            detail = opened if len(opened) != len(detail) or opened != detail else detail
        self.detail = _get_error_details(detail, code)


class ParseError(APIException):
    """The body cannot be read."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("Malformed request.")
    default_code = "parse_error"


class AuthenticationFailed(APIException):
    """The credentials are wrong."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = _("Incorrect authentication credentials.")
    default_code = "authentication_failed"


class NotAuthenticated(APIException):
    """There are no credentials."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = _("Authentication credentials were not provided.")
    default_code = "not_authenticated"


class PermissionDenied(APIException):
    """The user may not do this."""

    status_code = status.HTTP_403_FORBIDDEN
    default_detail = _("You do not have permission to perform this action.")
    default_code = "permission_denied"


class NotFound(APIException):
    """There is no such thing."""

    status_code = status.HTTP_404_NOT_FOUND
    default_detail = _("Not found.")
    default_code = "not_found"


class MethodNotAllowed(APIException):
    """The view has no handler for the method."""

    status_code = status.HTTP_405_METHOD_NOT_ALLOWED
    default_detail = _('Method "{method}" not allowed.')
    default_code = "method_not_allowed"

    def __init__(self, method: str, detail: Any = None, code: str | None = None) -> None:
        if detail is None:
            detail = force_str(self.default_detail).format(method=method)
        super().__init__(detail, code)


class NotAcceptable(APIException):
    """No renderer makes what the client accepts."""

    status_code = status.HTTP_406_NOT_ACCEPTABLE
    default_detail = _("Could not satisfy the request Accept header.")
    default_code = "not_acceptable"

    def __init__(self, detail: Any = None, code: str | None = None, available_renderers: Any = None) -> None:
        self.available_renderers = available_renderers
        super().__init__(detail, code)


class UnsupportedMediaType(APIException):
    """No parser reads what the client sends."""

    status_code = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE
    default_detail = _('Unsupported media type "{media_type}" in request.')
    default_code = "unsupported_media_type"

    def __init__(self, media_type: Any, detail: Any = None, code: str | None = None) -> None:
        if detail is None:
            detail = force_str(self.default_detail).format(media_type=media_type)
        super().__init__(detail, code)


class Throttled(APIException):
    """
    Too many requests.

    Args:
        wait: Seconds until the next request is welcome.
    """

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_detail = _("Request was throttled.")
    extra_detail_singular = _("Expected available in {wait} second.")
    extra_detail_plural = _("Expected available in {wait} seconds.")
    default_code = "throttled"

    def __init__(self, wait: float | None = None, detail: Any = None, code: str | None = None) -> None:
        if detail is None:
            detail = force_str(self.default_detail)
        if wait is not None:
            wait = math.ceil(wait)
            extra = ngettext(_text(self.extra_detail_singular), _text(self.extra_detail_plural), wait)
            detail = f"{detail} {force_str(extra).format(wait=wait)}"
        self.wait = wait
        super().__init__(detail, code)


def _text(message: Any) -> str:
    # ngettext() looks the untranslated text up; a lazy one gives the text in the active language.
    return str(message) if isinstance(message, Promise) else message


def server_error(request: Any, *args: Any, **kwargs: Any) -> JsonResponse:
    """Answer 500 in JSON; for ``handler500``."""
    return JsonResponse({"error": "Server Error (500)"}, status=status.HTTP_500_INTERNAL_SERVER_ERROR)


def bad_request(request: Any, exception: Any, *args: Any, **kwargs: Any) -> JsonResponse:
    """Answer 400 in JSON; for ``handler400``."""
    return JsonResponse({"error": "Bad Request (400)"}, status=status.HTTP_400_BAD_REQUEST)
