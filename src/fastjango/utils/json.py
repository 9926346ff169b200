"""
JSON for values that JSON does not know: dates, times, durations, decimals, UUIDs, lazy texts.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from typing import Any

from fastjango.utils.duration import duration_iso_string
from fastjango.utils.functional import Promise


class DjangoJSONEncoder(json.JSONEncoder):
    """An encoder that also writes dates, times, durations, decimals, UUIDs and lazy texts (ECMA-262 dates)."""

    # The path that people know, in representations and pickles.
    __module__ = "fastjango.core.serializers.json"

    def default(self, o: Any) -> Any:
        """Return what stands for *o* in JSON."""
        if isinstance(o, dt.datetime):
            text = o.isoformat()
            if o.microsecond:
                # ECMA-262 knows milliseconds only.
                text = text[:23] + text[26:]
            return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
        if isinstance(o, dt.date):
            return o.isoformat()
        if isinstance(o, dt.time):
            if o.utcoffset() is not None:
                raise ValueError("JSON can't represent timezone-aware times.")
            text = o.isoformat()
            return text[:12] if o.microsecond else text
        if isinstance(o, dt.timedelta):
            return duration_iso_string(o)
        if isinstance(o, decimal.Decimal | uuid.UUID | Promise):
            return str(o)
        return super().default(o)


def normalize_json(obj: Any) -> Any:
    """
    Return *obj* as the plain values that a JSON round trip gives.

    Raises:
        TypeError: A part has no counterpart in JSON.
        ValueError: Bytes that are not text.
    """
    if isinstance(obj, dict):
        return {normalize_json(key): normalize_json(value) for key, value in obj.items()}
    if isinstance(obj, bytes):
        try:
            return obj.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"Unsupported value: {type(obj)}") from error
    if isinstance(obj, str | int | float | bool | None):
        return obj
    if isinstance(obj, list | tuple):
        return [normalize_json(part) for part in obj]
    raise TypeError(f"Unsupported type: {type(obj)}")
