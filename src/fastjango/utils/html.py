"""HTML text: escaping, building, taking tags out. Links in text are found by ``utils/links.py``.

All helpers take time proportional to the length of their text.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Mapping
from html import escape as escape_html
from html.parser import HTMLParser
from typing import Any

from fastjango.core.exceptions import SuspiciousOperation
from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.functional import Promise, keep_lazy, keep_lazy_text
from fastjango.utils.json import DjangoJSONEncoder
from fastjango.utils.links import Urlizer, smart_urlquote, urlize, urlizer
from fastjango.utils.safestring import SafeData, SafeString, mark_safe
from fastjango.utils.text import normalize_newlines

__all__ = [
    "VOID_ELEMENTS",
    "Urlizer",
    "avoid_wrapping",
    "conditional_escape",
    "escape",
    "escapejs",
    "format_html",
    "format_html_join",
    "html_safe",
    "json_script",
    "linebreaks",
    "smart_urlquote",
    "strip_spaces_between_tags",
    "strip_tags",
    "urlize",
    "urlizer",
]

# https://html.spec.whatwg.org/#void-elements, with the obsolete ones browsers still know.
VOID_ELEMENTS = frozenset("area base br col embed hr img input link meta param source track wbr frame spacer".split())
# How often tags are taken out of what taking tags out has left; more is an attack.
MAX_STRIP_TAGS_DEPTH = 50
# HTMLParser needs quadratic time for many unclosed tags; text of this length after one is looked at.
LONG_OPEN_TAG_WITHOUT_CLOSING = 1000

_TAG_START = re.compile(r"<[a-zA-Z]")
_JS_ESCAPES: dict[int, str] = {ord(char): f"\\u{ord(char):04X}" for char in "\\'\"><&=-;`\u2028\u2029"}
_JS_ESCAPES.update({code: f"\\u{code:04X}" for code in range(32)})
_JSON_SCRIPT_ESCAPES = {ord(char): f"\\u{ord(char):04X}" for char in "<>&"}


@keep_lazy(SafeString)
def escape(text: Any) -> SafeString:
    """Return *text* with ``& < > " '`` as entities, marked safe; also if it was safe before."""
    return SafeString(escape_html(str(text)))


@keep_lazy(SafeString)
def escapejs(value: Any) -> Any:
    """Return *value* for use inside a JavaScript string literal."""
    return mark_safe(str(value).translate(_JS_ESCAPES))


def json_script(value: Any, element_id: str | None = None, encoder: type[json.JSONEncoder] | None = None) -> Any:
    """Return *value* as JSON inside a ``<script type="application/json">`` element."""
    if encoder is None:
        encoder = DjangoJSONEncoder

    data = json.dumps(value, cls=encoder).translate(_JSON_SCRIPT_ESCAPES)
    if element_id:
        return format_html('<script id="{}" type="application/json">{}</script>', element_id, mark_safe(data))
    return format_html('<script type="application/json">{}</script>', mark_safe(data))


def conditional_escape(text: Any) -> Any:
    """Return *text* escaped, unless it is marked safe (has ``__html__``)."""
    if isinstance(text, Promise):
        text = str(text)
    if hasattr(text, "__html__"):
        return text.__html__()
    return escape(text)


def format_html(format_string: str, *args: Any, **kwargs: Any) -> SafeString:
    """Return ``format_string.format(...)`` marked safe, with every argument escaped unless it is safe."""
    if not (args or kwargs):
        warnings.warn(
            "Calling format_html() without passing args or kwargs is deprecated.",
            RemovedInDjango60Warning,
            stacklevel=2,
        )
    escaped = [conditional_escape(arg) for arg in args]
    named = {name: conditional_escape(value) for name, value in kwargs.items()}
    return mark_safe(format_string.format(*escaped, **named))


def format_html_join(sep: Any, format_string: str, args_generator: Iterable[Any]) -> SafeString:
    """
    Return ``format_html(format_string, ...)`` for each item, joined by *sep*.

    An item is a sequence of positional arguments or a mapping of named ones.
    """
    joined: SafeString = mark_safe(
        conditional_escape(sep).join(
            format_html(format_string, **item) if isinstance(item, Mapping) else format_html(format_string, *item)
            for item in args_generator
        )
    )
    return joined


@keep_lazy_text
def linebreaks(value: Any, autoescape: bool = False) -> str:
    """Return *value* with blank lines as paragraphs and other line breaks as ``<br>``."""
    paragraphs = _split_paragraphs(normalize_newlines(str(value)))
    if autoescape:
        paragraphs = [escape(paragraph) for paragraph in paragraphs]
    return "\n\n".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)


def _split_paragraphs(text: str) -> list[str]:
    paragraphs: list[str] = []
    start = position = 0
    while (position := text.find("\n\n", position)) != -1:
        paragraphs.append(text[start:position])
        while text.startswith("\n", position):
            position += 1
        start = position
    paragraphs.append(text[start:])
    return paragraphs


class _TagStripper(HTMLParser):
    """Keeps everything of a text but its tags and comments."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.reset()
        self.kept: list[str] = []

    def handle_data(self, data: str) -> None:
        self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.kept.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.kept.append(f"&#{name};")


def _strip_once(value: str) -> str:
    stripper = _TagStripper()
    stripper.feed(value)
    stripper.close()
    return "".join(stripper.kept)


@keep_lazy_text
def strip_tags(value: Any) -> str:
    """
    Return *value* without its tags; the result is not safe HTML.

    Raises:
        SuspiciousOperation: The text is built so that taking tags out would take very long.
    """
    text = str(value)
    if any(piece.count("<") >= MAX_STRIP_TAGS_DEPTH for piece in _long_open_tags(text)):
        raise SuspiciousOperation
    for _depth in range(MAX_STRIP_TAGS_DEPTH):
        if "<" not in text or ">" not in text:
            return text
        stripped = _strip_once(text)
        if text.count("<") == stripped.count("<"):  # no tag was found
            return text
        text = stripped
    if "<" in text and ">" in text:
        raise SuspiciousOperation
    return text


def _long_open_tags(text: str) -> Iterable[str]:
    """Give what follows a tag's start without its end, where that is very long."""
    for piece in text.split(">"):
        start = _TAG_START.search(piece)
        if start is not None and len(piece) - start.end() >= LONG_OPEN_TAG_WITHOUT_CLOSING:
            yield piece[start.start() :]


@keep_lazy_text
def strip_spaces_between_tags(value: Any) -> str:
    """Return *value* without the white space between tags."""
    text = str(value)
    pieces = text.split(">")
    for number in range(1, len(pieces)):
        stripped = pieces[number].lstrip()
        if stripped.startswith("<"):
            pieces[number] = stripped
    return ">".join(pieces)


@keep_lazy_text
def avoid_wrapping(value: str) -> str:
    """Return *value* with non-breaking spaces."""
    return value.replace(" ", "\xa0")


def html_safe(klass: Any) -> Any:
    """
    Decorate a class whose ``__str__`` gives safe HTML: adds ``__html__``.

    Raises:
        ValueError: The class already has ``__html__``, or has no ``__str__``.
    """
    if "__html__" in klass.__dict__:
        raise ValueError(f"can't apply @html_safe to {klass.__name__} because it defines __html__().")
    if "__str__" not in klass.__dict__:
        raise ValueError(f"can't apply @html_safe to {klass.__name__} because it doesn't define __str__().")
    plain_str = klass.__str__

    def safe_str(self: Any) -> Any:
        return mark_safe(plain_str(self))

    klass.__str__ = safe_str
    klass.__html__ = lambda self: str(self)
    return klass


def is_safe(value: Any) -> bool:
    """Tell whether *value* is marked as safe HTML."""
    return isinstance(value, SafeData)
