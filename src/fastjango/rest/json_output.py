"""JSON bytes for what views return: orjson where its output is the standard library's, which is the rule."""

from __future__ import annotations

import math
from typing import Any

import orjson

from fastjango.rest.utils.encoders import jsonable

# Subclasses are passed to the default function: a QueryDict is not what its storage looks like.
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS


def _plain(obj: Any) -> Any:
    """Return an instance of a subclass as what the standard library writes for it."""
    if isinstance(obj, str):
        return str.__str__(obj)
    if isinstance(obj, dict):
        return dict(obj.items())
    if isinstance(obj, list | tuple):
        return list(obj)
    if isinstance(obj, int):
        return int(obj)
    if isinstance(obj, float):
        return float(obj)
    return jsonable(obj)


def fast_dumps(data: Any) -> bytes | None:
    """Return compact JSON; ``None`` where the standard library must do it, or refuse it."""
    try:
        made = orjson.dumps(data, default=_plain, option=_OPTIONS)
    except TypeError:
        # Keys that are no text, integers above 64 bits, lone surrogates, or an error that is worth its own words.
        return None
    # NaN and the infinities became null: the standard library decides about them.
    if b"null" in made and _has_odd_float(data):
        return None
    # JavaScript takes these for the end of a line.
    if b"\xe2\x80" in made:
        made = made.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    return made


def _has_odd_float(data: Any) -> bool:
    if isinstance(data, float):
        return not math.isfinite(data)
    if isinstance(data, dict):
        return any(_has_odd_float(value) for value in data.values() if value.__class__ not in _PLAIN)
    if isinstance(data, list | tuple):
        return any(_has_odd_float(value) for value in data if value.__class__ not in _PLAIN)
    # What the default function made is not at hand here; it gives no odd floats but from decimals and arrays.
    return data.__class__ not in _PLAIN


_PLAIN = frozenset([str, int, bool, type(None)])
