"""Media types: comparing and ordering them (RFC 9110, section 8.3)."""

from __future__ import annotations

from fastjango.rest import HTTP_HEADER_ENCODING
from fastjango.utils.http import parse_header_parameters


def media_type_matches(lhs: str, rhs: str) -> bool:
    """Return whether *lhs* satisfies *rhs*, which may hold wildcards: ``application/json`` satisfies ``*/*``."""
    return _MediaType(lhs).match(_MediaType(rhs))


def order_by_precedence(media_type_lst: list[str]) -> list[set[str]]:
    """Return up to four sets of media types, the most exact first: with parameters, full, ``x/*``, ``*/*``."""
    levels: list[set[str]] = [set(), set(), set(), set()]
    for media_type in media_type_lst:
        levels[3 - _MediaType(media_type).precedence].add(media_type)
    return [level for level in levels if level]


def order_parsed_by_precedence(media_types: list[_MediaType]) -> list[set[_MediaType]]:
    """Return the same for media types that are taken apart already."""
    levels: list[set[_MediaType]] = [set(), set(), set(), set()]
    for media_type in media_types:
        levels[3 - media_type.precedence].add(media_type)
    return [level for level in levels if level]


class _MediaType:
    """A media type taken apart."""

    def __init__(self, media_type_str: str | bytes | None) -> None:
        text = "" if media_type_str is None else media_type_str
        if isinstance(text, bytes):
            text = text.decode(HTTP_HEADER_ENCODING)
        self.orig = text
        try:
            self.full_type, self.params = parse_header_parameters(text)
        except ValueError:
            self.full_type, self.params = "", {}
        self.main_type, _, self.sub_type = self.full_type.partition("/")

    def match(self, other: _MediaType) -> bool:
        """Return whether this one satisfies *other*."""
        for key, value in self.params.items():
            if key != "q" and other.params.get(key) != value:
                return False
        if "*" not in (self.sub_type, other.sub_type) and other.sub_type != self.sub_type:
            return False
        return "*" in (self.main_type, other.main_type) or other.main_type == self.main_type

    @property
    def precedence(self) -> int:
        """How exact it is, from 0 (``*/*``) to 3 (with parameters)."""
        if self.main_type == "*":
            return 0
        if self.sub_type == "*":
            return 1
        if not self.params or list(self.params) == ["q"]:
            return 2
        return 3

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _MediaType):
            return NotImplemented
        return self.full_type == other.full_type and self.params == other.params

    def __hash__(self) -> int:
        return hash((self.full_type, frozenset(self.params.items())))

    def __str__(self) -> str:
        parts = [f"{self.main_type}/{self.sub_type}", *(f"{key}={value}" for key, value in self.params.items())]
        return "; ".join(parts)
