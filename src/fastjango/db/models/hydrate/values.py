"""Rows to plain values: ``values()``, ``values_list()``, flat and named."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .source import Scope

if TYPE_CHECKING:
    from fastjango.db.models.sql.plan import SelectPlan

Rows = list[tuple[Any, ...]]


def dict_reader(plan: SelectPlan, names: tuple[str, ...]) -> Callable[[Rows], list[dict[str, Any]]]:
    """Return the function from rows to ``{name: value}``."""
    scope = Scope()
    pairs = ", ".join(f"{name!r}: {scope.value(plan, number)}" for number, name in enumerate(names))
    return scope.function(["def read(rows):", f"    return [{{{pairs}}} for r in rows]"])


def tuple_reader(plan: SelectPlan, places: list[int] | None = None) -> Callable[[Rows], list[tuple[Any, ...]]]:
    """
    Return the function from rows to tuples; the rows themselves where nothing is to be converted.

    Args:
        places: Which columns, in which order; all when missing.
    """
    converters = plan.converters
    if places is None or places == list(range(len(plan.spans))):
        places = list(range(len(plan.spans)))
        if plan.width == len(converters) and not plan.tuples and not any(converters):
            return _as_they_are
    scope = Scope()
    values = "".join(f"{scope.value(plan, number)}, " for number in places)
    return scope.function(["def read(rows):", f"    return [({values}) for r in rows]"])


def flat_reader(plan: SelectPlan) -> Callable[[Rows], list[Any]]:
    """Return the function from rows to their first values."""
    scope = Scope()
    return scope.function(["def read(rows):", f"    return [{scope.value(plan, 0)} for r in rows]"])


def named_reader(
    plan: SelectPlan, names: tuple[str, ...], places: list[int] | None = None
) -> Callable[[Rows], list[Any]]:
    """Return the function from rows to named tuples."""
    row_class = row_type(names)
    read = tuple_reader(plan, places)

    def read_named(rows: Rows) -> list[Any]:
        return [row_class._make(values) for values in read(rows)]

    return read_named


@lru_cache(maxsize=512)
def row_type(names: tuple[str, ...]) -> Any:
    """Return the class of a named row."""
    make: Any = namedtuple
    made = make("Row", names)
    made.__reduce__ = _reduce_row
    return made


def _reduce_row(row: Any) -> Any:
    return unpickle_row, (row._fields, tuple(row))


def unpickle_row(names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    """Return a named row that was pickled."""
    return row_type(names)._make(values)


def _as_they_are(rows: Rows) -> Rows:
    return rows


__all__ = ["dict_reader", "flat_reader", "named_reader", "row_type", "tuple_reader", "unpickle_row"]
