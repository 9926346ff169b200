"""``DjangoTemplates`` under the name that a mechanical rename of a project's settings gives it."""

from __future__ import annotations

from fastjango.template.backends.django import DjangoTemplates

__all__ = ["DjangoTemplates"]
