"""What may block the event loop in production."""

from __future__ import annotations

import os
from typing import Any

from fastjango.core.checks.messages import CheckMessage, Error
from fastjango.core.checks.registry import Tags, register

E001 = Error(
    "You should not set the DJANGO_ALLOW_ASYNC_UNSAFE environment variable in deployment. This disables async "
    "safety protection.",
    id="async.E001",
)


@register(Tags.async_support, deploy=True)
def check_async_unsafe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse the switch that lets database calls block the loop."""
    return [E001] if os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE") else []
