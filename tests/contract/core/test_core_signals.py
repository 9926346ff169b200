"""Signals reach sync and async receivers from both worlds."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from fastjango.dispatch import Signal, receiver


def sync_receiver(**kwargs: Any) -> str:
    """Answer at once."""
    return "sync"


async def async_receiver(**kwargs: Any) -> str:
    """Answer after a turn of the loop."""
    await asyncio.sleep(0)
    return "async"


async def failing_receiver(**kwargs: Any) -> str:
    """Fail."""
    raise ValueError("no")


def make_signal(*receivers: Any) -> Signal:
    """Return a signal with receivers."""
    signal = Signal()
    for one in receivers:
        signal.connect(one)
    return signal


def test_send_calls_both_kinds() -> None:
    responses = make_signal(sync_receiver, async_receiver).send(sender=None)

    assert [answer for _, answer in responses] == ["sync", "async"]


def test_asend_calls_both_kinds() -> None:
    responses = asyncio.run(make_signal(async_receiver, sync_receiver).asend(sender=None))

    assert sorted(answer for _, answer in responses) == ["async", "sync"]


def test_send_raises_what_a_receiver_raises() -> None:
    with pytest.raises(ValueError, match=r"no"):
        make_signal(failing_receiver).send(sender=None)


def test_robust_sending_gives_exceptions_back() -> None:
    responses = dict(make_signal(failing_receiver, async_receiver).send_robust(sender=None))

    assert isinstance(responses[failing_receiver], ValueError)
    assert responses[async_receiver] == "async"


def test_receivers_are_told_about_their_sender_only() -> None:
    signal = Signal()
    signal.connect(sync_receiver, sender=str)

    assert signal.send(sender=int) == []
    assert signal.has_listeners(str)


def test_dispatch_uid_connects_once() -> None:
    signal = Signal()
    signal.connect(sync_receiver, dispatch_uid="one")
    signal.connect(async_receiver, dispatch_uid="one")

    assert len(signal.send(sender=None)) == 1
    assert signal.disconnect(dispatch_uid="one")


def test_weak_receivers_die_with_their_owner() -> None:
    class Owner:
        def handle(self, **kwargs: Any) -> None: ...

    owner, signal = Owner(), Signal()
    signal.connect(owner.handle)
    assert signal.has_listeners()

    del owner
    gc.collect()

    assert not signal.has_listeners()


def test_the_decorator_takes_several_signals() -> None:
    first, second = Signal(), Signal()

    @receiver([first, second])
    def handle(**kwargs: Any) -> None: ...

    assert first.has_listeners()
    assert second.has_listeners()
