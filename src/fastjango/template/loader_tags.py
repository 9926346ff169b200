"""Templates made of templates: ``extends``, ``block``, ``include``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from fastjango.template.codegen.writer import knows_itself
from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.library import Library
from fastjango.template.nodes import Node, NodeList, TextNode
from fastjango.template.parser import token_kwargs
from fastjango.template.relative import construct_relative_path
from fastjango.template.template import Template
from fastjango.template.variables import Variable
from fastjango.utils.safestring import mark_safe

__all__ = [
    "BLOCK_CONTEXT_KEY",
    "BlockContext",
    "BlockNode",
    "ExtendsNode",
    "IncludeNode",
    "construct_relative_path",
    "do_block",
    "do_extends",
    "do_include",
    "register",
]

register = Library()
BLOCK_CONTEXT_KEY = "block_context"


class BlockContext:
    """The blocks of a template and of those it extends; by name, the outermost template's first."""

    def __init__(self) -> None:
        self.blocks: defaultdict[str, list[BlockNode]] = defaultdict(list)

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}: blocks={self.blocks!r}>"

    def add_blocks(self, blocks: dict[str, BlockNode]) -> None:
        """Add the blocks of a template that is extended by those here."""
        for name, block in blocks.items():
            self.blocks[name].insert(0, block)

    def pop(self, name: str) -> BlockNode | None:
        """Take the innermost block *name* off and return it."""
        try:
            return self.blocks[name].pop()
        except IndexError:
            return None

    def push(self, name: str, block: BlockNode) -> None:
        """Put a block back."""
        self.blocks[name].append(block)

    def get_block(self, name: str) -> BlockNode | None:
        """Return the innermost block *name*."""
        try:
            return self.blocks[name][-1]
        except IndexError:
            return None


@knows_itself
class BlockNode(Node):
    """``{% block name %}``."""

    context: Any

    def __init__(self, name: str, nodelist: NodeList, parent: Any = None) -> None:
        self.name = name
        self.nodelist = nodelist
        self.parent = parent

    def __repr__(self) -> str:
        return f"<Block Node: {self.name}. Contents: {self.nodelist!r}>"

    def render(self, context: Any) -> Any:
        """Render the block of the template that extends this one most closely, or this one."""
        block_context = context.render_context.get(BLOCK_CONTEXT_KEY)
        layer: dict[str, Any] = {"block": self}
        context.dicts.append(layer)
        try:
            if block_context is None:
                return self.nodelist.render(context)
            taken = block_context.pop(self.name)
            source = self if taken is None else taken
            # A block of its own, because block.super needs the context of this rendering.
            layer["block"] = block = type(self)(source.name, source.nodelist)
            block.context = context
            output = source.nodelist.render(context)
            if taken is not None:
                block_context.push(self.name, taken)
            return output
        finally:
            context.dicts.pop()

    def super(self) -> Any:
        """Return the text of the block that this one replaces, for ``{{ block.super }}``."""
        if not hasattr(self, "context"):
            raise TemplateSyntaxError(
                f"'{type(self).__name__}' object has no attribute 'context'. Did you use "
                "{{ block.super }} in a base template?"
            )
        block_context = self.context.render_context.get(BLOCK_CONTEXT_KEY)
        if block_context is not None and block_context.get_block(self.name) is not None:
            return mark_safe(self.render(self.context))
        return ""

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


@knows_itself
class ExtendsNode(Node):
    """``{% extends "base.html" %}``: the whole template is inside."""

    must_be_first = True
    context_key = "extends_context"

    def __init__(self, nodelist: NodeList, parent_name: Any, template_dirs: Any = None) -> None:
        self.nodelist = nodelist
        self.parent_name = parent_name
        self.template_dirs = template_dirs
        self.blocks: dict[str, BlockNode] = _blocks_of(nodelist)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: extends {self.parent_name.token}>"

    def find_template(self, template_name: Any, context: Any) -> Any:
        """Return the template *template_name*; one that extends its namesake finds the next of that name."""
        history = context.render_context.setdefault(self.context_key, [self.origin])
        template, origin = context.template.engine.find_template(template_name, skip=history)
        history.append(origin)
        return template

    def get_parent(self, context: Any) -> Any:
        """
        Return the template that is extended.

        Raises:
            TemplateSyntaxError: The name has no value.
        """
        parent = self.parent_name.resolve(context)
        if not parent:
            message = f"Invalid template name in 'extends' tag: {parent!r}."
            if self.parent_name.filters or isinstance(self.parent_name.var, Variable):
                message += f" Got this from the '{self.parent_name.token}' variable."
            raise TemplateSyntaxError(message)
        if isinstance(parent, Template):
            return parent
        inner = getattr(parent, "template", None)
        if isinstance(inner, Template):
            return inner
        return self.find_template(parent, context)

    def render(self, context: Any) -> Any:
        """Render the extended template with the blocks of this one."""
        parent = self.get_parent(context)
        if BLOCK_CONTEXT_KEY not in context.render_context:
            context.render_context[BLOCK_CONTEXT_KEY] = BlockContext()
        block_context = context.render_context[BLOCK_CONTEXT_KEY]
        block_context.add_blocks(self.blocks)
        # The last template of the chain adds its blocks here; one that extends further does it itself.
        first = next((node for node in parent.nodelist if not isinstance(node, TextNode)), None)
        if first is not None and not isinstance(first, ExtendsNode):
            block_context.add_blocks(_blocks_of(parent.nodelist))
        with context.render_context.push_state(parent, isolated_context=False):
            return parent._render(context)

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


def _blocks_of(nodelist: Any) -> dict[str, BlockNode]:
    """Return the blocks of *nodelist* by name; kept with the list."""
    found: dict[str, BlockNode] | None = getattr(nodelist, "block_nodes", None)
    if found is None:
        found = {node.name: node for node in nodelist.get_nodes_by_type(BlockNode)}
        if isinstance(nodelist, NodeList):
            nodelist.block_nodes = found
    return found


@knows_itself
class IncludeNode(Node):
    """``{% include "row.html" with a=b only %}``."""

    child_nodelists = ()
    context_key = "__include_context"

    def __init__(
        self,
        template: Any,
        *args: Any,
        extra_context: dict[str, Any] | None = None,
        isolated_context: bool = False,
        **kwargs: Any,
    ) -> None:
        self.template = template
        self.extra_context = extra_context or {}
        self.isolated_context = isolated_context
        super().__init__(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}: template={self.template!r}>"

    def render(self, context: Any) -> Any:
        """Render the other template here."""
        template = self.template.resolve(context)
        if not callable(getattr(template, "render", None)):
            template = self._select(template, context)
        elif hasattr(template, "template"):
            # A template of a backend wraps the one that knows contexts.
            template = template.template
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        if self.isolated_context:
            return template.render(context.new(values))
        layers = context.dicts
        layers.append(values)
        try:
            return template.render(context)
        finally:
            layers.pop()

    def _select(self, names: Any, context: Any) -> Any:
        """Return the first template that exists; kept for this rendering."""
        key = names if isinstance(names, str) and names else tuple(names or ())
        cache = context.render_context.dicts[0].setdefault(self, {})
        template = cache.get(key)
        if template is None:
            wanted: Any = key
            if isinstance(key, str):
                wanted = (construct_relative_path(self.origin.template_name, key, allow_recursion=True),)
            template = cache[key] = context.template.engine.select_template(wanted)
        return template

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


@register.tag("block")
def do_block(parser: Any, token: Any) -> BlockNode:
    """Mark a part that other templates can replace."""
    bits = token.contents.split()
    if len(bits) != 2:
        raise TemplateSyntaxError(f"'{bits[0]}' tag takes only one argument")
    name = bits[1]
    loaded = getattr(parser, "_loaded_blocks", None)
    if loaded is None:
        loaded = parser._loaded_blocks = []
    if name in loaded:
        raise TemplateSyntaxError(f"'{bits[0]}' tag with name '{name}' appears more than once")
    loaded.append(name)
    nodelist = parser.parse(("endblock",))
    # The end may repeat the name.
    endblock = parser.next_token()
    acceptable = ("endblock", f"endblock {name}")
    if endblock.contents not in acceptable:
        parser.invalid_block_tag(endblock, "endblock", acceptable)
    return BlockNode(name, nodelist)


@register.tag("extends")
def do_extends(parser: Any, token: Any) -> ExtendsNode:
    """Replace blocks of another template."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise TemplateSyntaxError(f"'{bits[0]}' takes one argument")
    parent_name = parser.compile_filter(construct_relative_path(parser.origin.template_name, bits[1]))
    nodelist = parser.parse()
    if nodelist.get_nodes_by_type(ExtendsNode):
        raise TemplateSyntaxError(f"'{bits[0]}' cannot appear more than once in the same template")
    return ExtendsNode(nodelist, parent_name)


@register.tag("include")
def do_include(parser: Any, token: Any) -> IncludeNode:
    """Show another template here."""
    bits = token.split_contents()
    if len(bits) < 2:
        raise TemplateSyntaxError(
            f"{bits[0]!r} tag takes at least one argument: the name of the template to be included."
        )
    options: dict[str, Any] = {}
    remaining = bits[2:]
    while remaining:
        option = remaining.pop(0)
        if option in options:
            raise TemplateSyntaxError(f"The {option!r} option was specified more than once.")
        if option == "with":
            value: Any = token_kwargs(remaining, parser, support_legacy=False)
            if not value:
                raise TemplateSyntaxError(f'"with" in {bits[0]!r} tag needs at least one keyword argument.')
        elif option == "only":
            value = True
        else:
            raise TemplateSyntaxError(f"Unknown argument for {bits[0]!r} tag: {option!r}.")
        options[option] = value
    name = construct_relative_path(parser.origin.template_name, bits[1], allow_recursion=True)
    return IncludeNode(
        parser.compile_filter(name),
        extra_context=options.get("with", {}),
        isolated_context=options.get("only", False),
    )
