"""
Regular expressions turned round: the texts that a pattern could have matched, for reversing addresses.

Also a compiled pattern that is compiled at its first use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from fastjango.utils.functional import SimpleLazyObject

# What a class of characters is replaced by; None matches no character at all.
ESCAPE_MAPPINGS: dict[str, str | None] = {
    "A": None,
    "b": None,
    "B": None,
    "d": "0",
    "D": "x",
    "s": " ",
    "S": "x",
    "w": "x",
    "W": "!",
    "Z": None,
}

# One way to write a piece: its text with %(name)s places, and the names.
Form = tuple[str, list[str]]
NOTHING: Form = ("", [])


class _Alternatives(Exception):
    """The pattern has ``|`` outside of a class, which is not reversed."""


class _Source:
    """The characters of a pattern, each with whether it was escaped."""

    def __init__(self, pattern: str) -> None:
        self._chars = list(self._read(pattern))
        self.position = 0

    @staticmethod
    def _read(pattern: str) -> Iterator[tuple[str, bool]]:
        chars = iter(pattern)
        for char in chars:
            if char != "\\":
                yield char, False
                continue
            char = next(chars, "")
            meaning = ESCAPE_MAPPINGS.get(char, char)
            if meaning:
                yield meaning, True

    def peek(self) -> tuple[str, bool]:
        """Return the next character without taking it; empty at the end."""
        return self._chars[self.position] if self.position < len(self._chars) else ("", False)

    def take(self) -> tuple[str, bool]:
        """Return the next character."""
        found = self.peek()
        self.position += 1
        return found

    def take_until(self, ends: str) -> str:
        """Return the text up to one of *ends*, which is taken too."""
        text = ""
        while self.peek()[0]:
            char, _ = self.take()
            if char in ends:
                break
            text += char
        return text

    def skip_group(self) -> None:
        """Take everything up to the end of the group that is open."""
        depth = 1
        while depth and self.peek()[0]:
            char, escaped = self.take()
            if not escaped:
                depth += {"(": 1, ")": -1}.get(char, 0)


class _Reverser:
    """Reads a pattern and collects the forms of its pieces."""

    def __init__(self, pattern: str) -> None:
        self.source = _Source(pattern)
        self.unnamed = 0

    def sequence(self) -> list[Form]:
        """Return the forms of everything up to the end of the open group."""
        pieces: list[list[Form]] = []
        source = self.source
        while source.peek()[0]:
            char, escaped = source.take()
            if escaped:
                piece: list[Form] | None = [(char, [])]
            elif char == ")":
                break
            elif char == "|":
                raise _Alternatives
            else:
                piece = self._piece(char)
            if piece is not None:
                pieces.append(self._quantified(piece))
        return [_joined(choice) for choice in product(*pieces)]

    def _piece(self, char: str) -> list[Form] | None:
        """Return the forms of the piece that starts with *char*; None when it stands for no text."""
        if char == ".":
            return [(".", [])]
        if char in "^$":
            return None
        if char == "[":
            return [(self._from_class(), [])]
        if char == "(":
            return self._group()
        return [(char, [])]

    def _from_class(self) -> str:
        """Return one character of a class."""
        first, escaped = self.source.take()
        if first == "^" and not escaped:
            first, escaped = self.source.take()
        while self.source.peek()[0]:
            char, escaped = self.source.take()
            if char == "]" and not escaped:
                break
        return first

    def _group(self) -> list[Form] | None:
        source = self.source
        if source.peek() != ("?", False):
            name = f"_{self.unnamed}"
            self.unnamed += 1
            source.skip_group()
            return [(f"%({name})s", [name])]
        source.take()
        char, _ = source.take()
        if char in "!=<":
            # Looking around stands for no text.
            source.skip_group()
            return None
        if char in "iLmsu#":
            source.skip_group()
            return None
        if char == ":":
            return self.sequence()
        if char != "P":
            raise ValueError(f"Non-reversible reg-exp portion: '(?{char}'")
        char, _ = source.take()
        if char not in "<=":
            raise ValueError(f"Non-reversible reg-exp portion: '(?P{char}'")
        name = source.take_until(">" if char == "<" else ")")
        if char == "=":
            return [(f"%({name})s", [])]
        source.skip_group()
        return [(f"%({name})s", [name])]

    def _quantified(self, piece: list[Form]) -> list[Form]:
        """Return the forms of *piece* as often as the quantifier behind it asks for at least."""
        source = self.source
        char, escaped = source.peek()
        if escaped or char not in ("*", "?", "+", "{"):
            return piece
        source.take()
        least = 0
        if char == "+":
            least = 1
        elif char == "{":
            least = int(source.take_until("}").split(",")[0])
        if source.peek() == ("?", False):  # not greedy
            source.take()
        if least == 0:
            # What holds a group may be there or not; anything else is left out.
            has_group = any("%(" in text for text, _ in piece)
            return [NOTHING, *piece] if has_group else [NOTHING]
        return [_joined([form] * least) for form in piece]


def _joined(forms: Any) -> Form:
    """Return forms one after the other; a name is listed once."""
    text, names = "", []
    for part, part_names in forms:
        text += part
        names += [name for name in part_names if name not in names]
    return text, names


def normalize(pattern: str) -> list[Form]:
    """
    Return the ways in which *pattern* can be written as a text with places for its groups.

    A pattern with ``|`` gives one empty form.

    Raises:
        ValueError: A part of the pattern cannot be reversed.
    """
    try:
        return _Reverser(pattern).sequence() or [NOTHING]
    except _Alternatives:
        return [NOTHING]


def _lazy_re_compile(regex: Any, flags: int = 0) -> Any:
    """Return a pattern that is compiled when it is first used."""

    def _compile() -> re.Pattern[Any]:
        if isinstance(regex, str | bytes):
            return re.compile(regex, flags)
        if flags:
            raise AssertionError("flags must be empty if regex is passed pre-compiled")
        return regex  # type: ignore[no-any-return]

    return SimpleLazyObject(_compile)
