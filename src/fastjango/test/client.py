"""
``Client``, ``AsyncClient`` and the request factories: talk to the project without a server.

``Client`` sends a ``WSGIRequest`` down the pipeline in this very thread and context, so a view sees what an open
``TestCase`` transaction has written. ``AsyncClient`` does the same with an ``ASGIRequest`` on the running loop.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from http import HTTPStatus
from http.cookies import SimpleCookie
from importlib import import_module
from io import BytesIO, IOBase
from mimetypes import guess_type
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from fastjango.conf import settings
from fastjango.core.handlers.app import default_application
from fastjango.core.handlers.asgi import ASGIRequest
from fastjango.core.handlers.base import BaseHandler
from fastjango.core.handlers.loop import wait_for
from fastjango.core.handlers.wsgi import LimitedStream, WSGIRequest
from fastjango.core.serializers.json import DjangoJSONEncoder
from fastjango.core.signals import got_request_exception, request_finished, request_started
from fastjango.db import close_old_connections
from fastjango.db.bridge import bridge
from fastjango.http import HttpHeaders, HttpRequest, QueryDict
from fastjango.http import SimpleCookie as _SimpleCookie
from fastjango.test import signals
from fastjango.test.environment import ContextList
from fastjango.urls import resolve
from fastjango.utils.encoding import force_bytes
from fastjango.utils.functional import SimpleLazyObject
from fastjango.utils.http import urlencode
from fastjango.utils.regex_helper import _lazy_re_compile

BOUNDARY = "BoUnDaRyStRiNg"
MULTIPART_CONTENT = f"multipart/form-data; boundary={BOUNDARY}"
CONTENT_TYPE_RE = _lazy_re_compile(r".*; charset=([\w-]+);?")
JSON_CONTENT_TYPE_RE = _lazy_re_compile(r"^application\/(.+\+)?json")
REDIRECT_STATUS_CODES = frozenset(
    [
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    ]
)
_METHOD_KEEPING = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)


class RedirectCycleError(Exception):
    """Following redirects came back to a page, or went on too long."""

    def __init__(self, message: str, last_response: Any) -> None:
        super().__init__(message)
        self.last_response = last_response
        self.redirect_chain = last_response.redirect_chain


class FakePayload(IOBase):
    """A body that can be written once and read once, and whose size is known."""

    def __init__(self, initial_bytes: bytes | str | None = None) -> None:
        self._content = BytesIO()
        self._size = 0
        self.read_started = False
        if initial_bytes is not None:
            self.write(initial_bytes)

    def __len__(self) -> int:
        return self._size

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to *size* bytes; reading more than there is is an error of the code under test."""
        self._start()
        if size == -1 or size is None:
            size = self._size
        assert self._size >= size, "Cannot read more than the available bytes from the HTTP incoming data."
        self._size -= size
        return self._content.read(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line."""
        self._start()
        if size == -1 or size is None:
            size = self._size
        assert self._size >= size, "Cannot read more than the available bytes from the HTTP incoming data."
        line = self._content.readline(size)
        self._size -= len(line)
        return line

    def _start(self) -> None:
        if not self.read_started:
            self._content.seek(0)
            self.read_started = True

    def write(self, b: Any, /) -> None:
        """Append to the body."""
        if self.read_started:
            raise ValueError("Unable to write a payload after it's been read")
        content = force_bytes(b)
        self._content.write(content)
        self._size += len(content)


def closing_iterator_wrapper(iterable: Iterable[bytes], close: Callable[[], None]) -> Iterable[bytes]:
    """Yield the parts and close in the end, without closing the test's database connections."""
    try:
        yield from iterable
    finally:
        request_finished.disconnect(close_old_connections)
        close()
        request_finished.connect(close_old_connections)


async def aclosing_iterator_wrapper(iterable: Any, close: Callable[[], None]) -> Any:
    """Do the same for an async iterator."""
    try:
        async for part in iterable:
            yield part
    finally:
        request_finished.disconnect(close_old_connections)
        close()
        request_finished.connect(close_old_connections)


def conditional_content_removal(request: Any, response: Any) -> Any:
    """Drop the body where HTTP has none: 1xx, 204, 304 and HEAD (RFC 9112, section 6.3)."""
    empty_status = 100 <= response.status_code < 200 or response.status_code in (204, 304)
    if empty_status or request.method == "HEAD":
        if response.streaming:
            response.streaming_content = []
        else:
            response.content = b""
    return response


class ClientHandler(BaseHandler):
    """The pipeline as the sync client drives it."""

    request_class: Any = WSGIRequest

    def __init__(self, enforce_csrf_checks: bool = True, *args: Any, **kwargs: Any) -> None:
        self.enforce_csrf_checks = enforce_csrf_checks
        super().__init__(*args, **kwargs)
        self.fallback = _application_routes

    def __call__(self, environ: dict[str, Any]) -> Any:
        if self._middleware_chain is None:
            self.load_middleware()
        request_started.disconnect(close_old_connections)
        request_started.send(sender=self.__class__, environ=environ)
        request_started.connect(close_old_connections)
        request = WSGIRequest(environ)
        request._dont_enforce_csrf_checks = not self.enforce_csrf_checks  # type: ignore[attr-defined]
        response = self.get_response(request)
        conditional_content_removal(request, response)
        response.wsgi_request = request
        if response.streaming:
            wrapper = aclosing_iterator_wrapper if response.is_async else closing_iterator_wrapper
            response.streaming_content = wrapper(response.streaming_content, response.close)
        else:
            request_finished.disconnect(close_old_connections)
            response.close()
            request_finished.connect(close_old_connections)
            for call in request.__dict__.get("_after_response", ()):
                wait_for(_call(call))
        return response


async def _call(call: Callable[[], Awaitable[None]]) -> None:
    await call()


def _application_routes(request: Any) -> Any:
    return default_application().pipeline._find_route(request)


class AsyncClientHandler(BaseHandler):
    """The pipeline as the async client drives it."""

    request_class: Any = ASGIRequest

    def __init__(self, enforce_csrf_checks: bool = True, *args: Any, **kwargs: Any) -> None:
        self.enforce_csrf_checks = enforce_csrf_checks
        super().__init__(*args, **kwargs)
        self.fallback = _application_routes

    async def __call__(self, scope: dict[str, Any]) -> Any:
        if self._middleware_chain is None:
            self.load_middleware(is_async=True)
        body_file = scope.pop("_body_file", None) or FakePayload("")
        request_started.disconnect(close_old_connections)
        await request_started.asend(sender=self.__class__, scope=scope)
        request_started.connect(close_old_connections)
        request = ASGIRequest(scope, LimitedStream(body_file, len(body_file)))  # type: ignore[arg-type]
        request._dont_enforce_csrf_checks = not self.enforce_csrf_checks  # type: ignore[attr-defined]
        response = await self.get_response_async(request)
        conditional_content_removal(request, response)
        response.asgi_request = request
        if response.streaming:
            wrapper = aclosing_iterator_wrapper if response.is_async else closing_iterator_wrapper
            response.streaming_content = wrapper(response.streaming_content, response.close)
        else:
            request_finished.disconnect(close_old_connections)
            await bridge(response.close)
            request_finished.connect(close_old_connections)
            for call in request.__dict__.get("_after_response", ()):
                await call()
        return response


def store_rendered_templates(
    store: dict[str, Any], signal: Any, sender: Any, template: Any, context: Any, **kwargs: Any
) -> None:
    """Keep each rendered template and a copy of its context."""
    store.setdefault("templates", []).append(template)
    if "context" not in store:
        store["context"] = ContextList()
    store["context"].append(_copied(context))


def _copied(context: Any) -> Any:
    from copy import copy

    return copy(context)


def encode_multipart(boundary: str, data: Mapping[str, Any]) -> bytes:
    """
    Return *data* as a multipart body; files, and lists of values and files, are allowed.

    Raises:
        TypeError: A value is None, which no form can send.
    """
    lines: list[bytes] = []
    for key, value in data.items():
        if value is None:
            raise TypeError(
                f"Cannot encode None for key '{key}' as POST data. Did you mean to pass an empty string or omit the "
                "value?"
            )
        values = (
            value
            if not isinstance(value, (str, bytes)) and not _is_file(value) and isinstance(value, Iterable)
            else [value]
        )
        for item in values:
            if item is None:
                raise TypeError(
                    f"Cannot encode None for key '{key}' as POST data. Did you mean to pass an empty string or omit "
                    "the value?"
                )
            lines += encode_file(boundary, key, item) if _is_file(item) else _encode_field(boundary, key, item)
    lines += [force_bytes(f"--{boundary}--"), b""]
    return b"\r\n".join(lines)


def _encode_field(boundary: str, key: str, value: Any) -> list[bytes]:
    return [force_bytes(part) for part in (f"--{boundary}", f'Content-Disposition: form-data; name="{key}"', "", value)]


def _is_file(thing: Any) -> bool:
    return hasattr(thing, "read") and callable(thing.read)


def encode_file(boundary: str, key: str, file: Any) -> list[bytes]:
    """Return the lines of one file of a multipart body."""
    filename = os.path.basename(file.name) if isinstance(getattr(file, "name", None), str) else ""
    if hasattr(file, "content_type"):
        content_type = file.content_type
    elif filename:
        content_type = guess_type(filename)[0]
    else:
        content_type = None
    return [
        force_bytes(f"--{boundary}"),
        force_bytes(f'Content-Disposition: form-data; name="{key}"; filename="{filename or key}"'),
        force_bytes(f"Content-Type: {content_type or 'application/octet-stream'}"),
        b"",
        force_bytes(file.read()),
    ]


class RequestFactory:
    """
    Make requests to call views with, without middleware.

        request = RequestFactory().get("/page/", {"q": "x"})
    """

    def __init__(
        self,
        *,
        json_encoder: type[json.JSONEncoder] = DjangoJSONEncoder,
        headers: Mapping[str, str] | None = None,
        query_params: Any = None,
        **defaults: Any,
    ) -> None:
        self.json_encoder = json_encoder
        self.defaults: dict[str, Any] = defaults
        self.cookies: SimpleCookie = _SimpleCookie()
        self.errors = BytesIO()
        if headers:
            self.defaults.update(HttpHeaders.to_wsgi_names(headers))
        if query_params:
            self.defaults["QUERY_STRING"] = urlencode(query_params, doseq=True)

    def _base_environ(self, **request: Any) -> dict[str, Any]:
        return {
            "HTTP_COOKIE": "; ".join(sorted(f"{morsel.key}={morsel.coded_value}" for morsel in self.cookies.values())),
            "PATH_INFO": "/",
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": FakePayload(b""),
            "wsgi.errors": self.errors,
            "wsgi.multiprocess": True,
            "wsgi.multithread": False,
            "wsgi.run_once": False,
            **self.defaults,
            **request,
        }

    def request(self, **request: Any) -> Any:
        """Return a request made from WSGI-style values."""
        return WSGIRequest(self._base_environ(**request))

    def _encode_data(self, data: Any, content_type: str) -> bytes:
        if content_type is MULTIPART_CONTENT:
            return encode_multipart(BOUNDARY, data)
        match = CONTENT_TYPE_RE.match(content_type)
        charset = match[1] if match else settings.DEFAULT_CHARSET
        return bytes(force_bytes(data, encoding=charset))

    def _encode_json(self, data: Any, content_type: str) -> Any:
        should_encode = JSON_CONTENT_TYPE_RE.match(content_type) and isinstance(data, (dict, list, tuple))
        return json.dumps(data, cls=self.json_encoder) if should_encode else data

    def _get_path(self, parsed: Any) -> str:
        path: str = parsed.path
        if parsed.params if hasattr(parsed, "params") else "":
            path += ";" + parsed.params
        # What WSGI servers do: percent-decoded bytes, read as latin-1.
        return unquote_to_bytes(path).decode("iso-8859-1")

    def get(
        self,
        path: Any,
        data: Any = None,
        secure: bool = False,
        *,
        headers: Any = None,
        query_params: Any = None,
        **extra: Any,
    ) -> Any:
        """GET."""
        return self._query_request("GET", path, data, secure, headers, query_params, extra)

    def head(
        self,
        path: Any,
        data: Any = None,
        secure: bool = False,
        *,
        headers: Any = None,
        query_params: Any = None,
        **extra: Any,
    ) -> Any:
        """HEAD."""
        return self._query_request("HEAD", path, data, secure, headers, query_params, extra)

    def _query_request(
        self, method: str, path: Any, data: Any, secure: bool, headers: Any, query_params: Any, extra: dict[str, Any]
    ) -> Any:
        if data is not None and query_params is not None:
            raise ValueError("query_params and data arguments are mutually exclusive.")
        query = data if data is not None else query_params
        if query is not None:
            extra["QUERY_STRING"] = query.urlencode() if isinstance(query, QueryDict) else urlencode(query, doseq=True)
        return self.generic(method, path, secure=secure, headers=headers, **extra)

    def post(
        self,
        path: Any,
        data: Any = None,
        content_type: str = MULTIPART_CONTENT,
        secure: bool = False,
        *,
        headers: Any = None,
        query_params: Any = None,
        **extra: Any,
    ) -> Any:
        """POST; data is a multipart form unless *content_type* says JSON or something else."""
        data = self._encode_json({} if data is None else data, content_type)
        body = self._encode_data(data, content_type)
        return self.generic(
            "POST", path, body, content_type, secure=secure, headers=headers, query_params=query_params, **extra
        )

    def trace(
        self, path: Any, secure: bool = False, *, headers: Any = None, query_params: Any = None, **extra: Any
    ) -> Any:
        """TRACE."""
        return self.generic("TRACE", path, secure=secure, headers=headers, query_params=query_params, **extra)

    def options(
        self, path: Any, data: Any = "", content_type: str = "application/octet-stream", secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """OPTIONS."""
        return self.generic(
            "OPTIONS", path, data, content_type, secure=secure, headers=headers, query_params=query_params, **extra
        )

    def put(
        self, path: Any, data: Any = "", content_type: str = "application/octet-stream", secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """PUT."""
        data = self._encode_json(data, content_type)
        return self.generic(
            "PUT", path, data, content_type, secure=secure, headers=headers, query_params=query_params, **extra
        )

    def patch(
        self, path: Any, data: Any = "", content_type: str = "application/octet-stream", secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """PATCH."""
        data = self._encode_json(data, content_type)
        return self.generic(
            "PATCH", path, data, content_type, secure=secure, headers=headers, query_params=query_params, **extra
        )

    def delete(
        self, path: Any, data: Any = "", content_type: str = "application/octet-stream", secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """DELETE."""
        data = self._encode_json(data, content_type)
        return self.generic(
            "DELETE", path, data, content_type, secure=secure, headers=headers, query_params=query_params, **extra
        )

    def generic(
        self,
        method: str,
        path: Any,
        data: Any = "",
        content_type: str | None = "application/octet-stream",
        secure: bool = False,
        *,
        headers: Any = None,
        query_params: Any = None,
        **extra: Any,
    ) -> Any:
        """Any method, with the body as it is."""
        parsed = urlsplit(str(path))
        body = force_bytes(data, settings.DEFAULT_CHARSET)
        request: dict[str, Any] = {
            "PATH_INFO": self._get_path(parsed),
            "REQUEST_METHOD": method,
            "SERVER_PORT": "443" if secure else "80",
            "wsgi.url_scheme": "https" if secure else "http",
        }
        if body:
            request |= {
                "CONTENT_LENGTH": str(len(body)),
                "CONTENT_TYPE": content_type,
                "wsgi.input": FakePayload(body),
            }
        if headers:
            extra.update(HttpHeaders.to_wsgi_names(headers))
        if query_params:
            extra["QUERY_STRING"] = urlencode(query_params, doseq=True)
        request.update(extra)
        if not request.get("QUERY_STRING"):
            # Servers hand the query over as latin-1 of its UTF-8 bytes.
            request["QUERY_STRING"] = parsed.query.encode().decode("iso-8859-1")
        return self.request(**request)


class AsyncRequestFactory(RequestFactory):
    """Make ASGI requests to call views with; extra keyword arguments are headers."""

    def _base_scope(self, **request: Any) -> dict[str, Any]:
        scope: dict[str, Any] = {
            "asgi": {"version": "3.0"},
            "type": "http",
            "http_version": "1.1",
            "client": ["127.0.0.1", 0],
            "server": ("testserver", "80"),
            "scheme": "http",
            "method": "GET",
            "headers": [],
            **self.defaults,
            **request,
        }
        scope["headers"].append(
            (
                b"cookie",
                b"; ".join(sorted(f"{m.key}={m.coded_value}".encode("ascii") for m in self.cookies.values())),
            )
        )
        return scope

    def request(self, **request: Any) -> Any:
        """Return a request made from scope values."""
        body_file = request.pop("_body_file", None) or FakePayload("")
        return ASGIRequest(self._base_scope(**request), LimitedStream(body_file, len(body_file)))  # type: ignore[arg-type]

    def generic(
        self,
        method: str,
        path: Any,
        data: Any = "",
        content_type: str | None = "application/octet-stream",
        secure: bool = False,
        *,
        headers: Any = None,
        query_params: Any = None,
        **extra: Any,
    ) -> Any:
        """Any method, with the body as it is."""
        parsed = urlsplit(str(path))
        body = force_bytes(data, settings.DEFAULT_CHARSET)
        scope: dict[str, Any] = {
            "method": method,
            "path": self._get_path(parsed).encode("iso-8859-1").decode("utf-8", "replace"),
            "server": ("127.0.0.1", "443" if secure else "80"),
            "scheme": "https" if secure else "http",
            "headers": [(b"host", b"testserver")],
        }
        if self.defaults:
            extra = {**self.defaults, **extra}
        if body:
            scope["headers"] += [
                (b"content-length", str(len(body)).encode("ascii")),
                (b"content-type", str(content_type).encode("ascii")),
            ]
            scope["_body_file"] = FakePayload(body)
        if query_params:
            extra["QUERY_STRING"] = urlencode(query_params, doseq=True)
        scope["query_string"] = extra.pop("QUERY_STRING", None) or parsed.query
        if headers:
            extra.update(HttpHeaders.to_asgi_names(headers))
        if "follow" in extra:
            scope["follow"] = extra.pop("follow")
        scope["headers"] += [
            (key.lower().encode("ascii"), str(value).encode("latin-1")) for key, value in extra.items()
        ]
        return self.request(**scope)


class ClientMixin:
    """What both clients share: session, login, JSON, exceptions."""

    cookies: SimpleCookie
    exc_info: Any
    extra: dict[str, Any] | None
    headers: dict[str, Any] | None

    def store_exc_info(self, **kwargs: Any) -> None:
        """Keep the exception that the pipeline reports."""
        self.exc_info = sys.exc_info()

    def check_exception(self, response: Any) -> None:
        """Raise what the view raised, unless the client was told not to."""
        response.exc_info = self.exc_info
        if self.exc_info:
            _, exc_value, _ = self.exc_info
            self.exc_info = None
            if self.raise_request_exception:  # type: ignore[attr-defined]
                raise exc_value

    @property
    def session(self) -> Any:
        """The client's session; made and saved when there is none."""
        engine = import_module(settings.SESSION_ENGINE)
        cookie = self.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie:
            return engine.SessionStore(cookie.value)
        session = engine.SessionStore()
        session.save()
        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return session

    async def asession(self) -> Any:
        """Return the session from async code."""
        return await bridge(lambda: self.session)

    def login(self, **credentials: Any) -> bool:
        """Log a user in as ``authenticate(**credentials)`` finds it; returns whether that worked."""
        from fastjango.contrib.auth import authenticate

        user = authenticate(**credentials)
        if user:
            self._login(user)
            return True
        return False

    async def alogin(self, **credentials: Any) -> bool:
        """Log in from async code."""
        return await bridge(partial(self.login, **credentials))

    def force_login(self, user: Any, backend: str | None = None) -> None:
        """Log *user* in without credentials."""
        self._login(user, backend or self._get_backend())

    async def aforce_login(self, user: Any, backend: str | None = None) -> None:
        """Log *user* in from async code."""
        await bridge(self.force_login, user, backend)

    def _get_backend(self) -> str | None:
        from fastjango.contrib.auth import load_backend

        for backend_path in settings.AUTHENTICATION_BACKENDS:
            if hasattr(load_backend(backend_path), "get_user"):
                return str(backend_path)
        return None

    def _login(self, user: Any, backend: str | None = None) -> None:
        from fastjango.contrib.auth import login

        request = HttpRequest()
        if self.session:
            request.session = self.session
        else:
            request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        login(request, user, backend)
        request.session.save()
        name = settings.SESSION_COOKIE_NAME
        self.cookies[name] = request.session.session_key
        self.cookies[name].update(
            {
                "max-age": "",
                "path": "/",
                "domain": settings.SESSION_COOKIE_DOMAIN or "",
                "secure": settings.SESSION_COOKIE_SECURE or "",
                "expires": "",
            }
        )

    def logout(self) -> None:
        """Log out: session and cookies are gone."""
        from fastjango.contrib.auth import get_user, logout

        request = HttpRequest()
        if self.session:
            request.session = self.session
            request.user = get_user(request)
        else:
            request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        logout(request)
        self.cookies = _SimpleCookie()

    async def alogout(self) -> None:
        """Log out from async code."""
        await bridge(self.logout)

    def _parse_json(self, response: Any, **extra: Any) -> Any:
        if not hasattr(response, "_json"):
            if not JSON_CONTENT_TYPE_RE.match(response.get("Content-Type") or ""):
                raise ValueError(f'Content-Type header is "{response.get("Content-Type")}", not "application/json"')
            response._json = json.loads(response.text if hasattr(response, "text") else response.content, **extra)
        return response._json

    def _follow_redirect(
        self,
        response: Any,
        *,
        data: Any = "",
        content_type: str = "",
        headers: Any = None,
        query_params: Any = None,
        **extra: Any,
    ) -> Any:
        """Request the page that *response* redirects to."""
        target = response.url
        response_url = urlsplit(target)
        redirect_chain = response.redirect_chain
        redirect_chain.append((target, response.status_code))
        if response_url.scheme:
            extra["wsgi.url_scheme"] = response_url.scheme
        if response_url.hostname:
            extra["SERVER_NAME"] = response_url.hostname
            extra["HTTP_HOST"] = response_url.hostname
        if response_url.port:
            extra["SERVER_PORT"] = str(response_url.port)
        path = response_url.path
        if not path and response_url.netloc:
            path = "/"
        # A relative target is resolved against the page that sent it.
        if not path.startswith("/"):
            path = urljoin(response.request["PATH_INFO"], path)
        if response.status_code in _METHOD_KEEPING:
            method = response.request["REQUEST_METHOD"].lower()
            if method not in ("get", "head"):
                extra["QUERY_STRING"] = response_url.query
            request_method: Any = getattr(self, method)
        else:
            method, request_method = "get", self.get  # type: ignore[attr-defined]
            data = QueryDict(response_url.query)
            content_type = ""
        if method in ("get", "head"):
            data = QueryDict(response_url.query)
            return request_method(path, data=data, follow=False, headers=headers, **extra)
        return request_method(path, data=data, content_type=content_type, follow=False, headers=headers, **extra)

    def _ensure_redirects_not_cyclic(self, response: Any) -> None:
        chain = response.redirect_chain
        url = chain[-1][0] if chain else None
        if url in [seen for seen, _ in chain[:-1]]:
            raise RedirectCycleError("Redirect loop detected.", last_response=response)
        if len(chain) > 20:
            raise RedirectCycleError("Too many redirects.", last_response=response)


def _remember(client: Any, response: Any, request: Any, data: dict[str, Any], url_path: str) -> Any:
    response.client = client
    response.request = request
    response.templates = data.get("templates", [])
    response.context = data.get("context")
    response.json = partial(client._parse_json, response)
    urlconf = getattr(
        getattr(response, "wsgi_request", None) or getattr(response, "asgi_request", None), "urlconf", None
    )
    response.resolver_match = SimpleLazyObject(lambda: resolve(url_path, urlconf=urlconf))
    # One context is the context; several are a list of them.
    if response.context is not None and len(response.context) == 1:
        response.context = response.context[0]
    if response.cookies:
        client.cookies.update(response.cookies)
    return response


class Client(ClientMixin, RequestFactory):
    """
    A browser without a screen: keeps cookies, sends requests down the whole pipeline, tells which templates were used.

        client.force_login(user); response = client.get("/orders/"); response.context["orders"]
    """

    def __init__(
        self,
        enforce_csrf_checks: bool = False,
        raise_request_exception: bool = True,
        *,
        headers: Mapping[str, str] | None = None,
        query_params: Any = None,
        **defaults: Any,
    ) -> None:
        super().__init__(headers=headers, query_params=query_params, **defaults)
        self.handler = ClientHandler(enforce_csrf_checks)
        self.raise_request_exception = raise_request_exception
        self.exc_info = None
        self.extra = None
        self.headers = None

    def request(self, **request: Any) -> Any:
        """Send a request made from WSGI-style values and return the response, with what is known about it."""
        environ = self._base_environ(**request)
        data: dict[str, Any] = {}
        on_template_render = partial(store_rendered_templates, data)
        uid = f"template-render-{id(request)}"
        signals.template_rendered.connect(on_template_render, dispatch_uid=uid)
        exception_uid = f"request-exception-{id(request)}"
        got_request_exception.connect(self.store_exc_info, dispatch_uid=exception_uid)
        try:
            response = self.handler(environ)
        finally:
            signals.template_rendered.disconnect(dispatch_uid=uid)
            got_request_exception.disconnect(dispatch_uid=exception_uid)
        self.check_exception(response)
        return _remember(self, response, request, data, request.get("PATH_INFO", "/"))

    def generic(self, method: str, path: Any, data: Any = "", content_type: str | None = "application/octet-stream", secure: bool = False, *, headers: Any = None, query_params: Any = None, follow: bool = False, **extra: Any) -> Any:  # fmt: skip
        """Send a request; ``follow=True`` goes after redirects and keeps them in ``redirect_chain``."""
        self.extra, self.headers = extra, headers
        response = super().generic(
            method, path, data, content_type, secure, headers=headers, query_params=query_params, **extra
        )
        if not follow:
            return response
        response.redirect_chain = []
        while response.status_code in REDIRECT_STATUS_CODES:
            chain = response.redirect_chain
            previous = response
            if previous.status_code not in _METHOD_KEEPING:
                method, data, content_type = "GET", "", ""
            response = self._follow_redirect(
                previous, data=data, content_type=content_type or "", headers=headers, **_scheme(secure, extra)
            )
            response.redirect_chain = chain
            self._ensure_redirects_not_cyclic(response)
        self.extra, self.headers = None, None
        return response


def _scheme(secure: bool, extra: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in extra.items() if key != "QUERY_STRING"}
    if secure:
        kept.setdefault("wsgi.url_scheme", "https")
    return kept


class AsyncClient(ClientMixin, AsyncRequestFactory):
    """The same browser for async code: every method is awaited."""

    def __init__(
        self,
        enforce_csrf_checks: bool = False,
        raise_request_exception: bool = True,
        *,
        headers: Mapping[str, str] | None = None,
        query_params: Any = None,
        **defaults: Any,
    ) -> None:
        super().__init__(query_params=query_params, **defaults)
        if headers:
            self.defaults.update({name.replace("_", "-"): value for name, value in headers.items()})
        self.handler = AsyncClientHandler(enforce_csrf_checks)
        self.raise_request_exception = raise_request_exception
        self.exc_info = None
        self.extra = None
        self.headers = None

    def request(self, **request: Any) -> Any:
        """Send a request made from scope values; returns an awaitable of the response."""
        return self._request(**request)

    async def _request(self, **request: Any) -> Any:
        follow = request.pop("follow", False)
        scope = AsyncRequestFactory._base_scope(self, **request)
        scope["_body_file"] = request.get("_body_file")
        data: dict[str, Any] = {}
        on_template_render = partial(store_rendered_templates, data)
        uid = f"template-render-{id(request)}"
        signals.template_rendered.connect(on_template_render, dispatch_uid=uid)
        exception_uid = f"request-exception-{id(request)}"
        got_request_exception.connect(self.store_exc_info, dispatch_uid=exception_uid)
        try:
            response = await self.handler(scope)
        finally:
            signals.template_rendered.disconnect(dispatch_uid=uid)
            got_request_exception.disconnect(dispatch_uid=exception_uid)
        self.check_exception(response)
        described = {**request, "PATH_INFO": request["path"], "REQUEST_METHOD": request["method"]}
        response = _remember(self, response, described, data, request["path"])
        return await self._follow(response, request) if follow else response

    async def _follow(self, response: Any, request: dict[str, Any]) -> Any:
        response.redirect_chain = []
        while response.status_code in REDIRECT_STATUS_CODES:
            chain = response.redirect_chain
            target = urlsplit(response.url)
            chain.append((response.url, response.status_code))
            path = target.path or "/"
            if not path.startswith("/"):
                path = urljoin(response.request["PATH_INFO"], path)
            keep = response.status_code in _METHOD_KEEPING
            method = response.request["REQUEST_METHOD"] if keep else "GET"
            body = request.get("_body_file") if keep else None
            if body is not None:
                body._content.seek(0)
                body = FakePayload(body._content.read())
            content_type = dict(request["headers"]).get(b"content-type", b"").decode() if keep else ""
            response = await AsyncRequestFactory.generic(
                self, method, path, body._content.getvalue() if body is not None else "", content_type,
                secure=target.scheme == "https", QUERY_STRING=target.query,
            )  # fmt: skip
            response.redirect_chain = chain
            self._ensure_redirects_not_cyclic(response)
        return response

    def _query_request(
        self, method: str, path: Any, data: Any, secure: bool, headers: Any, query_params: Any, extra: dict[str, Any]
    ) -> Any:
        return super()._query_request(method, path, data, secure, headers, query_params, extra)
