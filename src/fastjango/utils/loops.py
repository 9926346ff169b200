"""
Which event loop runs: asyncio's, or trio's, where the server or a test runs the application on it.

Whoever does not import trio pays for no question. Asked by `utils/worlds.py`, `dispatch/` and `db/bridge.py`.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import _get_running_loop
from collections.abc import Coroutine
from typing import Any, Final

from anyio import create_task_group

#: The other loop that AnyIO knows, by the name of its module.
OTHER_LOOP: Final = "trio"
loaded_modules: Final = sys.modules


def runs_on_other_loop() -> bool:
    """Return whether a loop that is not asyncio's runs in this thread."""
    trio = loaded_modules.get(OTHER_LOOP)
    return trio is not None and bool(trio.lowlevel.in_trio_run())


async def gather(*coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
    """Return the results of *coroutines*, run side by side on whichever loop runs; raises what the first failure was."""
    if _get_running_loop() is not None:
        return await asyncio.gather(*coroutines)
    results: list[Any] = [None] * len(coroutines)
    failures: list[Exception] = []

    async def one(index: int, coroutine: Coroutine[Any, Any, Any]) -> None:
        try:
            results[index] = await coroutine
        except Exception as exc:  # noqa: BLE001 - raised below: the group would wrap it in an ExceptionGroup
            failures.append(exc)

    async with create_task_group() as group:
        for index, coroutine in enumerate(coroutines):
            group.start_soon(one, index, coroutine)
    if failures:
        raise failures[0]
    return results


__all__ = ["OTHER_LOOP", "gather", "loaded_modules", "runs_on_other_loop"]
