"""The texts of a template as source code that xgettext understands, for ``makemessages``.

Every text to translate becomes a call of gettext on the line where it stands; everything else becomes
a row of letters that means nothing.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field

from fastjango.template.lexer import Lexer
from fastjango.template.tokens import TRANSLATOR_COMMENT_MARK, Token, TokenType
from fastjango.utils.translation import TranslatorCommentWarning, trim_whitespace

__all__ = ["templatize"]

_STRING = r"""(?:"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')"""
_CONTEXT = rf"""\bcontext\s+({_STRING})"""
_INLINE = re.compile(rf"""^\s*trans(?:late)?\s+({_STRING})(\s*.*{_CONTEXT})?\s*""", re.DOTALL)
_BLOCK = re.compile(rf"""^\s*blocktrans(?:late)?(\s+.*{_CONTEXT}|\s|$)""", re.DOTALL)
_END = re.compile(r"^\s*endblocktrans(?:late)?$")
_PLURAL = re.compile(r"^\s*plural$")
_CONSTANT = re.compile(rf"_\(({_STRING})\)")
_NOT_SPACE = re.compile(r"\S")


def blankout(src: str, char: str) -> str:
    """Return *src* with every visible letter as *char*."""
    return _NOT_SPACE.sub(char, src)


@dataclass
class _Writer:
    origin: str | None
    out: list[str] = field(default_factory=list)
    block: _Block | None = None
    in_comment: bool = False
    comment: list[str] = field(default_factory=list)
    line_comments: list[tuple[str, int]] = field(default_factory=list)
    last_line: int = 0

    def place(self, line: int | None) -> str:
        """Return where something is, for messages."""
        return f"{f'file {self.origin}, ' if self.origin else ''}line {line}"


@dataclass
class _Block:
    """A ``blocktranslate`` that is being read."""

    context: str | None
    trimmed: bool
    singular: list[str] = field(default_factory=list)
    plural: list[str] = field(default_factory=list)
    in_plural: bool = False

    def add(self, text: str) -> None:
        """Add a piece of the text."""
        (self.plural if self.in_plural else self.singular).append(text)

    def call(self) -> str:
        """Return the call of gettext for the texts."""
        texts = ["".join(self.singular), "".join(self.plural)]
        if self.trimmed:
            texts = [trim_whitespace(text) for text in texts]
        # xgettext reads escapes such as \\xa0 only in literals marked as Unicode.
        shown = [f"u{text!r}" for text in texts]
        if self.in_plural:
            if self.context:
                return f" npgettext({self.context}, {shown[0]}, {shown[1]},count) "
            return f" ngettext({shown[0]}, {shown[1]}, count) "
        return f" pgettext({self.context}, {shown[0]}) " if self.context else f" gettext({shown[0]}) "


def templatize(src: str, origin: str | None = None) -> str:
    """
    Return the texts of the template *src* as source code that xgettext understands.

    Args:
        origin: Where the template comes from, for messages.
    Raises:
        SyntaxError: A block of text has another tag in it.
    """
    writer = _Writer(origin)
    for token in Lexer(src).tokenize():
        if writer.in_comment:
            _inside_comment(writer, token)
        elif writer.block is not None:
            _inside_block(writer, writer.block, token)
        else:
            _outside(writer, token)
    return "".join(writer.out)


def _inside_comment(writer: _Writer, token: Token) -> None:
    if token.token_type is not TokenType.BLOCK or token.contents != "endcomment":
        writer.comment.append(token.contents)
        return
    text = "".join(writer.comment)
    lines = text.splitlines(keepends=True)
    marked = next((n for n, line in enumerate(lines) if line.lstrip().startswith(TRANSLATOR_COMMENT_MARK)), None)
    if marked is None:
        writer.out.extend("\n" * line.count("\n") for line in lines)
    else:
        writer.out.extend(f" # {line}" if n >= marked else "\n" * line.count("\n") for n, line in enumerate(lines))
    writer.out.append(" #")
    writer.in_comment = False
    writer.comment = []


def _inside_block(writer: _Writer, block: _Block, token: Token) -> None:
    contents = token.contents
    if token.token_type is TokenType.BLOCK:
        if _END.match(contents):
            writer.out.append(block.call())
            # The text's own line breaks keep the lines that follow in place.
            writer.out.append("".join(blankout(part, "X") for part in (*block.singular, *block.plural)))
            writer.block = None
        elif _PLURAL.match(contents):
            block.in_plural = True
        else:
            raise SyntaxError(
                f"Translation blocks must not include other block tags: {contents} ({writer.place(token.lineno)})"
            )
    elif token.token_type is TokenType.VAR:
        block.add(f"%({contents})s")
    elif token.token_type is TokenType.TEXT:
        block.add(contents.replace("%", "%%"))


def _outside(writer: _Writer, token: Token) -> None:
    contents = token.contents
    if writer.line_comments and token.token_type is not TokenType.COMMENT:
        if token.lineno == writer.line_comments[-1][1] and contents.strip():
            for text, line in writer.line_comments:
                warnings.warn(
                    f"The translator-targeted comment '{text}' ({writer.place(line)}) was ignored, "
                    "because it wasn't the last item on the line.",
                    TranslatorCommentWarning,
                    stacklevel=4,
                )
            writer.line_comments = []
        elif token.lineno == writer.line_comments[-1][1] and token.token_type is TokenType.TEXT and "\n" in contents:
            writer.out.extend(f" # {text}" for text, _line in writer.line_comments)
            writer.line_comments = []
    if token.token_type is TokenType.BLOCK:
        _block_tag(writer, contents)
    elif token.token_type is TokenType.VAR:
        writer.out.append("".join(f" _({text}) " for text in _CONSTANT.findall(contents)) or blankout(contents, "X"))
    elif token.token_type is TokenType.COMMENT:
        if contents.lstrip().startswith(TRANSLATOR_COMMENT_MARK):
            writer.line_comments.append((contents, token.lineno or 0))
    else:
        writer.out.append(blankout(contents, "X"))


def _block_tag(writer: _Writer, contents: str) -> None:
    inline, block = _INLINE.match(contents), _BLOCK.match(contents)
    if inline:
        text, context = inline[1], inline[3]
        text = _as_message(text)
        writer.out.append(f" pgettext({context}, {text}) " if context else f" gettext({text}) ")
        writer.out.extend(f" _({constant}) " for constant in _CONSTANT.findall(contents))
    elif block:
        writer.out.extend(f" _({constant}) " for constant in _CONSTANT.findall(contents))
        writer.block = _Block(block[2], "trimmed" in contents.split())
    elif contents == "comment":
        writer.in_comment = True
    else:
        found = _CONSTANT.findall(contents)
        writer.out.append("".join(f" _({text}) " for text in found) or blankout(contents, "B"))


def _as_message(literal: str) -> str:
    """Return the literal of a text as the message it becomes: a per cent sign is written twice."""
    return literal.replace("%", "%%")
