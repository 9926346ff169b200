"""The app ``messages``."""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.contrib.messages.storage import base
from fastjango.contrib.messages.utils import get_level_tags
from fastjango.core.signals import setting_changed
from fastjango.utils.functional import SimpleLazyObject
from fastjango.utils.translation import gettext_lazy as _


def update_level_tags(setting: str, **kwargs: Any) -> None:
    """Read the tags again when the setting changes."""
    if setting == "MESSAGE_TAGS":
        get_level_tags.cache_clear()
        base.LEVEL_TAGS = SimpleLazyObject(get_level_tags)


class MessagesConfig(AppConfig):
    """Follows ``MESSAGE_TAGS``."""

    name = "fastjango.contrib.messages"
    verbose_name: Any = _("Messages")

    def ready(self) -> None:
        """Connect."""
        setting_changed.connect(update_level_tags)
