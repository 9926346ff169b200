"""What describes a view, under DRF's module path."""

from __future__ import annotations

from fastjango.rest.inspector import DefaultSchema, ViewInspector

__all__ = ["DefaultSchema", "ViewInspector"]
