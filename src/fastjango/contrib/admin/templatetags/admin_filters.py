"""Filters of the admin's templates."""

from __future__ import annotations

from typing import Any

from fastjango import template
from fastjango.contrib.admin.utils import display_for_value

__all__ = ["register", "to_object_display_value"]

register = template.Library()


@register.filter
def to_object_display_value(value: Any) -> Any:
    """Return an object's text, a dash where that is empty."""
    text = str(value)
    return display_for_value(text, "-") if text.strip() else "-"
