"""
The slot for rooms that add what they serve to the OpenAPI document.

It stands apart from ``app.py``, so that filling it at start does not load FastAPI.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Functions ``(app) -> (paths, components)``; rooms above fill it in their ``AppConfig.ready()``.
openapi_contributors: list[Callable[[Any], tuple[dict[str, Any], dict[str, Any]]]] = []

__all__ = ["openapi_contributors"]
