"""
Flat pages for search engines.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps as fastjango_apps
from fastjango.contrib.sitemaps import Sitemap
from fastjango.core.exceptions import ImproperlyConfigured

__all__ = ["FlatPageSitemap"]


class FlatPageSitemap(Sitemap):
    """The pages of the current site that need no login."""

    def items(self) -> Any:
        """Return the pages. Raises ``ImproperlyConfigured`` without ``contrib.sites``."""
        if not fastjango_apps.is_installed("fastjango.contrib.sites"):
            raise ImproperlyConfigured("FlatPageSitemap requires fastjango.contrib.sites, which isn't installed.")
        site = fastjango_apps.get_model("sites.Site").objects.get_current()
        return site.flatpage_set.filter(registration_required=False)
