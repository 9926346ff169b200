"""Slot: the checks of models. ``db/models/checks`` lies above and registers them here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_checks: list[Callable[..., list[Any]]] = []


def register_model_checks(check: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Run ``check(model, **kwargs)`` in every ``Model.check()``."""
    if check not in _checks:
        _checks.append(check)
    return check


def run_model_checks(model: Any, **kwargs: Any) -> list[Any]:
    """Return the problems that the registered checks find in *model*."""
    return [problem for check in _checks for problem in check(model, **kwargs)]
