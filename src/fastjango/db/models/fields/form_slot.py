"""Slot: where model fields find form field classes.

``fastjango.forms`` lies above the data layer, so model fields name a form class by its
public name (``"CharField"``). The forms room registers a resolver with ``register``; until
it has, the first request imports ``fastjango.forms`` by its dotted path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastjango.utils.module_loading import import_string

FORMS_ROOM = "fastjango.forms"

_resolver: list[Callable[[str], Any]] = []


def register(resolver: Callable[[str], Any]) -> None:
    """Use *resolver* (form class name -> class) from now on."""
    _resolver[:] = [resolver]


def form_class(name: str | Any) -> Any:
    """Return the class called *name* of the forms room; classes pass through."""
    if not isinstance(name, str):
        return name
    if _resolver:
        return _resolver[0](name)
    return import_string(f"{FORMS_ROOM}.{name}")
