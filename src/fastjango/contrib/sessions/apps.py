"""The app ``sessions``."""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    """The table of database sessions."""

    name = "fastjango.contrib.sessions"
    verbose_name: Any = _("Sessions")
