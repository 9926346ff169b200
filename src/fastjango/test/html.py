"""Compare two pieces of HTML by structure: whitespace, attribute order and class order do not matter."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from typing import Any

# White space of the HTML specification; a no-break space counts as text.
_SPACE = re.compile(r"[ \t\n\f\r]+")
VOID_ELEMENTS = frozenset("area base br col embed hr img input link meta param source track wbr frame spacer".split())
BOOLEAN_ATTRIBUTES = frozenset(
    "allowfullscreen async autofocus autoplay checked controls default defer disabled formnovalidate hidden ismap "
    "itemscope loop multiple muted nomodule novalidate open playsinline readonly required reversed selected".split()
)


def normalize_whitespace(string: str) -> str:
    """Fold every run of HTML white space to one space."""
    return _SPACE.sub(" ", string)


def normalize_attributes(attributes: Iterable[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """Sort class names, fold white space in them, and let ``checked=""`` equal ``checked``."""
    normal: list[tuple[str, str | None]] = []
    for name, value in attributes:
        if name == "class" and value:
            value = " ".join(sorted(part for part in _SPACE.split(value) if part))
        if name in BOOLEAN_ATTRIBUTES and (not value or value == name):
            value = None
        elif value is None:
            value = ""
        normal.append((name, value))
    return normal


class Element:
    """A tag with its attributes and children; children are elements and strings."""

    def __init__(self, name: str | None, attributes: Iterable[tuple[str, str | None]]) -> None:
        self.name = name
        self.attributes = sorted(attributes, key=lambda pair: (pair[0], pair[1] or ""))
        self.children: list[Any] = []

    def append(self, element: Any) -> None:
        """Add a child; text next to text is joined."""
        if isinstance(element, str):
            element = normalize_whitespace(element)
            if self.children and isinstance(self.children[-1], str):
                if self.children[-1].endswith(" ") and element.startswith(" "):
                    element = element[1:]
                self.children[-1] += element
                return
        elif self.children and isinstance(self.children[-1], str) and self.children[-1].isspace():
            # White space between two elements says nothing.
            self.children.pop()
        if element:
            self.children.append(element)

    def finalize(self) -> None:
        """Strip the white space at the edges of texts, all the way down."""
        for position, child in enumerate(self.children):
            if isinstance(child, str):
                self.children[position] = child.strip()
            else:
                child.finalize()
        self.children = [child for child in self.children if child != ""]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Element):
            return NotImplemented
        return self.name == other.name and self.attributes == other.attributes and self.children == other.children

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.attributes)))

    def _count(self, element: Element | str, count: bool) -> int:
        if not isinstance(element, str) and self == element:
            return 1
        if isinstance(element, RootElement) and self.children == element.children:
            return 1
        found = 0
        if isinstance(element, RootElement) and element.children:
            # A fragment of several nodes is looked for as a run of siblings.
            found += _count_runs(self.children, element.children)
        for child in self.children:
            if isinstance(child, str):
                if isinstance(element, str):
                    found += child.count(element) if count else int(element in child)
            else:
                found += child._count(element, count)
            if not count and found:
                return found
        return found

    def __contains__(self, element: Element | str) -> bool:
        return self._count(element, count=False) > 0

    def count(self, element: Element | str) -> int:
        """Return how often *element* occurs at or below this one."""
        return self._count(element, count=True)

    def __getitem__(self, key: int) -> Any:
        return self.children[key]

    def __str__(self) -> str:
        opening = f"<{self.name}"
        for name, value in self.attributes:
            opening += f" {name}" if value is None else f' {name}="{value}"'
        if not self.children:
            return opening + ">"
        inner = "\n".join(
            html.escape(child, quote=False) if isinstance(child, str) else str(child) for child in self.children
        )
        return f"{opening}>\n{inner}\n</{self.name}>"

    __repr__ = __str__


class RootElement(Element):
    """Holds the top-level nodes of a fragment."""

    def __init__(self) -> None:
        super().__init__(None, ())

    def __str__(self) -> str:
        return "\n".join(
            html.escape(child, quote=False) if isinstance(child, str) else str(child) for child in self.children
        )

    __repr__ = __str__


def _count_runs(children: Sequence[Any], run: Sequence[Any]) -> int:
    size = len(run)
    return sum(list(children[at : at + size]) == list(run) for at in range(len(children) - size + 1)) if size else 0


class HTMLParseError(Exception):
    """The markup is not balanced."""


class Parser(HTMLParser):
    """Build the tree of elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.root = RootElement()
        self.open_tags: list[Element] = []

    @property
    def current(self) -> Element:
        """The innermost open element."""
        return self.open_tags[-1] if self.open_tags else self.root

    def format_position(self) -> str:
        """Say where the parser stands, for messages."""
        return "Line %d, Column %d" % self.getpos()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID_ELEMENTS:
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, normalize_attributes(attrs))
        self.current.append(element)
        if tag not in VOID_ELEMENTS:
            self.open_tags.append(element)

    def handle_endtag(self, tag: str) -> None:
        if not self.open_tags:
            raise self._unexpected(tag)
        element = self.open_tags.pop()
        while element.name != tag:
            if not self.open_tags:
                raise self._unexpected(tag)
            element = self.open_tags.pop()

    def _unexpected(self, tag: str) -> HTMLParseError:
        return HTMLParseError(f"Unexpected end tag `{tag}` ({self.format_position()})", self.getpos())

    def handle_data(self, data: str) -> None:
        self.current.append(data)

    def handle_charref(self, name: str) -> None:
        self.current.append(html.unescape(f"&#{name};"))

    def handle_entityref(self, name: str) -> None:
        self.current.append(html.unescape(f"&{name};"))


def parse_html(markup: str) -> Any:
    """
    Return the tree of *markup*: its only element, its only text, or a root that holds several.

    Raises:
        HTMLParseError: A tag is closed that is not open.
    """
    parser = Parser()
    parser.feed(markup)
    parser.close()
    document = parser.root
    document.finalize()
    if len(document.children) == 1 and not isinstance(document.children[0], str):
        return document.children[0]
    return document
