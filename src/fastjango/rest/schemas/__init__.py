"""
Schemas: what an API serves, as an OpenAPI document.

    generators.py    from patterns of URLs to view objects
    openapi.py       the document and the operations of a view; mapping.py: its serializers and fields
    views.py         the view that shows a schema; inspectors.py, utils.py: DRF's paths for what is shared
    contribute.py    the views in the application's own document at /docs: operations.py, shapes.py, paths.py
"""

from __future__ import annotations

from fastjango.rest.schemas.inspectors import DefaultSchema, ViewInspector
from fastjango.rest.schemas.openapi import AutoSchema, SchemaGenerator
from fastjango.rest.schemas.shortcuts import get_schema_view

__all__ = ["AutoSchema", "DefaultSchema", "SchemaGenerator", "ViewInspector", "get_schema_view"]
