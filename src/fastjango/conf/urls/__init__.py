"""Compatibility door: lives in ``fastjango.urls`` and ``fastjango.views.defaults``."""

from __future__ import annotations

import importlib
from typing import Any

handler400 = "fastjango.views.defaults.bad_request"
handler403 = "fastjango.views.defaults.permission_denied"
handler404 = "fastjango.views.defaults.page_not_found"
handler500 = "fastjango.views.defaults.server_error"


def __getattr__(name: str) -> Any:
    if name == "include":
        return importlib.import_module("fastjango.urls").include
    if name == "url":
        raise ImportError("fastjango.conf.urls.url() does not exist; use fastjango.urls.re_path() instead.")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["handler400", "handler403", "handler404", "handler500", "include"]  # noqa: F822 - made by __getattr__
