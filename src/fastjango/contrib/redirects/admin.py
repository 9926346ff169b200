"""
Redirects in the admin.
"""

from __future__ import annotations

from fastjango.contrib import admin
from fastjango.contrib.redirects.models import Redirect

__all__ = ["RedirectAdmin"]


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    """The list of redirects."""

    list_display = ("old_path", "new_path")
    list_filter = ("site",)
    search_fields = ("old_path", "new_path")
    radio_fields = {"site": admin.VERTICAL}
