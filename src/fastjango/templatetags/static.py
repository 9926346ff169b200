"""``{% static %}`` and the addresses behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.template import Library, Node, TemplateSyntaxError
from fastjango.template.codegen.writer import CodeWriter, is_plain, knows_itself
from fastjango.template.static_url import prefix, static_url
from fastjango.utils.html import conditional_escape

register = Library()

__all__ = ["PrefixNode", "StaticNode", "do_static", "get_media_prefix", "get_static_prefix", "register", "static"]


@knows_itself
class PrefixNode(Node):
    """``{% get_static_prefix as name %}`` and ``{% get_media_prefix as name %}``."""

    child_nodelists = ()

    def __init__(self, varname: str | None = None, name: str | None = None) -> None:
        if name is None:
            raise TemplateSyntaxError("Prefix nodes must be given a name to return.")
        self.varname = varname
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {self.name!r}>"

    @classmethod
    def handle_token(cls, parser: Any, token: Any, name: str) -> PrefixNode:
        """Return the node for a tag."""
        tokens = token.contents.split()
        if len(tokens) > 1 and tokens[1] != "as":
            raise TemplateSyntaxError(f"First argument in '{tokens[0]}' must be 'as'")
        return cls(tokens[2] if len(tokens) > 1 else None, name)

    @classmethod
    def handle_simple(cls, name: str) -> str:
        """Return the setting *name* as an address."""
        return prefix(name)

    def render(self, context: Any) -> str:
        """Return the address, or keep it."""
        address = self.handle_simple(self.name)
        if self.varname is None:
            return address
        context[self.varname] = address
        return ""

    def context_writes(self) -> Iterable[str]:
        """Return the name it is kept under."""
        return () if self.varname is None else (self.varname,)

    def context_reads(self) -> bool:
        """Tell that no name is looked up."""
        return False


@register.tag
def get_static_prefix(parser: Any, token: Any) -> PrefixNode:
    """Show ``STATIC_URL``, or keep it."""
    return PrefixNode.handle_token(parser, token, "STATIC_URL")


@register.tag
def get_media_prefix(parser: Any, token: Any) -> PrefixNode:
    """Show ``MEDIA_URL``, or keep it."""
    return PrefixNode.handle_token(parser, token, "MEDIA_URL")


def show_static_url(path: Any, autoescape: bool) -> Any:
    """Return the address of a static file as it is shown."""
    address = StaticNode.handle_simple(path)
    return conditional_escape(address) if autoescape else address


@knows_itself
class StaticNode(Node):
    """``{% static "path" as name %}``."""

    child_nodelists: Iterable[str] = ()

    def __init__(self, varname: str | None = None, path: Any = None) -> None:
        if path is None:
            raise TemplateSyntaxError("Static template nodes must be given a path to return.")
        self.path = path
        self.varname = varname

    def __repr__(self) -> str:
        return f"{type(self).__name__}(varname={self.varname!r}, path={self.path!r})"

    def url(self, context: Any) -> str:
        """Return the address of the file."""
        return self.handle_simple(self.path.resolve(context))

    def render(self, context: Any) -> Any:
        """Return the address, or keep it."""
        address: Any = self.url(context)
        if context.autoescape:
            address = conditional_escape(address)
        if self.varname is None:
            return address
        context[self.varname] = address
        return ""

    @classmethod
    def handle_simple(cls, path: str) -> str:
        """Return the address of the file *path*."""
        return static_url(path)

    @classmethod
    def handle_token(cls, parser: Any, token: Any) -> StaticNode:
        """Return the node for a tag."""
        bits = token.split_contents()
        if len(bits) < 2:
            raise TemplateSyntaxError(f"'{bits[0]}' takes at least one argument (path to file)")
        path = parser.compile_filter(bits[1])
        varname = bits[3] if len(bits) >= 2 and bits[-2] == "as" else None
        return cls(varname, path)

    def compile(self, code: CodeWriter) -> None:
        """Write the call."""
        if self.varname is not None or not is_plain(self.path):
            code.call_node(self)
            return
        code.emit(f"{code.object(show_static_url)}({code.expression(self.path)}, {code.autoescape})")

    def context_writes(self) -> Iterable[str]:
        """Return the name it is kept under."""
        return () if self.varname is None else (self.varname,)

    def context_reads(self) -> bool:
        """Tell whether the path is looked up by the node itself."""
        return self.varname is not None or not is_plain(self.path)


@register.tag("static")
def do_static(parser: Any, token: Any) -> StaticNode:
    """Show the address of a static file, or keep it."""
    return StaticNode.handle_token(parser, token)


def static(path: str) -> str:
    """Return the address of the static file *path*."""
    return StaticNode.handle_simple(path)
