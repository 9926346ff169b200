"""Values as JSON and back, without a framework: a list that starts with a tag, or a plain scalar."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any


def encode(value: Any) -> Any:
    """Return *value* as data that JSON can carry."""
    kind = type(value)
    if kind in _WRITERS:
        tag, write = _WRITERS[kind]
        return [tag, write(value)]
    if kind is list:
        return ["list", [encode(item) for item in value]]
    if kind is tuple:
        return ["tuple", [encode(item) for item in value]]
    if kind is dict:
        return ["dict", [[key, encode(item)] for key, item in value.items()]]
    return value


_WRITERS: dict[type, tuple[str, Callable[[Any], str]]] = {
    Decimal: ("decimal", str),
    float: ("float", repr),
    uuid.UUID: ("uuid", str),
    bytes: ("bytes", lambda value: value.hex()),
    dt.datetime: ("datetime", lambda value: value.isoformat()),
    dt.date: ("date", lambda value: value.isoformat()),
    dt.time: ("time", lambda value: value.isoformat()),
    dt.timedelta: ("duration", lambda value: str(value // dt.timedelta(microseconds=1))),
}

READERS: dict[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "float": float,
    "uuid": uuid.UUID,
    "bytes": bytes.fromhex,
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "duration": lambda text: dt.timedelta(microseconds=int(text)),
}
