"""Markers and tiny functions that fields share: "no default given", the blank choice, unpickling."""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps

BLANK_CHOICE_DASH: list[tuple[str, str]] = [("", "---------")]


class NOT_PROVIDED:  # noqa: N801 - Django's public name
    """Stands for "no default was given", since ``None`` is a valid default."""


class Empty:
    """A bare object whose class is swapped, so that copies skip ``__init__``."""


def return_None() -> None:  # noqa: N802 - Django's public name
    """Return ``None``; unlike a lambda it can be pickled."""
    return None


def _load_field(app_label: str, model_name: str, field_name: str) -> Any:
    """Return the field of a registered model; used when a field is unpickled."""
    return apps.get_model(app_label, model_name)._meta.get_field(field_name)
