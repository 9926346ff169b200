"""Compatibility door: what each database says about its own settings; needs the database layer."""

from __future__ import annotations

import importlib
from typing import Any

from fastjango.core.checks.messages import CheckMessage
from fastjango.core.checks.registry import Tags, register


@register(Tags.database)
def check_database_backends(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Ask the connections of *databases*; none are asked unless they are named."""
    if not databases:
        return []
    connections = importlib.import_module("fastjango.db").connections
    return [issue for alias in databases for issue in connections[alias].validation.check(**kwargs)]
