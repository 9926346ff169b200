"""The library that the built-in tags are registered in."""

from __future__ import annotations

from fastjango.template.library import Library

__all__ = ["register"]

register = Library()
