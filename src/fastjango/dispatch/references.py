"""
How a signal holds a receiver: a key that tells receivers apart, and a weak or a strong reference.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

Reference = Callable[[], Any]


def make_id(target: Any) -> Hashable:
    """Return what identifies *target*; a bound method is its object and its function."""
    if hasattr(target, "__func__"):
        return id(target.__self__), id(target.__func__)
    return id(target)


NONE_ID = make_id(None)
NO_RECEIVERS = object()


class Connection(NamedTuple):
    """One receiver of a signal."""

    key: tuple[Hashable, Hashable]  # (receiver or dispatch_uid, sender)
    reference: Any  # a weak reference, or the receiver itself
    weak: bool
    sender: Reference | None  # keeps the sender's identity from being given to another object
    is_async: bool

    def receiver(self) -> Any:
        """Return the receiver, None when it is gone."""
        return self.reference() if self.weak else self.reference


def weak_reference(receiver: Any, gone: Callable[..., None]) -> Reference:
    """Return a weak reference to *receiver*; *gone* is called when it has died."""
    if not (hasattr(receiver, "__self__") and hasattr(receiver, "__func__")):
        weakref.finalize(receiver, gone).atexit = False
        return weakref.ref(receiver)
    weakref.finalize(receiver.__self__, gone).atexit = False
    return weakref.WeakMethod(receiver)


def sender_reference(sender: Any) -> Reference | None:
    """Return a reference that dies with *sender*, None when there is none to make."""
    if sender is None:
        return None
    try:
        return weakref.ref(sender)
    except TypeError:
        return None
