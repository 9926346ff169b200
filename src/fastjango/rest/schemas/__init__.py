"""
Schemas: what an API serves, as an OpenAPI document.

    inspection.py    what describes a view
    openapi.py       operations of a view
    shapes.py        serializers and fields as JSON schema
    contribute.py    viewsets and API views in the application's own document
"""

from __future__ import annotations

from fastjango.rest.schemas.inspection import DefaultSchema, ViewInspector

__all__ = ["DefaultSchema", "ViewInspector"]
