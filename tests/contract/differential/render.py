"""Results as canonical JSON: each value with its type's name, so that `1`, `True`, `1.0` and `Decimal(1)` differ."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


class Rows:
    """Rows whose order means something, or does not."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def rendered(self, *, ordered: bool) -> Any:
        rows = [value(row) for row in self.rows]
        return rows if ordered else sorted(rows, key=json.dumps)


def value(item: Any) -> Any:
    """Return *item* as data in which equal results are equal."""
    if item is None or isinstance(item, bool):
        return item
    kind = type(item).__name__
    if isinstance(item, float):
        # The order in which a database adds up is its own.
        return [kind, f"{item:.10g}"]
    if isinstance(item, dt.datetime):
        return [kind, item.isoformat()]
    if isinstance(item, memoryview):
        return [kind, item.tobytes().hex()]
    if isinstance(item, bytes):
        return [kind, item.hex()]
    if isinstance(item, (int, str, Decimal, dt.date, dt.time, dt.timedelta)):
        return [kind, str(item)]
    if isinstance(item, Mapping):
        return [kind, [[value(key), value(part)] for key, part in item.items()]]
    fields: Any = getattr(item, "_fields", None)
    if isinstance(item, tuple) and fields is not None:
        return [kind, list(fields), [value(part) for part in item]]
    if isinstance(item, (list, tuple)):
        return [kind, [value(part) for part in item]]
    if hasattr(item, "_meta"):
        return instance(item, 3)
    return [kind, str(item)]


def instance(item: Any, depth: int) -> Any:
    """Return a model instance: what is loaded, what is attached, what came with it."""
    attributes = {name: part for name, part in vars(item).items() if not name.startswith("_")}
    shown: list[Any] = [type(item).__name__]
    for name in sorted(attributes):
        part = attributes[name]
        if isinstance(part, list) and part and hasattr(part[0], "_meta"):
            shown.append([name, sorted((instance(each, depth - 1) for each in part), key=json.dumps)])
        elif hasattr(part, "_meta"):
            shown.append([name, instance(part, depth - 1)])
        else:
            shown.append([name, value(part)])
    if depth:
        related = item._state.fields_cache
        shown.append([[name, related[name] and instance(related[name], depth - 1)] for name in sorted(related)])
        fetched = getattr(item, "_prefetched_objects_cache", {})
        for name in sorted(fetched):
            shown.append([name, sorted((instance(each, depth - 1) for each in fetched[name]), key=json.dumps)])
    return shown
