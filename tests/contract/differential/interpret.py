"""
Run a program, which is data, with the framework of this process.

A program names a model, the steps of a queryset and what is asked at the end; `generate.py` makes them.
"""

from __future__ import annotations

import operator
import zoneinfo
from collections.abc import Callable
from importlib import import_module
from typing import Any

from tests.contract.differential import codec, render
from tests.contract.differential.mended import mended

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}


class Interpreter:
    """Programs to results, with the names of one package ("django" or "fastjango")."""

    def __init__(self, side: str) -> None:
        self.models = import_module("tests.contract.differential.world.models")
        doors = ("db.models", "db.models.functions", "db.models.lookups", "db.models.fields.json")
        self.doors = [import_module(f"{side}.{door}") for door in doors]
        self.transaction: Any = import_module(f"{side}.db.transaction")
        self.timezone: Any = import_module(f"{side}.utils.timezone")

    def run(self, program: dict[str, Any]) -> Any:
        """Return the canonical result of *program*: rows, a value, or the class of the exception."""
        try:
            with self.timezone.override(program.get("timezone")), mended(program.get("mended", [])):
                if not program.get("writes"):
                    return self.finish(program)
                with self.transaction.atomic():
                    try:
                        return [self.finish(program), self.tables(program["writes"])]
                    finally:
                        self.transaction.set_rollback(True)
        except Exception as exc:
            kinds = [kind.__name__ for kind in type(exc).__mro__]
            return ["raises", kinds[0], str(exc), kinds]

    def tables(self, names: list[str]) -> list[Any]:
        """Return the rows of the tables that a program writes."""
        return [[render.value(row) for row in self.model(name)._base_manager.order_by("pk").values()] for name in names]

    def finish(self, program: dict[str, Any]) -> Any:
        queryset = self.query(program)
        kind, *details = program["final"]
        result = getattr(self, f"final_{kind}")(queryset, *details)
        if details[:1] == ["in_bulk"] and isinstance(result, dict) and not program.get("ordered", False):
            # Rows without an order come as the database likes.
            result = dict(sorted(result.items(), key=repr))
        if isinstance(result, render.Rows):
            return result.rendered(ordered=program.get("ordered", False))
        return render.value(result)

    # Endings.

    def final_rows(self, queryset: Any) -> Any:
        return render.Rows(list(queryset))

    def final_iterator(self, queryset: Any, chunk_size: int) -> Any:
        return render.Rows(list(queryset.iterator(chunk_size=chunk_size)))

    def final_call(self, queryset: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        positional, named = self.arguments(args, kwargs)
        return getattr(queryset, name)(*positional, **named)

    def final_list(self, queryset: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Rows of a method that returns a queryset of values: `dates`, `datetimes`."""
        return render.Rows(list(self.final_call(queryset, name, args, kwargs)))

    def final_index(self, queryset: Any, index: int) -> Any:
        return queryset[index]

    def final_walk(self, queryset: Any, paths: list[list[str]]) -> Any:
        """Rows with attributes that load what was left out."""
        return render.Rows([[item, *(self.walk(item, path) for path in paths)] for item in queryset])

    def walk(self, item: Any, path: list[str]) -> Any:
        for name in path:
            try:
                item = getattr(item, name)
            except Exception as exc:
                return type(exc).__name__
            if item is None:
                return None
            if hasattr(item, "all"):
                return render.Rows(list(item.all())).rendered(ordered=False)
        return item

    def final_raw(self, queryset: Any, sql: str, params: list[Any]) -> Any:
        return render.Rows(list(queryset.model._base_manager.raw(sql, [self.value(item) for item in params])))

    def final_bulk_update(self, queryset: Any, fields: dict[str, Any], batch_size: int | None) -> Any:
        # Each row gets the value of its place, so the places must not depend on the database.
        objects = sorted(queryset, key=lambda item: repr(item.pk))
        for number, item in enumerate(objects):
            for name, values in fields.items():
                setattr(item, name, self.value(values[number % len(values)]))
        return queryset.model._base_manager.bulk_update(objects, list(fields), batch_size=batch_size)

    def final_save(self, queryset: Any, fields: dict[str, Any], update_fields: list[str] | None) -> Any:
        for item in queryset:
            for name, value in fields.items():
                setattr(item, name, self.value(value))
            item.save(update_fields=update_fields)
        return None

    # Building.

    def model(self, name: str) -> Any:
        return getattr(self.models, name)

    def query(self, program: dict[str, Any]) -> Any:
        queryset = self.model(program["model"])._default_manager.all()
        for name, args, kwargs in program["steps"]:
            positional, named = self.arguments(args, kwargs)
            if name == "slice":
                queryset = queryset[slice(*positional)]
            else:
                queryset = getattr(queryset, name)(*positional, **named)
        return queryset

    def arguments(self, args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        return [self.value(item) for item in args], {name: self.value(item) for name, item in kwargs.items()}

    def value(self, node: Any) -> Any:
        """Return what *node* stands for."""
        if not isinstance(node, list):
            return node
        tag, *parts = node
        if tag in codec.READERS:
            return codec.READERS[tag](parts[0])
        return getattr(self, f"make_{tag}")(*parts)

    def make_list(self, items: list[Any]) -> Any:
        return [self.value(item) for item in items]

    def make_tuple(self, items: list[Any]) -> Any:
        return tuple(self.value(item) for item in items)

    def make_dict(self, pairs: list[Any]) -> Any:
        return {key: self.value(item) for key, item in pairs}

    def make_q(self, connector: str, negated: bool, children: list[Any]) -> Any:
        parts = [(part[1], self.value(part[2])) if part[0] == "kw" else self.value(part) for part in children]
        return self.named("Q")(*parts, _connector=connector, _negated=negated)

    def make_call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        positional, named = self.arguments(args, kwargs)
        return self.named(name)(*positional, **named)

    def make_method(self, node: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        positional, named = self.arguments(args, kwargs)
        return getattr(self.value(node), name)(*positional, **named)

    def make_op(self, symbol: str, left: Any, right: Any) -> Any:
        return OPERATORS[symbol](self.value(left), self.value(right))

    def make_not(self, node: Any) -> Any:
        return ~self.value(node)

    def make_query(self, program: dict[str, Any]) -> Any:
        return self.query(program)

    def make_object(self, model: str, key: Any) -> Any:
        return self.model(model)._base_manager.get(pk=key)

    def make_zone(self, name: str) -> Any:
        return zoneinfo.ZoneInfo(name)

    def named(self, name: str) -> Any:
        return next(getattr(door, name) for door in self.doors if hasattr(door, name))
