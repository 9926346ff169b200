"""The application ``authtoken``."""

from __future__ import annotations

from fastjango.apps import AppConfig
from fastjango.utils.translation import gettext_lazy as _


class AuthTokenConfig(AppConfig):
    """Label ``authtoken``."""

    name = "fastjango.rest.authtoken"
    verbose_name = _("Auth Token")
    default_auto_field = "fastjango.db.models.AutoField"
