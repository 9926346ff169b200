"""
Cookies in and out: ``SimpleCookie`` for the answer, ``parse_cookie`` for the request's header.

The request side follows what browsers send, not the RFC grammar: any text between semicolons counts, and a value
without a name is kept under the empty name.
"""

from __future__ import annotations

import re
from http import cookies
from typing import cast

SimpleCookie = cookies.SimpleCookie

# CHIPS cookies; the standard library knows the attribute from Python 3.14 on.
cast("dict[str, str]", cookies.Morsel._reserved).setdefault("partitioned", "Partitioned")  # type: ignore[attr-defined]
cast("set[str]", cookies.Morsel._flags).add("partitioned")  # type: ignore[attr-defined]

_escape = re.compile(r"\\(?:([0-3][0-7][0-7])|(.))")


def _plain(match: re.Match[str]) -> str:
    return chr(int(match[1], 8)) if match[1] else match[2]


def _unquote(value: str) -> str:
    """Return *value* without the quotes and escapes of a quoted cookie value; linear in its length."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    return _escape.sub(_plain, value[1:-1])


def parse_cookie(cookie: str) -> dict[str, str]:
    """Return the names and values of a ``Cookie:`` header; the last of equal names wins."""
    found: dict[str, str] = {}
    for chunk in cookie.split(";"):
        name, separator, value = chunk.partition("=")
        if not separator:
            name, value = "", chunk
        name, value = name.strip(), value.strip()
        if name or value:
            found[name] = _unquote(value)
    return found


__all__ = ["SimpleCookie", "parse_cookie"]
