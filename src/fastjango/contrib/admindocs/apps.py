"""The app ``admindocs``."""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.utils.translation import gettext_lazy as _


class AdminDocsConfig(AppConfig):
    """Documentation in the admin."""

    name = "fastjango.contrib.admindocs"
    verbose_name: Any = _("Administrative Documentation")
