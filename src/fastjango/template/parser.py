"""Makes a tree of nodes of the lexer's tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.nodes import NodeList, TextNode, VariableNode
from fastjango.template.tokens import Token, TokenType
from fastjango.template.variables import FilterExpression
from fastjango.utils.text import get_text_list

__all__ = ["Parser", "kwarg_re", "token_kwargs"]

# "name=" in front of a value, or a value alone.
kwarg_re = re.compile(r"(?:(\w+)=)?(.+)")


class Parser:
    """
    Makes nodes of *tokens*.

    Args:
        libraries: Dotted paths or libraries that ``{% load %}`` finds, by name.
        builtins: Libraries whose tags and filters need no ``{% load %}``.
        origin: Where the template comes from.
    """

    def __init__(
        self, tokens: Iterable[Token], libraries: dict[str, Any] | None = None, builtins: Any = None, origin: Any = None
    ) -> None:
        # The next token is the last of the list, so taking it off is cheap.
        self.tokens: list[Token] = list(reversed(list(tokens)))
        self.tags: dict[str, Any] = {}
        self.filters: dict[str, Any] = {}
        self.command_stack: list[tuple[str, Token]] = []
        # What tags want to hand to the template.
        self.extra_data: dict[Any, Any] = {}
        self.libraries = {} if libraries is None else libraries
        for builtin in builtins or ():
            self.add_library(builtin)
        self.origin = origin

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} tokens={self.tokens!r}>"

    def parse(self, parse_until: Iterable[str] | None = None) -> NodeList:
        """
        Return the nodes up to the first tag named in *parse_until*, which stays to be read.

        Raises:
            TemplateSyntaxError: The template is wrong, or ends before such a tag.
        """
        until = list(parse_until or ())
        nodelist = NodeList()
        while self.tokens:
            token = self.next_token()
            if token.token_type is TokenType.TEXT:
                self.extend_nodelist(nodelist, TextNode(token.contents), token)
            elif token.token_type is TokenType.VAR:
                self._parse_variable(nodelist, token)
            elif token.token_type is TokenType.BLOCK:
                command = self._command(token)
                if command in until:
                    self.prepend_token(token)
                    return nodelist
                self._parse_tag(nodelist, token, command, until)
        if until:
            self.unclosed_block_tag(until)
        return nodelist

    def _parse_variable(self, nodelist: NodeList, token: Token) -> None:
        if not token.contents:
            raise self.error(token, f"Empty variable tag on line {token.lineno}")
        try:
            expression = self.compile_filter(token.contents)
        except TemplateSyntaxError as exc:
            raise self.error(token, exc) from None
        self.extend_nodelist(nodelist, VariableNode(expression), token)

    def _command(self, token: Token) -> str:
        words = token.contents.split(None, 1)
        if not words:
            raise self.error(token, f"Empty block tag on line {token.lineno}")
        return words[0]

    def _parse_tag(self, nodelist: NodeList, token: Token, command: str, until: list[str]) -> None:
        # Kept so that an unclosed tag can be named.
        self.command_stack.append((command, token))
        compile_function = self.tags.get(command)
        if compile_function is None:
            self.invalid_block_tag(token, command, until)
        try:
            node = compile_function(self, token)  # type: ignore[misc]
        except Exception as exc:
            raise self.error(token, exc)
        self.extend_nodelist(nodelist, node, token)
        self.command_stack.pop()

    def skip_past(self, endtag: str) -> None:
        """
        Throw away everything up to the tag *endtag*.

        Raises:
            TemplateSyntaxError: There is none.
        """
        while self.tokens:
            token = self.next_token()
            if token.token_type is TokenType.BLOCK and token.contents == endtag:
                return
        self.unclosed_block_tag([endtag])

    def extend_nodelist(self, nodelist: NodeList, node: Any, token: Token) -> None:
        """
        Add *node* to *nodelist*.

        Raises:
            TemplateSyntaxError: It must be the first of the template and is not.
        """
        if node.must_be_first and nodelist.contains_nontext:
            name = self.origin.template_name if self.origin is not None else None
            place = f"'{name}'" if name else "the template"
            raise self.error(token, f"{{% {token.contents} %}} must be the first tag in {place}.")
        if not isinstance(node, TextNode):
            nodelist.contains_nontext = True
        # For the DEBUG page.
        node.token = token
        node.origin = self.origin
        nodelist.append(node)

    def error(self, token: Token, e: Any) -> Exception:
        """Return *e* (an exception or a message) as an exception that knows its token."""
        exception: Any = e if isinstance(e, Exception) else TemplateSyntaxError(e)
        if not hasattr(exception, "token"):
            exception.token = token
        result: Exception = exception
        return result

    def invalid_block_tag(self, token: Token, command: str, parse_until: list[str] | None = None) -> None:
        """Raise that *command* is unknown here."""
        if parse_until:
            expected = get_text_list([f"'{name}'" for name in parse_until], "or")
            raise self.error(
                token,
                f"Invalid block tag on line {token.lineno}: '{command}', expected {expected}. "
                "Did you forget to register or load this tag?",
            )
        raise self.error(
            token,
            f"Invalid block tag on line {token.lineno}: '{command}'. Did you forget to register or load this tag?",
        )

    def unclosed_block_tag(self, parse_until: list[str]) -> None:
        """Raise that the tag opened last has no end."""
        command, token = self.command_stack.pop()
        raise self.error(
            token,
            f"Unclosed tag on line {token.lineno}: '{command}'. Looking for one of: {', '.join(parse_until)}.",
        )

    def next_token(self) -> Token:
        """Take the next token and return it."""
        return self.tokens.pop()

    def prepend_token(self, token: Token) -> None:
        """Put *token* back."""
        self.tokens.append(token)

    def delete_first_token(self) -> None:
        """Throw the next token away."""
        del self.tokens[-1]

    def add_library(self, lib: Any) -> None:
        """Make the tags and filters of *lib* known."""
        self.tags.update(lib.tags)
        self.filters.update(lib.filters)

    def compile_filter(self, token: str) -> FilterExpression:
        """Return the expression *token* (``"user.name|upper"``), ready to be resolved."""
        return FilterExpression(token, self)

    def find_filter(self, filter_name: str) -> Any:
        """
        Return the filter *filter_name*.

        Raises:
            TemplateSyntaxError: There is none.
        """
        if filter_name in self.filters:
            return self.filters[filter_name]
        raise TemplateSyntaxError(f"Invalid filter: '{filter_name}'")


def token_kwargs(bits: list[str], parser: Parser, support_legacy: bool = False) -> dict[str, FilterExpression]:
    """
    Return the keyword arguments at the start of *bits*, and take them off.

    Args:
        support_legacy: Also read ``value as name and value as name``.
    """
    if not bits:
        return {}
    match = kwarg_re.match(bits[0])
    modern = bool(match and match[1])
    if not modern and (not support_legacy or len(bits) < 3 or bits[1] != "as"):
        return {}
    kwargs: dict[str, FilterExpression] = {}
    while bits:
        if modern:
            match = kwarg_re.match(bits[0])
            if not match or not match[1]:
                return kwargs
            key, value = match.groups()
            del bits[:1]
        else:
            if len(bits) < 3 or bits[1] != "as":
                return kwargs
            key, value = bits[2], bits[0]
            del bits[:3]
        kwargs[key] = parser.compile_filter(value)
        if bits and not modern:
            if bits[0] != "and":
                return kwargs
            del bits[:1]
    return kwargs
