"""
Schemas: what an API serves, as an OpenAPI document.

    inspection.py    what describes a view
    openapi.py       operations of a view
    shapes.py        serializers and fields as JSON schema
    contribute.py    viewsets and API views in the application's own document
"""

from __future__ import annotations

from typing import Any

from fastjango.rest.schemas.inspection import DefaultSchema, ViewInspector


def __getattr__(name: str) -> Any:
    # Compatibility door: lives in schemas/openapi.py, which knows serializers.
    if name == "AutoSchema":
        import importlib

        return importlib.import_module("fastjango.rest.schemas.openapi").AutoSchema
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["DefaultSchema", "ViewInspector"]
