"""The standard library's ``json``, without NaN and the infinities, which are no JSON."""

from __future__ import annotations

import functools
import json
from typing import Any

JSONDecodeError = json.JSONDecodeError


def strict_constant(o: str) -> Any:
    """Refuse NaN and the infinities."""
    raise ValueError("Out of range float values are not JSON compliant: " + repr(o))


@functools.wraps(json.dump)
def dump(*args: Any, **kwargs: Any) -> None:
    """Write JSON to a file."""
    kwargs.setdefault("allow_nan", False)
    return json.dump(*args, **kwargs)


@functools.wraps(json.dumps)
def dumps(*args: Any, **kwargs: Any) -> str:
    """Return JSON text."""
    kwargs.setdefault("allow_nan", False)
    return json.dumps(*args, **kwargs)


@functools.wraps(json.load)
def load(*args: Any, **kwargs: Any) -> Any:
    """Read JSON from a file."""
    kwargs.setdefault("parse_constant", strict_constant)
    return json.load(*args, **kwargs)


@functools.wraps(json.loads)
def loads(*args: Any, **kwargs: Any) -> Any:
    """Read JSON text."""
    kwargs.setdefault("parse_constant", strict_constant)
    return json.loads(*args, **kwargs)
