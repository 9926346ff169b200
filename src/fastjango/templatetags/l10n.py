"""Localizing: ``{% localize %}`` and the filters ``localize`` and ``unlocalize``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.template import Library, Node, TemplateSyntaxError
from fastjango.template.codegen.writer import CodeWriter, knows_itself
from fastjango.template.nodes import NodeList
from fastjango.utils import formats

register = Library()

__all__ = ["LocalizeNode", "localize", "localize_tag", "register", "unlocalize"]


@register.filter(is_safe=False)
def localize(value: Any) -> str:
    """Show a value as the language has it, whatever the settings say."""
    return str(formats.localize(value, use_l10n=True))


@register.filter(is_safe=False)
def unlocalize(value: Any) -> str:
    """Show a value as Python has it, whatever the settings say."""
    return str(formats.localize(value, use_l10n=False))


@knows_itself
class LocalizeNode(Node):
    """``{% localize on %}``."""

    def __init__(self, nodelist: NodeList, use_l10n: bool) -> None:
        self.nodelist = nodelist
        self.use_l10n = use_l10n

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def render(self, context: Any) -> Any:
        """Render the inside with or without localizing."""
        before = context.use_l10n
        context.use_l10n = self.use_l10n
        output = self.nodelist.render(context)
        context.use_l10n = before
        return output

    def compile(self, code: CodeWriter) -> None:
        """Write the inside between two settings of the context."""
        before = code.name("e")
        code.line(f"{before} = context.use_l10n")
        code.line(f"context.use_l10n = {self.use_l10n}")
        with code.block("try:"):
            code.nodes(self.nodelist)
        with code.block("finally:"):
            code.line(f"context.use_l10n = {before}")

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()

    def context_reads(self) -> bool:
        """Tell that no name is looked up."""
        return False


@register.tag("localize")
def localize_tag(parser: Any, token: Any) -> LocalizeNode:
    """Switch localizing on or off inside the tag."""
    use_l10n = True
    bits = list(token.split_contents())
    if len(bits) > 2 or (len(bits) == 2 and bits[1] not in ("on", "off")):
        raise TemplateSyntaxError(f"{bits[0]!r} argument should be 'on' or 'off'")
    if len(bits) == 2:
        use_l10n = bits[1] == "on"
    nodelist = parser.parse(("endlocalize",))
    parser.delete_first_token()
    return LocalizeNode(nodelist, use_l10n)
