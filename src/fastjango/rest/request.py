"""
``Request``: the core request with content negotiation and pluggable authentication.

Everything that is not here comes from the wrapped request. ``data`` is the parsed body whatever the method and media type;
``user`` and ``auth`` run the authenticators when first asked for.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastjango.conf import settings
from fastjango.http import HttpRequest, QueryDict
from fastjango.http.request import RawPostDataException
from fastjango.rest import HTTP_HEADER_ENCODING, exceptions
from fastjango.rest.settings import api_settings
from fastjango.utils.datastructures import MultiValueDict
from fastjango.utils.http import parse_header_parameters

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def is_form_media_type(media_type: str) -> bool:
    """Return whether *media_type* is that of an HTML form."""
    if len(media_type) > 256:
        return False
    try:
        return parse_header_parameters(media_type)[0] in _FORM_TYPES
    except ValueError:
        return False


class override_method:
    """For a while, a request that looks as if it had another method."""

    def __init__(self, view: Any, request: Any, method: str) -> None:
        self.view = view
        self.request = request
        self.method = method
        self.action = getattr(view, "action", None)

    def __enter__(self) -> Any:
        self.view.request = clone_request(self.request, self.method)
        action_map = getattr(self.view, "action_map", {}) or {}
        self.view.action = action_map.get(self.method.lower())
        return self.view.request

    def __exit__(self, *args: object) -> None:
        self.view.request = self.request
        self.view.action = self.action


class WrappedAttributeError(Exception):
    """An ``AttributeError`` of an authenticator, which must not pass for a missing attribute of the request."""


@contextmanager
def wrap_attributeerrors() -> Iterator[None]:
    """Turn ``AttributeError`` into one that attribute look-up does not swallow."""
    try:
        yield
    except AttributeError as exc:
        raise WrappedAttributeError(str(exc)).with_traceback(exc.__traceback__) from exc


class Empty:
    """Stands for "not there yet"."""


def clone_request(request: Request, method: str) -> Request:
    """Return the same request with another method; what is parsed and authenticated is shared."""
    made = Request(
        request=request._request,
        parsers=request.parsers,
        authenticators=request.authenticators,
        negotiator=request.negotiator,
        parser_context=request.parser_context,
    )
    for name in ("_data", "_files", "_full_data", "_content_type", "_stream"):
        setattr(made, name, getattr(request, name))
    made.method = method
    for name in (
        "_user",
        "_auth",
        "_authenticator",
        "accepted_renderer",
        "accepted_media_type",
        "version",
        "versioning_scheme",
    ):
        if name in request.__dict__:
            setattr(made, name, request.__dict__[name])
    return made


class ForcedAuthentication:
    """The authenticator of test requests that were given a user."""

    def __init__(self, force_user: Any, force_token: Any) -> None:
        self.force_user = force_user
        self.force_token = force_token

    def authenticate(self, request: Any) -> tuple[Any, Any]:
        """Return the given user and token."""
        return self.force_user, self.force_token

    def authenticate_header(self, request: Any) -> str | None:
        """Return nothing: there is no challenge."""
        return None


class Request:
    """
    A request of an API view.

    Args:
        request: The core request.
        parsers, authenticators, negotiator, parser_context: What the view uses.
    """

    accepted_renderer: Any
    accepted_media_type: Any
    version: Any
    versioning_scheme: Any
    method: Any

    def __init__(
        self,
        request: Any,
        parsers: Any = None,
        authenticators: Any = None,
        negotiator: Any = None,
        parser_context: dict[str, Any] | None = None,
    ) -> None:
        if not isinstance(request, HttpRequest):
            raise AssertionError(
                "The `request` argument must be an instance of `fastjango.http.HttpRequest`, not "
                f"`{type(request).__module__}.{type(request).__name__}`."
            )
        self._request = request
        self.parsers = parsers or ()
        self.authenticators = authenticators or ()
        self.negotiator = negotiator or api_settings.DEFAULT_CONTENT_NEGOTIATION_CLASS()
        self._parser_context = parser_context
        # Asked for the parser context when somebody needs it; most requests have no body to parse.
        self._late_context: Callable[[], dict[str, Any] | None] | None = None
        self._data: Any = Empty
        self._files: Any = Empty
        self._full_data: Any = Empty
        self._content_type: Any = Empty
        self._stream: Any = Empty
        if parser_context is not None:
            self._complete(parser_context)
        force_user = getattr(request, "_force_auth_user", None)
        force_token = getattr(request, "_force_auth_token", None)
        if force_user is not None or force_token is not None:
            self.authenticators = (ForcedAuthentication(force_user, force_token),)

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__}: {self.method} {self.get_full_path()!r}>"

    def __class_getitem__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls

    def _complete(self, context: dict[str, Any]) -> None:
        context["request"] = self
        context["encoding"] = self._request.encoding or settings.DEFAULT_CHARSET

    @property
    def parser_context(self) -> dict[str, Any]:
        """What parsers get: the view, its arguments, the request, the encoding."""
        found = self._parser_context
        if found is None:
            found = (None if self._late_context is None else self._late_context()) or {}
            self._parser_context = found
            self._complete(found)
        return found

    @parser_context.setter
    def parser_context(self, value: dict[str, Any]) -> None:
        self._parser_context = value

    # ------------------------------------------------------------ what the client sent

    @property
    def content_type(self) -> str:
        """The media type of the body, as the client wrote it."""
        meta = self._request.META
        found: str = meta.get("CONTENT_TYPE", meta.get("HTTP_CONTENT_TYPE", ""))
        return found

    @property
    def stream(self) -> Any:
        """The body as a file, ``None`` when there is none."""
        if self._stream is Empty:
            self._load_stream()
        return self._stream

    @property
    def query_params(self) -> Any:
        """The query string."""
        return self._request.GET

    @property
    def data(self) -> Any:
        """The parsed body: form, files, JSON."""
        if self._full_data is Empty:
            with wrap_attributeerrors():
                self._load_data_and_files()
        return self._full_data

    @property
    def FILES(self) -> Any:
        """The uploaded files."""
        if self._files is Empty:
            with wrap_attributeerrors():
                self._load_data_and_files()
        return self._files

    @property
    def POST(self) -> Any:
        """The form; empty for bodies that are none."""
        if self._data is Empty:
            with wrap_attributeerrors():
                self._load_data_and_files()
        if is_form_media_type(self.content_type):
            return self._data
        return QueryDict("", encoding=self._request._encoding)

    # ------------------------------------------------------------ who asks

    @property
    def user(self) -> Any:
        """The user the authenticators found, an anonymous one else."""
        if "_user" not in self.__dict__:
            try:
                self._authenticate()
            except AttributeError as exc:
                raise WrappedAttributeError(str(exc)).with_traceback(exc.__traceback__) from exc
        return self._user

    @user.setter
    def user(self, value: Any) -> None:
        self._user = value
        # Middleware looks there.
        self._request.user = value

    @property
    def auth(self) -> Any:
        """What else the authenticator found: a token, most often."""
        if "_auth" not in self.__dict__:
            with wrap_attributeerrors():
                self._authenticate()
        return self._auth

    @auth.setter
    def auth(self, value: Any) -> None:
        self._auth = value
        self._request.auth = value  # type: ignore[attr-defined]  # for middleware

    @property
    def successful_authenticator(self) -> Any:
        """The authenticator that knew the user, ``None`` when none did."""
        if "_authenticator" not in self.__dict__:
            with wrap_attributeerrors():
                self._authenticate()
        return self._authenticator

    def _authenticate(self) -> None:
        for authenticator in self.authenticators:
            try:
                found = authenticator.authenticate(self)
            except exceptions.APIException:
                self._not_authenticated()
                raise
            if found is not None:
                self._authenticator: Any = authenticator
                self.user, self.auth = found
                return
        self._not_authenticated()

    def _not_authenticated(self) -> None:
        self._authenticator = None
        make_user, make_token = api_settings.UNAUTHENTICATED_USER, api_settings.UNAUTHENTICATED_TOKEN
        self.user = make_user() if make_user else None
        self.auth = make_token() if make_token else None

    # ------------------------------------------------------------ parsing

    def _load_data_and_files(self) -> None:
        if self._data is not Empty:
            return
        self._data, self._files = self._parse()
        if self._files:
            self._full_data = self._data.copy()
            self._full_data.update(self._files)
        else:
            self._full_data = self._data
        # The core request then has the same form, for code that looks there.
        if is_form_media_type(self.content_type):
            self._request._post = self.POST
            self._request.__dict__["_files"] = self.FILES

    def _load_stream(self) -> None:
        meta = self._request.META
        try:
            content_length = int(meta.get("CONTENT_LENGTH", meta.get("HTTP_CONTENT_LENGTH", 0)))
        except (ValueError, TypeError):
            content_length = 0
        received = self._request._received
        if content_length == 0 and not received and "_stream" not in self._request.__dict__:
            self._stream = None
        elif content_length == 0 and self._request.scope is None:
            self._stream = None
        elif not self._request._read_started:
            self._stream = self._request
        else:
            self._stream = io.BytesIO(self.body)

    def _supports_form_parsing(self) -> bool:
        return any(is_form_media_type(getattr(parser, "media_type", None) or "") for parser in self.parsers)

    def _parse(self) -> tuple[Any, Any]:
        media_type = self.content_type
        try:
            stream = self.stream
        except RawPostDataException:
            if not hasattr(self._request, "_post"):
                raise
            # Somebody, most often middleware, has read the form already.
            if self._supports_form_parsing():
                return self._request.POST, self._request.FILES
            stream = None
        if stream is None or not media_type:
            if media_type and is_form_media_type(media_type):
                empty_data: Any = QueryDict("", encoding=self._request._encoding)
            else:
                empty_data = {}
            return empty_data, MultiValueDict()
        parser = self.negotiator.select_parser(self, self.parsers)
        if not parser:
            raise exceptions.UnsupportedMediaType(media_type)
        try:
            parsed = parser.parse(stream, media_type, self.parser_context)
        except Exception:
            # So that error pages, which look at the data again, do not fail, too.
            self._data = QueryDict("", encoding=self._request._encoding)
            self._files = MultiValueDict()
            self._full_data = self._data
            raise
        try:
            return parsed.data, parsed.files
        except AttributeError:
            return parsed, MultiValueDict()

    # ------------------------------------------------------------ the rest

    def __getattr__(self, attr: str) -> Any:
        try:
            return getattr(self.__dict__["_request"], attr)
        except (AttributeError, KeyError):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{attr}'") from None

    def force_plaintext_errors(self, value: bool) -> None:
        """Have debug pages come as text."""
        self._request.is_ajax = lambda: value  # type: ignore[attr-defined]  # read by error pages


__all__ = [
    "HTTP_HEADER_ENCODING",
    "Empty",
    "ForcedAuthentication",
    "Request",
    "WrappedAttributeError",
    "clone_request",
    "is_form_media_type",
    "override_method",
    "wrap_attributeerrors",
]
