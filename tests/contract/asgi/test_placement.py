"""Where sync views run."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import fastjango.db.bridge as bridge_module
from fastjango import FastJango
from fastjango.core.handlers.monitor import LoopMonitor
from fastjango.core.handlers.placement import run_view
from fastjango.db.bridge import bridge
from fastjango.test import override_settings


def test_a_view_that_blocks_twice_moves_to_a_thread() -> None:
    def view(request: object) -> int:
        time.sleep(0.03)
        return threading.get_ident()

    async def calls() -> list[int]:
        return [await bridge(run_view, view, object(), (), {}) for _ in range(3)]

    with override_settings(BLOCKING_VIEW_MS=5):
        first, second, third = asyncio.run(calls())
    assert first == second == threading.get_ident()
    assert third != first


def test_a_view_that_does_not_block_stays() -> None:
    def view(request: object) -> int:
        return threading.get_ident()

    async def calls() -> set[int]:
        return {await bridge(run_view, view, object(), (), {}) for _ in range(5)}

    with override_settings(BLOCKING_VIEW_MS=1000):
        assert asyncio.run(calls()) == {threading.get_ident()}


def test_a_process_that_the_system_stopped_has_held_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_module, "_own_waits", lambda: 0)
    clock = bridge_module.StrictHoldClock()
    later = time.perf_counter() + 10

    monkeypatch.setattr(bridge_module, "perf_counter", lambda: later)

    assert clock.longest() == 0


def test_waiting_of_its_own_accord_holds_the_loop() -> None:
    clock = bridge_module.StrictHoldClock()
    time.sleep(0.02)

    assert clock.longest() >= 0.02


def test_what_holds_the_loop_is_told_once_while_it_does(caplog: pytest.LogCaptureFixture) -> None:
    told_meanwhile: list[int] = []

    def wait_for_itself() -> None:
        until = time.monotonic() + 10
        while not caplog.records and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.1)
        told_meanwhile.append(len(caplog.records))

    async def main() -> None:
        monitor = LoopMonitor(held_seconds=0.05, pause_seconds=0.01)
        monitor.start()
        wait_for_itself()
        monitor.stop()
        await asyncio.to_thread(monitor.join, 10)

    asyncio.run(main())

    assert told_meanwhile == [1]
    assert "wait_for_itself" in caplog.records[0].getMessage()


def test_a_loop_that_runs_is_not_told_of(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        monitor = LoopMonitor(held_seconds=5, pause_seconds=0.01)
        monitor.start()
        await asyncio.sleep(0.1)
        monitor.stop()
        await asyncio.to_thread(monitor.join, 10)
        assert not monitor.is_alive()

    asyncio.run(main())

    assert not caplog.records


@pytest.mark.parametrize("debug", [True, False])
def test_it_runs_with_debug_from_start_to_end(debug: bool) -> None:
    def names() -> set[str]:
        return {thread.name for thread in threading.enumerate()}

    async def main(app: FastJango) -> bool:
        async with app_is_up(app):
            return "fastjango-loop-monitor" in names()

    with override_settings(DEBUG=debug, ROOT_URLCONF="fastjango.core.handlers.no_urls"):
        assert asyncio.run(main(FastJango())) is debug
    until = time.monotonic() + 10
    while "fastjango-loop-monitor" in names() and time.monotonic() < until:
        time.sleep(0.01)
    assert "fastjango-loop-monitor" not in names()


@asynccontextmanager
async def app_is_up(app: FastJango) -> AsyncIterator[None]:
    """Send the application the messages with which a server starts and stops."""
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outgoing: asyncio.Queue[Any] = asyncio.Queue()
    running = asyncio.create_task(app({"type": "lifespan", "state": {}}, incoming.get, outgoing.put))
    await incoming.put({"type": "lifespan.startup"})
    assert (await outgoing.get())["type"] == "lifespan.startup.complete"
    yield
    await incoming.put({"type": "lifespan.shutdown"})
    await running
