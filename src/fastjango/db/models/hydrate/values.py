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
    pairs = ", ".join(f"{name!r}: {scope.column(place, plan.converters)}" for place, name in enumerate(names))
    return scope.function(["def read(rows):", f"    return [{{{pairs}}} for r in rows]"])


def tuple_reader(plan: SelectPlan) -> Callable[[Rows], list[tuple[Any, ...]]]:
    """Return the function from rows to tuples; the rows themselves where nothing is to be converted."""
    converters = plan.converters
    if plan.width == len(converters) and not any(converters):
        return _as_they_are
    scope = Scope()
    values = "".join(f"{scope.column(place, converters)}, " for place in range(plan.width))
    return scope.function(["def read(rows):", f"    return [({values}) for r in rows]"])


def flat_reader(plan: SelectPlan) -> Callable[[Rows], list[Any]]:
    """Return the function from rows to their first values."""
    scope = Scope()
    return scope.function(["def read(rows):", f"    return [{scope.column(0, plan.converters)} for r in rows]"])


def named_reader(plan: SelectPlan, names: tuple[str, ...]) -> Callable[[Rows], list[Any]]:
    """Return the function from rows to named tuples."""
    row_class = row_type(names)
    read = tuple_reader(plan)

    def read_named(rows: Rows) -> list[Any]:
        return [row_class._make(values) for values in read(rows)]

    return read_named


@lru_cache(maxsize=512)
def row_type(names: tuple[str, ...]) -> Any:
    """Return the class of a named row."""
    return namedtuple("Row", names)  # noqa: PYI024 - made at run time


def _as_they_are(rows: Rows) -> Rows:
    return rows


__all__ = ["dict_reader", "flat_reader", "named_reader", "row_type", "tuple_reader"]
