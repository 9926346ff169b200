"""How classes of other modules are called in a stub, and the imports that this takes."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import Any

from fastjango.db.models.faces.annotations import python_type

ACCEPTED: dict[Any, str] = {
    bool: "bool",
    bytes: "bytes | bytearray | memoryview",
    decimal.Decimal: "_decimal.Decimal | float | str",
    dt.date: "_datetime.date | str",
    dt.datetime: "_datetime.datetime | _datetime.date | str",
    dt.time: "_datetime.time | str",
    dt.timedelta: "_datetime.timedelta | str",
    float: "float | str",
    int: "int | str",
    str: "str",
    uuid.UUID: "_uuid.UUID | str",
}
"""What a lookup or a constructor takes for a column whose values have the type: what the field's attribute takes."""


class Names:
    """The names of one stub."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.imports: set[str] = set()

    def of_class(self, cls: Any) -> str:
        """Return the name of a class; one of another module is imported under a name of its own."""
        if cls.__module__ == self.module:
            return str(cls.__qualname__)
        outer, _, inner = cls.__qualname__.partition(".")
        alias = f"_{cls.__module__.replace('.', '_')}_{outer}"
        self.imports.add(f"from {cls.__module__} import {outer} as {alias}")
        return f"{alias}.{inner}" if inner else alias

    def value(self, field: Any) -> str:
        """Return the type of a column's values, without NULL."""
        kind = python_type(field)
        if kind in ACCEPTED:
            return ACCEPTED[kind].partition(" |")[0]
        return "_Any"

    def accepted(self, field: Any) -> str:
        """Return the type of what may be given for a column, without NULL."""
        return ACCEPTED.get(python_type(field), "_Any")


__all__ = ["ACCEPTED", "Names"]
