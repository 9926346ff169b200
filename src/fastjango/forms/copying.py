"""
Copies of fields, widgets and choices without the detours of the module ``copy``.

Every form object copies every field and widget of its class, so this is the hot spot of making a form.
"""

from __future__ import annotations

import copy
from typing import Any, TypeVar

__all__ = ["copy_choices", "shallow_copy"]

T = TypeVar("T")


def shallow_copy(original: T) -> T:
    """Return another object of the same class with the same attributes."""
    cls = type(original)
    if (
        hasattr(cls, "__copy__")
        or cls.__reduce_ex__ is not object.__reduce_ex__
        or cls.__reduce__ is not object.__reduce__
    ):
        return copy.copy(original)
    twin = cls.__new__(cls)
    twin.__dict__.update(original.__dict__)
    return twin


def copy_choices(choices: Any) -> Any:
    """Return choices that may be altered without altering the original: new lists, the same values and labels."""
    if type(choices) is not list:
        return copy.copy(choices)
    return [_copy_group(choice) for choice in choices]


def _copy_group(choice: Any) -> Any:
    if isinstance(choice, (list, tuple)) and len(choice) == 2 and isinstance(choice[1], list):
        return choice[0], choice[1][:]
    return choice
