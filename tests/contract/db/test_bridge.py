"""Sync database calls on the event loop: bridges, the trampoline, and what happens without them."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

import pytest

from fastjango.core.exceptions import SynchronousOnlyOperation
from fastjango.db.bridge import await_only, bridge, bridged, bridged_function, bridged_task_factory, in_bridge
from fastjango.db.execute import fetch

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="outside")


async def _later(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


def test_bridge_runs_a_sync_function_and_lets_it_await() -> None:
    def body() -> tuple[bool, int]:
        return in_bridge(), await_only(_later(5))

    assert asyncio.run(bridge(body)) == (True, 5)


def test_bridged_lets_sync_calls_inside_a_coroutine_await() -> None:
    async def endpoint() -> int:
        first = await _later(1)
        second: int = await_only(_later(2))
        third = await bridge(lambda: await_only(_later(3)))
        return int(first + second + third)

    async def main() -> int:
        return int(await bridged(endpoint()))

    assert asyncio.run(main()) == 6


def test_bridges_can_be_nested() -> None:
    async def inner() -> int:
        return int(await_only(_later(1)) + await bridged(_later(2)))

    async def main() -> int:
        return int(await bridged(inner()) + await bridge(lambda: await_only(_later(4))))

    assert asyncio.run(main()) == 7


def test_exceptions_cross_the_bridge_in_both_directions() -> None:
    async def broken() -> None:
        await asyncio.sleep(0)
        raise KeyError("x")

    def body() -> str:
        try:
            await_only(broken())
        except KeyError:
            raise ValueError("y") from None
        return "never"

    with pytest.raises(ValueError, match="y"):
        asyncio.run(bridge(body))


def test_context_variables_are_those_of_the_caller() -> None:
    def body() -> str:
        seen = variable.get()
        variable.set("changed")
        await_only(_later(None))
        return seen

    async def main() -> tuple[str, str]:
        variable.set("caller")
        return await bridge(body), variable.get()

    assert asyncio.run(main()) == ("caller", "changed")


def test_a_timeout_cancels_what_a_sync_call_waits_for() -> None:
    async def endpoint() -> None:
        async with asyncio.timeout(0.01):
            await_only(asyncio.sleep(5))

    async def main() -> None:
        await bridged(endpoint())

    with pytest.raises(TimeoutError):
        asyncio.run(main())


def test_await_only_outside_a_bridge_says_what_to_do() -> None:
    async def main() -> None:
        await_only(_later(1))

    with pytest.raises(SynchronousOnlyOperation) as caught:
        asyncio.run(main())

    assert any("bridge" in note for note in caught.value.__notes__)


def test_a_query_on_a_running_loop_outside_a_bridge_is_refused(memory: Any) -> None:
    async def main() -> None:
        fetch("memory", "SELECT 1")

    with pytest.raises(SynchronousOnlyOperation, match="You cannot call this from an async context"):
        asyncio.run(main())


def test_the_environment_can_allow_it(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

    async def main() -> Any:
        return fetch("memory", "SELECT 1")

    assert asyncio.run(main()) == [(1,)]


def test_a_task_factory_bridges_every_task(memory: Any) -> None:
    async def child() -> Any:
        return fetch("memory", "SELECT 1")

    async def main() -> Any:
        asyncio.get_running_loop().set_task_factory(bridged_task_factory)
        return await asyncio.create_task(child())

    assert asyncio.run(main()) == [(1,)]


def test_a_decorated_coroutine_function_is_bridged(memory: Any) -> None:
    @bridged_function
    async def endpoint() -> Any:
        return fetch("memory", "SELECT 2")

    assert asyncio.run(endpoint()) == [(2,)]


def test_sqlalchemys_own_greenlet_functions_work_inside_a_bridge() -> None:
    from sqlalchemy.util.concurrency import await_only as sa_await

    assert asyncio.run(bridge(lambda: sa_await(_later(3)))) == 3
