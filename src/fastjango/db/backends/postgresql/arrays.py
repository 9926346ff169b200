"""
Whole columns as PostgreSQL array texts, for INSERT ... SELECT FROM unnest().

One parameter per column instead of one per value: a statement of one text for any number of rows, and no protocol limit.
Values that a column's kind does not expect raise ``Unfit``; their statement is written the other way.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from psycopg import Binary
from psycopg.types.json import Jsonb
from sqlalchemy.dialects import postgresql

Writer = Callable[[Sequence[Any]], str]


class Unfit(Exception):
    """A value is not what its kind of column holds."""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(
    allowed: type[Any] | tuple[type[Any], ...], write: Callable[[Any], str], every: Writer | None = None
) -> Writer:
    """Return the writer of values whose text needs no quotes; *every* writes them if all are of the very class."""
    exact = set(allowed) if isinstance(allowed, tuple) else {allowed}

    def array(values: Sequence[Any]) -> str:
        if exact.issuperset(map(type, values)):
            return every(values) if every is not None else "{" + ",".join(map(write, values)) + "}"
        parts = []
        for value in values:
            if value is None:
                parts.append("NULL")
            elif isinstance(value, allowed):
                parts.append(write(value))
            else:
                raise Unfit
        return "{" + ",".join(parts) + "}"

    return array


_TEXT_ONLY = {str}


def _texts(values: Sequence[Any]) -> str:
    if _TEXT_ONLY.issuperset(map(type, values)):
        array = '{"' + '","'.join(values) + '"}'
        # As many quotes as were put there: none of them has to be escaped.
        if array.count('"') == 2 * len(values) and "\\" not in array:
            return array
    parts = []
    for value in values:
        if value is None:
            parts.append("NULL")
        elif isinstance(value, str):
            parts.append(_quoted(value))
        else:
            raise Unfit
    return "{" + ",".join(parts) + "}"


def _document(value: str | Jsonb) -> str:
    return _quoted(value if isinstance(value, str) else str((value.dumps or json.dumps)(value.obj)))


def _bytes(value: Any) -> str:
    return f'"\\\\x{bytes(value.obj if isinstance(value, Binary) else value).hex()}"'


def _interval(value: dt.timedelta) -> str:
    return f'"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"'


# Not the str() of a class of its own, which may say something else.
_INTEGERS = _plain(int, int.__repr__)
_TRUTHS = {True: "t", False: "f"}
_MOMENTS = _plain(
    dt.datetime,
    lambda value: f'"{value.isoformat()}"',
    lambda values: '{"' + '","'.join(map(dt.datetime.isoformat, values)) + '"}',
)
_ADDRESSES = (str, ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Interface, ipaddress.IPv6Interface)
_KINDS: Final[dict[str, tuple[Any, Writer]]] = {
    "BooleanField": (sa.Boolean(), _plain(bool, _TRUTHS.__getitem__)),
    "FloatField": (sa.Double(), _plain((float, int), repr)),
    "DecimalField": (sa.Numeric(), _plain((Decimal, int), str)),
    "DateField": (sa.Date(), _plain(dt.date, lambda value: value.isoformat())),
    "TimeField": (sa.Time(), _plain(dt.time, lambda value: value.isoformat())),
    "DateTimeField": (sa.DateTime(timezone=True), _MOMENTS),
    "DurationField": (postgresql.INTERVAL(), _plain(dt.timedelta, _interval)),
    "UUIDField": (postgresql.UUID(), _plain(UUID, str)),
    "JSONField": (postgresql.JSONB(), _plain((str, Jsonb), _document)),
    "BinaryField": (sa.LargeBinary(), _plain((bytes, bytearray, memoryview, Binary), _bytes)),
    "GenericIPAddressField": (postgresql.INET(), _plain(_ADDRESSES, lambda value: _quoted(str(value)))),
    "TextField": (sa.Text(), _texts),
    **dict.fromkeys(("CharField", "FileField", "FilePathField", "SlugField"), (sa.String(), _texts)),
    **dict.fromkeys(("IntegerField", "PositiveIntegerField", "AutoField"), (sa.Integer(), _INTEGERS)),
    **dict.fromkeys(("SmallIntegerField", "PositiveSmallIntegerField", "SmallAutoField"), (sa.Integer(), _INTEGERS)),
    **dict.fromkeys(("BigIntegerField", "PositiveBigIntegerField", "BigAutoField"), (sa.BigInteger(), _INTEGERS)),
}


def columns_of(fields: Sequence[Any]) -> list[tuple[Any, Writer]] | None:
    """Return element type and writer of each field; None when a field has a type of its own."""
    found = []
    for field in fields:
        while getattr(field, "remote_field", None) is not None and hasattr(field, "target_field"):
            field = field.target_field
        kind = _KINDS.get(field.get_internal_type())
        if kind is None:
            return None
        found.append(kind)
    return found


__all__ = ["Unfit", "Writer", "columns_of"]
