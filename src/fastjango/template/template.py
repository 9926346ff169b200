"""A parsed template and where it comes from."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from fastjango.template.lexer import DebugLexer, Lexer
from fastjango.template.nodes import NodeList
from fastjango.template.parser import Parser

__all__ = ["UNKNOWN_SOURCE", "Origin", "Template", "set_default_engine"]

UNKNOWN_SOURCE = "<unknown source>"
# Lines shown before and after the wrong one.
CONTEXT_LINES = 10

# Slot: engine.py puts Engine.get_default here.
_default_engine: Callable[[], Any] | None = None


def set_default_engine(function: Callable[[], Any]) -> None:
    """Tell which engine a template without one belongs to."""
    global _default_engine
    _default_engine = function


class Origin:
    """Where a template comes from: a file name, or whatever its loader knows."""

    def __init__(self, name: str, template_name: Any = None, loader: Any = None) -> None:
        self.name = name
        self.template_name = template_name
        self.loader = loader

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} name={self.name!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Origin) and self.name == other.name and self.loader == other.loader

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def loader_name(self) -> str | None:
        """The dotted path of the loader's class."""
        if self.loader:
            return f"{self.loader.__module__}.{self.loader.__class__.__name__}"
        return None


class Template:
    """
    A parsed template.

    Args:
        template_string: The source; a lazy text is read now.
        engine: The engine it belongs to, by default the first Django engine of the settings.
    Raises:
        TemplateSyntaxError: The source is wrong.
    """

    def __init__(
        self, template_string: Any, origin: Origin | None = None, name: str | None = None, engine: Any = None
    ) -> None:
        # A request for the default engine may read the settings.
        if engine is None:
            if _default_engine is None:
                raise RuntimeError("No template engine is configured; import fastjango.template first.")
            engine = _default_engine()
        self.name = name
        self.origin = Origin(UNKNOWN_SOURCE) if origin is None else origin
        self.engine = engine
        self.source = str(template_string)
        self.extra_data: dict[Any, Any] = {}
        self.nodelist = self.compile_nodelist()

    def __repr__(self) -> str:
        shown = self.source[:20].replace("\n", "")
        return f'<{type(self).__qualname__} template_string="{shown}...">'

    def __iter__(self) -> Iterator[Any]:
        yield from self.nodelist

    def _render(self, context: Any) -> Any:
        return self.nodelist.render(context)

    def render(self, context: Any) -> Any:
        """Return the text of the template with the names of *context*."""
        # push_state(), written out: an included template comes here once per row.
        state = context.render_context
        before = state.template
        state.template = self
        state.dicts.append({})
        try:
            if context.template is not None:
                return self._render(context)
            with context.bind_template(self):
                context.template_name = self.name
                return self._render(context)
        finally:
            state.template = before
            state.dicts.pop()

    def compile_nodelist(self) -> NodeList:
        """Return the nodes of the source; an error learns where it happened, for the DEBUG page."""
        lexer = DebugLexer(self.source) if self.engine.debug else Lexer(self.source)
        parser = Parser(lexer.tokenize(), self.engine.template_libraries, self.engine.template_builtins, self.origin)
        try:
            nodelist = parser.parse()
        except Exception as exc:
            if self.engine.debug:
                error: Any = exc
                error.template_debug = self.get_exception_info(exc, error.token)
            raise
        self.extra_data = parser.extra_data
        return nodelist

    def get_exception_info(self, exception: BaseException, token: Any) -> dict[str, Any]:
        """Return what the DEBUG page shows of an error at *token*: lines around it, the place in its line."""
        start, end = token.position
        line = upto = 0
        before = during = after = ""
        source_lines: list[tuple[int, str]] = []
        for number, following in enumerate(linebreak_iter(self.source)):
            if start >= upto and end <= following:
                line = number
                before = self.source[upto:start]
                during = self.source[start:end]
                after = self.source[end:following]
            source_lines.append((number, self.source[upto:following]))
            upto = following
        top = max(1, line - CONTEXT_LINES)
        bottom = min(len(source_lines), line + 1 + CONTEXT_LINES)
        # An exception without text must not break the page.
        try:
            message = str(exception.args[0])
        except (IndexError, UnicodeDecodeError):
            message = "(Could not get exception message)"
        return {
            "message": message,
            "source_lines": source_lines[top:bottom],
            "before": before,
            "during": during,
            "after": after,
            "top": top,
            "bottom": bottom,
            "total": len(source_lines),
            "line": line,
            "name": self.origin.name,
            "start": start,
            "end": end,
        }


def linebreak_iter(template_source: str) -> Iterator[int]:
    """Give 0, the place behind each line break, and the place behind the end."""
    yield 0
    place = template_source.find("\n")
    while place >= 0:
        yield place + 1
        place = template_source.find("\n", place + 1)
    yield len(template_source) + 1


def is_template_like(value: Any) -> bool:
    """Tell whether *value* renders itself: a template, and no name of one."""
    return callable(getattr(value, "render", None)) and not inspect.isclass(value)
