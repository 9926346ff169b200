"""``{% load %}``: make the tags and filters of a library known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.template.codegen.writer import CodeWriter, knows_itself
from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.library import Library
from fastjango.template.nodes import Node
from fastjango.template.tags.registry import register

__all__ = ["LoadNode", "find_library", "load", "load_from_library"]


@knows_itself
class LoadNode(Node):
    """``{% load %}``: shows nothing."""

    child_nodelists = ()

    def render(self, context: Any) -> str:
        """Return nothing."""
        return ""

    def compile(self, code: CodeWriter) -> None:
        """Write nothing."""

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()

    def context_reads(self) -> bool:
        """Tell that the context is not looked at."""
        return False


def find_library(parser: Any, name: str) -> Library:
    """Return the library *name*, or raise ``TemplateSyntaxError``."""
    try:
        library: Library = parser.libraries[name]
    except KeyError:
        known = "\n".join(sorted(parser.libraries))
        raise TemplateSyntaxError(f"'{name}' is not a registered tag library. Must be one of:\n{known}") from None
    return library


def load_from_library(library: Library, label: str, names: Iterable[str]) -> Library:
    """Return a library with only *names* of *library*, or raise ``TemplateSyntaxError``."""
    subset = Library()
    for name in names:
        if name in library.tags:
            subset.tags[name] = library.tags[name]
        if name in library.filters:
            subset.filters[name] = library.filters[name]
        if name not in library.tags and name not in library.filters:
            raise TemplateSyntaxError(f"'{name}' is not a valid tag or filter in tag library '{label}'")
    return subset


@register.tag
def load(parser: Any, token: Any) -> LoadNode:
    """Make libraries known: ``{% load a b %}`` or ``{% load tag filter from a %}``."""
    bits = token.contents.split()
    if len(bits) >= 4 and bits[-2] == "from":
        name = bits[-1]
        parser.add_library(load_from_library(find_library(parser, name), name, bits[1:-2]))
    else:
        for name in bits[1:]:
            parser.add_library(find_library(parser, name))
    return LoadNode()
