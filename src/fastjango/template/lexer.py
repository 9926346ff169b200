"""Cuts the source of a template into tokens; gives them to ``parser.py``."""

from __future__ import annotations

import re
from typing import Any

from fastjango.template.tokens import (
    BLOCK_TAG_START,
    COMMENT_TAG_START,
    VARIABLE_TAG_START,
    Token,
    TokenType,
)

__all__ = ["DebugLexer", "Lexer", "tag_re"]

# The group makes split() keep the tags.
tag_re = re.compile(r"({%.*?%}|{{.*?}}|{#.*?#})")
_TAG_TYPES = {
    VARIABLE_TAG_START: TokenType.VAR,
    BLOCK_TAG_START: TokenType.BLOCK,
    COMMENT_TAG_START: TokenType.COMMENT,
}


class Lexer:
    """Cuts a template into tokens."""

    def __init__(self, template_string: Any) -> None:
        self.template_string = template_string
        self.verbatim: str | bool = False

    def __repr__(self) -> str:
        shown = self.template_string[:20].replace("\n", "")
        return f'<{type(self).__name__} template_string="{shown}...", verbatim={self.verbatim}>'

    def tokenize(self) -> list[Token]:
        """Return the tokens, in order."""
        tokens: list[Token] = []
        line = 1
        for index, piece in enumerate(tag_re.split(self.template_string)):
            if piece:
                tokens.append(self.create_token(piece, None, line, bool(index % 2)))
                line += piece.count("\n")
        return tokens

    def create_token(self, token_string: str, position: tuple[int, int] | None, lineno: int, in_tag: bool) -> Token:
        """Return the token for a piece of the source; ``verbatim`` turns tags into text."""
        if in_tag:
            kind = _TAG_TYPES[token_string[:2]]
            contents = token_string[2:-2].strip()
            if self.verbatim:
                if kind is TokenType.BLOCK and contents == self.verbatim:
                    self.verbatim = False
                    return Token(kind, contents, position, lineno)
            else:
                if kind is TokenType.BLOCK and (contents == "verbatim" or contents.startswith("verbatim ")):
                    # Everything up to the end tag of the same name is text.
                    self.verbatim = f"end{contents}"
                return Token(kind, contents, position, lineno)
        return Token(TokenType.TEXT, token_string, position, lineno)


class DebugLexer(Lexer):
    """A lexer that also notes where each token stands."""

    def tokenize(self) -> list[Token]:
        """Return the tokens, in order, with their positions."""
        tokens: list[Token] = []
        line, start = 1, 0
        for index, piece in enumerate(tag_re.split(self.template_string)):
            end = start + len(piece)
            if piece:
                tokens.append(self.create_token(piece, (start, end), line, bool(index % 2)))
                line += piece.count("\n")
            start = end
        return tokens
