"""
Fields of a serializer as Python expressions, for the generated readers in ``readers.py``.

An expression is written only for representations of ours: a class that overrides one of the methods involved is read through
its own methods. Each expression tests the value first (``v.__class__ is str``) and hands what is unusual to the field.
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

import orjson

from fastjango.rest import ISO_8601
from fastjango.rest.serializers import choices, composite, numbers, relations, temporal, text
from fastjango.rest.serializers import field as base
from fastjango.rest.settings import api_settings


class Irregular(Exception):  # noqa: N818 - never leaves the reader
    """A value that only the field's own methods know how to read."""


class Never:
    """No value is of this class; stands for a class or zone where the short way must not be taken."""


class Scope:
    """Names of a generated function: its globals, what it asks once per call, its local variables."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"Irregular": Irregular}
        self.first: list[str] = []
        self._asked: dict[Any, str] = {}
        self._locals = 0

    def name(self, prefix: str, value: Any) -> str:
        """Return a global name for *value*."""
        name = f"{prefix}_{len(self.names)}"
        self.names[name] = value
        return name

    def once(self, key: Any, prefix: str, ask: Callable[[Any], Any], field: Any) -> str:
        """Return a variable with ``ask(field)``, asked once per call; fields with the same *key* share it."""
        known = self._asked.get(key)
        if known is None:
            known = self._asked[key] = self.local(prefix)
            self.first.append(f"{known} = {self.name('ask', ask)}({self.name('field', field)})")
        return known

    def local(self, prefix: str) -> str:
        """Return a new local variable."""
        self._locals += 1
        return f"{prefix}{self._locals}"


# ------------------------------------------------------------ what is asked once per call


def _zone(field: Any) -> Any:
    """Return the zone that moments go out in; ``Never`` where the field writes no ISO format."""
    try:
        output = field._format()
        if output is None or output.lower() != ISO_8601:
            return Never
        return field.timezone if hasattr(field, "timezone") else field.default_timezone()
    except Exception:  # noqa: BLE001 - the field itself says what is wrong, when there is a value
        return Never


def _plain_zone(field: Any) -> Any:
    """Return the zone of moments that go out as they are: UTC, as databases give them, or none."""
    zone = _zone(field)
    if zone is dt.UTC or (zone.__class__ is zoneinfo.ZoneInfo and zone.key == "UTC"):
        return dt.UTC
    return None if zone is None else Never


def _moment_writer(field: Any) -> Callable[[Any], Any]:
    """Return the function for moments of other zones."""
    zone, represent = _zone(field), field.to_representation
    if zone is Never or zone is None:
        return represent  # type: ignore[no-any-return]

    def write(value: Any) -> Any:
        if value.__class__ is dt.datetime and value.tzinfo.__class__ in _ZONES:
            try:
                return temporal.iso_text(value.astimezone(zone))
            except OverflowError:
                pass
        return represent(value)

    return write


_ZONES = (zoneinfo.ZoneInfo, dt.timezone)


def _if_iso(kind: Any) -> Callable[[Any], Any]:
    def ask(field: Any) -> Any:
        try:
            output = field._format()
            return kind if output is not None and output.lower() == ISO_8601 else Never
        except Exception:  # noqa: BLE001 - as above
            return Never

    return ask


_if_iso_date = _if_iso(dt.date)
_if_iso_time = _if_iso(dt.time)


def _decimal_as_text(field: Any) -> Any:
    as_text = getattr(field, "coerce_to_string", None)
    return decimal.Decimal if (api_settings.COERCE_DECIMAL_TO_STRING if as_text is None else as_text) else Never


def _integer_as_it_is(field: Any) -> Any:
    as_text = getattr(field, "coerce_to_string", None)
    return Never if (api_settings.COERCE_BIGINT_TO_STRING if as_text is None else as_text) else int


# ------------------------------------------------------------ tests and results, by representation

# A test of the value ({v} the first time, v afterwards) and what goes out when it holds; None where there is no short way.
Short = tuple[str, str] | None


def _of_class(name: str) -> Callable[[Any, str, str, Scope], Short]:
    def short(field: Any, first: str, v: str, scope: Scope) -> Short:
        return f"{first}.__class__ is {name}", v

    return short


def _boolean(field: Any, first: str, v: str, scope: Scope) -> Short:
    return f"{first} is True or {v} is False", v


def _big_integer(field: Any, first: str, v: str, scope: Scope) -> Short:
    key = ("int", getattr(field, "coerce_to_string", None))
    return f"{first}.__class__ is {scope.once(key, 'int', _integer_as_it_is, field)}", v


def _decimal(field: Any, first: str, v: str, scope: Scope) -> Short:
    places, digits = field.decimal_places, field.max_digits
    kind = type(field)
    if kind.quantize is not numbers.DecimalField.quantize or field.localize or field.normalize_output:
        return None
    if not places or digits is None or digits < places:
        return None
    t = scope.local("t")
    decimal_class = scope.once(("decimal", getattr(field, "coerce_to_string", None)), "dec", _decimal_as_text, field)
    # Text with the point where quantize() would put it and no more digits than it allows is what it would give.
    # Exponents are written behind at least one decimal, so that few places leave them no room.
    exponent = "" if places < 4 else f" and 'E' not in {t}"
    dot = f"({t} := str({v}))[{-places - 1}:{-places}] == '.' and len({t}) <= {digits + 1}{exponent}"
    return f"{first}.__class__ is {decimal_class} and {dot}", t


def _uuid(field: Any, first: str, v: str, scope: Scope) -> Short:
    if field.uuid_format != "hex_verbose":
        return None
    scope.names.update(UUID=uuid.UUID, dumps=orjson.dumps)
    return f"{first}.__class__ is UUID", f"dumps({v}).decode()[1:-1]"


def _format_key(field: Any) -> Any:
    return getattr(field, "format", base.empty)


def _is_moment_of_ours(kind: Any) -> bool:
    ours = temporal.DateTimeField
    return kind.enforce_timezone is ours.enforce_timezone and kind.default_timezone is ours.default_timezone


def _moment(field: Any, first: str, v: str, scope: Scope) -> Short:
    if not _is_moment_of_ours(type(field)):
        return None
    scope.names.update(datetime=dt.datetime, dumps=orjson.dumps, UTC_Z=orjson.OPT_UTC_Z)
    key = (_format_key(field), hasattr(field, "timezone"), id(getattr(field, "timezone", None)))
    zone = scope.once(("zone", *key), "tz", _plain_zone, field)
    return f"{first}.__class__ is datetime and {v}.tzinfo is {zone}", f"dumps({v}, None, UTC_Z).decode()[1:-1]"


def _date(field: Any, first: str, v: str, scope: Scope) -> Short:
    key = ("date", _format_key(field))
    return f"{first}.__class__ is {scope.once(key, 'date', _if_iso_date, field)}", f"{v}.isoformat()"


def _time(field: Any, first: str, v: str, scope: Scope) -> Short:
    key = ("time", _format_key(field))
    return f"{first}.__class__ is {scope.once(key, 'time', _if_iso_time, field)}", f"{v}.isoformat()"


def _choice(field: Any, first: str, v: str, scope: Scope) -> Short:
    known = scope.name("field", field)
    return f"{first}.__class__ is str and {v}", f"{known}.choice_strings_to_values.get({v}, {v})"


def _generic(field: Any, first: str, v: str, scope: Scope) -> Short:
    return None


# Representations that look neither at the context nor at the serializer.
SHORT: dict[Any, Callable[[Any, str, str, Scope], Short]] = {
    text.CharField.to_representation: _of_class("str"),
    text.BooleanField.to_representation: _boolean,
    text.UUIDField.to_representation: _uuid,
    numbers.IntegerField.to_representation: _of_class("int"),
    numbers.BigIntegerField.to_representation: _big_integer,
    numbers.FloatField.to_representation: _of_class("float"),
    numbers.DecimalField.to_representation: _decimal,
    temporal.DateTimeField.to_representation: _moment,
    temporal.DateField.to_representation: _date,
    temporal.TimeField.to_representation: _time,
    temporal.DurationField.to_representation: _generic,
    choices.ChoiceField.to_representation: _choice,
    choices.MultipleChoiceField.to_representation: _generic,
    composite.JSONField.to_representation: _generic,
    relations.StringRelatedField.to_representation: _generic,
    relations.PrimaryKeyRelatedField.to_representation: _generic,
    relations.SlugRelatedField.to_representation: _generic,
}
_AS_IT_IS = (base.ReadOnlyField.to_representation, composite._UnvalidatedField.to_representation)
CONTEXT_FREE: frozenset[Any] = frozenset([*SHORT, *_AS_IT_IS])


def _guarded(represent: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return *represent* for values of unknown sources: those that may be called are left to the field."""

    def slow(value: Any) -> Any:
        if value is None:
            return None
        if callable(value):
            raise Irregular
        return represent(value)

    return slow


def _represent(field: Any, scope: Scope) -> str:
    """Return the name of what represents the values that are not for the short way."""
    if SHORT[type(field).to_representation] is _moment and _is_moment_of_ours(type(field)):
        return scope.once(("moment", id(field)), "moment", _moment_writer, field)
    return scope.name("represent", field.to_representation)


def _uncalled(value: Any) -> Any:
    if callable(value):
        raise Irregular
    return value


def value_expression(field: Any, source: str, scope: Scope, is_column: bool) -> str:
    """
    Return the representation of *source*, an expression, as an expression.

    Args:
        is_column: The value is that of a model's column, nothing that could be called.
    """
    method = type(field).to_representation
    if method in _AS_IT_IS or (method is composite.JSONField.to_representation and not field.binary):
        return source if is_column else f"{scope.name('plain', _uncalled)}({source})"
    v = scope.local("v")
    first = f"({v} := {source})"
    short = SHORT[method](field, first, v, scope)
    seen = first if short is None else v
    if is_column:
        other = f"None if {seen} is None else {_represent(field, scope)}({v})"
    else:
        other = f"{scope.name('represent', _guarded(field.to_representation))}({seen})"
    return other if short is None else f"{short[1]} if {short[0]} else {other}"


__all__ = ["CONTEXT_FREE", "Irregular", "Never", "Scope", "value_expression"]
