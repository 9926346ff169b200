"""
Sites in the admin.
"""

from __future__ import annotations

from fastjango.contrib import admin
from fastjango.contrib.sites.models import Site

__all__ = ["SiteAdmin"]


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):
    """The list of sites."""

    list_display = ("domain", "name")
    search_fields = ("domain", "name")
