"""Whether a value can be iterated over (kept for code written against older versions)."""

from __future__ import annotations

import warnings
from typing import Any

from fastjango.core.exceptions import RemovedInDjango60Warning


def is_iterable(x: Any) -> bool:
    """Return whether *x* can be iterated over. Deprecated: ``isinstance(x, collections.abc.Iterable)``."""
    warnings.warn(
        "fastjango.utils.itercompat.is_iterable() is deprecated. Use isinstance(..., collections.abc.Iterable) instead.",
        RemovedInDjango60Warning,
        stacklevel=2,
    )
    try:
        iter(x)
    except TypeError:
        return False
    return True
