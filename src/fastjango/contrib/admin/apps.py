"""The app ``admin``."""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.utils.translation import gettext_lazy as _


class SimpleAdminConfig(AppConfig):
    """The admin without looking for ``admin`` modules."""

    default_auto_field = "fastjango.db.models.AutoField"
    default_site = "fastjango.contrib.admin.sites.AdminSite"
    name = "fastjango.contrib.admin"
    verbose_name: Any = _("Administration")

    def ready(self) -> None:
        """Register the checks."""
        from fastjango.contrib.admin.checks import check_admin_app, check_dependencies
        from fastjango.core import checks

        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_admin_app, checks.Tags.admin)


class AdminConfig(SimpleAdminConfig):
    """The admin; imports the ``admin`` module of every app."""

    default = True

    def ready(self) -> None:
        """Register the checks, look for modules."""
        super().ready()
        self.module.autodiscover()  # type: ignore[union-attr]
