"""Cutting text after a number of characters or words, also inside HTML."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from html.parser import HTMLParser
from typing import Any

from fastjango.utils.functional import SimpleLazyObject
from fastjango.utils.translation import pgettext

__all__ = ["Truncator", "add_truncation_text"]

# Longer HTML is cut before it is parsed.
MAX_LENGTH_HTML = 5_000_000
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr frame spacer".split())
_BETWEEN_WORDS = re.compile(r"(?<=\S)\s+(?=\S)")


def add_truncation_text(text: str, truncate: str | None = None) -> str:
    """Return *text* with the sign that it was cut: *truncate*, or an ellipsis."""
    if truncate is None:
        truncate = pgettext("String to return when truncating text", "%(truncated_text)s…")
    if "%(truncated_text)s" in truncate:
        return truncate % {"truncated_text": text}
    # A text that already ends so needs it only once.
    return text if text.endswith(truncate) else f"{text}{truncate}"


def _room_for_text(length: int, truncate: str | None) -> int:
    """Return how many characters may stand before the sign that the text was cut."""
    sign = sum(1 for char in add_truncation_text("", truncate) if not unicodedata.combining(char))
    return max(length - sign, 0)


class _Done(Exception):
    """The text is long enough."""


class _HTMLCutter(HTMLParser):
    """Copies HTML until ``remaining`` units of text are used, then closes what is open."""

    def __init__(self, remaining: int, truncate: str | None) -> None:
        super().__init__(convert_charrefs=True)
        self.remaining = remaining
        self.truncate = truncate
        self.pieces: list[str] = []
        self.open_tags: list[str] = []
        self.source_size = 0

    def cut(self, source: str) -> str:
        """Return *source*, cut."""
        source = source[:MAX_LENGTH_HTML]
        self.source_size = len(source)
        try:
            self.feed(source)
            self.close()
        except _Done:
            self.pieces.extend(f"</{tag}>" for tag in reversed(self.open_tags))
        return "".join(self.pieces)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.pieces.append(self.get_starttag_text() or "")
        if tag not in _VOID:
            self.open_tags.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.pieces.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        self.pieces.append(f"</{tag}>")
        if self.open_tags and self.open_tags[-1] == tag:
            self.open_tags.pop()

    def handle_data(self, data: str) -> None:
        used, shown = self.measure(data)
        if used > self.remaining:
            self.remaining = 0
            self.pieces.append(add_truncation_text(shown, self.truncate))
            raise _Done
        self.remaining -= used
        self.pieces.append(shown)

    def measure(self, data: str) -> tuple[int, str]:
        """Return how many units *data* has, and as many of them as there is room for."""
        raise NotImplementedError


class _CharCutter(_HTMLCutter):
    def __init__(self, length: int, truncate: str | None) -> None:
        super().__init__(_room_for_text(length, truncate), truncate)
        self.length = length
        self.seen = 0

    def measure(self, data: str) -> tuple[int, str]:
        self.seen += len(data)
        if self.seen == self.length and sum(map(len, self.pieces)) + len(data) == self.source_size:
            # The whole text just fits; nothing was cut.
            self.pieces.append(data)
            raise _Done
        return len(data), escape(data[: self.remaining])


class _WordCutter(_HTMLCutter):
    def measure(self, data: str) -> tuple[int, str]:
        words = _BETWEEN_WORDS.split(data)
        return len(words), escape(" ".join(words[: self.remaining]))


class Truncator(SimpleLazyObject):
    """A text to cut: ``Truncator("The quick brown fox").words(2)`` gives ``The quick…``."""

    def __init__(self, text: Any) -> None:
        super().__init__(lambda: str(text))

    def _text(self) -> str:
        if not isinstance(self._wrapped, str):
            self._setup()
        text: str = self._wrapped
        return text

    def chars(self, num: Any, truncate: str | None = None, html: bool = False) -> str:
        """
        Return at most *num* characters, the sign of the cut included; combining marks do not count.

        Args:
            truncate: The sign of the cut, by default an ellipsis; ``%(truncated_text)s`` in it is the text.
            html: The text is HTML; tags do not count and are closed.
        """
        length = int(num)
        if length <= 0:
            return ""
        text = unicodedata.normalize("NFC", self._text())
        if html:
            return _CharCutter(length, truncate).cut(text)
        if len(text) <= length:
            return text
        room = _room_for_text(length, truncate)
        seen, end = 0, None
        for index, char in enumerate(text):
            if unicodedata.combining(char):
                continue
            seen += 1
            if end is None and seen > room:
                end = index
            if seen > length:
                return add_truncation_text(text[: end or 0], truncate)
        return text

    def words(self, num: Any, truncate: str | None = None, html: bool = False) -> str:
        """
        Return at most *num* words, and the sign of the cut if there were more.

        Args:
            truncate: The sign of the cut, by default an ellipsis; ``%(truncated_text)s`` in it is the text.
            html: The text is HTML; tags do not count and are closed.
        """
        length = int(num)
        if length <= 0:
            return ""
        if html:
            return _WordCutter(length, truncate).cut(self._text())
        words = self._text().split()
        if len(words) <= length:
            return " ".join(words)
        return add_truncation_text(" ".join(words[:length]), truncate)
