"""Lookups of every kind of field, and trees of conditions."""

from __future__ import annotations

from typing import Any

from tests.contract.differential.codec import encode
from tests.contract.differential.generate.terms import Terms
from tests.contract.differential.generate.values import Node, Scope

COMPARE = {"exact": 4.0, "gt": 2, "gte": 2, "lt": 2, "lte": 2, "in": 3, "range": 2, "isnull": 2}
TEXT = {"exact": 3.0, "iexact": 2, "contains": 2, "icontains": 2, "startswith": 2, "istartswith": 2, "endswith": 2, "iendswith": 2,
        "gt": 1, "lte": 1, "in": 3, "range": 1, "isnull": 2, "regex": 2, "iregex": 2}  # fmt: skip
JSON = {
    "exact": 3.0,
    "isnull": 2,
    "has_key": 2,
    "has_keys": 2,
    "has_any_keys": 2,
    "contains": 0.5,
    "contained_by": 0.3,
    "key": 10,
}
PARTS = {
    "date": ["year", "month", "day", "week", "week_day", "iso_week_day", "quarter", "iso_year"],
    "time": ["hour", "minute", "second"],
}
PARTS["datetime"] = [*PARTS["date"], *PARTS["time"], "date", "time"]
REGEX = ["^a", "n+$", "[A-Z]", ".*", "a|b", "\\d", "ß", "^$", "("]
JSON_KEYS = ["a", "b", "k y", "0", "1", "missing"]


class Conditions(Terms):
    """Conditions over the names of a scope."""

    def condition(self, scope: Scope, depth: int) -> Node:
        """Return a Q tree (or a single condition, or an expression that is one)."""
        if depth > 0 and self.chance(0.08):
            return self.exists(scope)
        if depth <= 0:
            return ["q", "AND", self.chance(0.1), [self.leaf_condition(scope)]]
        children = []
        for _ in range(self.random.randint(1, 3)):
            if self.chance(0.3):
                children.append(self.condition(scope, depth - 1))
            else:
                children.append(self.leaf_condition(scope))
        connector = self.weighted({"AND": 5, "OR": 4, "XOR": 1})
        return ["q", connector, self.chance(0.25), children]

    def leaf_condition(self, scope: Scope) -> Node:
        if self.chance(0.15):
            return self.relation_condition(scope)
        found = self.path(scope)
        if found is None:
            return ["kw", "pk__isnull", False]
        path, kind = found
        suffix, value = self.lookup(scope, kind)
        return ["kw", f"{path}{suffix}", value]

    def keywords(self, scope: Scope) -> dict[str, Node]:
        """Return conditions as keyword arguments."""
        return {
            name: value for _, name, value in (self.leaf_condition(scope) for _ in range(self.random.randint(1, 2)))
        }

    def relation_condition(self, scope: Scope) -> Node:
        path, model = self.relation(scope, 2)
        name = self.weighted({"isnull": 4, "exact": 3, "in": 3, "gt": 1, "object": 2, "queryset": 3})
        if name == "isnull":
            return ["kw", f"{path}__isnull", self.chance(0.5)]
        if name == "exact":
            return ["kw", path, None if self.chance(0.1) else self.key_of(model)]
        if name == "in":
            return ["kw", f"{path}__in", ["list", [self.key_of(model) for _ in range(self.random.randint(0, 4))]]]
        if name == "gt":
            return ["kw", f"{path}__{self.choice(['gt', 'lte'])}", self.key_of(model)]
        if name == "object":
            return ["kw", path, ["object", model, self.key_of(model)]]
        steps = [["filter", [self.condition(Scope(model), 0)], {}]] if self.chance(0.7) else []
        if self.chance(0.3):
            steps.append(["values", ["pk"], {}])
        return ["kw", f"{path}__in", ["query", {"model": model, "steps": steps}]]

    def lookup(self, scope: Scope, kind: str) -> tuple[str, Node]:
        """Return `__lookup` and its value."""
        if kind in ("date", "datetime", "time") and self.chance(0.4):
            part = self.choice(PARTS[kind])
            suffix, value = self.lookup(scope, part if part in ("date", "time") else "part")
            return f"__{part}{suffix}", value
        if kind == "part":
            return self.compare(scope, kind)
        if kind == "json":
            return self.json_lookup(scope)
        if kind == "text":
            return self.text_lookup(scope)
        if kind == "uuid":
            return self.uuid_lookup(scope)
        if kind in ("bool", "binary"):
            name = self.weighted({"exact": 5, "isnull": 3, "in": 1})
            return self.operand(scope, kind, name)
        if kind == "int" and self.chance(0.08):
            return f"__{self.choice(['contains', 'startswith', 'endswith', 'iexact', 'regex'])}", self.choice(
                ["1", "2", "0"]
            )
        return self.compare(scope, kind)

    def compare(self, scope: Scope, kind: str) -> tuple[str, Node]:
        return self.operand(scope, kind, self.weighted(COMPARE))

    def operand(self, scope: Scope, kind: str, name: str) -> tuple[str, Node]:
        suffix = "" if name == "exact" and self.chance(0.7) else f"__{name}"
        if name == "isnull":
            return suffix, self.chance(0.5)
        if name == "range":
            return suffix, ["tuple", [self.comparable(scope, kind), self.comparable(scope, kind)]]
        if name == "in":
            if kind != "part" and self.chance(0.15):
                return suffix, self.subquery(scope, kind, single=False)
            items = [self.comparable(scope, kind) for _ in range(self.random.randint(0, 4))]
            if self.chance(0.1):
                items.append(None)
            return suffix, ["list", items]
        if name == "exact" and self.chance(0.04):
            return suffix, None
        return suffix, self.comparable(scope, kind)

    def comparable(self, scope: Scope, kind: str) -> Node:
        if kind == "part":
            return self.choice([0, 1, 2, 3, 7, 12, 23, 28, 53, 1999, 2020, 2021])
        return self.term(scope, kind, 1) if self.chance(0.15) else self.value(kind)

    def text_lookup(self, scope: Scope) -> tuple[str, Node]:
        if self.chance(0.08):
            suffix, value = self.compare(scope, "part")
            return f"__length{suffix}", value
        prefix = self.choice(["__lower", "__upper"]) if self.chance(0.06) else ""
        name = self.weighted(TEXT)
        if name in ("regex", "iregex"):
            return f"{prefix}__{name}", self.choice(REGEX)
        if name in ("isnull", "in", "range", "exact", "gt", "lte"):
            suffix, value = self.operand(scope, "text", name)
            return prefix + suffix, value
        return f"{prefix}__{name}", self.term(scope, "text", 1) if self.chance(0.15) else self.value("text")

    def uuid_lookup(self, scope: Scope) -> tuple[str, Node]:
        if self.chance(0.4):
            text = str(self.raw("uuid"))
            name = self.choice(["contains", "icontains", "startswith", "istartswith", "endswith", "iexact"])
            return f"__{name}", self.choice([text, text[:9], text[-4:], text.replace("-", ""), text.upper()])
        return self.operand(scope, "uuid", self.weighted({"exact": 4, "in": 3, "isnull": 1, "gt": 1}))

    def json_lookup(self, scope: Scope) -> tuple[str, Node]:
        name = self.weighted(JSON)
        if name in ("has_keys", "has_any_keys"):
            return f"__{name}", ["list", self.some(JSON_KEYS, 3)]
        if name == "has_key":
            return "__has_key", self.choice(JSON_KEYS) if self.chance(0.9) else call_key()
        if name == "isnull":
            return "__isnull", self.chance(0.5)
        if name in ("contains", "contained_by"):
            return f"__{name}", self.value("json")
        if name == "exact":
            return "", None if self.chance(0.15) else self.json_value(scope)
        path = "__".join(self.some(JSON_KEYS, 2))
        inner = self.weighted({"exact": 5, "isnull": 3, "in": 2, "iexact": 1, "icontains": 1, "startswith": 1, "endswith": 1,
                               "gt": 2, "lte": 2, "regex": 1, "iregex": 1, "range": 0.5, "has_key": 1})  # fmt: skip
        if inner == "isnull":
            return f"__{path}__isnull", self.chance(0.5)
        if inner == "in":
            return f"__{path}__in", ["list", [self.small_json() for _ in range(self.random.randint(0, 3))]]
        if inner == "range":
            return f"__{path}__range", ["tuple", [0, self.choice([1, 2])]]
        if inner == "has_key":
            return f"__{path}__has_key", self.choice(JSON_KEYS)
        if inner in ("gt", "lte"):
            return f"__{path}__{inner}", encode(self.choice([1, 2, 1.5, "x", "1"]))
        if inner == "exact":
            return f"__{path}", None if self.chance(0.1) else self.json_value(scope)
        return f"__{path}__{inner}", self.choice(["a", "x", "ann", "Ann", "1", "ß"])

    def json_value(self, scope: Scope) -> Node:
        return self.term(scope, "json", 1) if self.chance(0.15) else self.value("json")

    def small_json(self) -> Any:
        return encode(self.choice([1, 2, 1.5, "x", "Ann", True, False, "1", [1, 2, 3], {"b": 1}]))


def call_key() -> Node:
    return ["call", "F", ["nothing"], {}]
