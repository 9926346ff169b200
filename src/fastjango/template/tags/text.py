"""Tags about text itself: escaping, comments, filters over a block, white space, filler, dates."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from datetime import datetime
from pprint import pformat
from typing import Any

from fastjango.conf import settings
from fastjango.template.codegen.writer import CodeWriter, is_plain, knows_itself
from fastjango.template.context import Context
from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.filters.dates import date as date_filter
from fastjango.template.nodes import Node, NodeList
from fastjango.template.tags.registry import register
from fastjango.template.tokens import (
    BLOCK_TAG_END,
    BLOCK_TAG_START,
    COMMENT_TAG_END,
    COMMENT_TAG_START,
    SINGLE_BRACE_END,
    SINGLE_BRACE_START,
    VARIABLE_TAG_END,
    VARIABLE_TAG_START,
)
from fastjango.utils import timezone
from fastjango.utils.html import escape, format_html, strip_spaces_between_tags
from fastjango.utils.lorem_ipsum import paragraphs, words
from fastjango.utils.safestring import SafeString

__all__ = [
    "AutoEscapeControlNode",
    "CommentNode",
    "CsrfTokenNode",
    "DebugNode",
    "FilterNode",
    "LoremNode",
    "NowNode",
    "SpacelessNode",
    "TemplateTagNode",
    "VerbatimNode",
]


class SilentNode(Node):
    """A node that sets no name and looks at nothing."""

    child_nodelists: Iterable[str] = ()

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()

    def context_reads(self) -> bool:
        """Tell that the context is not looked at."""
        return False


class BlockNode(SilentNode):
    """A node with nodes inside that itself sets no name and looks at nothing."""

    child_nodelists = ("nodelist",)


@knows_itself
class AutoEscapeControlNode(BlockNode):
    """``{% autoescape on %}``."""

    def __init__(self, setting: bool, nodelist: NodeList) -> None:
        self.setting = setting
        self.nodelist = nodelist

    def render(self, context: Any) -> Any:
        """Render the inside with or without escaping."""
        before = context.autoescape
        context.autoescape = self.setting
        output = self.nodelist.render(context)
        context.autoescape = before
        return output

    def compile(self, code: CodeWriter) -> None:
        """Write the inside with or without escaping; nodes that are called see it in the context."""
        if not code.survey(self.nodelist).reads:
            with code.autoescaping(self.setting):
                code.nodes(self.nodelist)
            return
        before = code.name("e")
        code.line(f"{before} = context.autoescape")
        code.line(f"context.autoescape = {self.setting}")
        with code.block("try:"), code.autoescaping(self.setting):
            code.nodes(self.nodelist)
        with code.block("finally:"):
            code.line(f"context.autoescape = {before}")


@register.tag
def autoescape(parser: Any, token: Any) -> AutoEscapeControlNode:
    """Switch escaping on or off inside the tag."""
    args = token.contents.split()
    if len(args) != 2:
        raise TemplateSyntaxError("'autoescape' tag requires exactly one argument.")
    if args[1] not in ("on", "off"):
        raise TemplateSyntaxError("'autoescape' argument should be 'on' or 'off'")
    nodelist = parser.parse(("endautoescape",))
    parser.delete_first_token()
    return AutoEscapeControlNode(args[1] == "on", nodelist)


@knows_itself
class CommentNode(SilentNode):
    """``{% comment %}``: shows nothing."""

    def render(self, context: Any) -> str:
        """Return nothing."""
        return ""

    def compile(self, code: CodeWriter) -> None:
        """Write nothing."""


@register.tag
def comment(parser: Any, token: Any) -> CommentNode:
    """Throw everything up to ``endcomment`` away."""
    parser.skip_past("endcomment")
    return CommentNode()


@knows_itself
class CsrfTokenNode(SilentNode):
    """``{% csrf_token %}``: a hidden field with the token."""

    def render(self, context: Any) -> Any:
        """Return the hidden field."""
        token = context.get("csrf_token")
        if token:
            if token == "NOTPROVIDED":  # noqa: S105 - the sign that there is none
                return format_html("{}", "")
            return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)
        if settings.DEBUG:
            warnings.warn(
                "A {% csrf_token %} was used in a template, but the context "
                "did not provide the value.  This is usually caused by not "
                "using RequestContext.",
                stacklevel=2,
            )
        return ""


@register.tag
def csrf_token(parser: Any, token: Any) -> CsrfTokenNode:
    """Show a hidden field with the CSRF token."""
    return CsrfTokenNode()


@knows_itself
class DebugNode(Node):
    """``{% debug %}``: the whole context, if ``DEBUG`` is on."""

    child_nodelists = ()

    def render(self, context: Any) -> Any:
        """Return the context and the loaded modules."""
        if not settings.DEBUG:
            return ""
        shown = [escape(pformat(layer)) for layer in context]
        return "".join([*shown, "\n\n", escape(pformat(sys.modules))])

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


@register.tag
def debug(parser: Any, token: Any) -> DebugNode:
    """Show the whole context, if ``DEBUG`` is on."""
    return DebugNode()


@knows_itself
class FilterNode(BlockNode):
    """``{% filter upper %}``."""

    def __init__(self, filter_expr: Any, nodelist: NodeList) -> None:
        self.filter_expr = filter_expr
        self.nodelist = nodelist

    def render(self, context: Any) -> Any:
        """Return the filtered text of the inside."""
        output = self.nodelist.render(context)
        with context.push(var=output):
            return self.filter_expr.resolve(context)

    def compile(self, code: CodeWriter) -> None:
        """Write the inside into a variable, and the filters over it."""
        if not is_plain(self.filter_expr):
            code.call_node(self)
            return
        with code.capture() as text:
            code.nodes(self.nodelist)
        with code.scope({"var": text}):
            code.emit(code.expression(self.filter_expr))

    def context_reads(self) -> bool:
        """Tell whether the filters must be resolved by themselves."""
        return not is_plain(self.filter_expr)

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


@register.tag("filter")
def do_filter(parser: Any, token: Any) -> FilterNode:
    """Filter the text inside the tag."""
    _tag, _space, rest = token.contents.partition(" ")
    filter_expr = parser.compile_filter(f"var|{rest.strip()}")
    for function, _args in filter_expr.filters:
        name = getattr(function, "_filter_name", None)
        if name in ("escape", "safe"):
            raise TemplateSyntaxError(f'"filter {name}" is not permitted.  Use the "autoescape" tag instead.')
    nodelist = parser.parse(("endfilter",))
    parser.delete_first_token()
    return FilterNode(filter_expr, nodelist)


@knows_itself
class LoremNode(Node):
    """``{% lorem 3 p random %}``."""

    child_nodelists = ()

    def __init__(self, count: Any, method: str, common: bool) -> None:
        self.count = count
        self.method = method
        self.common = common

    def render(self, context: Any) -> str:
        """Return filler text."""
        try:
            count = int(self.count.resolve(context))
        except (ValueError, TypeError):
            count = 1
        if self.method == "w":
            return words(count, common=self.common)
        shown = paragraphs(count, common=self.common)
        if self.method == "p":
            shown = [f"<p>{paragraph}</p>" for paragraph in shown]
        return "\n\n".join(shown)

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


@register.tag
def lorem(parser: Any, token: Any) -> LoremNode:
    """Show filler text: ``{% lorem [count] [w|p|b] [random] %}``."""
    bits = list(token.split_contents())
    tag = bits[0]
    common = bits[-1] != "random"
    if not common:
        bits.pop()
    method = bits.pop() if bits[-1] in ("w", "p", "b") else "b"
    count = parser.compile_filter(bits.pop() if len(bits) > 1 else "1")
    if len(bits) != 1:
        raise TemplateSyntaxError(f"Incorrect format for {tag!r} tag")
    return LoremNode(count, method, common)


@knows_itself
class NowNode(SilentNode):
    """``{% now "Y-m-d" as today %}``."""

    def __init__(self, format_string: str, asvar: str | None = None) -> None:
        self.format_string = format_string
        self.asvar = asvar

    def render(self, context: Any) -> Any:
        """Return the current date, or keep it."""
        tzinfo = timezone.get_current_timezone() if settings.USE_TZ else None
        formatted = date_filter(datetime.now(tz=tzinfo), self.format_string)
        if self.asvar:
            context[self.asvar] = formatted
            return ""
        return formatted

    def context_writes(self) -> Iterable[str]:
        """Return the name the date is kept under."""
        return (self.asvar,) if self.asvar else ()


@register.tag
def now(parser: Any, token: Any) -> NowNode:
    """Show the current date or time in the given format."""
    bits = token.split_contents()
    asvar = None
    if len(bits) == 4 and bits[-2] == "as":
        asvar = bits[-1]
        bits = bits[:-2]
    if len(bits) != 2:
        raise TemplateSyntaxError("'now' statement takes one argument")
    return NowNode(bits[1][1:-1], asvar)


@knows_itself
class SpacelessNode(BlockNode):
    """``{% spaceless %}``."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Any) -> Any:
        """Return the inside without white space between tags."""
        return strip_spaces_between_tags(self.nodelist.render(context).strip())

    def compile(self, code: CodeWriter) -> None:
        """Write the inside into a variable and strip it."""
        with code.capture() as text:
            code.nodes(self.nodelist)
        code.emit(f"{code.object(strip_spaces_between_tags)}({text}.strip())")


@register.tag
def spaceless(parser: Any, token: Any) -> SpacelessNode:
    """Take the white space between HTML tags out."""
    nodelist = parser.parse(("endspaceless",))
    parser.delete_first_token()
    return SpacelessNode(nodelist)


@knows_itself
class TemplateTagNode(SilentNode):
    """``{% templatetag openblock %}``."""

    mapping = {
        "openblock": BLOCK_TAG_START,
        "closeblock": BLOCK_TAG_END,
        "openvariable": VARIABLE_TAG_START,
        "closevariable": VARIABLE_TAG_END,
        "openbrace": SINGLE_BRACE_START,
        "closebrace": SINGLE_BRACE_END,
        "opencomment": COMMENT_TAG_START,
        "closecomment": COMMENT_TAG_END,
    }

    def __init__(self, tagtype: str) -> None:
        self.tagtype = tagtype

    def render(self, context: Any) -> str:
        """Return the sign."""
        return self.mapping.get(self.tagtype, "")

    def compile(self, code: CodeWriter) -> None:
        """Write the sign."""
        code.text(self.mapping.get(self.tagtype, ""))


@register.tag
def templatetag(parser: Any, token: Any) -> TemplateTagNode:
    """Show one of the signs that tags are made of."""
    bits = token.contents.split()
    if len(bits) != 2:
        raise TemplateSyntaxError("'templatetag' statement takes one argument")
    if bits[1] not in TemplateTagNode.mapping:
        raise TemplateSyntaxError(
            f"Invalid templatetag argument: '{bits[1]}'. Must be one of: {list(TemplateTagNode.mapping)}"
        )
    return TemplateTagNode(bits[1])


@knows_itself
class VerbatimNode(SilentNode):
    """``{% verbatim %}``."""

    def __init__(self, content: Any) -> None:
        self.content = content

    def render(self, context: Any) -> Any:
        """Return the text."""
        return self.content

    def compile(self, code: CodeWriter) -> None:
        """Write the text."""
        code.text(self.content)


@register.tag
def verbatim(parser: Any, token: Any) -> VerbatimNode:
    """Show everything up to ``endverbatim`` as it is."""
    nodelist = parser.parse(("endverbatim",))
    parser.delete_first_token()
    return VerbatimNode(SafeString(nodelist.render(Context())))
