"""The CSRF token and its field for engines without ``{% csrf_token %}``."""

from __future__ import annotations

from typing import Any

from fastjango.http.csrf import get_token
from fastjango.utils.functional import SimpleLazyObject, lazy
from fastjango.utils.html import format_html
from fastjango.utils.safestring import SafeString

__all__ = ["csrf_input", "csrf_input_lazy", "csrf_token_lazy"]


def csrf_input(request: Any) -> Any:
    """Return a hidden field with the token of *request*."""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))


csrf_input_lazy = lazy(csrf_input, SafeString, str)


def csrf_token_lazy(request: Any) -> Any:
    """Return the token of *request*; it is made when it is used."""
    return SimpleLazyObject(lambda: get_token(request))
