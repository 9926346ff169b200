"""The conditions of ``{% if %}``: a parser by operator precedence, and the tree it makes.

Source: V. Pratt, "Top Down Operator Precedence" (1973).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["OPERATORS", "IfParser", "Literal", "TokenBase", "infix", "prefix"]


class TokenBase:
    """An operator or operand: how it parses at the start (``nud``) and behind something (``led``)."""

    id: str | None = None
    value: Any = None
    first: Any = None
    second: Any = None
    lbp = 0

    def nud(self, parser: IfParser) -> TokenBase:
        """Parse this token where an operand is expected."""
        raise parser.error_class(f"Not expecting '{self.id}' in this position in if tag.")

    def led(self, left: TokenBase, parser: IfParser) -> TokenBase:
        """Parse this token behind *left*."""
        raise parser.error_class(f"Not expecting '{self.id}' as infix operator in if tag.")

    def eval(self, context: Any) -> Any:
        """Return the value in *context*."""
        raise NotImplementedError

    def display(self) -> Any:
        """Return what this token is called in error messages."""
        return self.id

    def __repr__(self) -> str:
        parts = [str(part) for part in (self.id, self.first, self.second) if part is not None]
        return f"({' '.join(parts)})"


def infix(bp: int, func: Callable[[Any, Any, Any], Any]) -> type[TokenBase]:
    """Return the class of an operator between two operands, binding with strength *bp*."""

    class Operator(TokenBase):
        """An operator between two operands; one that fails is false."""

        lbp = bp

        def led(self, left: TokenBase, parser: IfParser) -> TokenBase:
            self.first = left
            self.second = parser.expression(bp)
            return self

        def eval(self, context: Any) -> Any:
            try:
                return func(context, self.first, self.second)
            except Exception:  # templates do not raise for what cannot be compared
                return False

    return Operator


def prefix(bp: int, func: Callable[[Any, Any], Any]) -> type[TokenBase]:
    """Return the class of an operator before its operand, binding with strength *bp*."""

    class Operator(TokenBase):
        """An operator before its operand; one that fails is false."""

        lbp = bp

        def nud(self, parser: IfParser) -> TokenBase:
            self.first = parser.expression(bp)
            self.second = None
            return self

        def eval(self, context: Any) -> Any:
            try:
                return func(context, self.first)
            except Exception:  # templates do not raise for what cannot be compared
                return False

    return Operator


OPERATORS: dict[str, type[TokenBase]] = {
    "or": infix(6, lambda context, x, y: x.eval(context) or y.eval(context)),
    "and": infix(7, lambda context, x, y: x.eval(context) and y.eval(context)),
    "not": prefix(8, lambda context, x: not x.eval(context)),
    "in": infix(9, lambda context, x, y: x.eval(context) in y.eval(context)),
    "not in": infix(9, lambda context, x, y: x.eval(context) not in y.eval(context)),
    "is": infix(10, lambda context, x, y: x.eval(context) is y.eval(context)),
    "is not": infix(10, lambda context, x, y: x.eval(context) is not y.eval(context)),
    "==": infix(10, lambda context, x, y: x.eval(context) == y.eval(context)),
    "!=": infix(10, lambda context, x, y: x.eval(context) != y.eval(context)),
    ">": infix(10, lambda context, x, y: x.eval(context) > y.eval(context)),
    ">=": infix(10, lambda context, x, y: x.eval(context) >= y.eval(context)),
    "<": infix(10, lambda context, x, y: x.eval(context) < y.eval(context)),
    "<=": infix(10, lambda context, x, y: x.eval(context) <= y.eval(context)),
}
for _name, _operator in OPERATORS.items():
    _operator.id = _name


class Literal(TokenBase):
    """An operand whose value is known."""

    id = "literal"
    lbp = 0

    def __init__(self, value: Any) -> None:
        self.value = value

    def display(self) -> Any:
        """Return the value itself."""
        return repr(self.value)

    def nud(self, parser: IfParser) -> TokenBase:
        """Return this operand."""
        return self

    def eval(self, context: Any) -> Any:
        """Return the value."""
        return self.value

    def __repr__(self) -> str:
        return f"({self.id} {self.value!r})"


class EndToken(TokenBase):
    """The end of a condition."""

    lbp = 0

    def nud(self, parser: IfParser) -> TokenBase:
        """Say that an operand is missing."""
        raise parser.error_class("Unexpected end of expression in if tag.")


class IfParser:
    """
    Parses the words of a condition.

    Args:
        tokens: Words (operators) and operands.
    Raises:
        ValueError: (or ``error_class``) The condition is wrong.
    """

    error_class: type[Exception] = ValueError

    def __init__(self, tokens: Iterable[Any]) -> None:
        words = list(tokens)
        self.tokens: list[TokenBase] = []
        position = 0
        while position < len(words):
            word = words[position]
            following = words[position + 1] if position + 1 < len(words) else None
            if (word, following) in (("is", "not"), ("not", "in")):
                word = f"{word} {following}"
                position += 1
            self.tokens.append(self.translate_token(word))
            position += 1
        self.pos = 0
        self.current_token = self.next_token()

    def translate_token(self, token: Any) -> TokenBase:
        """Return the operator for a word, or an operand."""
        try:
            operator = OPERATORS[token]
        except (KeyError, TypeError):
            return self.create_var(token)
        return operator()

    def next_token(self) -> TokenBase:
        """Take the next token and return it."""
        if self.pos >= len(self.tokens):
            return EndToken()
        token = self.tokens[self.pos]
        self.pos += 1
        return token

    def parse(self) -> TokenBase:
        """Return the whole condition."""
        condition = self.expression()
        if not isinstance(self.current_token, EndToken):
            raise self.error_class(f"Unused '{self.current_token.display()}' at end of if expression.")
        return condition

    def expression(self, rbp: int = 0) -> TokenBase:
        """Return the condition up to an operator that binds no stronger than *rbp*."""
        token = self.current_token
        self.current_token = self.next_token()
        left = token.nud(self)
        while rbp < self.current_token.lbp:
            token = self.current_token
            self.current_token = self.next_token()
            left = token.led(left, self)
        return left

    def create_var(self, value: Any) -> TokenBase:
        """Return the operand for a word."""
        return Literal(value)
