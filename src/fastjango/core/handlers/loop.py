"""Wait for a coroutine from sync code: inside a bridge by awaiting, elsewhere on a loop that this context keeps."""

from __future__ import annotations

import asyncio
import contextvars
from asyncio import _get_running_loop
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from fastjango.db.bridge import bridged, drive, in_bridge
from fastjango.utils.loops import runs_on_other_loop

T = TypeVar("T")

_loop: contextvars.ContextVar[asyncio.AbstractEventLoop | None] = contextvars.ContextVar("private_loop", default=None)


def private_loop() -> asyncio.AbstractEventLoop:
    """Return the loop on which this context's sync code runs coroutines; it is made once and kept."""
    loop = _loop.get()
    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        _loop.set(loop)
    return loop


def wait_for(coro: Coroutine[Any, Any, T]) -> T:
    """
    Return the result of *coro*, run bridged, in this context.

    Raises:
        RuntimeError: A loop runs in this thread and the caller is not inside a bridge.
    """
    if in_bridge():
        return drive(coro)
    if _get_running_loop() is not None or runs_on_other_loop():
        coro.close()
        raise RuntimeError(
            "You cannot run a coroutine from sync code on a running loop outside the bridge. Await it instead."
        )

    async def body() -> T:
        return await bridged(coro)

    # The task gets this very context, not a copy: what it sets stays visible, as in a plain call.
    loop = private_loop()
    context = contextvars.copy_context()
    try:
        return loop.run_until_complete(loop.create_task(body(), context=context))
    finally:
        for variable, value in context.items():
            if variable.get(_MISSING) is not value:
                variable.set(value)


_MISSING: Any = object()


def as_sync(async_callable: Callable[..., Awaitable[T]]) -> Callable[..., T]:
    """Return a sync face of a coroutine function."""

    def call(*args: Any, **kwargs: Any) -> T:
        async def run() -> T:
            return await async_callable(*args, **kwargs)

        return wait_for(run())

    return call
