"""Values that answer `copy.replace()` before Python 3.13 has it."""

from __future__ import annotations

from typing import Any

from fastjango.utils.version import PY313

if PY313:
    from copy import replace  # type: ignore[attr-defined]
else:

    def replace(obj: Any, /, **changes: Any) -> Any:
        """Return a copy of *obj* with some of its values changed."""
        func = getattr(type(obj), "__replace__", None)
        if func is None:
            raise TypeError(f"replace() does not support {type(obj).__name__} objects")
        return func(obj, **changes)


__all__ = ["replace"]
