"""JSON for the values that views return: dates, decimals, UUIDs, query sets, lazy texts."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import ipaddress
import json
import uuid
from typing import Any

from fastjango.db.models.query import QuerySet
from fastjango.utils.encoding import force_str
from fastjango.utils.functional import Promise

_ADDRESSES = (
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
    ipaddress.IPv4Interface,
    ipaddress.IPv6Interface,
)


def jsonable(obj: Any) -> Any:
    """
    Return what stands for *obj* in JSON.

    Raises:
        ValueError: A time with a zone.
        TypeError: There is nothing that could stand for it.
    """
    if isinstance(obj, Promise):
        return force_str(obj)
    if isinstance(obj, dt.datetime):
        text = obj.isoformat()
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
    if isinstance(obj, dt.date):
        return obj.isoformat()
    if isinstance(obj, dt.time):
        if obj.utcoffset() is not None:
            raise ValueError("JSON can't represent timezone-aware times.")
        return obj.isoformat()
    if isinstance(obj, dt.timedelta):
        return str(obj.total_seconds())
    if isinstance(obj, decimal.Decimal):
        # Fields have made text of it already; this is one that no field has seen.
        return float(obj)
    if isinstance(obj, uuid.UUID) or isinstance(obj, _ADDRESSES):
        return str(obj)
    if isinstance(obj, QuerySet):
        return tuple(obj)
    if isinstance(obj, bytes):
        return obj.decode()
    if hasattr(obj, "tolist"):
        # Arrays.
        return obj.tolist()
    if hasattr(obj, "__getitem__"):
        kind: Any = list if isinstance(obj, list | tuple) else dict
        with contextlib.suppress(Exception):
            return kind(obj)
    if hasattr(obj, "__iter__"):
        return tuple(item for item in obj)
    raise TypeError(f"Object of type {type(obj).__name__} is not JSON serializable")


class JSONEncoder(json.JSONEncoder):
    """An encoder for what views return."""

    def default(self, obj: Any) -> Any:
        """Return what stands for *obj* in JSON."""
        return jsonable(obj)


class CustomScalar:
    """Values whose YAML form is their text."""

    @classmethod
    def represent_timedelta(cls, dumper: Any, data: Any) -> Any:
        """Return a span of time as the text of its seconds."""
        return dumper.represent_scalar("tag:yaml.org,2002:str", str(data.total_seconds()))


__all__ = ["CustomScalar", "JSONEncoder", "jsonable"]
