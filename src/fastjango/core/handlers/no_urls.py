"""The URLconf of a project that has none: all routes are those of the application."""

from __future__ import annotations

from typing import Any

urlpatterns: list[Any] = []
