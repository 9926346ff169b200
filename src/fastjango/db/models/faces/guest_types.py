"""
Column types of a guest that sessions and querysets have to agree on.

Migrations make the columns of fields. Where SQLAlchemy would store something else in them (intervals outside of PostgreSQL) or
would read something else from them (moments), the guest's column gets a type that stores and reads what the field does. A
``TypeDecorator`` of the project is used by the field as it is. Used by ``guests.py`` and ``guest_fields.py``.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import types

from fastjango.conf import settings
from fastjango.core import checks
from fastjango.db import models
from fastjango.db.connections import connections
from fastjango.db.models.fields.column_types import (
    DateTimeText,
    Microseconds,
    Processor,
    TimeText,
    datetime_reader,
    datetime_writer,
)
from fastjango.db.models.fields.storage import FieldStorage
from fastjango.utils import timezone


class StoredSpan(Microseconds):
    """An interval, stored as a ``DurationField`` stores it."""

    impl: Any = types.Interval


class PlainMoment(DateTimeText):
    """A moment without a time zone: in UTC with ``USE_TZ``, else in the project's zone."""

    def to_driver(self, dialect: Any) -> Processor:
        """Write an aware moment in that zone."""
        write = datetime_writer(dialect, None)

        def write_plain(value: Any) -> Any:
            if isinstance(value, dt.datetime) and value.tzinfo is not None:
                zone = dt.UTC if settings.USE_TZ else timezone.get_default_timezone()
                value = value.astimezone(zone).replace(tzinfo=None)
            return value if write is None else write(value)

        return write_plain

    def from_driver(self, dialect: Any) -> Processor:
        """Read without the zone."""
        read: Any = datetime_reader(dialect, None)

        def read_plain(value: Any) -> Any:
            found = read(value)
            return found if found is None else found.replace(tzinfo=None)

        return read_plain


def agree(table: sa.Table) -> None:
    """Give columns the types that store and read what their fields do."""
    for column in table.columns:
        kind: Any = column.type
        if type(kind) is types.Interval:
            column.type = StoredSpan()
        elif isinstance(kind, types.Time):
            column.type = TimeText()
        elif isinstance(kind, types.DateTime):
            column.type = DateTimeText() if kind.timezone and settings.USE_TZ else PlainMoment()


# --- types of the project -------------------------------------------------------------------------


class Decorated:
    """A field whose values go through the ``TypeDecorator`` of its column, on their way in and out; migrations see the field beneath."""

    has_own_values = True
    plain: Any
    decorator: Any

    def __init__(self, *args: Any, decorator: Any = None, **kwargs: Any) -> None:
        self.decorator = decorator
        super().__init__(*args, **kwargs)

    def column_type(self) -> Any:
        """Return the type of the guest's column."""
        return self.decorator

    def deconstruct(self) -> tuple[Any, str, Any, dict[str, Any]]:
        """Return what builds the field beneath."""
        name, _, args, keywords = super().deconstruct()  # type: ignore[misc]  # a field's
        return name, f"fastjango.db.models.{self.plain.__name__}", args, keywords

    def clone(self) -> Any:
        """Return the field beneath, which migrations work with."""
        _, _, args, keywords = self.deconstruct()
        return self.plain(*args, **keywords)

    def python_annotation(self, python_type: Any) -> Any:
        """Return what schemas know of the values: the type says how they are stored, not what they are."""
        return Any

    def to_python(self, value: Any) -> Any:
        """Return the value as it is."""
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Return the value as it is."""
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return what the type makes of the value."""
        return FieldStorage.get_db_prep_value(self, value, connection, prepared)  # type: ignore[arg-type]  # a field


@cache
def decorated(kind: Any) -> Any:
    """Return the class of fields that are *kind* in the database and have the values of a ``TypeDecorator``."""
    return type(f"Decorated{kind.__name__}", (Decorated, kind), {"plain": kind, "__module__": __name__})


def is_own(kind: Any) -> bool:
    """Whether a column's type is a ``TypeDecorator`` of the project, or of another library."""
    return isinstance(kind, types.TypeDecorator) and not type(kind).__module__.startswith("fastjango.")


# --- numbers --------------------------------------------------------------------------------------


class UnboundedDecimal(models.DecimalField[Any, Any]):
    """``Numeric()`` without a precision: any number of digits."""

    def check(self, **kwargs: Any) -> list[Any]:
        """Refuse a database that would round to whole numbers."""
        from_digits = {"fields.E130", "fields.E132"}
        found = [message for message in super().check(**kwargs) if message.id not in from_digits]
        for alias in kwargs.get("databases") or ():
            if not getattr(connections[alias].features, "supports_no_precision_decimalfield", False):
                hint = "Say how many digits it has, such as mapped_column(Numeric(12, 2))."
                message = (
                    f"{connections[alias].display_name} would round a Numeric without a precision to whole numbers."
                )
                found.append(checks.Error(message, hint=hint, obj=self, id="fields.E132"))
        return found

    def deconstruct(self) -> tuple[Any, str, Any, dict[str, Any]]:
        """Return what builds the field."""
        name, _, args, keywords = super().deconstruct()
        return name, "fastjango.db.models.DecimalField", args, keywords


__all__ = ["Decorated", "PlainMoment", "StoredSpan", "UnboundedDecimal", "agree", "decorated", "is_own"]
