"""From a value to text on the page: local time, localized, escaped."""

from __future__ import annotations

from collections.abc import Callable
from html import escape as escape_html
from typing import Any

import markupsafe

from fastjango.conf import settings
from fastjango.utils.formats import localize
from fastjango.utils.html import conditional_escape
from fastjango.utils.safestring import SafeString
from fastjango.utils.timezone import template_localtime

__all__ = ["escape_text", "markup_escape", "render_value_in_context", "show"]


# The C function behind markupsafe.escape: it returns the very same object if there is nothing to escape.
markup_escape: Callable[[str], str] = getattr(markupsafe, "_escape_inner", lambda text: text + " ")


def escape_text(text: str) -> str:
    """Return *text* escaped; most texts have nothing to escape, which one pass in C finds out."""
    return text if markup_escape(text) is text else escape_html(text)


def render_value_in_context(value: Any, context: Any) -> str:
    """Return *value* as text: local, localized and escaped as *context* says."""
    local = template_localtime(value, use_tz=context.use_tz)
    text = localize(local, use_l10n=context.use_l10n)
    if context.autoescape:
        if not issubclass(type(text), str):
            text = str(text)
        escaped: str = conditional_escape(text)
        return escaped
    return str(text)


def show(value: Any, context: Any, autoescape: bool) -> str:
    """Return *value* as text; the short cuts of ``render_value_in_context`` for generated code."""
    kind = type(value)
    if kind is str:
        return escape_text(value) if autoescape else value
    if kind is SafeString:
        safe: str = value
        return safe
    if kind is int and not settings.USE_THOUSAND_SEPARATOR:
        return str(value)
    local = template_localtime(value, use_tz=context.use_tz)
    text = localize(local, use_l10n=context.use_l10n)
    if not autoescape:
        return str(text)
    if not issubclass(type(text), str):
        text = str(text)
    escaped: str = conditional_escape(text)
    return escaped
