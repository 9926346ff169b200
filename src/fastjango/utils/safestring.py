"""Strings that are known to be safe HTML.

``mark_safe`` says "this text needs no escaping"; everything that renders HTML asks for
``__html__`` before it escapes. Adding a safe string to a safe string stays safe; adding
anything else gives a plain ``str``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, overload

from fastjango.utils.functional import Promise, lazy

__all__ = ["SafeData", "SafeString", "SafeText", "mark_safe"]


class SafeData:
    """The mark of text that may be shown without escaping."""

    __slots__ = ()

    def __html__(self) -> Any:
        """Return the HTML of this object: itself."""
        return self


class SafeString(str, SafeData):
    """A ``str`` that needs no further escaping."""

    __slots__ = ()

    def __add__(self, rhs: Any) -> Any:
        """Join two strings; the result is safe only if both are."""
        if not isinstance(rhs, str):
            return NotImplemented
        joined = str.__add__(self, rhs)
        return SafeString(joined) if isinstance(rhs, SafeData) else joined

    def __str__(self) -> str:
        return self


SafeText = SafeString
_lazy_mark: Callable[..., Any] | None = None


def _mark_resolved(promise: Any) -> SafeString:
    return SafeString(promise)


@overload
def mark_safe(s: str) -> SafeString: ...
@overload
def mark_safe(s: Any) -> Any: ...


def mark_safe(s: Any) -> Any:
    """
    Return *s* marked as safe HTML.

    An object with ``__html__`` comes back untouched, a lazy string stays lazy, and a
    callable (used as a decorator) returns safe strings from then on.
    """
    global _lazy_mark
    if isinstance(s, Promise):
        if _lazy_mark is None:
            _lazy_mark = lazy(_mark_resolved, SafeString)
        return _lazy_mark(s)
    if hasattr(s, "__html__"):
        return s
    if callable(s):
        return _marking(s)
    return SafeString(s)


def _marking(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return mark_safe(function(*args, **kwargs))

    return wrapped
