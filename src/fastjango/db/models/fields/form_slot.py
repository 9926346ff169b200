"""
The slot through which a model field finds the form classes above it.

``Field.formfield()`` says ``form_slot.form_class("CharField")``; the forms room fills the slot with
``form_slot.register(...)`` when it is imported. Nobody has to import forms first: an empty slot loads
``FORMS_MODULE`` by its dotted path at the first call.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["FORMS_MODULE", "form_class", "register"]

FORMS_MODULE = "fastjango.forms"

_provider: list[Callable[[str], Any]] = []


def register(provider: Callable[[str], Any]) -> None:
    """Make *provider* the function that turns a name such as ``"CharField"`` into a form class."""
    _provider[:] = [provider]


def form_class(name: str) -> Any:
    """
    Return the forms room's class (form field, widget or form model field) called *name*.

    Raises:
        AttributeError: The forms room has no such name.
    """
    if not _provider:
        import_module(FORMS_MODULE)
    return _provider[0](name)
