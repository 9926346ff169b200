"""
Text and bytes: decoding, encoding, and the rules of addresses (RFC 3986, RFC 3987).
"""

from __future__ import annotations

import codecs
import datetime as dt
import locale
import re
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from fastjango.utils.functional import Promise

_PROTECTED = (type(None), int, float, Decimal, dt.datetime, dt.date, dt.time)
_URI_SAFE = "/#%[]=:;$&()+,!?*@'~"
_HEX = frozenset(b"0123456789abcdefABCDEF")
# Bytes that an IRI never shows decoded: reserved characters, controls, and what ASCII leaves out.
_KEEP_QUOTED = frozenset(b"".join(bytes([code]) for code in range(128))) - frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)


_BROKEN = re.compile("[\udc80-\udcff]")


class DjangoUnicodeDecodeError(UnicodeDecodeError):
    """A decoding error that shows the value it was about."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args[:5])
        self._obj: Any = args[5] if len(args) > 5 else self.object

    def __str__(self) -> str:
        shown = getattr(self, "_obj", self.object)
        return f"{super().__str__()}. You passed in {shown!r} ({type(shown)})"


def smart_str(s: Any, encoding: str = "utf-8", strings_only: bool = False, errors: str = "strict") -> Any:
    """Return *s* as text; a lazy text stays lazy."""
    if isinstance(s, Promise):
        return s
    return force_str(s, encoding, strings_only, errors)


def is_protected_type(obj: Any) -> bool:
    """Return whether *obj* is of a kind that ``force_str(strings_only=True)`` leaves alone."""
    return isinstance(obj, _PROTECTED)


def force_str(s: Any, encoding: str = "utf-8", strings_only: bool = False, errors: str = "strict") -> Any:
    """
    Return *s* as text, decoding bytes.

    Args:
        strings_only: Leave numbers, dates and None as they are.
    Raises:
        DjangoUnicodeDecodeError: The bytes are not in *encoding*.
    """
    if type(s) is str:
        return s
    if strings_only and is_protected_type(s):
        return s
    if not isinstance(s, bytes):
        return str(s)
    try:
        return s.decode(encoding, errors)
    except UnicodeDecodeError as error:
        raise DjangoUnicodeDecodeError(*error.args) from None


def smart_bytes(s: Any, encoding: str = "utf-8", strings_only: bool = False, errors: str = "strict") -> Any:
    """Return *s* as bytes; a lazy text stays lazy."""
    if isinstance(s, Promise):
        return s
    return force_bytes(s, encoding, strings_only, errors)


def force_bytes(s: Any, encoding: str = "utf-8", strings_only: bool = False, errors: str = "strict") -> Any:
    """Return *s* as bytes in *encoding*; bytes are taken for UTF-8."""
    if isinstance(s, bytes):
        return s if encoding == "utf-8" else s.decode("utf-8", errors).encode(encoding, errors)
    if strings_only and is_protected_type(s):
        return s
    if isinstance(s, memoryview):
        return bytes(s)
    return str(s).encode(encoding, errors)


def iri_to_uri(iri: Any) -> Any:
    """Return an address with every character outside ASCII percent-encoded; quoting is kept."""
    if iri is None:
        return None
    return quote(str(iri) if isinstance(iri, Promise) else iri, safe=_URI_SAFE)


def _unquoted(path: bytes, keep: frozenset[int]) -> bytes:
    """Return *path* with its percent escapes decoded, but for the bytes in *keep*."""
    first, *parts = path.split(b"%")
    out = [first]
    for part in parts:
        if len(part) >= 2 and part[0] in _HEX and part[1] in _HEX:
            code = int(part[:2], 16)
            out.append(b"%" + part if code in keep else bytes([code]) + part[2:])
        else:
            out.append(b"%" + part)
    return b"".join(out)


def uri_to_iri(uri: Any) -> Any:
    """Return an address with its readable escapes decoded; the reverse of ``iri_to_uri``."""
    if uri is None:
        return None
    return repercent_broken_unicode(_unquoted(force_bytes(uri), _KEEP_QUOTED)).decode()


def escape_uri_path(path: str) -> str:
    """Return the path part of an address with unsafe characters percent-encoded."""
    return quote(path, safe="/:@&+$,-_.!~*'()")


def punycode(domain: str) -> str:
    """Return the ASCII form of a domain name."""
    return domain.encode("idna").decode("ascii")


def repercent_broken_unicode(path: bytes) -> bytes:
    """Return *path* with the bytes that are not valid UTF-8 percent-encoded."""
    # Broken bytes come out of this as lone surrogates, in one pass.
    text = path.decode("utf-8", "surrogateescape")
    return _BROKEN.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", text).encode()


def filepath_to_uri(path: Any) -> Any:
    """Return a file path as the path of an address; backslashes become slashes."""
    if path is None:
        return None
    return quote(str(path).replace("\\", "/"), safe="/~!*()'")


def get_system_encoding() -> str:
    """Return the encoding of the system's locale, ASCII when it is unknown."""
    try:
        encoding = locale.getlocale()[1] or "ascii"
        codecs.lookup(encoding)
    except Exception:  # noqa: BLE001 - any oddity of the locale means: unknown
        return "ascii"
    return encoding


DEFAULT_LOCALE_ENCODING = get_system_encoding()
