"""
The app of feeds.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["SyndicationConfig"]


class SyndicationConfig(AppConfig):
    """Feeds."""

    name = "fastjango.contrib.syndication"
    verbose_name: Any = _("Syndication")
