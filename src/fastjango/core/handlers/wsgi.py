"""
WSGI: the same pipeline, blocking, for servers that speak WSGI and for the sync test client.

``WSGIRequest`` stands on an environment in place of an ASGI scope.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from io import IOBase
from typing import Any

import fastjango
from fastjango.conf import settings
from fastjango.core import signals
from fastjango.core.handlers import base
from fastjango.http import HttpRequest, QueryDict, parse_cookie
from fastjango.urls import set_script_prefix
from fastjango.utils.encoding import repercent_broken_unicode
from fastjango.utils.functional import cached_property
from fastjango.utils.log import is_server_told

server_logger = logging.getLogger("fastjango.server")
ISO_8859_1, UTF_8 = "iso-8859-1", "utf-8"


class LimitedStream(IOBase):
    """Read at most *limit* bytes of a stream: a WSGI input must not be read past the body's end."""

    def __init__(self, stream: Any, limit: int) -> None:
        self._read = stream.read
        self._readline = stream.readline
        self._pos = 0
        self.limit = limit

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to *size* bytes of what is left."""
        left = self.limit - self._pos
        if not left:
            return b""
        data: bytes = self._read(left if size is None or size < 0 else min(size, left))
        self._pos += len(data)
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return one line of what is left."""
        left = self.limit - self._pos
        if not left:
            return b""
        line: bytes = self._readline(left if size is None or size < 0 else min(size, left))
        self._pos += len(line)
        return line


class WSGIRequest(HttpRequest):
    """A request over a WSGI environment."""

    def __init__(self, environ: dict[str, Any]) -> None:
        script_name = get_script_name(environ)
        # An empty PATH_INFO is the root of the site.
        path_info = get_path_info(environ) or "/"
        self.environ = environ
        self.path_info = path_info
        self.path = "{}/{}".format(script_name.rstrip("/"), path_info.replace("/", "", 1))
        self.script_name = script_name
        self.__dict__["META"] = environ
        environ["PATH_INFO"] = path_info
        environ["SCRIPT_NAME"] = script_name
        self.method = environ["REQUEST_METHOD"].upper()
        self._set_content_type_params(environ)
        try:
            content_length = int(environ.get("CONTENT_LENGTH", ""))
        except (ValueError, TypeError):
            content_length = 0
        self._stream: Any = LimitedStream(environ["wsgi.input"], max(content_length, 0))
        self._read_started = False
        self.resolver_match = None

    def _get_scheme(self) -> str:
        return str(self.environ.get("wsgi.url_scheme"))

    @cached_property
    def GET(self) -> QueryDict:
        """The query string."""
        raw = get_bytes_from_wsgi(self.environ, "QUERY_STRING", "")
        return QueryDict(raw, encoding=self._encoding)

    @cached_property
    def COOKIES(self) -> dict[str, str]:
        """The cookies."""
        return parse_cookie(get_str_from_wsgi(self.environ, "HTTP_COOKIE", ""))


class WSGIHandler(base.BaseHandler):
    """The WSGI application."""

    request_class = WSGIRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.load_middleware()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        set_script_prefix(get_script_name(environ))
        signals.request_started.send(sender=self.__class__, environ=environ)
        request = self.request_class(environ)
        response = self.get_response(request)
        failure = request.__dict__.pop("_uncaught", None)
        if failure is not None and is_server_told():
            # The server has no log of its own for it: standard error, where `fastjango.server` writes.
            server_logger.error("Internal Server Error: %s", request.path, exc_info=failure)
        response._handler_class = self.__class__
        status = "%d %s" % (response.status_code, response.reason_phrase)
        headers = [
            *response.items(),
            *(("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values()),
        ]
        start_response(status, headers)
        file = getattr(response, "file_to_stream", None)
        if file is not None and environ.get("wsgi.file_wrapper"):
            # The server closes the file's wrapper; the response must be closed with it.
            file.close = response.close
            wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](file, response.block_size)
            return wrapped
        answer: Iterable[bytes] = response
        return answer


def get_path_info(environ: dict[str, Any]) -> str:
    """Return the path as text; bytes that are no UTF-8 stay percent-encoded."""
    return repercent_broken_unicode(get_bytes_from_wsgi(environ, "PATH_INFO", "/")).decode()


def get_script_name(environ: dict[str, Any]) -> str:
    """Return the prefix under which the project is served."""
    if settings.FORCE_SCRIPT_NAME is not None:
        return str(settings.FORCE_SCRIPT_NAME)
    script_url = get_bytes_from_wsgi(environ, "SCRIPT_URL", "") or get_bytes_from_wsgi(environ, "REDIRECT_URL", "")
    if script_url:
        while b"//" in script_url:
            # mod_wsgi folds slashes in PATH_INFO, not in SCRIPT_URL.
            script_url = script_url.replace(b"//", b"/")
        path_info = get_bytes_from_wsgi(environ, "PATH_INFO", "")
        script_name = script_url.removesuffix(path_info)
    else:
        script_name = get_bytes_from_wsgi(environ, "SCRIPT_NAME", "")
    return script_name.decode()


def get_bytes_from_wsgi(environ: dict[str, Any], key: str, default: str) -> bytes:
    """Return a value of the environment as the bytes that came over the wire."""
    value: str = environ.get(key, default)
    return value.encode(ISO_8859_1)


def get_str_from_wsgi(environ: dict[str, Any], key: str, default: str) -> str:
    """Return a value of the environment decoded from UTF-8."""
    return get_bytes_from_wsgi(environ, key, default).decode(errors="replace")


def get_wsgi_application() -> WSGIHandler:
    """Set FastJango up and return the WSGI application."""
    fastjango.setup(set_prefix=False)
    return WSGIHandler()
