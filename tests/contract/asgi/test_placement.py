"""Where sync views run."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

import fastjango.db.bridge as bridge_module
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
