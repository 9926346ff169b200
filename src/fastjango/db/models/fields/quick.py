"""
The short way of a value into the database: when it is of the very class that its field stores.

Preparing a value asks every field what the value is: a text, an expression, nothing, something to be converted. For a text
in a ``CharField`` the answer never changes. ``quick_values()`` gives, per field of an INSERT, the class whose values need no
preparation and what the driver wants of them; everything else, and every field that a user's class has a say in, goes
through ``pre_save()`` and ``get_db_prep_save()``.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from fastjango.conf import settings

from .boolean import BooleanField
from .column_types import zone_of
from .numbers import DecimalField, FloatField, IntegerField
from .storage import overridden_by_user
from .temporal import DateTimeField
from .text import CharField, TextField

_METHODS = (
    "pre_save",
    "get_prep_value",
    "get_db_prep_value",
    "get_db_prep_save",
    "to_python",
    "column_type",
    "db_type",
)
_CLASSES: tuple[tuple[Any, type], ...] = (
    (CharField, str),
    (TextField, str),
    (BooleanField, bool),
    (IntegerField, int),
    (FloatField, float),
)


class Quick(NamedTuple):
    """How values of one column go the short way."""

    attname: str
    # Values of exactly this class; None: no value of this column.
    of: type | None
    # What the driver wants of them; None: as they are. May give None for "the long way".
    convert: Callable[[Any], Any] | None
    # Whether the field makes the value when the object is saved.
    automatic: bool
    field: Any


def quick_values(fields: Sequence[Any], connection: Any) -> list[Quick]:
    """Return how each of *fields* may be prepared; kept on the field, per connection and kind of database."""
    return [_of(field, connection) for field in fields]


def _of(field: Any, connection: Any) -> Quick:
    key = ("quick", connection.alias, connection.vendor)
    found: Quick | None = field._converters.get(key)
    if found is None:
        stored, convert = _stored_class(field, connection)
        found = field._converters[key] = Quick(
            field.attname,
            stored,
            convert,
            getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False),
            field,
        )
    return found


def _stored_class(field: Any, connection: Any) -> tuple[type | None, Callable[[Any], Any] | None]:
    if "pre_save" in vars(field):
        # The values are made by something of its own, such as a default of SQLAlchemy.
        return None, None
    inner = field
    while inner.remote_field is not None:
        # A foreign key is stored as the key it points to.
        targets: Sequence[Any] = getattr(inner, "foreign_related_fields", ())
        if len(targets) != 1 or any(overridden_by_user(inner, method) for method in _METHODS):
            return None, None
        inner = targets[0]
    if any(overridden_by_user(inner, method) for method in _METHODS):
        return None, None
    for kind, stored in _CLASSES:
        if isinstance(inner, kind):
            return stored, inner._driver_converter_of(connection)
    if isinstance(inner, DateTimeField):
        return dt.datetime, MomentWriter(connection)
    if isinstance(inner, DecimalField):
        return decimal.Decimal, _finite_text if connection.vendor == "sqlite" else _if_finite
    return None, None


class MomentWriter:
    """Writes moments of UTC for one database; for all others it gives None."""

    __slots__ = ("connection",)

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def __call__(self, value: dt.datetime) -> Any:
        return self.for_batch()(value)

    def for_batch(self) -> Callable[[dt.datetime], Any]:
        """Return the writer as settings and connection are now."""
        vendor = self.connection.vendor
        if not settings.USE_TZ:
            return _none
        if vendor == "postgresql":
            return _if_aware
        if zone_of(self.connection) is not dt.UTC:
            return _none
        return _text_of_utc if vendor == "sqlite" else _naive_of_utc


def _none(value: Any) -> None:
    return None


def _if_aware(value: dt.datetime) -> dt.datetime | None:
    return value if value.tzinfo is not None else None


def _text_of_utc(value: dt.datetime) -> str | None:
    # Without "+00:00".
    return value.isoformat(" ")[:-6] if value.tzinfo is dt.UTC else None


def _naive_of_utc(value: dt.datetime) -> dt.datetime | None:
    return value.replace(tzinfo=None) if value.tzinfo is dt.UTC else None


def _finite_text(value: decimal.Decimal) -> str | None:
    return str(value) if value.is_finite() else None


def _if_finite(value: decimal.Decimal) -> decimal.Decimal | None:
    return value if value.is_finite() else None


__all__ = ["MomentWriter", "Quick", "quick_values"]
