"""The parts of a message, with headers that cannot be broken out of."""

from __future__ import annotations

from email import charset as charsets
from email import generator
from email.header import Header
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formatdate, getaddresses, make_msgid
from io import BytesIO, StringIO
from typing import Any

from fastjango.conf import settings
from fastjango.core.mail.address import sanitize_address

__all__ = [
    "ADDRESS_HEADERS",
    "BadHeaderError",
    "SafeMIMEMessage",
    "SafeMIMEMultipart",
    "SafeMIMEText",
    "forbid_multi_line_headers",
    "formatdate",
    "make_msgid",
    "sanitize_address",
    "utf8_charset",
    "utf8_charset_qp",
]

# Not base64, which spam filters dislike.
utf8_charset = charsets.Charset("utf-8")
utf8_charset.body_encoding = None  # type: ignore[assignment]
utf8_charset_qp = charsets.Charset("utf-8")
utf8_charset_qp.body_encoding = charsets.QP

RFC5322_EMAIL_LINE_LENGTH_LIMIT = 998

ADDRESS_HEADERS = {
    f"{prefix}{name}" for prefix in ("", "resent-") for name in ("from", "sender", "to", "cc", "bcc")
} | {"reply-to"}


class BadHeaderError(ValueError):
    """A header's value has a newline in it."""


def forbid_multi_line_headers(name: str, val: Any, encoding: str | None) -> tuple[str, str]:
    """Return a header ready to be sent; a newline in it raises ``BadHeaderError``."""
    encoding = encoding or settings.DEFAULT_CHARSET
    val = str(val)
    if "\n" in val or "\r" in val:
        raise BadHeaderError(f"Header values can't contain newlines (got {val!r} for header {name!r})")
    if val.isascii():
        return name, Header(val).encode() if name.lower() == "subject" else val
    if name.lower() in ADDRESS_HEADERS:
        return name, ", ".join(sanitize_address(pair, str(encoding)) for pair in getaddresses((val,)))
    return name, Header(val, encoding).encode()


class MIMEMixin:
    """Writes a message without changing lines that begin with ``From``."""

    def as_string(self, unixfrom: bool = False, linesep: str = "\n") -> str:
        """Return the message as text."""
        out = StringIO()
        generator.Generator(out, mangle_from_=False).flatten(self, unixfrom=unixfrom, linesep=linesep)
        return out.getvalue()

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        """Return the message as bytes."""
        out = BytesIO()
        generator.BytesGenerator(out, mangle_from_=False).flatten(self, unixfrom=unixfrom, linesep=linesep)
        return out.getvalue()


class SafeMIMEMessage(MIMEMixin, MIMEMessage):  # type: ignore[misc]
    """A message within a message."""

    def __setitem__(self, name: str, val: Any) -> None:
        # Attached messages must be ASCII (RFC 2046 section 5.2.1).
        name, val = forbid_multi_line_headers(name, val, "ascii")
        MIMEMessage.__setitem__(self, name, val)


class SafeMIMEText(MIMEMixin, MIMEText):  # type: ignore[misc]
    """A text."""

    def __init__(self, _text: str, _subtype: str = "plain", _charset: Any = None) -> None:
        self.encoding = _charset
        MIMEText.__init__(self, _text, _subtype=_subtype, _charset=_charset)

    def __setitem__(self, name: str, val: Any) -> None:
        name, val = forbid_multi_line_headers(name, val, self.encoding)
        MIMEText.__setitem__(self, name, val)

    def set_payload(self, payload: Any, charset: Any = None) -> None:
        """Set the text; quoted-printable when a line is too long for mail servers."""
        if charset == "utf-8" and not isinstance(charset, charsets.Charset):
            has_long_lines = any(
                len(line.encode(errors="surrogateescape")) > RFC5322_EMAIL_LINE_LENGTH_LIMIT
                for line in payload.splitlines()
            )
            charset = utf8_charset_qp if has_long_lines else utf8_charset
        MIMEText.set_payload(self, payload, charset=charset)


class SafeMIMEMultipart(MIMEMixin, MIMEMultipart):  # type: ignore[misc]
    """Several parts."""

    def __init__(
        self,
        _subtype: str = "mixed",
        boundary: str | None = None,
        _subparts: Any = None,
        encoding: str | None = None,
        **_params: Any,
    ) -> None:
        self.encoding = encoding
        MIMEMultipart.__init__(self, _subtype, boundary, _subparts, **_params)

    def __setitem__(self, name: str, val: Any) -> None:
        name, val = forbid_multi_line_headers(name, val, self.encoding)
        MIMEMultipart.__setitem__(self, name, val)
