"""
System checks: mistakes in a project that can be found without running it.

messages.py  what a check reports
registry.py  which checks there are, and running them; each lives in the room that it checks
"""

import importlib
from types import ModuleType

from fastjango.core.checks.messages import (
    CRITICAL,
    DEBUG,
    ERROR,
    INFO,
    WARNING,
    CheckMessage,
    Critical,
    Debug,
    Error,
    Info,
    Warning,  # noqa: A004 - Django's name
)
from fastjango.core.checks.registry import Tags, register, run_checks, tag_exists

_MODULES = frozenset(
    "async_checks caches commands compatibility database files model_checks security templates translation urls".split()
)

__all__ = [
    "CRITICAL",
    "DEBUG",
    "ERROR",
    "INFO",
    "WARNING",
    "CheckMessage",
    "Critical",
    "Debug",
    "Error",
    "Info",
    "Tags",
    "Warning",
    "register",
    "run_checks",
    "tag_exists",
]


def __getattr__(name: str) -> ModuleType:
    # Django's modules of checks, as attributes; imported only when asked for.
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
