"""Pieces of generated source: names for objects, and the expression that reads a column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastjango.db.models.sql.plan import SelectPlan

# A converter may say more to generated readers by attributes: ``known`` (a dictionary of results, none of them None),
# ``prepare`` (gives the function for the settings of now, once per result), ``ready_zone`` (see datetimes).
Converter = Callable[[Any], Any] | None


class Scope:
    """The globals of a generated function; every object gets a name."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        # Lines that run once per call, before the rows.
        self.first: list[str] = []

    def name(self, value: Any, prefix: str) -> str:
        """Return a new name for *value*."""
        name = f"{prefix}{len(self.names)}"
        self.names[name] = value
        return name

    def column(self, place: int, converters: list[Converter]) -> str:
        """Return the source that reads one column of the row ``r``."""
        convert = converters[place]
        if convert is None:
            return f"r[{place}]"
        call = self.name(convert, "c")
        known = getattr(convert, "known", None)
        if known is not None:
            # Values that come again and again: a look into a dictionary instead of a call.
            return f"(v if (v := {self.name(known, 'known')}.get(r[{place}])) is not None else {call}(r[{place}]))"
        prepare = getattr(convert, "prepare", None)
        if prepare is not None:
            ready = f"p{len(self.first)}"
            self.first.append(f"    {ready} = {self.name(prepare, 'prepare')}()")
            return f"{ready}(r[{place}])"
        ready_zone = getattr(convert, "ready_zone", None)
        if ready_zone is None:
            return f"{call}(r[{place}])"
        # A moment that is in the right zone already needs no call.
        zone = f"z{len(self.first)}"
        self.first.append(f"    {zone} = {self.name(ready_zone, 'zone')}()")
        self.names["datetime"] = dt.datetime
        return f"(v if (v := r[{place}]).__class__ is datetime and v.tzinfo is {zone} else {call}(v))"

    def value(self, plan: SelectPlan, number: int) -> str:
        """Return the source that reads the *number*-th value of the row ``r``; a tuple for a composite key."""
        start, count = plan.spans[number]
        if start not in plan.tuples:
            return self.column(start, plan.converters)
        return f"({', '.join(self.column(place, plan.converters) for place in range(start, start + count))},)"

    def function(self, lines: list[str], name: str = "read") -> Callable[..., Any]:
        """Compile the lines and return the function called *name*."""
        namespace = dict(self.names)
        exec("\n".join([lines[0], *self.first, *lines[1:]]), namespace)  # noqa: S102 - made of attribute names and numbers only
        return namespace[name]  # type: ignore[no-any-return]


__all__ = ["Converter", "Scope"]
