"""
``HttpResponseBase`` and ``HttpResponse``: Starlette's ``Response`` with Django's face.

A response stays an object until the very end of the pipeline: middleware may change status, headers, cookies and
content; ``__call__`` is the one place where it becomes ASGI messages.
"""

from __future__ import annotations

import datetime as dt
import http
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, NoReturn, cast

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from fastjango.conf import settings
from fastjango.core import signals, signing
from fastjango.http.cookie import SimpleCookie
from fastjango.http.response_headers import RawHeader, ResponseHeaders, encode_lines
from fastjango.utils import timezone
from fastjango.utils.functional import cached_property
from fastjango.utils.http import http_date

_charset_from_content_type_re = re.compile(r";\s*charset=(?P<charset>[^\s;]+)", re.IGNORECASE)
_responses = {int(status): status.phrase for status in http.HTTPStatus}


class HttpResponseBase(Response):
    """
    What all responses have in common: status, headers, cookies; no content.

    Args:
        content_type: The Content-Type header; ``text/html`` in the response's charset when not given.
        status: Between 100 and 599; the class's own when not given.
        reason: The text behind the status; the standard one when not given.
        headers: More headers.
        status_code, media_type, background: Starlette's names, for classes that FastAPI makes.
    Raises:
        TypeError, ValueError: The status is no number or out of range.
    """

    # Calling a response sends it (ASGI); templates that are given one want its attributes.
    do_not_call_in_templates = True

    status_code = 200
    media_type: str | None = "text/html"
    # Assigned in each instance: here they only hide Starlette's properties of the same name.
    headers: ResponseHeaders = cast("ResponseHeaders", None)  # type: ignore[assignment]  # has Starlette's face too
    cookies: SimpleCookie
    streaming = False
    # Set by the template response and by the test client.
    context: Any
    _handler_class: Any = None

    def __init__(
        self,
        content_type: str | None = None,
        status: int | None = None,
        reason: str | None = None,
        charset: str | None = None,
        headers: Mapping[str, Any] | None = None,
        *,
        status_code: int | None = None,
        media_type: str | None = None,
        background: Any = None,
    ) -> None:
        self.headers = ResponseHeaders(headers)
        self._charset = charset
        content_type = content_type or media_type
        if "Content-Type" not in self.headers:
            self.headers["Content-Type"] = content_type or f"text/html; charset={self.charset}"
        elif content_type:
            raise ValueError("'headers' must not contain 'Content-Type' when the 'content_type' parameter is provided.")
        self._resource_closers: list[Callable[[], Any]] = []
        self.cookies = SimpleCookie()
        self.closed = False
        self.background = background
        status = status_code if status is None else status
        if status is not None:
            try:
                self.status_code = int(status)
            except (ValueError, TypeError):
                raise TypeError("HTTP status code must be an integer.") from None
            if not 100 <= self.status_code <= 599:
                raise ValueError("HTTP status code must be an integer from 100 to 599.")
        self._reason_phrase = reason

    @property
    def render(self) -> Any:
        """Not there: whoever has ``render()`` is a template response, and is rendered later."""
        raise AttributeError(f"{type(self).__name__!r} object has no attribute 'render'")

    @property
    def reason_phrase(self) -> str:
        """The text behind the status; ASGI servers do not send it."""
        if self._reason_phrase is not None:
            return self._reason_phrase
        return _responses.get(self.status_code, "Unknown Status Code")

    @reason_phrase.setter
    def reason_phrase(self, value: str | None) -> None:
        self._reason_phrase = value

    @property
    def charset(self) -> str:
        """The encoding of text content: given, or named by the Content-Type, or ``DEFAULT_CHARSET``."""
        if self._charset is not None:
            return self._charset
        if matched := _charset_from_content_type_re.search(self.get("Content-Type", "")):
            return matched["charset"].replace('"', "")
        return cast("str", settings.DEFAULT_CHARSET)

    @charset.setter
    def charset(self, value: str | None) -> None:
        self._charset = value

    # ------------------------------------------------------------ headers

    def serialize_headers(self) -> bytes:
        """Return the headers, cookies excepted, as they go over the wire."""
        return b"\r\n".join(
            name.encode("ascii") + b": " + value.encode("latin-1") for name, value in self.headers.lines()
        )

    __bytes__ = serialize_headers

    @property
    def _content_type_for_repr(self) -> str:
        return f', "{self.headers["Content-Type"]}"' if "Content-Type" in self.headers else ""

    def __setitem__(self, header: str, value: Any) -> None:
        self.headers[header] = value

    def __delitem__(self, header: str) -> None:
        del self.headers[header]

    def __getitem__(self, header: str) -> str:
        return self.headers[header]

    def has_header(self, header: str) -> bool:
        """Return whether the header is set; case does not matter."""
        return header in self.headers

    __contains__ = has_header

    def items(self) -> Any:
        """Return names and values of the headers."""
        return self.headers.items()

    def get(self, header: str, alternate: Any = None) -> Any:
        """Return the value of a header, or *alternate*."""
        return self.headers.get(header, alternate)

    def setdefault(self, key: str, value: Any) -> None:
        """Set a header unless it is set already."""
        self.headers.setdefault(key, value)

    @property
    def raw_headers(self) -> list[RawHeader]:
        """Headers and cookies as ASGI sends them."""
        lines = list(encode_lines(self.headers.lines()))
        if self.cookies:
            lines += [(b"set-cookie", one.OutputString().encode("latin-1")) for one in self.cookies.values()]
        return lines

    @raw_headers.setter
    def raw_headers(self, lines: Iterable[RawHeader]) -> None:
        self.headers = ResponseHeaders()
        self.cookies = SimpleCookie()
        for name, value in lines:
            self.headers.append(name.decode("latin-1"), value.decode("latin-1"))

    # ------------------------------------------------------------ cookies

    def set_cookie(  # type: ignore[override]  # Django's defaults
        self,
        key: str,
        value: str = "",
        max_age: float | dt.timedelta | None = None,
        expires: dt.datetime | str | None = None,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: str | None = None,
        partitioned: bool = False,
    ) -> None:
        """
        Set a cookie.

        Args:
            max_age: Seconds to live; ``None`` for as long as the browser is open.
            expires: A moment or a date as HTTP writes it; not together with *max_age* when a ``datetime``.
            samesite: ``"lax"``, ``"strict"`` or ``"none"``.
            partitioned: Keep one cookie jar per top-level site (CHIPS).
        Raises:
            ValueError: *samesite* is something else, or both times are given.
        """
        self.cookies[key] = value
        morsel: MutableMapping[str, Any] = self.cookies[key]
        if expires is not None:
            if isinstance(expires, dt.datetime):
                if timezone.is_naive(expires):
                    expires = timezone.make_aware(expires, dt.UTC)
                delta = expires - dt.datetime.now(tz=dt.UTC)
                if max_age is not None:
                    raise ValueError("'expires' and 'max_age' can't be used together.")
                # Whole seconds, rounded up: a fraction is lost on the way to here.
                max_age = max(0, (delta + dt.timedelta(seconds=1)) // dt.timedelta(seconds=1))
                morsel["expires"] = ""
                expires = None
            else:
                morsel["expires"] = expires
        else:
            morsel["expires"] = ""
        if max_age is not None:
            seconds = int(max_age.total_seconds() if isinstance(max_age, dt.timedelta) else max_age)
            morsel["max-age"] = seconds
            if not expires:
                morsel["expires"] = http_date(time.time() + seconds)
        if path is not None:
            morsel["path"] = path
        if domain is not None:
            morsel["domain"] = domain
        for flag, wanted in (("secure", secure), ("httponly", httponly), ("partitioned", partitioned)):
            if wanted:
                morsel[flag] = True
        if samesite:
            if samesite.lower() not in ("lax", "none", "strict"):
                raise ValueError('samesite must be "lax", "none", or "strict".')
            morsel["samesite"] = samesite

    def set_signed_cookie(self, key: str, value: Any, salt: str = "", **kwargs: Any) -> None:
        """Set a cookie that ``request.get_signed_cookie()`` reads; *kwargs* as of ``set_cookie()``."""
        self.set_cookie(
            key, signing.get_cookie_signer(salt=signing._cookie_signer_salt(key, salt)).sign(value), **kwargs
        )

    def delete_cookie(  # type: ignore[override]  # Django's signature
        self, key: str, path: str = "/", domain: str | None = None, samesite: str | None = None, **kwargs: Any
    ) -> None:
        """Have the browser forget a cookie; path and domain must be those it was set with."""
        # Browsers ignore these when they are not secure.
        secure = key.startswith(("__Secure-", "__Host-")) or bool(samesite and samesite.lower() == "none")
        self.set_cookie(
            key,
            max_age=0,
            path=path,
            domain=domain,
            secure=secure or kwargs.get("secure", False),
            expires="Thu, 01 Jan 1970 00:00:00 GMT",
            samesite=samesite,
            httponly=kwargs.get("httponly", False),
            partitioned=kwargs.get("partitioned", False),
        )

    # ------------------------------------------------------------ content

    def make_bytes(self, value: Any) -> bytes:
        """Return *value* as bytes, text in the response's charset."""
        if isinstance(value, bytes | memoryview):
            return bytes(value)
        if isinstance(value, str):
            return bytes(value.encode(self.charset))
        return str(value).encode(self.charset)

    def close(self) -> None:
        """Release what the response holds; called when all of it is sent."""
        for closer in self._resource_closers:
            try:
                closer()
            except Exception:  # noqa: BLE001, S110 - the answer is out; the others must still be closed
                pass
        self._resource_closers.clear()
        self.closed = True
        signals.request_finished.send(sender=self._handler_class)

    def write(self, content: Any) -> None:
        """Refuse: there is no content to add to."""
        self._refuse("This {} instance is not writable")

    def flush(self) -> None:
        """Do nothing; for those who take the response for a file."""

    def tell(self) -> int:
        """Refuse: there is no content."""
        self._refuse("This {} instance cannot tell its position")

    def _refuse(self, message: str) -> NoReturn:
        raise OSError(message.format(type(self).__name__))

    def readable(self) -> bool:
        """Return False."""
        return False

    def seekable(self) -> bool:
        """Return False."""
        return False

    def writable(self) -> bool:
        """Return whether ``write()`` works."""
        return False

    def writelines(self, lines: Iterable[Any]) -> None:
        """Refuse: there is no content to add to."""
        self._refuse("This {} instance is not writable")

    # ------------------------------------------------------------ sending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, run its background task, release what it holds."""
        if scope["type"] == "websocket":
            send = self._wrap_websocket_denial_send(send)
        try:
            await self._send(scope, receive, send)
            if self.background is not None:
                await self.background()
        finally:
            if not self.closed:
                self.close()

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._send_start(send)
        await send({"type": "http.response.body", "body": b""})

    def _send_start(self, send: Send, extra: Iterable[RawHeader] = ()) -> Awaitable[None]:
        message: Message = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": [*self.raw_headers, *extra],
        }
        return send(message)


class HttpResponse(HttpResponseBase):
    """
    A response whose content is text or bytes.

    Args:
        content: Text, bytes or an iterable of those, which is read at once.
    """

    non_picklable_attrs = frozenset(
        ["resolver_match", "client", "context", "json", "templates", "request", "wsgi_request"]
    )
    _container: list[bytes]

    def __init__(self, content: Any = b"", *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = content

    @classmethod
    def from_message(cls, status: int, raw_headers: Iterable[RawHeader], content: bytes) -> HttpResponse:
        """Return a response with exactly these headers, as an ASGI application sent them."""
        made = cls.__new__(cls)
        made.headers = ResponseHeaders.from_raw(raw_headers)
        made._charset = made._reason_phrase = made.background = None
        made._resource_closers = []
        made.cookies = SimpleCookie()
        made.closed = False
        made.status_code = status
        made._container = [content]
        return made

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in self.non_picklable_attrs and name not in ("_resource_closers", "background")
        }

    def __copy__(self) -> HttpResponse:
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _resource_closers=[], background=None)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} status_code={self.status_code}{self._content_type_for_repr}>"

    def serialize(self) -> bytes:
        """Return headers and content as they go over the wire."""
        return self.serialize_headers() + b"\r\n\r\n" + self.content

    __bytes__ = serialize

    @property
    def content(self) -> bytes:
        """The whole content; may be assigned."""
        return b"".join(self._container)

    @content.setter
    def content(self, value: Any) -> None:
        if hasattr(value, "__iter__") and not isinstance(value, bytes | memoryview | str):
            content = b"".join(self.make_bytes(chunk) for chunk in value)
            if hasattr(value, "close"):
                try:
                    value.close()
                except Exception:  # noqa: BLE001, S110 - the content is read; closing is a courtesy
                    pass
        else:
            content = self.make_bytes(value)
        self._container = [content]
        self.__dict__.pop("text", None)

    @property
    def body(self) -> bytes:
        """The content, under Starlette's name."""
        return self.content

    @body.setter
    def body(self, value: Any) -> None:
        self.content = value

    @cached_property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode(self.charset or "utf-8")

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._container)

    def write(self, content: Any) -> None:
        """Add to the content."""
        self._container.append(self.make_bytes(content))
        self.__dict__.pop("text", None)

    def tell(self) -> int:
        """Return the length of the content."""
        return len(self.content)

    def getvalue(self) -> bytes:
        """Return the content."""
        return self.content

    def writable(self) -> bool:
        """Return True."""
        return True

    def writelines(self, lines: Iterable[Any]) -> None:
        """Add each of *lines* to the content."""
        for line in lines:
            self.write(line)

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = self.content
        has_length = "content-length" in self.headers or self.status_code < 200 or self.status_code in (204, 304)
        await self._send_start(send, () if has_length else ((b"content-length", str(len(content)).encode()),))
        await send({"type": "http.response.body", "body": content})


__all__ = ["HttpResponse", "HttpResponseBase"]
