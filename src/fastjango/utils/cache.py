"""Compatibility door: lives in ``fastjango.http.caching`` and ``fastjango.http.conditional``."""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = ("fastjango.http.caching", "fastjango.http.conditional")


def __getattr__(name: str) -> Any:
    if not name.startswith("__"):
        for home in _HOMES:
            module = importlib.import_module(home)
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
