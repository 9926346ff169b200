"""What type an operator gives for two types: the table behind ``F("a") + F("b")``."""

from __future__ import annotations

from typing import Any

from fastjango.db.models.expressions.combinable import Combinable
from fastjango.db.models.expressions.output import field_class

_NULL = "NoneType"
_POSITIVE = "PositiveIntegerField"
_INTEGER, _FLOAT, _DECIMAL = "IntegerField", "FloatField", "DecimalField"
_DATE, _DATETIME, _TIME, _DURATION = "DateField", "DateTimeField", "TimeField", "DurationField"

Rule = tuple[Any, Any, Any]
_rules: dict[str, list[Rule]] = {}


def register_combinable_fields(lhs: Any, connector: str, rhs: Any, result: Any) -> None:
    """
    Register the type of an operator's result.

    Args:
        lhs: Field class or the name of one; ``NoneType`` stands for NULL.
        rhs: The same for the right side.
        result: The field class of the result.
    """
    _rules.setdefault(connector, []).append((lhs, rhs, result))


def combined_type(connector: str, lhs: type[Any], rhs: type[Any]) -> type[Any] | None:
    """Return the field class that the operator gives, or None when it is unknown."""
    for left, right, result in _rules.get(connector, ()):
        if _is(lhs, left) and _is(rhs, right):
            return _class(result)
    return None


def _class(rule: Any) -> type[Any]:
    if isinstance(rule, str):
        return type(None) if rule == _NULL else field_class(rule)
    return rule  # type: ignore[no-any-return]


def _is(cls: type[Any], rule: Any) -> bool:
    return issubclass(cls, _class(rule))


def _fill() -> None:
    numbers = (_INTEGER, _FLOAT, _DECIMAL)
    arithmetic = (Combinable.ADD, Combinable.SUB, Combinable.MUL, Combinable.DIV, Combinable.MOD, Combinable.POW)
    for connector in arithmetic:
        if connector != Combinable.SUB:
            register_combinable_fields(_POSITIVE, connector, _POSITIVE, _POSITIVE)
        for kind in numbers:
            register_combinable_fields(kind, connector, kind, kind)
    for connector in arithmetic:
        for kind in (_DECIMAL, _FLOAT):
            register_combinable_fields(_INTEGER, connector, kind, kind)
            register_combinable_fields(kind, connector, _INTEGER, kind)
    for connector in ("&", "|", "<<", ">>", "#"):
        register_combinable_fields(_INTEGER, connector, _INTEGER, _INTEGER)
    for connector in arithmetic:
        for kind in numbers:
            register_combinable_fields(kind, connector, _NULL, kind)
            register_combinable_fields(_NULL, connector, kind, kind)
    for left, right, result in (
        (_DATE, _DURATION, _DATETIME),
        (_DATETIME, _DURATION, _DATETIME),
        (_DURATION, _DATE, _DATETIME),
        (_DURATION, _DATETIME, _DATETIME),
        (_DURATION, _DURATION, _DURATION),
        (_TIME, _DURATION, _TIME),
        (_DURATION, _TIME, _TIME),
    ):
        register_combinable_fields(left, Combinable.ADD, right, result)
    for left, right, result in (
        (_DATE, _DURATION, _DATETIME),
        (_DATETIME, _DURATION, _DATETIME),
        (_DATE, _DATE, _DURATION),
        (_DATE, _DATETIME, _DURATION),
        (_DATETIME, _DATE, _DURATION),
        (_DATETIME, _DATETIME, _DURATION),
        (_DURATION, _DURATION, _DURATION),
        (_TIME, _DURATION, _TIME),
        (_TIME, _TIME, _DURATION),
    ):
        register_combinable_fields(left, Combinable.SUB, right, result)


_fill()

__all__ = ["combined_type", "register_combinable_fields"]
