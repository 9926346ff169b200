"""Optional libraries, and what of them the REST room uses; ``None`` where one is not installed."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
from typing import Any


def _optional(name: str) -> Any:
    return importlib.import_module(name) if importlib.util.find_spec(name) is not None else None


uritemplate: Any = _optional("uritemplate")
inflection: Any = _optional("inflection")
yaml: Any = _optional("yaml")
requests: Any = _optional("requests")
guardian: Any = _optional("guardian")
markdown: Any = _optional("markdown")
pygments: Any = _optional("pygments")
coreapi: Any = None
coreschema: Any = None
django_filters: Any = None
psycopg2: Any = None
INDENT_SEPARATORS = (",", ": ")
LONG_SEPARATORS = (", ", ": ")
SHORT_SEPARATORS = (",", ":")


def __getattr__(name: str) -> Any:
    """Return ``postgres_fields``: the model fields of PostgreSQL, which load its driver."""
    if name != "postgres_fields":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if importlib.util.find_spec("psycopg") is None:
        return None
    return importlib.import_module("fastjango.contrib.postgres.fields")


def unicode_http_header(value: Any) -> str:
    """Return a header's value as text."""
    return value.decode("iso-8859-1") if isinstance(value, bytes) else value


def is_guardian_installed() -> bool:
    """Return whether object permissions of django-guardian are in use."""
    from fastjango.conf import settings

    return guardian is not None and "guardian" in settings.INSTALLED_APPS


# Fenced code that says what language it is in.
_fence = re.compile(r"^[ \t]*```[ \t]*(\w[^\n]*)\n(.+?)^[ \t]*```", re.MULTILINE | re.DOTALL)


def _highlight_block(found: re.Match[str]) -> str:
    """Return fenced code with colours as one line: Markdown would end a block of HTML at an empty one."""
    try:
        html: str = pygments_highlight(found.group(2).expandtabs(), found.group(1).strip(), "emacs")
    except ValueError:
        # A language that nobody knows.
        return found.group(0)
    return "\n\n" + html.replace("\n", "<br />") + "\n\n"


if markdown is not None:
    #: The version, as a tuple of numbers.
    markdown_version: Any = getattr(markdown, "__version_info__", None)

    def _apply_markdown(text: str) -> str:
        """Return Markdown text as HTML; headings begin at the second level, fenced code has colours."""
        made = markdown.Markdown(
            extensions=["markdown.extensions.toc", "markdown.extensions.fenced_code"],
            extension_configs={"markdown.extensions.toc": {"baselevel": "2"}},
        )
        html: str = made.convert(_fence.sub(_highlight_block, text) if pygments is not None else text)
        return html

    apply_markdown: Any = _apply_markdown
else:
    apply_markdown = None


@functools.cache
def pygments_css(style: str) -> str | None:
    """Return the CSS of a Pygments style."""
    if pygments is None:
        return None
    formatters = importlib.import_module("pygments.formatters")
    css: str = formatters.HtmlFormatter(style=style).get_style_defs(".highlight")
    return css


def pygments_highlight(text: str, lang: str, style: str) -> Any:
    """Return *text* with colours, as HTML; unchanged without Pygments."""
    if pygments is None:
        return text
    formatters = importlib.import_module("pygments.formatters")
    lexers = importlib.import_module("pygments.lexers")
    return pygments.highlight(text, lexers.get_lexer_by_name(lang, stripall=False), formatters.HtmlFormatter())


def distinct(queryset: Any, base: Any) -> Any:
    """Return *queryset* without duplicates, in a way that ordering and counting accept."""
    return queryset.distinct()
