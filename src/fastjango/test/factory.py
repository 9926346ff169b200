"""Requests without a server: ``RequestFactory`` and ``AsyncRequestFactory``. The clients add the pipeline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from fastjango.conf import settings
from fastjango.core.handlers.asgi import ASGIRequest
from fastjango.core.handlers.wsgi import LimitedStream, WSGIRequest
from fastjango.core.serializers.json import DjangoJSONEncoder
from fastjango.http import HttpHeaders, QueryDict
from fastjango.http import SimpleCookie as _SimpleCookie
from fastjango.test.payload import (
    BOUNDARY,
    CONTENT_TYPE_RE,
    JSON_CONTENT_TYPE_RE,
    MULTIPART_CONTENT,
    FakePayload,
    encode_multipart,
)
from fastjango.utils.encoding import force_bytes
from fastjango.utils.http import urlencode


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
            (key.lower().replace("_", "-").encode("ascii"), str(value).encode("latin-1"))
            for key, value in extra.items()
        ]
        return self.request(**scope)
