"""``messages.success(request, "Saved.")`` and its kin."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.messages import constants
from fastjango.contrib.messages.storage import default_storage


class MessageFailure(Exception):
    """There is nowhere to put a message: the middleware is not installed."""


def add_message(request: Any, level: int, message: Any, extra_tags: str = "", fail_silently: bool = False) -> Any:
    """
    Keep a message for the next page.

    Raises:
        MessageFailure: The middleware is missing, and *fail_silently* is off.
        TypeError: *request* is no request.
    """
    try:
        messages = request._messages
    except AttributeError:
        if not hasattr(request, "META"):
            raise TypeError(
                f"add_message() argument must be an HttpRequest object, not '{request.__class__.__name__}'."
            ) from None
        if fail_silently:
            return None
        raise MessageFailure(
            "You cannot add messages without installing fastjango.contrib.messages.middleware.MessageMiddleware"
        ) from None
    return messages.add(level, message, extra_tags)


def get_messages(request: Any) -> Any:
    """Return the messages; looping over them removes them."""
    return getattr(request, "_messages", [])


def get_level(request: Any) -> int:
    """Return the lowest level that is kept."""
    storage = getattr(request, "_messages", default_storage(request))
    level: int = storage.level
    return level


def set_level(request: Any, level: int | None) -> bool:
    """Set the lowest level that is kept; ``None`` means the setting's. Returns whether that was possible."""
    if not hasattr(request, "_messages"):
        return False
    request._messages.level = level
    return True


def debug(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Add a message for developers."""
    add_message(request, constants.DEBUG, message, extra_tags=extra_tags, fail_silently=fail_silently)


def info(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Add a message that informs."""
    add_message(request, constants.INFO, message, extra_tags=extra_tags, fail_silently=fail_silently)


def success(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Add a message that something worked."""
    add_message(request, constants.SUCCESS, message, extra_tags=extra_tags, fail_silently=fail_silently)


def warning(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Add a message that warns."""
    add_message(request, constants.WARNING, message, extra_tags=extra_tags, fail_silently=fail_silently)


def error(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Add a message that something failed."""
    add_message(request, constants.ERROR, message, extra_tags=extra_tags, fail_silently=fail_silently)
