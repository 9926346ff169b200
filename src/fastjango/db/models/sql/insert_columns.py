"""
From instances to the rows of an INSERT: a function generated for some fields of a model.

It takes the values that are of the very class that their field stores (``fields/quick.py``); for every other value it asks
a ``SlowWay``, which lets the field prepare it.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from typing import Any

from fastjango.db.models.fields.quick import MomentWriter, Quick, quick_values
from fastjango.db.models.fields.temporal import DateTimeField
from fastjango.db.models.lookups import registry
from fastjango.utils import timezone

Row = tuple[Any, ...]
Slow = Callable[[Any, int], Any]


class InsertColumns:
    """The fields of an INSERT and the function that makes rows of instances."""

    __slots__ = ("connection", "epoch", "fields", "has_placeholders", "plans", "rows")

    def __init__(self, fields: Sequence[Any], connection: Any, raw: bool) -> None:
        self.fields = fields
        self.connection = connection
        self.epoch = registry.epoch
        self.has_placeholders = any(map(has_placeholder, fields))
        self.rows: Callable[[Sequence[Any], Slow], list[Row]] = _row_maker(quick_values(fields, connection), raw)
        # Statements for these columns, by what they return.
        self.plans: dict[Any, Any] = {}


def columns_for(opts: Any, connection: Any, fields: Sequence[Any], raw: bool) -> InsertColumns:
    """Return the columns of *fields*, made at the first INSERT of them."""
    _, with_key, without_key = opts.save_columns
    # The lists that save() and bulk_create() use are always the same objects.
    if fields is without_key:
        key: Any = (connection.alias, raw, False)
    elif fields is with_key:
        key = (connection.alias, raw, True)
    else:
        key = (connection.alias, raw, *(field.column for field in fields))
    kept: dict[Any, InsertColumns] = opts.__dict__.setdefault("_insert_columns", {})
    found = kept.get(key)
    if (
        found is None
        or found.connection is not connection
        or found.epoch != registry.epoch
        or (found.fields is not fields and list(found.fields) != list(fields))
    ):
        found = kept[key] = InsertColumns(fields, connection, raw)
    return found


def has_placeholder(field: Any) -> bool:
    """Tell whether a user's field writes its own placeholder."""
    method = getattr(type(field), "get_placeholder", None)
    return method is not None and not method.__module__.startswith("fastjango.")


def _row_maker(columns: list[Quick], raw: bool) -> Callable[[Sequence[Any], Slow], list[Row]]:
    """Return the function from instances to rows of driver values."""
    scope: dict[str, Any] = {"timezone": timezone}
    begin: list[str] = []
    lines: list[str] = []
    for place, column in enumerate(columns):
        value, name = f"v{place}", column.attname
        plain = name.isidentifier() and not keyword.iskeyword(name)
        if column.automatic and not raw and column.of is not None and isinstance(column.field, DateTimeField):
            if "moment" not in scope:
                scope["moment"] = column.convert
                begin.append("write = moment.for_batch()")
                # An object is stamped once.
                lines += ["now = timezone.now()", "written = write(now)"]
            lines.append(f"o.{name} = now" if plain else f"setattr(o, {name!r}, now)")
            lines.append(f"{value} = slow(o, {place}) if written is None else written")
            continue
        if column.of is None:
            lines.append(f"{value} = slow(o, {place})")
            continue
        lines.append(f"{value} = o.{name}" if plain else f"{value} = getattr(o, {name!r})")
        scope[f"t{place}"] = column.of
        if column.convert is None:
            lines.append(f"if {value}.__class__ is not t{place} and {value} is not None: {value} = slow(o, {place})")
            continue
        if isinstance(column.convert, MomentWriter):
            scope[f"k{place}"] = column.convert
            begin.append(f"c{place} = k{place}.for_batch()")
        else:
            scope[f"c{place}"] = column.convert
        lines += [
            f"if {value}.__class__ is t{place}:",
            f"    w = c{place}({value})",
            f"    {value} = slow(o, {place}) if w is None else w",
            f"elif {value} is not None: {value} = slow(o, {place})",
        ]
    start = "".join(f"    {line}\n" for line in [*begin, "made = []", "for o in objs:"])
    body = "".join(f"        {line}\n" for line in lines)
    row = "".join(f"v{place}, " for place in range(len(columns)))
    source = f"def rows(objs, slow):\n{start}{body}        made.append(({row}))\n    return made\n"
    exec(source, scope)  # noqa: S102  # made of the names of fields and of places only
    return scope["rows"]  # type: ignore[no-any-return]


__all__ = ["InsertColumns", "columns_for", "has_placeholder"]
