"""What a model or a form refuses, in the form in which FastAPI says what is wrong with a request."""

from __future__ import annotations

from typing import Any

from fastjango.core.exceptions import ValidationError


def problems_of(exc: ValidationError) -> list[dict[str, Any]]:
    """Return the messages of *exc* as entries of the ``detail`` of a 422, each with the place in the body."""
    if not hasattr(exc, "error_dict"):
        return [{"type": "value_error", "loc": ["body"], "msg": message} for message in exc.messages]
    return [
        {"type": "value_error", "loc": ["body"] if name == "__all__" else ["body", *name.split(".")], "msg": message}
        for name, messages in exc.message_dict.items()
        for message in messages
    ]


__all__ = ["problems_of"]
