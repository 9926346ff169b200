"""The library that the built-in filters are registered in, and ``stringfilter``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import unwrap
from typing import Any

from fastjango.template.library import Library
from fastjango.utils.safestring import SafeData, mark_safe

__all__ = ["register", "stringfilter"]

register = Library()


def stringfilter(func: Callable[..., Any]) -> Callable[..., Any]:
    """
    Decorate a filter that works on text: its value is made a ``str`` first.

    A filter with ``is_safe`` gives safe text for safe text.
    """

    @wraps(func, updated=())
    def as_text(first: Any, *args: Any, **kwargs: Any) -> Any:
        text = str(first)
        result = func(text, *args, **kwargs)
        if isinstance(text, SafeData) and getattr(inner, "is_safe", False):
            return mark_safe(result)
        return result

    inner = unwrap(func)
    return as_text
