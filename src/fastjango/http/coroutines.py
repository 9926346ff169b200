"""Compatibility door: lives in ``fastjango.utils.worlds``."""

from __future__ import annotations

from fastjango.utils.worlds import iscoroutinefunction, markcoroutinefunction

__all__ = ["iscoroutinefunction", "markcoroutinefunction"]
