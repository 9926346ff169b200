"""
The path that the site is mounted under, for the running request.

It lives this low because ``settings.STATIC_URL`` and ``settings.MEDIA_URL`` are read through it; ``urls``
offers these functions under their public names.
"""

from __future__ import annotations

from contextvars import ContextVar

_prefix: ContextVar[str] = ContextVar("script_prefix", default="/")


def set_script_prefix(prefix: str) -> None:
    """Make *prefix* the start of every reversed address of this context."""
    _prefix.set(prefix if prefix.endswith("/") else f"{prefix}/")


def get_script_prefix() -> str:
    """Return the prefix of this context; it always ends with a slash."""
    return _prefix.get()


def clear_script_prefix() -> None:
    """Go back to the plain ``/``."""
    _prefix.set("/")
