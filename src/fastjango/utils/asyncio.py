"""Guards for functions that must not block a running event loop."""

from __future__ import annotations

import os
from asyncio import get_running_loop
from collections.abc import Callable
from functools import wraps
from typing import Any

from fastjango.core.exceptions import SynchronousOnlyOperation

_DEFAULT_MESSAGE = "You cannot call this from an async context - use a thread or sync_to_async."


def async_unsafe(message: Any) -> Any:
    """
    Decorate a function to raise ``SynchronousOnlyOperation`` when an event loop runs in its thread.

    ``DJANGO_ALLOW_ASYNC_UNSAFE`` in the environment turns the guard off.
    """

    def decorator(func: Callable[..., Any], text: str = _DEFAULT_MESSAGE) -> Callable[..., Any]:
        @wraps(func)
        def inner(*args: Any, **kwargs: Any) -> Any:
            try:
                get_running_loop()
            except RuntimeError:
                pass
            else:
                if not os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
                    raise SynchronousOnlyOperation(text)
            return func(*args, **kwargs)

        return inner

    if callable(message):
        return decorator(message)
    return lambda func: decorator(func, message)
