"""
The check of ``SITE_ID``.
"""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.core.checks import Error

__all__ = ["check_site_id"]


def check_site_id(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Return an error when ``SITE_ID`` is no number."""
    if isinstance(getattr(settings, "SITE_ID", None), (int, type(None))):
        return []
    return [Error("The SITE_ID setting must be an integer", id="sites.E101")]
