"""Pieces of generated source: names for objects, and the expression that reads a column."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from types import CodeType
from typing import TYPE_CHECKING, Any

from fastjango.conf import settings

if TYPE_CHECKING:
    from fastjango.db.models.sql.plan import SelectPlan

# A converter may say more to generated readers by attributes: ``known`` (a dictionary of results, none of them None),
# ``prepare`` (gives the function for the settings of now, once per result), ``ready_zone`` and ``utc_texts_of`` (see
# datetimes).
Converter = Callable[[Any], Any] | None
_UNKNOWN = object()


@functools.lru_cache(maxsize=500)
def _code(source: str) -> CodeType:
    """Return the compiled source; a query that has no plan to keep asks for the same one at each call."""
    return compile(source, "<rows>", "exec")


class Scope:
    """The globals of a generated function; every object gets a name."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        # Lines that run once per call, before the rows.
        self.first: list[str] = []

    def cell(self, place: int) -> str:
        """Return the source of one value of the row."""
        return f"r[{place}]"

    def name(self, value: Any, prefix: str) -> str:
        """Return a new name for *value*."""
        name = f"{prefix}{len(self.names)}"
        self.names[name] = value
        return name

    def column(self, place: int, converters: list[Converter]) -> str:
        """Return the source that reads one column of the row."""
        convert, cell = converters[place], self.cell(place)
        if convert is None:
            return cell
        call = self.name(convert, "c")
        known = getattr(convert, "known", None)
        if known is not None:
            # Values that come again and again: a look into a dictionary instead of a call.
            return f"(v if (v := {self.name(known, 'known')}.get({cell})) is not None else {call}({cell}))"
        prepare = getattr(convert, "prepare", None)
        if prepare is not None:
            ready = f"p{len(self.first)}"
            self.first.append(f"    {ready} = {self.name(prepare, 'prepare')}()")
            return f"{ready}({cell})"
        ready_zone = getattr(convert, "ready_zone", None)
        if ready_zone is None:
            return f"{call}({cell})"
        # A moment that is in the right zone already needs no call.
        zone = f"z{len(self.first)}"
        self.first.append(f"    {zone} = {self.name(ready_zone, 'zone')}()")
        self.names["datetime"] = dt.datetime
        return f"(v if (v := {cell}).__class__ is datetime and v.tzinfo is {zone} else {call}(v))"

    def value(self, plan: SelectPlan, number: int) -> str:
        """Return the source that reads the *number*-th value of the row; a tuple for a composite key."""
        start, count = plan.spans[number]
        if start not in plan.tuples:
            return self.column(start, plan.converters)
        return f"({', '.join(self.column(place, plan.converters) for place in range(start, start + count))},)"

    def function(self, lines: list[str], name: str = "read") -> Callable[..., Any]:
        """Compile the lines and return the function called *name*."""
        namespace = dict(self.names)
        exec(_code("\n".join([lines[0], *self.first, *lines[1:]])), namespace)  # noqa: S102 - made of attribute names and numbers only
        return namespace[name]  # type: ignore[no-any-return]


class TrustingScope(Scope):
    """
    Reads the values of a row from names, and takes them to be as they usually are.

    Its functions raise ``TypeError`` or ``ValueError`` where they are not; ``careful`` then reads the rows again.
    """

    def __init__(self, careful: Callable[..., Any]) -> None:
        super().__init__()
        self.names.update(careful=careful, moment=dt.datetime.fromisoformat, settings=settings, utc=dt.UTC)
        # Lines that are to stand before the rows, where their errors lead to ``careful``.
        self.checks: list[str] = []
        self._utc: list[Any] = []

    def cell(self, place: int) -> str:
        """Return the source of one value of the row."""
        return f"v{place}"

    def column(self, place: int, converters: list[Converter]) -> str:
        """Return the source that reads one column of the row."""
        connection = getattr(converters[place], "utc_texts_of", _UNKNOWN)
        if connection is _UNKNOWN:
            return super().column(place, converters)
        if not any(connection is known for known in self._utc):
            self._utc.append(connection)
            # What reads_utc() says, without the call.
            zone = "None" if connection is None else f"{self.name(connection, 'k')}.timezone"
            self.checks.append(
                f"if not settings.USE_TZ or ({zone} is not None and {zone} is not utc): raise ValueError"
            )
        cell = self.cell(place)
        return f"(None if {cell} is None else moment({cell} + 'Z'))"


def is_quiet(convert: Converter) -> bool:
    """Tell whether a converter may run twice for a value: it is ours, and nobody notices."""
    return convert is None or any(hasattr(convert, name) for name in ("known", "utc_texts_of", "ready_zone"))


__all__ = ["Converter", "Scope", "TrustingScope", "is_quiet"]
