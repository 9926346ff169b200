"""The tags of each level, with those of ``MESSAGE_TAGS``; at Django's path."""

from __future__ import annotations

import functools

from fastjango.conf import settings
from fastjango.contrib.messages import constants


@functools.lru_cache
def get_level_tags() -> dict[int, str]:
    """Return ``{level: tag}``."""
    return {**constants.DEFAULT_TAGS, **getattr(settings, "MESSAGE_TAGS", {})}
