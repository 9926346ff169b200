"""
Signals: something happened, and whoever asked for it is told.

Receivers are functions, sync or async, of any number per signal. `send` and `asend` call both kinds; where a
bridge to the event loop exists (`utils/worlds.py`) they cross through it.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from fastjango.conf import settings
from fastjango.dispatch.references import (
    NO_RECEIVERS,
    NONE_ID,
    Connection,
    make_id,
    sender_reference,
    weak_reference,
)
from fastjango.utils.inspect import func_accepts_kwargs
from fastjango.utils.loops import gather
from fastjango.utils.worlds import iscoroutinefunction, run_coroutine, run_sync

logger = logging.getLogger("fastjango.dispatch")

F = TypeVar("F", bound=Callable[..., Any])
Responses = list[tuple[Any, Any]]


class Signal:
    """
    A kind of event.

    Args:
        use_caching: Remember the receivers per sender; for signals that are sent very often.
    """

    def __init__(self, use_caching: bool = False) -> None:
        self.receivers: list[Connection] = []
        self.lock = threading.Lock()
        self.use_caching = use_caching
        # Senders that cannot be referred to weakly, such as None, are not cached.
        self.sender_receivers_cache: Any = weakref.WeakKeyDictionary() if use_caching else {}
        self._dead_receivers = False

    def connect(self, receiver: Any, sender: Any = None, weak: bool = True, dispatch_uid: Any = None) -> None:
        """
        Call *receiver* when the signal is sent.

        Args:
            sender: Only for this sender; None for all.
            weak: Let the receiver die when nobody else holds it.
            dispatch_uid: A name that keeps one receiver from being connected twice.
        """
        if settings.configured and settings.DEBUG:
            if not callable(receiver):
                raise TypeError("Signal receivers must be callable.")
            if not func_accepts_kwargs(receiver):
                raise ValueError("Signal receivers must accept keyword arguments (**kwargs).")
        key = (make_id(receiver) if not dispatch_uid else dispatch_uid, make_id(sender))
        is_async = iscoroutinefunction(receiver)
        reference = weak_reference(receiver, self._flag_dead_receivers) if weak else receiver
        connection = Connection(key, reference, weak, sender_reference(sender), is_async)
        with self.lock:
            self._clear_dead_receivers()
            if not any(known.key == key for known in self.receivers):
                self.receivers.append(connection)
            self.sender_receivers_cache.clear()

    def disconnect(self, receiver: Any = None, sender: Any = None, dispatch_uid: Any = None) -> bool:
        """Stop calling *receiver*; return whether it was connected."""
        key = (dispatch_uid or make_id(receiver), make_id(sender))
        with self.lock:
            self._clear_dead_receivers()
            before = len(self.receivers)
            self.receivers[:] = [known for known in self.receivers if known.key != key]
            self.sender_receivers_cache.clear()
            return len(self.receivers) != before

    def has_listeners(self, sender: Any = None) -> bool:
        """Return whether anyone would be told about an event of *sender*."""
        if not self.receivers:
            return False
        sync, asynchronous = self._live_receivers(sender)
        return bool(sync or asynchronous)

    def send(self, sender: Any, **named: Any) -> Responses:
        """
        Tell the receivers and return ``[(receiver, response), ...]``.

        An exception of a receiver ends the round and goes to the caller.
        """
        if not self.receivers:
            return []
        sync, asynchronous = self._live_receivers(sender)
        responses: Responses = []
        for receiver in sync:
            responses.append((receiver, receiver(signal=self, sender=sender, **named)))
        if asynchronous:
            responses += run_coroutine(self._gather(asynchronous, sender, named))
        return responses

    async def asend(self, sender: Any, **named: Any) -> Responses:
        """Tell the receivers from async code; the async ones run side by side."""
        if self._nobody(sender):
            return []
        sync, asynchronous = self._live_receivers(sender)
        responses = await run_sync(self._call_all, sync, sender, named) if sync else []
        return responses + (await self._gather(asynchronous, sender, named) if asynchronous else [])

    def send_robust(self, sender: Any, **named: Any) -> Responses:
        """Tell all receivers; an exception stands in place of its receiver's response and is logged."""
        if self._nobody(sender):
            return []
        sync, asynchronous = self._live_receivers(sender)
        responses = self._call_all_robust(sync, sender, named)
        if asynchronous:
            responses += run_coroutine(self._gather_robust(asynchronous, sender, named))
        return responses

    async def asend_robust(self, sender: Any, **named: Any) -> Responses:
        """Tell all receivers from async code; exceptions are given back as responses."""
        if self._nobody(sender):
            return []
        sync, asynchronous = self._live_receivers(sender)
        responses = await run_sync(self._call_all_robust, sync, sender, named) if sync else []
        return responses + (await self._gather_robust(asynchronous, sender, named) if asynchronous else [])

    # --- the rounds --------------------------------------------------------------------------

    def _call_all(self, receivers: Iterable[Any], sender: Any, named: dict[str, Any]) -> Responses:
        return [(receiver, receiver(signal=self, sender=sender, **named)) for receiver in receivers]

    def _call_all_robust(self, receivers: Iterable[Any], sender: Any, named: dict[str, Any]) -> Responses:
        responses: Responses = []
        for receiver in receivers:
            try:
                response = receiver(signal=self, sender=sender, **named)
            except Exception as error:  # noqa: BLE001 - the promise of the robust round
                self._log_robust_failure(receiver, error)
                response = error
            responses.append((receiver, response))
        return responses

    async def _gather(self, receivers: list[Any], sender: Any, named: dict[str, Any]) -> Responses:
        answers = await gather(*(receiver(signal=self, sender=sender, **named) for receiver in receivers))
        return list(zip(receivers, answers, strict=True))

    async def _gather_robust(self, receivers: list[Any], sender: Any, named: dict[str, Any]) -> Responses:
        async def one(receiver: Any) -> Any:
            try:
                return await receiver(signal=self, sender=sender, **named)
            except Exception as error:  # noqa: BLE001 - the promise of the robust round
                self._log_robust_failure(receiver, error)
                return error

        answers = await gather(*(one(receiver) for receiver in receivers))
        return list(zip(receivers, answers, strict=True))

    def _log_robust_failure(self, receiver: Any, err: Exception) -> None:
        name = getattr(receiver, "__qualname__", repr(receiver))
        logger.error("Error calling %s in Signal.send_robust() (%s)", name, err, exc_info=err)

    # --- who is told -------------------------------------------------------------------------

    def _nobody(self, sender: Any) -> bool:
        return not self.receivers or self.sender_receivers_cache.get(_cache_key(sender)) is NO_RECEIVERS

    def _flag_dead_receivers(self) -> None:
        # Called by the garbage collector at any time, so it may not take the lock.
        self._dead_receivers = True

    def _clear_dead_receivers(self) -> None:
        """Forget receivers that have died; the caller holds the lock."""
        if not self._dead_receivers:
            return
        self._dead_receivers = False
        self.receivers[:] = [
            known
            for known in self.receivers
            if not (known.weak and known.reference() is None)
            and not (known.sender is not None and known.sender() is None)
        ]

    def _live_receivers(self, sender: Any) -> tuple[list[Any], list[Any]]:
        """Return the sync and the async receivers of *sender*."""
        connections: Any = None
        if self.use_caching and not self._dead_receivers:
            connections = self.sender_receivers_cache.get(_cache_key(sender))
            if connections is NO_RECEIVERS:
                return [], []
        if connections is None:
            wanted = (NONE_ID, make_id(sender))
            with self.lock:
                self._clear_dead_receivers()
                connections = [known for known in self.receivers if known.key[1] in wanted]
                if self.use_caching:
                    self.sender_receivers_cache[_cache_key(sender)] = connections or NO_RECEIVERS
        sync: list[Any] = []
        asynchronous: list[Any] = []
        for connection in connections:
            live = connection.receiver()
            if live is not None:
                (asynchronous if connection.is_async else sync).append(live)
        return sync, asynchronous


class _NoSender:
    """Stands for the sender ``None``, which cannot be referred to weakly."""


def _cache_key(sender: Any) -> Any:
    return _NoSender if sender is None else sender


def receiver(signal: Signal | Iterable[Signal], **kwargs: Any) -> Callable[[F], F]:
    """Decorate a function to receive one signal or several; *kwargs* go to ``connect``."""
    signals = signal if isinstance(signal, list | tuple) else [signal]

    def _decorator(func: F) -> F:
        for one in signals:
            one.connect(func, **kwargs)  # type: ignore[union-attr]
        return func

    return _decorator
