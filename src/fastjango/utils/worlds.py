"""
Sync code that calls async code, and the reverse.

The database bridge (`db/bridge.py`) fills the slot here, so that low rooms such as signals reach it without
importing it. Without a bridge, sync code gets a loop of its own and async code calls sync code directly.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
from asyncio import _get_running_loop
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

import anyio.to_thread

from fastjango.utils.loops import runs_on_other_loop

T = TypeVar("T")

# The mark that asyncio and asgiref look for before Python 3.12.
_MARK = getattr(asyncio.coroutines, "_is_coroutine", None)


class Worlds(Protocol):
    """How the two worlds call one another."""

    def run_coroutine(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run *coroutine* from sync code and return its result."""
        ...

    async def run_sync(self, func: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Run a sync function from async code without blocking the loop on the database."""
        ...


class PlainWorlds:
    """The worlds without a bridge between them."""

    def run_coroutine(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run *coroutine* on a loop of its own; refused where a loop runs already."""
        if _get_running_loop() is None and not runs_on_other_loop():
            return self._run(coroutine)
        coroutine.close()
        raise RuntimeError(
            "An async function was called from sync code on a running event loop, outside the bridge. "
            "Await its async form instead."
        )

    @classmethod
    def _run(cls, coroutine: Coroutine[Any, Any, T]) -> T:
        context = contextvars.copy_context()
        with asyncio.Runner() as runner:
            result = runner.run(coroutine, context=context)
        # What the coroutine set is seen by its caller, as with a plain call.
        for variable, value in context.items():
            if variable.get(_UNSET) is not value:
                variable.set(value)
        return result

    async def run_sync(self, func: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Call *func* right here."""
        return func(*args, **kwargs)


_UNSET: Any = object()
_worlds: Worlds = PlainWorlds()


def register_worlds(worlds: Worlds) -> None:
    """Fill the slot: from now on both worlds call one another through *worlds*."""
    global _worlds  # noqa: PLW0603 - the slot
    _worlds = worlds


def run_coroutine(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the result of *coroutine*, from sync code."""
    return _worlds.run_coroutine(coroutine)


async def run_sync(func: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Return the result of a sync function, from async code; its database calls are awaited."""
    return await _worlds.run_sync(func, *args, **kwargs)


async def in_thread(func: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Return the result of a blocking function, run in a worker thread (mail, disk, hashing)."""
    return await anyio.to_thread.run_sync(functools.partial(func, *args, **kwargs))


def iscoroutinefunction(func: Any) -> bool:
    """Return whether *func* gives a coroutine, or is marked as doing so."""
    if inspect.iscoroutinefunction(func):
        return True
    return _MARK is not None and getattr(func, "_is_coroutine", None) is _MARK


def markcoroutinefunction(func: T) -> T:
    """Mark *func* as one that gives a coroutine, and return it."""
    mark = getattr(inspect, "markcoroutinefunction", None)
    if mark is not None:  # Python 3.12
        mark(func)
    else:
        func._is_coroutine = _MARK  # type: ignore[attr-defined]
    return func
