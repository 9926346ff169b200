"""Filters that make or take HTML: escaping, links, paragraphs, line numbers, nested lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fastjango.template.filters.registry import register, stringfilter
from fastjango.utils.functional import Promise
from fastjango.utils.html import conditional_escape, escape, strip_tags
from fastjango.utils.html import json_script as _json_script
from fastjango.utils.html import linebreaks as _linebreaks
from fastjango.utils.html import urlize as _urlize
from fastjango.utils.safestring import SafeData, mark_safe
from fastjango.utils.text import normalize_newlines

__all__ = [
    "escape_filter", "escapeseq", "force_escape", "json_script", "linebreaks_filter", "linebreaksbr", "linenumbers",
    "safe", "safeseq", "striptags", "unordered_list", "urlize", "urlizetrunc",
]  # fmt: skip


@register.filter(is_safe=True)
def json_script(value: Any, element_id: str | None = None) -> Any:
    """Show a value as JSON inside a ``<script>`` element."""
    return _json_script(value, element_id)


@register.filter(is_safe=True, needs_autoescape=True)
@stringfilter
def linenumbers(value: str, autoescape: bool = True) -> Any:
    """Put its number before each line."""
    lines = value.split("\n")
    width = len(str(len(lines)))
    escaping = autoescape and not isinstance(value, SafeData)
    return mark_safe(
        "\n".join(
            f"{number:0{width}d}. {escape(line) if escaping else line}" for number, line in enumerate(lines, start=1)
        )
    )


@register.filter(is_safe=True, needs_autoescape=True)
@stringfilter
def urlize(value: str, autoescape: bool = True) -> Any:
    """Make addresses in the text links."""
    return mark_safe(_urlize(value, nofollow=True, autoescape=autoescape))


@register.filter(is_safe=True, needs_autoescape=True)
@stringfilter
def urlizetrunc(value: str, limit: Any, autoescape: bool = True) -> Any:
    """Make addresses in the text links and show only so many characters of each."""
    return mark_safe(_urlize(value, trim_url_limit=int(limit), nofollow=True, autoescape=autoescape))


@register.filter("escape", is_safe=True)
@stringfilter
def escape_filter(value: str) -> Any:
    """Escape, unless it is safe already."""
    return conditional_escape(value)


@register.filter(is_safe=True)
def escapeseq(value: Iterable[Any]) -> list[Any]:
    """Escape each item, unless it is safe already."""
    return [conditional_escape(item) for item in value]


@register.filter(is_safe=True)
@stringfilter
def force_escape(value: str) -> Any:
    """Escape, even if it is safe already."""
    return escape(value)


@register.filter("linebreaks", is_safe=True, needs_autoescape=True)
@stringfilter
def linebreaks_filter(value: str, autoescape: bool = True) -> Any:
    """Make blank lines paragraphs and other line breaks ``<br>``."""
    return mark_safe(_linebreaks(value, autoescape and not isinstance(value, SafeData)))


@register.filter(is_safe=True, needs_autoescape=True)
@stringfilter
def linebreaksbr(value: str, autoescape: bool = True) -> Any:
    """Make line breaks ``<br>``."""
    escaping = autoescape and not isinstance(value, SafeData)
    text = normalize_newlines(value)
    if escaping:
        text = escape(text)
    return mark_safe(text.replace("\n", "<br>"))


@register.filter(is_safe=True)
@stringfilter
def safe(value: str) -> Any:
    """Mark as safe HTML."""
    return mark_safe(value)


@register.filter(is_safe=True)
def safeseq(value: Iterable[Any]) -> list[Any]:
    """Mark each item, as text, as safe HTML."""
    return [mark_safe(item) for item in value]


@register.filter(is_safe=True)
@stringfilter
def striptags(value: str) -> Any:
    """Take the tags out."""
    return strip_tags(value)


@register.filter(is_safe=True, needs_autoescape=True)
def unordered_list(value: Any, autoescape: bool = True) -> Any:
    """Show a nested list as ``<li>`` elements, without the outermost ``<ul>``."""
    show = conditional_escape if autoescape else (lambda item: item)
    return mark_safe("\n".join(_list_lines(value, show, 1)))


def _list_lines(items: Any, show: Any, depth: int) -> Iterator[str]:
    indent = "\t" * depth
    for item, children in _with_children(items):
        nested = ""
        if children:
            lines = "\n".join(_list_lines(children, show, depth + 1))
            nested = f"\n{indent}<ul>\n{lines}\n{indent}</ul>\n{indent}"
        yield f"{indent}<li>{show(item)}{nested}</li>"


def _with_children(items: Any) -> Iterator[tuple[Any, Any]]:
    """Give ``(item, the list behind it or None)``."""
    waiting: list[Any] = []
    for item in items:
        if _is_list(item):
            if waiting:
                yield waiting.pop(), item
                continue
            yield item, None
            continue
        if waiting:
            yield waiting.pop(), None
        waiting.append(item)
    if waiting:
        yield waiting.pop(), None


def _is_list(item: Any) -> bool:
    if isinstance(item, str):
        return False
    try:
        iter(item)
    except TypeError:
        return False
    # A lazy text can be iterated over, but is no list.
    return not isinstance(item, Promise)
