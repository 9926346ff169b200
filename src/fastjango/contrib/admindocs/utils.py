"""Docstrings as HTML: paragraphs of escaped text, or reStructuredText where ``docutils`` is installed."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import Any

from fastjango.urls import reverse
from fastjango.utils.html import format_html_join, linebreaks
from fastjango.utils.safestring import SafeString, mark_safe

__all__ = ["docutils_is_available", "get_view_name", "parse_docstring", "parse_rst", "strip_p_tags"]

try:
    import docutils.core
    import docutils.writers
except ImportError:
    docutils_is_available = False
else:
    docutils_is_available = True


def get_view_name(view_func: Any) -> str:
    """Return the dotted name of a view."""
    if hasattr(view_func, "view_class"):
        klass = view_func.view_class
        return f"{klass.__module__}.{klass.__qualname__}"
    return f"{view_func.__module__}.{getattr(view_func, '__qualname__', view_func.__class__.__name__)}"


def parse_docstring(docstring: str | None) -> tuple[str, str, dict[str, str]]:
    """Return a docstring's title, text and the ``Key: value`` lines at its end."""
    if not docstring:
        return "", "", {}
    parts = re.split(r"\n{2,}", cleandoc(docstring))
    title, body = parts[0], parts[1:]
    metadata: dict[str, str] = {}
    if body:
        found = [re.fullmatch(r"([\w-]+): (.+)", line) for line in body[-1].split("\n")]
        if all(found):
            metadata = {match[1]: match[2] for match in found if match}
            body = body[:-1]
    return title, "\n\n".join(body), metadata


def parse_rst(text: str, default_reference_context: str, thing_being_parsed: str | None = None) -> SafeString:
    """Return a text as HTML."""
    if not docutils_is_available:
        return mark_safe(linebreaks(text, autoescape=True))
    settings = {
        "doctitle_xform": True,
        "initial_header_level": "3",
        "default_reference_context": default_reference_context,
        "link_base": reverse("django-admindocs-docroot").rstrip("/"),
        # Files and raw HTML are not for docstrings.
        "raw_enabled": False,
        "file_insertion_enabled": False,
        "report_level": 5,
    }
    parts: Any = docutils.core.publish_parts(
        text,
        source_path=thing_being_parsed,
        writer=docutils.writers.get_writer_class("html")(),
        settings_overrides=settings,
    )
    return mark_safe(str(parts["fragment"]))


def strip_p_tags(value: str) -> SafeString:
    """Return HTML without paragraphs."""
    return mark_safe(value.replace("<p>", "").replace("</p>", ""))


def as_list(texts: Any) -> SafeString:
    """Return texts as the items of a list."""
    return format_html_join("", "<li>{}</li>", ((text,) for text in texts))
