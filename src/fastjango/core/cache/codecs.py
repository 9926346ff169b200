"""
Tagged JSON: ordinary Python values as JSON text, and back again as the same values.

What JSON has no word for becomes ``{"!": tag, "v": ...}``. A codec per tag says how; other rooms add theirs
with ``register_codec``. Nothing is imported by name while reading. Design: docs/design/cache-values.md.
"""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import json
import uuid
import zoneinfo
from collections import OrderedDict
from collections.abc import Callable
from decimal import Decimal
from pickle import PicklingError
from typing import Any, NamedTuple

from fastjango.core.cache import model_values
from fastjango.core.exceptions import fix
from fastjango.utils.functional import Promise
from fastjango.utils.safestring import SafeString, mark_safe

TAG = "!"
_PLAIN = frozenset({type(None), bool, str, int, float})


class UncacheableValue(TypeError, PicklingError):
    """A value of a class that no codec knows; also caught as what Django's caches raise for such values."""


class Codec(NamedTuple):
    """How values of one class are written and read."""

    tag: str
    encode: Callable[[Any], Any]  # to a value that can be encoded in turn
    decode: Callable[[Any], Any]


_by_class: dict[type, Codec] = {}
_by_tag: dict[str, Codec] = {}


def register_codec(cls: type, tag: str, encode: Callable[[Any], Any], decode: Callable[[Any], Any]) -> None:
    """
    Let values of *cls* and its subclasses be cached.

    Args:
        tag: Names the class in the cache; never reuse one for something else.
        encode: Returns a value made of things that can be cached.
        decode: Returns the value again.
    """
    codec = Codec(tag, encode, decode)
    _by_class[cls] = codec
    _by_tag[tag] = codec


def dumps(value: Any) -> bytes:
    """
    Return *value* as tagged JSON.

    Raises:
        UncacheableValue: A part of it is of a class that no codec knows.
        ValueError: It contains itself, or is nested too deeply.
    """
    try:
        return json.dumps(_encode(value), separators=(",", ":")).encode()
    except RecursionError:
        raise ValueError("The value contains itself, or is nested too deeply to be cached.") from None


def loads(data: bytes | str) -> Any:
    """Return the value that tagged JSON stands for."""
    return json.loads(data, object_hook=_decode)


def _tagged(tag: str, value: Any) -> dict[str, Any]:
    return {TAG: tag, "v": value}


def _encode(value: Any) -> Any:
    """Return *value* in terms of JSON."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return [_encode(part) for part in value]
    if kind is dict:
        if TAG not in value and all(type(key) is str for key in value):
            return {key: _encode(part) for key, part in value.items()}
        return _tagged("dict", [[_encode(key), _encode(part)] for key, part in value.items()])
    if kind is tuple:
        return _tagged("tuple", [_encode(part) for part in value])
    codec = _codec_of(kind)
    if codec is not None:
        return _tagged(codec.tag, _encode(codec.encode(value)))
    return _encode_loosely(value)


def _codec_of(kind: type) -> Codec | None:
    for cls in kind.__mro__:
        codec = _by_class.get(cls)
        if codec is not None:
            return codec
    return None


def _encode_loosely(value: Any) -> Any:
    """Return the stand-in of a value that loses its subclass, or of a model or a queryset."""
    if isinstance(value, Promise):
        return str(value)
    if model_values.is_model(value):
        return _tagged("model", _encode(model_values.encode_model(value)))
    if model_values.is_queryset(value):
        return _tagged("queryset", _encode(model_values.encode_queryset(value)))
    # Members of enumerations and named tuples come back as what they are equal to.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, tuple):
        return _encode(tuple(value))
    if isinstance(value, list):
        return _encode(list(value))
    if isinstance(value, dict):
        return _encode(dict(value))
    raise fix(
        UncacheableValue(f"Object of type {type(value).__name__} cannot be cached without pickle."),
        "cache plain values, add fastjango.core.cache.register_codec() for the class, or set "
        "OPTIONS['serializer'] of the cache to 'fastjango.core.cache.serializers.PickleSerializer'",
        code="cache.E101",
    )


def _decode(found: dict[str, Any]) -> Any:
    """Return what a JSON object stands for; called from the inside out."""
    if TAG not in found:
        return found
    codec = _by_tag.get(found[TAG])
    if codec is None:
        raise ValueError(f"Unknown kind of cached value: {found[TAG]!r}")
    return codec.decode(found["v"])


# --- the codecs ------------------------------------------------------------------------------


def _encode_datetime(value: dt.datetime) -> list[Any]:
    zone = value.tzinfo.key if isinstance(value.tzinfo, zoneinfo.ZoneInfo) else None
    shown = value.replace(tzinfo=None) if zone else value
    return [shown.isoformat(), zone, value.fold]


def _decode_datetime(value: list[Any]) -> dt.datetime:
    text, zone, fold = value
    moment = dt.datetime.fromisoformat(text).replace(fold=fold)
    return moment.replace(tzinfo=zoneinfo.ZoneInfo(zone)) if zone else moment


def _encode_bytes(value: Any) -> str:
    return base64.b64encode(bytes(value)).decode("ascii")


def _pairs(value: Any) -> list[Any]:
    return [[key, part] for key, part in value.items()]


def _same(value: Any) -> Any:
    return value


def _register_all() -> None:
    _by_tag["dict"] = Codec("dict", _pairs, dict)
    _by_tag["tuple"] = Codec("tuple", list, tuple)
    _by_tag["model"] = Codec("model", _same, model_values.decode_model)
    _by_tag["queryset"] = Codec("queryset", _same, model_values.decode_queryset)
    register_codec(SafeString, "safe", str.__str__, mark_safe)
    register_codec(OrderedDict, "ordered", _pairs, OrderedDict)
    register_codec(set, "set", list, set)
    register_codec(frozenset, "frozenset", list, frozenset)
    register_codec(bytes, "bytes", _encode_bytes, base64.b64decode)
    register_codec(bytearray, "bytearray", _encode_bytes, lambda text: bytearray(base64.b64decode(text)))
    register_codec(dt.datetime, "datetime", _encode_datetime, _decode_datetime)
    register_codec(dt.date, "date", dt.date.isoformat, dt.date.fromisoformat)
    register_codec(dt.time, "time", dt.time.isoformat, dt.time.fromisoformat)
    register_codec(
        dt.timedelta,
        "timedelta",
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda parts: dt.timedelta(*parts),
    )
    register_codec(Decimal, "decimal", str, Decimal)
    register_codec(uuid.UUID, "uuid", str, uuid.UUID)
    register_codec(complex, "complex", lambda value: [value.real, value.imag], lambda parts: complex(*parts))
    register_codec(range, "range", lambda value: [value.start, value.stop, value.step], lambda parts: range(*parts))
    register_codec(ipaddress.IPv4Address, "ipv4", str, ipaddress.IPv4Address)
    register_codec(ipaddress.IPv6Address, "ipv6", str, ipaddress.IPv6Address)


_register_all()
