"""The signs of the template language, and the tokens that the lexer cuts a template into."""

from __future__ import annotations

from enum import Enum

from fastjango.utils.text import smart_split

__all__ = [
    "BLOCK_TAG_END",
    "BLOCK_TAG_START",
    "COMMENT_TAG_END",
    "COMMENT_TAG_START",
    "FILTER_ARGUMENT_SEPARATOR",
    "FILTER_SEPARATOR",
    "SINGLE_BRACE_END",
    "SINGLE_BRACE_START",
    "TRANSLATOR_COMMENT_MARK",
    "VARIABLE_ATTRIBUTE_SEPARATOR",
    "VARIABLE_TAG_END",
    "VARIABLE_TAG_START",
    "Token",
    "TokenType",
]

FILTER_SEPARATOR = "|"
FILTER_ARGUMENT_SEPARATOR = ":"
VARIABLE_ATTRIBUTE_SEPARATOR = "."
BLOCK_TAG_START = "{%"
BLOCK_TAG_END = "%}"
VARIABLE_TAG_START = "{{"
VARIABLE_TAG_END = "}}"
COMMENT_TAG_START = "{#"
COMMENT_TAG_END = "#}"
SINGLE_BRACE_START = "{"
SINGLE_BRACE_END = "}"
# What begins a comment for translators.
TRANSLATOR_COMMENT_MARK = "Translators"


class TokenType(Enum):
    """The kinds of tokens."""

    TEXT = 0
    VAR = 1
    BLOCK = 2
    COMMENT = 3


class Token:
    """
    A piece of a template.

    Args:
        contents: The text; of a tag, what stands between its signs, stripped.
        position: Start and end in the template; only the debugging lexer knows it.
        lineno: The line on which it starts.
    """

    def __init__(
        self, token_type: TokenType, contents: str, position: tuple[int, int] | None = None, lineno: int | None = None
    ) -> None:
        self.token_type = token_type
        self.contents = contents
        self.lineno = lineno
        self.position = position

    def __repr__(self) -> str:
        name = self.token_type.name.capitalize()
        shown = self.contents[:20].replace("\n", "")
        return f'<{name} token: "{shown}...">'

    def split_contents(self) -> list[str]:
        """Return the words of a tag; quoted phrases and ``_("...")`` stay whole."""
        words: list[str] = []
        pieces = iter(smart_split(self.contents))
        for word in pieces:
            if word.startswith(('_("', "_('")):
                # A translated phrase may have spaces in it.
                closing = f"{word[2]})"
                phrase = [word]
                while not word.endswith(closing):
                    word = next(pieces)
                    phrase.append(word)
                word = " ".join(phrase)
            words.append(word)
        return words
