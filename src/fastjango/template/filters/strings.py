"""Filters for plain text: case, width, words, slugs."""

from __future__ import annotations

import re
from pprint import pformat
from typing import Any
from urllib.parse import quote

from fastjango.template.filters.registry import register, stringfilter
from fastjango.utils.encoding import iri_to_uri
from fastjango.utils.html import escapejs
from fastjango.utils.safestring import SafeData, mark_safe
from fastjango.utils.text import Truncator, phone2numeric, slugify, wrap
from fastjango.utils.text import capfirst as capitalize_first

__all__ = [
    "addslashes", "capfirst", "center", "cut", "escapejs_filter", "iriencode", "ljust", "lower", "make_list",
    "phone2numeric_filter", "pprint", "rjust", "slugify_filter", "stringformat", "title", "truncatechars",
    "truncatechars_html", "truncatewords", "truncatewords_html", "upper", "urlencode", "wordcount", "wordwrap",
]  # fmt: skip

_APOSTROPHE_CASE = re.compile("([a-z])'([A-Z])")
_DIGIT_CASE = re.compile(r"\d([A-Z])")


@register.filter(is_safe=True)
@stringfilter
def addslashes(value: str) -> str:
    """Put a backslash before quotes and backslashes."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")


@register.filter(is_safe=True)
@stringfilter
def capfirst(value: str) -> Any:
    """Make the first letter a capital."""
    return capitalize_first(value)


@register.filter("escapejs")
@stringfilter
def escapejs_filter(value: str) -> Any:
    """Escape for use inside a JavaScript string."""
    return escapejs(value)


@register.filter(is_safe=True)
@stringfilter
def iriencode(value: str) -> Any:
    """Make an address with any letters fit for a URL."""
    return iri_to_uri(value)


@register.filter(is_safe=True)
@stringfilter
def lower(value: str) -> str:
    """Make all letters small."""
    return value.lower()


@register.filter(is_safe=False)
@stringfilter
def make_list(value: str) -> list[str]:
    """Return the letters, or the digits of a number, as a list."""
    return list(value)


@register.filter("slugify", is_safe=True)
@stringfilter
def slugify_filter(value: str) -> Any:
    """Make a slug: small letters, digits, hyphens."""
    return slugify(value)


@register.filter(is_safe=True)
def stringformat(value: Any, arg: Any) -> str:
    """Format with Python's ``%``; the leading per cent sign is left out."""
    if isinstance(value, tuple):
        value = str(value)
    try:
        text: str = f"%{arg!s}" % value
    except (ValueError, TypeError):
        return ""
    return text


@register.filter(is_safe=True)
@stringfilter
def title(value: str) -> str:
    """Make the first letter of each word a capital, not behind an apostrophe or a digit."""
    text = _APOSTROPHE_CASE.sub(lambda match: match[0].lower(), value.title())
    return _DIGIT_CASE.sub(lambda match: match[0].lower(), text)


def _count(arg: Any) -> int | None:
    try:
        return int(arg)
    except ValueError:
        return None


@register.filter(is_safe=True)
@stringfilter
def truncatechars(value: str, arg: Any) -> str:
    """Cut after so many characters."""
    length = _count(arg)
    return value if length is None else Truncator(value).chars(length)


@register.filter(is_safe=True)
@stringfilter
def truncatechars_html(value: str, arg: Any) -> str:
    """Cut HTML after so many characters of text; tags that are open are closed."""
    length = _count(arg)
    return value if length is None else Truncator(value).chars(length, html=True)


@register.filter(is_safe=True)
@stringfilter
def truncatewords(value: str, arg: Any) -> str:
    """Cut after so many words."""
    length = _count(arg)
    return value if length is None else Truncator(value).words(length, truncate=" …")


@register.filter(is_safe=True)
@stringfilter
def truncatewords_html(value: str, arg: Any) -> str:
    """Cut HTML after so many words; tags that are open are closed."""
    length = _count(arg)
    return value if length is None else Truncator(value).words(length, html=True, truncate=" …")


@register.filter(is_safe=False)
@stringfilter
def upper(value: str) -> str:
    """Make all letters capitals."""
    return value.upper()


@register.filter(is_safe=False)
@stringfilter
def urlencode(value: str, safe: str | None = None) -> str:
    """
    Escape for use in a URL.

    Args:
        safe: Characters that are left alone, by default ``/``.
    """
    return quote(value) if safe is None else quote(value, safe=safe)


@register.filter(is_safe=False)
@stringfilter
def wordcount(value: str) -> int:
    """Return how many words there are."""
    return len(value.split())


@register.filter(is_safe=True)
@stringfilter
def wordwrap(value: str, arg: Any) -> str:
    """Break lines after so many characters."""
    return wrap(value, int(arg))


@register.filter(is_safe=True)
@stringfilter
def ljust(value: str, arg: Any) -> str:
    """Fill up with spaces on the right."""
    return value.ljust(int(arg))


@register.filter(is_safe=True)
@stringfilter
def rjust(value: str, arg: Any) -> str:
    """Fill up with spaces on the left."""
    return value.rjust(int(arg))


@register.filter(is_safe=True)
@stringfilter
def center(value: str, arg: Any) -> str:
    """Fill up with spaces on both sides."""
    return value.center(int(arg))


@register.filter
@stringfilter
def cut(value: str, arg: str) -> Any:
    """Take every *arg* out."""
    safe = isinstance(value, SafeData)
    value = value.replace(arg, "")
    # Without ";" an entity is none any more.
    return mark_safe(value) if safe and arg != ";" else value


@register.filter("phone2numeric", is_safe=True)
def phone2numeric_filter(value: str) -> Any:
    """Make letters the digits of a telephone's keys."""
    return phone2numeric(value)


@register.filter(is_safe=True)
def pprint(value: Any) -> str:
    """Show a value as Python's ``pprint`` does, for debugging."""
    try:
        return pformat(value)
    except Exception as exc:  # a broken __repr__ must not break the page
        return f"Error in formatting: {type(exc).__name__}: {exc}"
