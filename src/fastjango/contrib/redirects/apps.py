"""
The app of redirects.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["RedirectsConfig"]


class RedirectsConfig(AppConfig):
    """Redirects kept in the database."""

    default_auto_field = "fastjango.db.models.AutoField"
    name = "fastjango.contrib.redirects"
    verbose_name: Any = _("Redirects")
