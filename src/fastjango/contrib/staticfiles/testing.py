"""Django's path of ``StaticLiveServerTestCase``."""

# Compatibility door: lives in test/static_live.py

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastjango.test.static_live import StaticLiveServerTestCase

__all__ = ["StaticLiveServerTestCase"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("fastjango.test.static_live"), name)
