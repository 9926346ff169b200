"""Plain text: cutting, splitting, slugs, names in lists. Linear in the length of the text.

Truncating lives in ``utils/truncate.py``, gzip in ``utils/compress.py``; both are exported here.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from fastjango.core.exceptions import SuspiciousFileOperation
from fastjango.utils.compress import StreamingBuffer, acompress_sequence, compress_sequence, compress_string
from fastjango.utils.functional import keep_lazy_text, lazy
from fastjango.utils.translation import gettext as _
from fastjango.utils.translation import gettext_lazy
from fastjango.utils.truncate import Truncator, add_truncation_text

__all__ = [
    "StreamingBuffer",
    "Truncator",
    "acompress_sequence",
    "add_truncation_text",
    "camel_case_to_spaces",
    "capfirst",
    "compress_sequence",
    "compress_string",
    "format_lazy",
    "get_text_list",
    "get_valid_filename",
    "normalize_newlines",
    "phone2numeric",
    "slugify",
    "smart_split",
    "unescape_string_literal",
    "wrap",
]

_CAMEL = re.compile(r"((?<=[a-z])[A-Z]|[A-Z](?![A-Z]|\Z))")
_NOT_IN_FILENAME = re.compile(r"[^-\w.]")
_NOT_IN_SLUG = re.compile(r"[^\w\s-]")
_SLUG_GAP = re.compile(r"[-\s]+")
_PLAIN_RUN = re.compile(r"""[^\s'"]*""")
_TO_CLOSING_QUOTE = {
    quote: re.compile(rf"""{quote}[^{quote}\\]*(?:\\.[^{quote}\\]*)*{quote}""", re.DOTALL) for quote in "\"'"
}
_NON_SPACE = re.compile(r"\S+")
_PHONE_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")


@keep_lazy_text
def capfirst(x: Any) -> Any:
    """Return *x* with its first letter in upper case."""
    if not x:
        return x
    text = x if isinstance(x, str) else str(x)
    return text[0].upper() + text[1:]


@keep_lazy_text
def wrap(text: Any, width: int) -> str:
    """Return *text* with lines of at most *width* characters, broken at spaces; long words stay whole."""
    source = str(text)
    wrapper = textwrap.TextWrapper(
        width=width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )
    lines: list[str] = []
    for line in source.splitlines():
        lines.extend(wrapper.wrap(line) or [line])
    if source.endswith("\n"):
        lines.append("")
    return "\n".join(lines)


@keep_lazy_text
def get_valid_filename(name: Any) -> str:
    """
    Return *name* as a safe file name: letters, digits, ``-``, ``_`` and ``.`` only.

    Raises:
        SuspiciousFileOperation: Nothing usable is left of it.
    """
    cleaned = _NOT_IN_FILENAME.sub("", str(name).strip().replace(" ", "_"))
    if cleaned in {"", ".", ".."}:
        raise SuspiciousFileOperation(f"Could not derive file name from '{name}'")
    return cleaned


@keep_lazy_text
def get_text_list(list_: Sequence[Any], last_word: Any = gettext_lazy("or")) -> str:
    """Return the items as text: "a, b or c"."""
    if not list_:
        return ""
    if len(list_) == 1:
        return str(list_[0])
    return f"{_(', ').join(str(item) for item in list_[:-1])} {last_word} {list_[-1]}"


@keep_lazy_text
def normalize_newlines(text: Any) -> str:
    """Return *text* with ``\\n`` as the only line break."""
    return str(text).replace("\r\n", "\n").replace("\r", "\n")


@keep_lazy_text
def phone2numeric(phone: str) -> str:
    """Return *phone* with letters as the digits of a telephone's keys, in lower case otherwise."""
    return phone.lower().translate(_PHONE_KEYS)


def smart_split(text: Any) -> Iterator[str]:
    r"""
    Give the words of *text*; a quoted phrase, with ``\"`` for a quote in it, stays one word.

    Source: Django's documented behaviour of template tags; each character is looked at a bounded number of times.
    """
    source = str(text)
    unclosed: set[str] = set()  # quotes that are known to have no closing partner ahead
    position, size = 0, len(source)
    while position < size:
        if source[position].isspace():
            position += 1
            continue
        end = _quoted_word_end(source, position, unclosed)
        if end is None:
            match = _NON_SPACE.match(source, position)
            end = match.end() if match else size
        yield source[position:end]
        position = end


def _quoted_word_end(source: str, start: int, unclosed: set[str]) -> int | None:
    """Return the end of a word that has a closed quote in it, or ``None``."""
    end: int | None = None
    position = start
    while True:
        run = _PLAIN_RUN.match(source, position)
        position = run.end() if run else position
        if end is not None:
            end = position
        quote = source[position : position + 1]
        if quote not in ("'", '"') or quote in unclosed:
            return end
        closing = _TO_CLOSING_QUOTE[quote].match(source, position)
        if closing is None:
            unclosed.add(quote)
            return end
        end = position = closing.end()


@keep_lazy_text
def unescape_string_literal(s: str) -> str:
    r"""
    Return the text of a quoted literal: ``"a \"b\""`` gives ``a "b"``.

    Raises:
        ValueError: *s* is not quoted.
    """
    if not s or s[0] not in "\"'" or s[-1] != s[0]:
        raise ValueError(f"Not a string literal: {s!r}")
    quote = s[0]
    return s[1:-1].replace(f"\\{quote}", quote).replace(r"\\", "\\")


@keep_lazy_text
def slugify(value: Any, allow_unicode: bool = False) -> str:
    """
    Return *value* for use in a URL: lower case, words joined by hyphens.

    Args:
        allow_unicode: Keep letters outside ASCII.
    """
    text = str(value)
    if allow_unicode:
        text = unicodedata.normalize("NFKC", text)
    else:
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return _SLUG_GAP.sub("-", _NOT_IN_SLUG.sub("", text.lower())).strip("-_")


def camel_case_to_spaces(value: str) -> str:
    """Return ``camelCaseWords`` as ``camel case words``."""
    return _CAMEL.sub(r" \1", value).strip().lower()


def _format_lazy(format_string: Any, *args: Any, **kwargs: Any) -> str:
    return str(format_string).format(*args, **kwargs)


format_lazy = lazy(_format_lazy, str)
