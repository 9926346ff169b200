"""
Fills the slot of `utils/worlds.py`: sync and async code call one another through the bridge.

Loaded by ``fastjango.setup()``.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastjango.db.bridge import bridge, bridged, drive, in_bridge
from fastjango.utils.worlds import PlainWorlds, register_worlds

T = TypeVar("T")


class BridgedWorlds(PlainWorlds):
    """Inside a bridge both directions await; outside, sync code gets a loop of its own."""

    def run_coroutine(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return the result of *coroutine*; its sync database calls are awaited too."""
        if in_bridge():
            return drive(coroutine)
        return super().run_coroutine(coroutine)

    @classmethod
    def _run(cls, coroutine: Coroutine[Any, Any, T]) -> T:
        return super()._run(_inside_bridge(coroutine))

    async def run_sync(self, func: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Return the result of a sync function; its database calls are awaited."""
        return await bridge(func, *args, **kwargs)


async def _inside_bridge(coroutine: Coroutine[Any, Any, T]) -> T:
    return await bridged(coroutine)


register_worlds(BridgedWorlds())
