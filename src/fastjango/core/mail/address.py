"""Mail addresses in the form that headers and servers take."""

from __future__ import annotations

from email import _header_value_parser as parser
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.utils import formataddr
from typing import Any

from fastjango.utils.encoding import force_str, punycode


def _parts(addr: Any) -> tuple[str, str, str]:
    """Return the display name, the local part and the domain."""
    if isinstance(addr, tuple):
        name, address = addr
        if "@" not in address:
            raise ValueError(f"Invalid address {address!r}")
        local_part, domain = address.rsplit("@", 1)
        return name, local_part, domain
    addr = force_str(addr)
    token: Any
    try:
        token, rest = parser.get_mailbox(addr)
    except (HeaderParseError, ValueError, IndexError):
        try:
            # A bare name, as some local setups use it.
            token, rest = parser.get_local_part(addr)
        except (HeaderParseError, ValueError, IndexError):
            raise ValueError(f"Invalid address {addr!r}") from None
        if rest:
            raise ValueError(f"Invalid address; only {token} could be parsed from {addr!r}") from None
        return "", str(token), ""
    if rest:
        raise ValueError(f"Invalid address; only {token} could be parsed from {addr!r}")
    return token.display_name or "", token.local_part, token.domain or ""


def sanitize_address(addr: Any, encoding: str) -> str:
    """
    Return an address, or a ``(name, address)`` pair, encoded for a header.

    Raises:
        ValueError: It is no address, or has a newline in it.
    """
    name, local_part, domain = _parts(addr)
    if any(newline in part for part in (name, local_part, domain) for newline in "\r\n"):
        raise ValueError("Invalid address; address parts cannot contain newlines.")
    name = Header(name).encode() if name.isascii() else Header(name, encoding).encode()
    if not local_part.isascii():
        local_part = Header(local_part, encoding).encode()
    spec = Address(username=local_part, domain=punycode(domain) if domain else "").addr_spec
    return formataddr((name, spec))
