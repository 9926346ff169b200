"""The nodes of a parsed template. A list of nodes renders itself, node by node or as one generated function.

Comes after ``parser.py``; the function is made by ``codegen``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fastjango.template.codegen.program import compile_nodelist
from fastjango.template.codegen.writer import ANY_NAME, CodeWriter, is_plain, knows_itself
from fastjango.template.output import render_value_in_context
from fastjango.template.variables import FilterExpression
from fastjango.utils.safestring import SafeString

__all__ = ["Node", "NodeList", "TextNode", "VariableNode"]

# A list that is rendered so often is worth a function of its own.
COMPILE_AT_RENDERING = 2

Program = Callable[[Any], str]


class Node:
    """
    A piece of a parsed template.

    A tag of your own subclasses it and defines ``render(context)``. ``child_nodelists`` names the
    attributes that hold the nodes inside.
    """

    must_be_first = False
    child_nodelists: Iterable[str] = ("nodelist",)
    token: Any = None
    origin: Any = None

    def render(self, context: Any) -> str:
        """Return the text of this node."""
        raise NotImplementedError(f"{type(self).__name__} must define render().")

    def render_annotated(self, context: Any) -> str:
        """Return ``render(context)``; an exception learns which node failed, for the DEBUG page."""
        try:
            return self.render(context)
        except Exception as exc:
            if context.template.engine.debug:
                self._annotate(exc, context)
            raise

    def _annotate(self, exc: Any, context: Any) -> None:
        if not hasattr(exc, "_culprit_node"):
            exc._culprit_node = self
        # The node may belong to another template than the one that is rendered (an extended one).
        if not hasattr(exc, "template_debug") and context.render_context.template.origin == exc._culprit_node.origin:
            exc.template_debug = context.render_context.template.get_exception_info(exc, exc._culprit_node.token)

    def get_nodes_by_type(self, nodetype: type) -> list[Any]:
        """Return this node and those inside that are of *nodetype*."""
        nodes: list[Any] = [self] if isinstance(self, nodetype) else []
        for attribute in self.child_nodelists:
            nodelist = getattr(self, attribute, None)
            if nodelist:
                nodes.extend(nodelist.get_nodes_by_type(nodetype))
        return nodes

    # --- code generation: see codegen/writer.py -----------------------------------------------

    def compile(self, code: CodeWriter) -> None:
        """Write the code that shows this node; a node without its own is called when the page is rendered."""
        code.call_node(self)

    def context_writes(self) -> Iterable[str] | None:
        """Return the names this node may set in the context; ``None`` means any."""
        return ANY_NAME

    def context_reads(self) -> bool:
        """Tell whether this node looks at the context while the page is rendered."""
        return True


class NodeList(list[Any]):
    """A list of nodes."""

    # Whether any of the nodes is no text; the parser keeps it up to date.
    contains_nontext = False

    def __init__(self, nodes: Iterable[Any] = ()) -> None:
        super().__init__(nodes)
        self._renderings = 0
        # Kept by loader_tags.py: the blocks in this list, by name.
        self.block_nodes: dict[str, Any] | None = None
        self._programs: dict[bool, tuple[int, Program | None]] = {}

    def render(self, context: Any) -> Any:
        """Return the text of all nodes."""
        template = getattr(context, "template", None)
        if template is not None:
            engine = template.engine
            if not engine.debug and not engine.string_if_invalid:
                program = self._program(bool(context.autoescape))
                if program is not None:
                    return program(context)
        return SafeString("".join([node.render_annotated(context) for node in self]))

    def _program(self, autoescape: bool) -> Program | None:
        found = self._programs.get(autoescape)
        if found is not None and found[0] == len(self):
            return found[1]
        self._renderings += 1
        if self._renderings < COMPILE_AT_RENDERING:
            return None
        program = compile_nodelist(self, autoescape)
        self._programs[autoescape] = (len(self), program)
        return program

    def get_nodes_by_type(self, nodetype: type) -> list[Any]:
        """Return all nodes of *nodetype*, also those inside others."""
        nodes: list[Any] = []
        for node in self:
            nodes.extend(node.get_nodes_by_type(nodetype))
        return nodes


@knows_itself
class TextNode(Node):
    """Text between tags."""

    child_nodelists = ()

    def __init__(self, s: str) -> None:
        self.s = s

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.s[:25]!r}>"

    def render(self, context: Any) -> str:
        """Return the text."""
        return self.s

    def render_annotated(self, context: Any) -> str:
        """Return the text; nothing can go wrong."""
        return self.s

    def compile(self, code: CodeWriter) -> None:
        """Write the text as it is."""
        code.text(self.s)

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()

    def context_reads(self) -> bool:
        """Tell that the context is not looked at."""
        return False


@knows_itself
class VariableNode(Node):
    """``{{ expression }}``."""

    child_nodelists = ()

    def __init__(self, filter_expression: FilterExpression) -> None:
        self.filter_expression = filter_expression

    def __repr__(self) -> str:
        return f"<Variable Node: {self.filter_expression}>"

    def render(self, context: Any) -> str:
        """Return the value as text; empty if it cannot be decoded."""
        try:
            output = self.filter_expression.resolve(context)
        except UnicodeDecodeError:
            return ""
        return render_value_in_context(output, context)

    def compile(self, code: CodeWriter) -> None:
        """Write the lookup, the filters and the escaping."""
        code.show(code.expression(self.filter_expression))

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()

    def context_reads(self) -> bool:
        """Tell whether the expression must be resolved by itself."""
        return not is_plain(self.filter_expression)
