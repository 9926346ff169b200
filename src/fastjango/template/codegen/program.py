"""From a list of nodes to a Python function."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from html import escape as escape_html
from typing import Any

from fastjango.template.codegen import runtime
from fastjango.template.codegen.writer import CodeWriter
from fastjango.template.lookup import VariableDoesNotExist, step, step_from_root
from fastjango.template.output import markup_escape, show
from fastjango.utils.safestring import SafeData, SafeString, mark_safe
from fastjango.utils.timezone import template_localtime

__all__ = ["compile_nodelist", "program_source"]

logger = logging.getLogger("fastjango.template")

NAMES: dict[str, Any] = {
    **{name: getattr(runtime, name) for name in runtime.__all__},
    "SafeData": SafeData,
    "SafeString": SafeString,
    "VariableDoesNotExist": VariableDoesNotExist,
    "escape_html": escape_html,
    "mark_safe": mark_safe,
    "markup_escape": markup_escape,
    "show": show,
    "step": step,
    "step_from_root": step_from_root,
    "template_localtime": template_localtime,
}


def program_source(nodes: Iterable[Any], autoescape: bool = True) -> tuple[str, dict[str, Any]]:
    """Return the source of the function for *nodes*, and the objects it refers to."""
    nodes = list(nodes)
    writer = CodeWriter(nodes, autoescape)
    writer.nodes(nodes)
    writer.flush()
    head = ["def render(context):", "    buffer = []", "    append = buffer.append"]
    head += [f"    {local} = context.get({name!r}, MISSING)" for name, local in writer.hoisted.items()]
    return "\n".join([*head, *writer.lines, "    return SafeString(''.join(buffer))", ""]), writer.objects


def compile_nodelist(nodes: Iterable[Any], autoescape: bool) -> Callable[[Any], str] | None:
    """Return a function that renders *nodes*, or ``None`` if Python cannot compile it (too deeply nested)."""
    try:
        source, objects = program_source(nodes, autoescape)
        namespace = {**NAMES, **objects}
        exec(compile(source, "<template>", "exec"), namespace)  # noqa: S102 - the source is made of parsed nodes
    except (SyntaxError, RecursionError, MemoryError):
        logger.debug("A template is too deeply nested to be compiled; it is rendered node by node.", exc_info=True)
        return None
    program: Callable[[Any], str] = namespace["render"]
    return program
