"""
Templates from source to tree, at Django's path.

tokens.py lexer.py     source -> tokens
variables.py lookup.py variables and filters
nodes.py parser.py     tokens -> nodes
template.py            a parsed template; output.py: values as text
codegen/               nodes -> one generated function
"""

from fastjango.template.context import BaseContext
from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.lexer import DebugLexer, Lexer, tag_re
from fastjango.template.lookup import VariableDoesNotExist, logger
from fastjango.template.nodes import Node, NodeList, TextNode, VariableNode
from fastjango.template.output import render_value_in_context
from fastjango.template.parser import Parser, kwarg_re, token_kwargs
from fastjango.template.template import UNKNOWN_SOURCE, Origin, Template, linebreak_iter
from fastjango.template.tokens import (
    BLOCK_TAG_END,
    BLOCK_TAG_START,
    COMMENT_TAG_END,
    COMMENT_TAG_START,
    FILTER_ARGUMENT_SEPARATOR,
    FILTER_SEPARATOR,
    SINGLE_BRACE_END,
    SINGLE_BRACE_START,
    TRANSLATOR_COMMENT_MARK,
    VARIABLE_ATTRIBUTE_SEPARATOR,
    VARIABLE_TAG_END,
    VARIABLE_TAG_START,
    Token,
    TokenType,
)
from fastjango.template.variables import FilterExpression, Variable, filter_re

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
    "UNKNOWN_SOURCE",
    "VARIABLE_ATTRIBUTE_SEPARATOR",
    "VARIABLE_TAG_END",
    "VARIABLE_TAG_START",
    "BaseContext",
    "DebugLexer",
    "FilterExpression",
    "Lexer",
    "Node",
    "NodeList",
    "Origin",
    "Parser",
    "Template",
    "TemplateSyntaxError",
    "TextNode",
    "Token",
    "TokenType",
    "Variable",
    "VariableDoesNotExist",
    "VariableNode",
    "filter_re",
    "kwarg_re",
    "linebreak_iter",
    "logger",
    "render_value_in_context",
    "tag_re",
    "token_kwargs",
]
