"""
Response headers: names ignore case, every value passes one encoder that refuses line breaks.

The same object has Starlette's face (``raw``, ``append``, ``add_vary_header``), because FastAPI and ASGI middleware
write to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from email.header import Header
from typing import Any

from fastjango.utils.datastructures import CaseInsensitiveMapping

RawHeader = tuple[bytes, bytes]
_missing: Any = object()
_ENCODED = {
    name: name.lower().encode()
    for name in (
        *("Content-Type", "Content-Length", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"),
        *("Vary", "Allow", "Location", "Cache-Control", "Expires", "X-Frame-Options", "Last-Modified", "ETag"),
    )
}
_CASED = {b"content-type": "Content-Type", b"content-length": "Content-Length"}


class BadHeaderError(ValueError):
    """A header that would end its line."""


class RawHeaders(list[RawHeader]):
    """The encoded lines; what is added here reaches the headers they were made from."""

    def __init__(self, lines: Iterable[RawHeader], headers: ResponseHeaders) -> None:
        super().__init__(lines)
        self._headers = headers

    def append(self, line: RawHeader) -> None:
        """Add one line."""
        super().append(line)
        self._headers.append(line[0].decode("latin-1"), line[1].decode("latin-1"))

    def extend(self, lines: Iterable[RawHeader]) -> None:
        """Add lines."""
        for line in lines:
            self.append(line)


class ResponseHeaders(CaseInsensitiveMapping[str]):
    """The headers of a response: a mutable mapping that ignores case."""

    def __init__(self, data: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        self._store = {}
        # Lines that appear more than once, such as Set-Cookie from a FastAPI route.
        self._repeated: list[tuple[str, str]] = []
        if data:
            for header, value in self._unpack_items(data):
                self[header] = value

    @classmethod
    def from_raw(cls, lines: Iterable[RawHeader]) -> ResponseHeaders:
        """Return headers with the lines of an ASGI message; repeated names stay repeated."""
        made = cls()
        store = made._store
        for raw_name, raw_value in lines:
            name, value = _CASED.get(raw_name) or raw_name.decode("latin-1").title(), raw_value.decode("latin-1")
            key = name.lower()
            if (
                key not in store
                and key != "set-cookie"
                and name.isascii()
                and name.isprintable()
                and value.isascii()
                and value.isprintable()
            ):
                store[key] = (name, value)
            else:
                made.append(name, value)
        return made

    def _convert_to_charset(self, value: Any, charset: str, mime_encode: bool = False) -> str:
        """
        Return *value* as text that can be sent in *charset*.

        Args:
            mime_encode: Encode by RFC 2047 what does not fit, in place of an error.
        Raises:
            BadHeaderError: It contains a line break or a NUL.
        """
        try:
            if isinstance(value, str):
                value.encode(charset)
            elif isinstance(value, bytes):
                value = value.decode(charset)
            else:
                value = str(value)
                value.encode(charset)
            unsafe = "\n" in value or "\r" in value or "\0" in value
        except UnicodeError as exc:
            # An encoded word may be long and be folded, so look before.
            unsafe = isinstance(value, bytes) and (b"\n" in value or b"\r" in value or b"\0" in value)
            unsafe = unsafe or (isinstance(value, str) and ("\n" in value or "\r" in value or "\0" in value))
            if not unsafe and not mime_encode:
                if isinstance(exc, UnicodeEncodeError | UnicodeDecodeError):
                    exc.reason += f", HTTP response headers must be in {charset} format"
                raise
            if not unsafe:
                value = Header(value, "utf-8", maxlinelen=10**9).encode()
        if unsafe:
            raise BadHeaderError(f"Header values can't contain newlines (got {value!r})")
        return str(value)

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def __setitem__(self, key: str, value: Any) -> None:
        if type(value) is not str or not value.isascii() or not value.isprintable():
            value = self._convert_to_charset(value, "latin-1", mime_encode=True)
        if type(key) is not str or not key.isascii() or not key.isprintable():
            key = self._convert_to_charset(key, "ascii")
        self._store[key.lower()] = (key, value)

    def pop(self, key: str, default: Any = None) -> Any:
        """Remove a header and return the pair of its name and value, or *default*."""
        if self._repeated:
            self._repeated = [pair for pair in self._repeated if pair[0].lower() != key.lower()]
        return self._store.pop(key.lower(), default)

    def setdefault(self, key: str, value: Any) -> str:
        """Set a header unless it is there; return its value."""
        if key not in self:
            self[key] = value
        return self[key]

    def fill(self, lines: Iterable[tuple[str, tuple[str, str]]]) -> None:
        """Set the headers of *lines*, made by ``prepared_lines()``, that are not there yet."""
        store = self._store
        for key, line in lines:
            if key not in store:
                store[key] = line

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower() in self._store

    def items(self) -> Any:
        """Return names and values of all lines, as they are kept: this is asked for each response."""
        return [*self._store.values(), *self._repeated] if self._repeated else self._store.values()

    # ------------------------------------------------------------ Starlette's face

    def append(self, key: str, value: str) -> None:
        """Add a line, also where the header exists."""
        if key in self or key.lower() == "set-cookie":
            self._repeated.append((key, self._convert_to_charset(value, "latin-1", mime_encode=True)))
        else:
            self[key] = value

    def add_vary_header(self, vary: str) -> None:
        """Add *vary* to the Vary header."""
        existing = self.get("vary")
        self["Vary"] = f"{existing}, {vary}" if existing else vary

    def update(self, other: Mapping[str, Any]) -> None:
        """Set all headers of *other*."""
        for key, value in other.items():
            self[key] = value

    def getlist(self, key: str) -> list[str]:
        """Return the values of all lines of a header."""
        first = [self[key]] if key in self else []
        return first + [value for name, value in self._repeated if name.lower() == key.lower()]

    def encoded(self) -> list[RawHeader]:
        """Return the lines as ASGI sends them."""
        lines = self._store.values()
        return list(encode_lines([*lines, *self._repeated] if self._repeated else lines))

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield every line as name and value."""
        yield from self._store.values()
        yield from self._repeated

    @property
    def raw(self) -> list[RawHeader]:
        """The lines as ASGI sends them; lines added to it are added to the headers."""
        return RawHeaders(encode_lines(self.lines()), self)


def prepared_lines(lines: Mapping[str, str]) -> list[tuple[str, tuple[str, str]]]:
    """Return headers that never change in the form that ``ResponseHeaders.fill()`` takes, checked once."""
    return list(ResponseHeaders(lines)._store.items())


def encode_lines(lines: Iterable[tuple[str, str]]) -> Iterator[RawHeader]:
    """Yield names and values as ASGI wants them."""
    for name, value in lines:
        yield _ENCODED.get(name) or name.lower().encode("ascii"), value.encode("latin-1")


__all__ = ["BadHeaderError", "RawHeader", "RawHeaders", "ResponseHeaders", "encode_lines", "prepared_lines"]
