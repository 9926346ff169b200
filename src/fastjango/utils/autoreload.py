"""
Compatibility door: reloading lives in ``fastjango.core.management.reload``.

What apps use of it stays here: the signals of the reloader and whether this process is its child.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from fastjango.dispatch import Signal

# Set in the environment of the process that is started anew.
DJANGO_AUTORELOAD_ENV = "RUN_MAIN"

autoreload_started = Signal()
file_changed = Signal()


def is_in_reloader_process() -> bool:
    """Return whether the reloader has started this process."""
    return os.environ.get(DJANGO_AUTORELOAD_ENV) == "true"


def run_with_reloader(main_func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Run *main_func* in a process that is started anew when a source file changes."""
    importlib.import_module("fastjango.core.management.reload").run_with_reloader(main_func, *args, **kwargs)


_failure: list[BaseException] = []


def check_errors(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function: an exception is remembered, so that it can be shown after the next reload."""

    @wraps(fn)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        except Exception as error:
            _failure[:] = [error]
            raise

    return wrapper


def raise_last_exception() -> None:
    """Raise what ``check_errors`` has remembered, if anything."""
    if _failure:
        raise _failure[0]
