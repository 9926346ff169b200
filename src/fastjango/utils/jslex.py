"""JavaScript for xgettext: ``prepare_js_for_gettext`` makes a script readable as C source.

Source: the lexical grammar of ECMA-262; a slash begins a regular expression or divides, depending on
the token before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["JsLexer", "prepare_js_for_gettext"]

_TOKENS = re.compile(
    r"""
    (?P<comment>/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)
    |(?P<ws>\s+)
    |(?P<string>"(?:[^"\\\n]|\\(?:.|\n))*"|'(?:[^'\\\n]|\\(?:.|\n))*')
    |(?P<template>`(?:[^`\\]|\\(?:.|\n))*`)
    |(?P<hnum>0[xX][0-9a-fA-F]+)
    |(?P<dnum>(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+|(?:0|[1-9][0-9]*))(?:[eE][-+]?[0-9]+)?)
    |(?P<onum>0[0-7]+)
    |(?P<id>(?:[$_a-zA-Z]|[^\x00-\x7f]|\\u[0-9a-fA-F]{4})(?:[$_a-zA-Z0-9]|[^\x00-\x7f]|\\u[0-9a-fA-F]{4})*)
    """,
    re.VERBOSE,
)
_REGEX = re.compile(r"""/(?![*/])(?:[^\\\[/\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+/[a-zA-Z0-9]*""", re.VERBOSE)
_PUNCTUATION = (
    ">>>=", "===", "!==", ">>>", "<<=", ">>=", "<=", ">=", "==", "!=", "<<", ">>", "&&", "||", "+=", "-=", "*=",
    "%=", "&=", "|=", "^=", "/=", "++", "--",
)  # fmt: skip
_KEYWORDS = frozenset(
    "break case catch class const continue debugger default delete do else enum export extends finally for function "
    "if import in instanceof new return super switch this throw try typeof var void while with".split()
)
# Behind these a slash divides.
_ENDS_AN_OPERAND = frozenset({"id", "dnum", "hnum", "onum", "string", "template", "reserved"})


class JsLexer:
    """Cuts JavaScript into ``(kind, text)``."""

    def lex(self, text: str) -> Iterator[tuple[str, str]]:
        """Give the tokens of *text*; joined they are the text again."""
        position = 0
        divides = False
        while position < len(text):
            kind, piece = self._next(text, position, divides)
            if kind not in ("ws", "comment", "linecomment"):
                divides = kind in _ENDS_AN_OPERAND or piece in (")", "]", "}", "++", "--")
            position += len(piece)
            yield kind, piece

    def _next(self, text: str, position: int, divides: bool) -> tuple[str, str]:
        match = _TOKENS.match(text, position)
        if match is not None and match.lastgroup is not None:
            kind, piece = match.lastgroup, match[0]
            if kind == "comment" and piece.startswith("//"):
                return "linecomment", piece
            if kind == "id" and piece in _KEYWORDS:
                return "keyword", piece
            if kind == "id" and piece in ("null", "true", "false"):
                return "reserved", piece
            return kind, piece
        if text[position] == "/" and not divides:
            expression = _REGEX.match(text, position)
            if expression is not None:
                return "regex", expression[0]
        for sign in _PUNCTUATION:
            if text.startswith(sign, position):
                return "punct", sign
        return ("punct" if text[position] in "{}()[].;,<>+-*%&|^!~?:=/" else "other"), text[position]


def prepare_js_for_gettext(js: str) -> str:
    """Return the script *js* so that xgettext reads its strings when it takes it for C."""
    pieces: list[str] = []
    for kind, text in JsLexer().lex(js):
        if kind == "regex":
            # xgettext would take quotes in it for strings.
            pieces.append('"REGEX"')
        elif kind == "string":
            # C has no such escapes as \' and \x27 in double quotes.
            if text.startswith("'"):
                inner = text[1:-1].replace('"', '\\"')
                pieces.append(f'"{inner}"')
            else:
                pieces.append(text)
        elif kind == "id":
            pieces.append(text.replace("\\", "U"))
        else:
            pieces.append(text)
    return "".join(pieces)
