"""
The app of site maps.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["SiteMapsConfig"]


class SiteMapsConfig(AppConfig):
    """Site maps for search engines; gives their templates."""

    default_auto_field = "fastjango.db.models.AutoField"
    name = "fastjango.contrib.sitemaps"
    verbose_name: Any = _("Site Maps")
