"""Keys of unresolved expressions: what shapes the SQL goes in, user values stay out.

A key is hashable and compares equal only when the SQL would be the same. Values are
always tagged with their type (``1 == True == 1.0`` in Python). User values are appended
to a list in traversal order; ``with_slots`` walks in the same order and tells every
value at which place of that list it will find its next self.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Hashable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID


class Uncacheable(Exception):
    """Raised by ``shape_into``: this query must be compiled each time it runs."""


PLAIN = frozenset({int, str, bool, bytes, type(None)})
SCALARS = PLAIN | {
    float,
    Decimal,
    dt.date,
    dt.datetime,
    dt.time,
    dt.timedelta,
    UUID,
}
"""Types whose values are immutable and can be bound as they are."""

_EMPTY = frozenset({dict, list, tuple})

shaping_names: set[str] = {"isnull"}
"""Names of lookups whose value enters the key (``Lookup.value_shapes_sql``)."""


class SlotCounter:
    """Hands out places in the list of binds."""

    __slots__ = ("next",)

    def __init__(self, start: int = 0) -> None:
        self.next = start

    def take(self, count: int = 1) -> int:
        """Reserve *count* places and return the first."""
        first = self.next
        self.next += count
        return first


class Slotted:
    """A raw lookup value together with its place in the binds (made by ``Q.with_slots``)."""

    __slots__ = ("slot", "value")

    def __init__(self, value: Any, slot: int) -> None:
        self.value = value
        self.slot = slot

    def __repr__(self) -> str:
        # Messages show the expression as the user wrote it.
        return repr(self.value)


def constant_key(value: Any) -> Hashable:
    """Return the key of a value that is written into the SQL.

    Raises:
        Uncacheable: The value has no stable key.
    """
    kind = type(value)
    if kind in PLAIN:
        return (kind, value)
    if not value and kind in _EMPTY:
        return (kind, ())
    if kind in SCALARS:
        return (kind, repr(value))
    if isinstance(value, type | enum.Enum | dt.tzinfo):
        known: Hashable = value
        return known
    if isinstance(value, tuple | list):
        return (kind, tuple(map(constant_key, value)))
    if isinstance(value, set | frozenset):
        return (kind, frozenset(map(constant_key, value)))
    if isinstance(value, dict):
        return (dict, tuple((key, constant_key(item)) for key, item in value.items()))
    if hasattr(value, "get_internal_type") and hasattr(value, "deconstruct"):
        return field_key(value)
    raise Uncacheable(f"{kind.__qualname__} has no key")


def field_key(field: Any) -> Hashable:
    """Return the key of a field: itself on a model, else how it was constructed."""
    if getattr(field, "model", None) is not None:
        bound: Hashable = field
        return bound
    key: Hashable | None = field.__dict__.get("_shape_key")
    if key is None:
        _, _, args, kwargs = field.deconstruct()
        key = (type(field), constant_key(tuple(args)), constant_key(kwargs))
        field.__dict__["_shape_key"] = key
    return key


def is_expression(value: Any) -> bool:
    """Whether *value* is resolved against a query instead of being bound."""
    return hasattr(value, "resolve_expression")


def holds_expression(values: Any) -> bool:
    """Whether a list, or a row inside it, has an expression."""
    for item in values:
        kind = type(item)
        if kind in SCALARS:
            continue
        if is_expression(item) or (kind in (tuple, list) and holds_expression(item)):
            return True
    return False


def is_queryset(value: Any) -> bool:
    """Whether *value* is a queryset with a shape of its own."""
    return hasattr(value, "slotted_query")


def queryset_key(queryset: Any, binds: list[Any]) -> Hashable:
    """Return the key of an inner queryset; its binds are appended."""
    shape = queryset.shape
    if not getattr(shape, "interned", True):
        raise Uncacheable("the inner queryset has no interned shape")
    binds.extend(queryset.binds)
    # Its database too: a query of another one is refused.
    return ("queryset", shape, getattr(queryset, "_db", None))


def value_key(name: str, value: Any, binds: list[Any]) -> Hashable:
    """Return the key of a lookup's raw value; *name* is the whole path."""
    kind = type(value)
    if kind in SCALARS:
        if value is None:
            return "none"
        if name.rpartition("__")[2] in shaping_names:
            binds.append(value)
            return (kind, repr(value))
        binds.append(value)
        return "value"
    if is_queryset(value):
        return queryset_key(value, binds)
    if is_expression(value):
        key: Hashable = value.shape_into(binds)
        return ("expression", key)
    if name.rpartition("__")[2] in shaping_names:
        raise Uncacheable(f"{name} takes a {kind.__qualname__}")
    if isinstance(value, list | tuple | set | frozenset):
        if holds_expression(value):
            raise Uncacheable("a list with expressions")
        binds.append(value)
        return "list"
    if isinstance(value, Iterator):
        raise Uncacheable("an iterator can be read once only")
    binds.append(value)
    return "object"


def part_key(part: Any, binds: list[Any]) -> Hashable:
    """Return the key of a part of an expression: None, a queryset or an expression."""
    if part is None:
        return None
    shape_into = getattr(part, "shape_into", None)
    if shape_into is not None:
        key: Hashable = shape_into(binds)
        return key
    if is_queryset(part):
        return queryset_key(part, binds)
    raise Uncacheable(f"{type(part).__qualname__} has no key")


def slotted_part(part: Any, counter: SlotCounter) -> Any:
    """Return a part whose values know their places; the order is that of ``part_key``."""
    if part is None:
        return None
    if is_queryset(part):
        return part.slotted_query(counter.take(len(part.binds)))
    first = counter.next
    slotted = part.with_slots(counter)
    if counter.next > first:
        # Equal values of this call may be different ones in the next: only its own copies are equal to it.
        slotted.__dict__["identity"] = (type(slotted), object())
    return slotted


def slot_value(value: Any, counter: SlotCounter) -> Any:
    """Return *value* with its place in the binds; the order is that of ``value_key``."""
    if value is None:
        return value
    if is_queryset(value):
        return Slotted(value, counter.take(len(value.binds)))
    if is_expression(value):
        return slotted_part(value, counter)
    return Slotted(value, counter.take())


__all__ = [
    "SCALARS",
    "SlotCounter",
    "Slotted",
    "Uncacheable",
    "constant_key",
    "field_key",
    "holds_expression",
    "is_expression",
    "is_queryset",
    "part_key",
    "queryset_key",
    "shaping_names",
    "slot_value",
    "slotted_part",
    "value_key",
]
