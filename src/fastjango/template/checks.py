"""What ``check`` says about ``TEMPLATES``."""

from __future__ import annotations

from typing import Any

from fastjango.core.checks import Tags, register
from fastjango.template import engines

__all__ = ["check_templates"]


@register(Tags.templates)
def check_templates(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Return what is wrong with each configured backend."""
    return [message for engine in engines.all() for message in engine.check()]
