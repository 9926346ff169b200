"""
The app of flat pages.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["FlatPagesConfig"]


class FlatPagesConfig(AppConfig):
    """Simple pages kept in the database."""

    default_auto_field = "fastjango.db.models.AutoField"
    name = "fastjango.contrib.flatpages"
    verbose_name: Any = _("Flat Pages")
