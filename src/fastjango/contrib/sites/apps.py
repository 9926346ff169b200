"""
The app of sites.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.contrib.sites.checks import check_site_id
from fastjango.contrib.sites.management import create_default_site
from fastjango.core import checks
from fastjango.db.models.signals import post_migrate
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["SitesConfig"]


class SitesConfig(AppConfig):
    """Makes the first site after its table, and registers the check."""

    default_auto_field = "fastjango.db.models.AutoField"
    name = "fastjango.contrib.sites"
    verbose_name: Any = _("Sites")

    def ready(self) -> None:
        """Connect and register."""
        post_migrate.connect(create_default_site, sender=self)
        checks.register(check_site_id, checks.Tags.sites)
