"""JSON bytes for what views return: orjson where its output is the standard library's, which is the rule."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import uuid
from itertools import chain
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
    """Return whether there may be a float in *data* that JSON has no number for; level by level, without a call per value."""
    level: list[Any] = [data]
    while level:
        below: list[Any] = []
        for kind in set(map(type, level)):
            if issubclass(kind, _TEXT_OR_WHOLE):
                continue
            values: Any = (value for value in level if value.__class__ is kind)
            if issubclass(kind, float | decimal.Decimal):
                if not all(map(_is_finite, values)):
                    return True
            elif issubclass(kind, dict):
                below += chain.from_iterable(map(_values_of, values))
            elif issubclass(kind, list | tuple):
                below += chain.from_iterable(values)
            else:
                # What the default function makes is not at hand here; arrays may give odd floats.
                return True
        level = below
    return False


_values_of: Any = dict.values


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except (ValueError, OverflowError):
        return False


# No float is made of these.
_TEXT_OR_WHOLE = (str, int, type(None), dt.date, dt.time, dt.timedelta, uuid.UUID)
