"""Values of each kind, and paths through the relations."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.contract.differential.codec import encode
from tests.contract.differential.world import rows
from tests.contract.differential.world.schema import FIELDS, KEYS, RELATIONS

Node = Any
POOLS: dict[str, Sequence[Any]] = {
    "text": rows.TEXTS,
    "int": [*rows.INTS, 11, 17, 18, 120, 350],
    "float": rows.FLOATS,
    "decimal": rows.DECIMALS,
    "date": rows.DATES,
    "time": rows.TIMES,
    "datetime": rows.DATETIMES,
    "duration": rows.DURATIONS,
    "uuid": rows.UUIDS[:45],
    "binary": rows.BLOBS,
    "json": rows.JSONS,
    "bool": [True, False],
}
NUMBERS = ("int", "float", "decimal")


@dataclass
class Scope:
    """What names mean at one place of a queryset."""

    model: str
    outer: Scope | None = None
    names: dict[str, str] = field(default_factory=dict)
    aggregates: set[str] = field(default_factory=set)
    # A join may repeat rows.
    many: bool = False
    # Columns of `values()`; None while rows are instances.
    columns: list[str] | None = None
    ordered: bool = False
    taken: int = 0

    def new_name(self) -> str:
        self.taken += 1
        return f"n{self.taken}"


class Values:
    """Random choices; the subclasses add what can be built of them."""

    def __init__(self, seed: int, depth: int = 2) -> None:
        self.random = random.Random(seed)
        self.depth = depth
        # Whether a value of another kind than its field's stands somewhere.
        self.odd = False

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def choice(self, items: Sequence[Any]) -> Any:
        return self.random.choice(items)

    def weighted(self, weights: dict[str, float]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def some(self, items: Sequence[Any], most: int) -> list[Any]:
        return self.random.sample(items, min(len(items), self.random.randint(1, most)))

    def raw(self, kind: str) -> Any:
        """Return a value of *kind*, seldom one of another kind or form."""
        if self.chance(0.01):
            self.odd = True
            kind = self.choice(list(POOLS))
        value = self.choice(POOLS[kind])
        if kind in ("int", "decimal") and self.chance(0.04):
            return str(value)
        if kind == "int" and self.chance(0.02):
            self.odd = True
            return self.choice([2**70, -(2**70), 2.5, True])
        if kind in ("date", "datetime", "time") and self.chance(0.05):
            return value.isoformat()
        if kind == "uuid" and self.chance(0.05):
            return str(value)
        return value

    def value(self, kind: str) -> Node:
        return encode(self.raw(kind))

    def key_of(self, model: str) -> Any:
        if model == "Country":
            return self.choice(["FR", "AT", "JP", "cl", "xx"])
        if model in ("Author", "Scientist"):
            return self.random.randint(10, 20)
        return self.random.randint(1, 22)

    def path(self, scope: Scope, kinds: Sequence[str] = (), hops: int = 2) -> tuple[str, str] | None:
        """Return a path to a field of one of *kinds* (any by default) and its kind."""
        for _ in range(12):
            fitting = [(name, kind) for name, kind in scope.names.items() if not kinds or kind in kinds]
            if fitting and self.chance(0.4):
                return self.random.choice(fitting)
            model, parts, many = scope.model, [], False
            for _ in range(self.random.choices(range(hops + 1), [60, 28, 12][: hops + 1])[0]):
                name = self.choice(list(RELATIONS[model]))
                model, single = RELATIONS[model][name]
                parts.append(name)
                many = many or not single
            found = self.field(model, kinds)
            if found is not None:
                scope.many = scope.many or many
                return "__".join([*parts, found[0]]), found[1]
        return None

    def field(self, model: str, kinds: Sequence[str]) -> tuple[str, str] | None:
        fields = FIELDS[model]
        if (not kinds or "int" in kinds) and self.chance(0.08):
            return "pk", "text" if model == "Country" else "int"
        fitting = [name for name in fields if not kinds or fields[name] in kinds]
        if not fitting:
            return None
        name = self.choice(fitting)
        return name, fields[name]

    def relation(self, scope: Scope, hops: int = 1) -> tuple[str, str]:
        """Return a path to a relation and the model it leads to."""
        model, parts = scope.model, []
        for _ in range(self.random.randint(1, hops)):
            name = self.choice(list(RELATIONS[model]))
            model, single = RELATIONS[model][name]
            scope.many = scope.many or not single
            parts.append(name)
        return "__".join(parts), model

    def key_name(self, model: str) -> str:
        return KEYS.get(model, "id")

    # What the subclasses build.

    def term(self, scope: Scope, kind: str, depth: int) -> Node:
        raise NotImplementedError

    def condition(self, scope: Scope, depth: int) -> Node:
        raise NotImplementedError

    def subquery(self, scope: Scope, kind: str, *, single: bool, correlated: bool | None = None) -> Node:
        raise NotImplementedError

    def exists(self, scope: Scope) -> Node:
        raise NotImplementedError
