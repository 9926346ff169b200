"""
HTML attributes and labels as text: ``flatatt`` and ``pretty_name``.

Public at ``fastjango.forms.utils``; the lowest file of the room, imports nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastjango.utils.html import format_html_join
from fastjango.utils.safestring import SafeString

__all__ = ["flatatt", "pretty_name", "without_surrogates"]


def flatatt(attrs: Mapping[str, Any]) -> SafeString:
    """
    Return *attrs* as escaped text for a tag: `` name="value"`` each, with a leading space.

    ``True`` gives the bare name (last), ``False`` and ``None`` give nothing.
    """
    valued = sorted((name, value) for name, value in attrs.items() if value is not None and not isinstance(value, bool))
    flags = sorted((name,) for name, value in attrs.items() if value is True)
    pairs = format_html_join("", ' {}="{}"', valued)
    return SafeString(pairs + format_html_join("", " {}", flags))


def pretty_name(name: str | None) -> str:
    """Return a label for a field name: ``"first_name"`` gives ``"First name"``."""
    if not name:
        return ""
    spaced = name.replace("_", " ")
    return spaced[0].upper() + spaced[1:]


def without_surrogates(text: str) -> str:
    """Return *text* with lone surrogates, which no encoding can send, replaced by ``?``."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
