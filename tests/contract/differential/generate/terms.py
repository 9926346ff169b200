"""Expressions of a wanted kind."""

from __future__ import annotations

from typing import Any

from tests.contract.differential.codec import encode
from tests.contract.differential.generate.values import NUMBERS, POOLS, Node, Scope, Values

OUTPUTS: dict[str, tuple[str, dict[str, Any]]] = {
    "int": ("IntegerField", {}),
    "float": ("FloatField", {}),
    "decimal": ("DecimalField", {"max_digits": 12, "decimal_places": 3}),
    "text": ("CharField", {"max_length": 60}),
    "bool": ("BooleanField", {}),
    "date": ("DateField", {}),
    "datetime": ("DateTimeField", {}),
    "time": ("TimeField", {}),
    "duration": ("DurationField", {}),
    "uuid": ("UUIDField", {}),
    "json": ("JSONField", {}),
    "binary": ("BinaryField", {}),
}
KINDS = {"int": 6.0, "text": 6, "decimal": 4, "float": 3, "bool": 3, "date": 3, "datetime": 3, "duration": 2, "time": 1,
         "json": 2, "uuid": 0.5, "binary": 0.3}  # fmt: skip
DATE_PARTS = ["Year", "IsoYear", "Month", "Day", "Week", "WeekDay", "IsoWeekDay", "Quarter"]
TIME_PARTS = ["Hour", "Minute", "Second"]
DATE_TRUNCS = ["Year", "Quarter", "Month", "Week", "Day"]
ZONES = ["Asia/Kolkata", "America/New_York", "UTC"]


def call(name: str, /, *args: Node, **kwargs: Node) -> Node:
    return ["call", name, list(args), kwargs]


def f(path: str) -> Node:
    return call("F", path)


def output(kind: str) -> Node:
    name, options = OUTPUTS[kind]
    return call(name, **options)


class Terms(Values):
    """Expressions over the names of a scope."""

    def kind(self) -> str:
        return self.weighted(KINDS)

    def term(self, scope: Scope, kind: str, depth: int) -> Node:
        """Return an expression of *kind*, at most *depth* deep."""
        if kind.startswith("fk:"):
            return f("pk")
        if depth <= 0 or self.chance(0.25):
            return self.leaf(scope, kind)
        if self.chance(0.3):
            return self.general(scope, kind, depth - 1)
        maker = getattr(self, f"{kind}_term", None)
        return self.general(scope, kind, depth - 1) if maker is None else maker(scope, depth - 1)

    def leaf(self, scope: Scope, kind: str) -> Node:
        if scope.outer is not None and self.chance(0.2):
            found = self.path(scope.outer, [kind], 1)
            if found:
                return call("OuterRef", found[0])
        found = self.path(scope, [kind], 1) if self.chance(0.8) else None
        if found:
            return f(found[0])
        value = encode(self.choice(POOLS[kind]))
        return call("Value", value, output_field=output(kind)) if self.chance(0.6) else call("Value", value)

    def general(self, scope: Scope, kind: str, depth: int) -> Node:
        """Return what exists for every kind."""
        name = self.weighted(
            {"coalesce": 5, "case": 6, "nullif": 2, "greatest": 2, "least": 2, "cast": 2, "subquery": 2, "wrap": 2}
        )
        first = self.term(scope, kind, depth)
        if name == "case":
            return self.case(scope, kind, depth)
        if name == "subquery" and depth >= 1:
            return self.subquery(scope, kind, single=True)
        if name == "wrap":
            return call("ExpressionWrapper", first, output_field=output(kind))
        if name == "cast":
            return call("Cast", self.term(scope, self.castable(kind), depth), output(kind))
        second = self.term(scope, kind, depth)
        if name in ("greatest", "least") and kind not in ("json", "binary", "bool"):
            return call(name.title(), first, second)
        if name == "nullif" and kind != "json":
            return call("NullIf", first, second)
        return call("Coalesce", first, second, **({"output_field": output(kind)} if self.chance(0.3) else {}))

    def castable(self, kind: str) -> str:
        if kind in NUMBERS:
            return self.random.choice(NUMBERS)
        if kind == "text":
            return self.random.choice(["text", "int", "uuid", "date", "bool"])
        return self.random.choice(["date", "datetime"]) if kind in ("date", "datetime") else kind

    def case(self, scope: Scope, kind: str, depth: int) -> Node:
        whens = []
        for _ in range(self.random.randint(1, 2)):
            then = self.value(kind) if self.chance(0.3) else self.term(scope, kind, depth)
            whens.append(call("When", self.condition(scope, depth), then=then))
        kwargs: dict[str, Any] = {}
        if self.chance(0.6):
            kwargs["default"] = self.term(scope, kind, depth)
        if self.chance(0.5):
            kwargs["output_field"] = output(kind)
        return call("Case", *whens, **kwargs)

    def arithmetic(self, scope: Scope, kind: str, depth: int) -> Node:
        symbol = self.choice(["+", "-", "*", "/", "%"] if kind == "int" else ["+", "-", "*", "/"])
        left = self.term(scope, kind, depth)
        other = kind if self.chance(0.7) else self.choice(NUMBERS)
        right = self.value(other) if self.chance(0.3) else self.term(scope, other, depth)
        node = ["op", symbol, left, right]
        return call("ExpressionWrapper", node, output_field=output(kind)) if self.chance(0.5) else node

    def int_term(self, scope: Scope, depth: int) -> Node:
        name = self.weighted(
            {"arithmetic": 6, "length": 2, "part": 5, "abs": 1, "sign": 1, "mod": 1, "index": 1, "ord": 1, "bits": 1}
        )
        if name == "arithmetic":
            return self.arithmetic(scope, "int", depth)
        if name == "length":
            return call("Length", self.term(scope, "text", depth))
        if name == "index":
            return call("StrIndex", self.term(scope, "text", depth), call("Value", self.choice(["a", "n", "", "Ann"])))
        if name == "ord":
            return call("Ord", self.term(scope, "text", depth))
        if name == "part":
            return self.part(scope, depth)
        if name == "mod":
            return call("Mod", self.term(scope, "int", depth), call("Value", self.choice([2, 3, 7])))
        if name == "bits":
            method = self.choice(["bitand", "bitor", "bitleftshift", "bitrightshift", "bitxor"])
            return ["method", self.leaf_path(scope, "int"), method, [self.choice([1, 2, 5])], {}]
        return call(name.title(), self.term(scope, "int", depth))

    def leaf_path(self, scope: Scope, kind: str) -> Node:
        found = self.path(scope, [kind], 1)
        return f(found[0]) if found else call("Value", self.value(kind), output_field=output(kind))

    def part(self, scope: Scope, depth: int) -> Node:
        kind = self.choice(["date", "datetime", "time"])
        parts = {"date": DATE_PARTS, "time": TIME_PARTS, "datetime": DATE_PARTS + TIME_PARTS}[kind]
        name = self.choice(parts)
        kwargs = self.zone(0.2 if kind == "datetime" else 0)
        if self.chance(0.8):
            return call(f"Extract{name}", self.term(scope, kind, depth), **kwargs)
        words = {"IsoYear": "iso_year", "WeekDay": "week_day", "IsoWeekDay": "iso_week_day"}
        return call("Extract", self.term(scope, kind, depth), words.get(name, name.lower()), **kwargs)

    def zone(self, share: float) -> dict[str, Node]:
        return {"tzinfo": ["zone", self.choice(ZONES)]} if self.chance(share) else {}

    def float_term(self, scope: Scope, depth: int) -> Node:
        name = self.weighted({"arithmetic": 6, "one": 6, "two": 2})
        if name == "arithmetic":
            return self.arithmetic(scope, "float", depth)
        if name == "two":
            function = self.choice(["Power", "ATan2", "Log", "Round", "Mod"])
            if function == "Round":
                return call("Round", self.term(scope, "float", depth), precision=self.choice([0, 1, 2]))
            return call(
                function, self.term(scope, "float", depth), call("Value", self.choice([1, 2, ["float", "0.5"]]))
            )
        function = self.choice(
            ["Abs", "Ceil", "Floor", "Sqrt", "Ln", "Sin", "Cos", "Degrees", "Radians", "Round", "Sign"]
        )
        return call(function, self.term(scope, self.choice(["float", "float", "int", "decimal"]), depth))

    def decimal_term(self, scope: Scope, depth: int) -> Node:
        if self.chance(0.7):
            return self.arithmetic(scope, "decimal", depth)
        if self.chance(0.3):
            return call("Round", self.term(scope, "decimal", depth), precision=self.choice([0, 1]))
        return call(self.choice(["Abs", "Ceil", "Floor", "Round", "Sign"]), self.term(scope, "decimal", depth))

    def text_term(self, scope: Scope, depth: int) -> Node:
        first = self.term(scope, "text", depth)
        name = self.weighted(
            {"one": 6, "concat": 4, "cut": 3, "replace": 2, "pad": 2, "repeat": 1, "substr": 2, "key": 2, "chr": 0.5}
        )
        if name == "one":
            return call(
                self.choice(["Lower", "Upper", "Trim", "LTrim", "RTrim", "Reverse", "MD5", "SHA1", "SHA256"]), first
            )
        if name == "concat":
            parts = [first, self.term(scope, "text", depth), call("Value", self.choice(["-", "", "ß"]))]
            kwargs = {"output_field": output("text")} if self.chance(0.5) else {}
            return call("Concat", *parts[: self.random.randint(2, 3)], **kwargs)
        if name == "cut":
            return call(self.choice(["Left", "Right"]), first, self.choice([1, 2, 5]))
        if name == "replace":
            return call(
                "Replace", first, call("Value", self.choice(["a", "n", ""])), call("Value", self.choice(["", "x"]))
            )
        if name == "pad":
            return call(
                self.choice(["LPad", "RPad"]), first, self.choice([0, 3, 8]), call("Value", self.choice(["*", "ab"]))
            )
        if name == "repeat":
            return call("Repeat", first, self.choice([0, 1, 3]))
        if name == "substr":
            return call("Substr", first, self.choice([1, 2, 3]), *([self.choice([1, 2])] if self.chance(0.6) else []))
        if name == "chr":
            return call("Chr", call("Value", self.choice([65, 223, 955])))
        return call("KT", self.json_path(scope))

    def json_path(self, scope: Scope) -> str:
        found = self.path(scope, ["json"], 1)
        return (
            f"{found[0] if found else 'data'}__{self.choice(['a', 'b', 'a__b', '0', 'a__0', 'k y', '0__a', 'missing'])}"
        )

    def date_term(self, scope: Scope, depth: int) -> Node:
        if self.chance(0.35):
            return call("TruncDate", self.term(scope, "datetime", depth), **self.zone(0.3))
        if self.chance(0.3):
            return ["op", self.choice("+-"), self.term(scope, "date", depth), self.term(scope, "duration", depth)]
        if self.chance(0.3):
            return call("Trunc", self.term(scope, "date", depth), self.choice(DATE_TRUNCS).lower())
        return call(f"Trunc{self.choice(DATE_TRUNCS)}", self.term(scope, "date", depth))

    def datetime_term(self, scope: Scope, depth: int) -> Node:
        if self.chance(0.4):
            node = ["op", self.choice("+-"), self.term(scope, "datetime", depth), self.term(scope, "duration", depth)]
            return call("ExpressionWrapper", node, output_field=output("datetime")) if self.chance(0.5) else node
        function = f"Trunc{self.choice([*DATE_TRUNCS, *TIME_PARTS])}"
        kwargs = self.zone(0.3)
        if self.chance(0.1):
            kwargs["output_field"] = output(self.choice(["date", "datetime", "time"]))
        return call(function, self.term(scope, "datetime", depth), **kwargs)

    def time_term(self, scope: Scope, depth: int) -> Node:
        if self.chance(0.5):
            return call("TruncTime", self.term(scope, "datetime", depth), **self.zone(0.3))
        return call(f"Trunc{self.choice(TIME_PARTS)}", self.term(scope, "time", depth))

    def duration_term(self, scope: Scope, depth: int) -> Node:
        kind = self.choice(["date", "datetime", "datetime", "time", "duration"])
        symbol = self.choice("+-") if kind == "duration" else "-"
        node = ["op", symbol, self.term(scope, kind, depth), self.term(scope, kind, depth)]
        return call("ExpressionWrapper", node, output_field=output("duration")) if self.chance(0.5) else node

    def bool_term(self, scope: Scope, depth: int) -> Node:
        name = self.weighted({"q": 5, "wrapped": 4, "exists": 3, "lookup": 3})
        if name == "exists":
            return self.exists(scope)
        if name == "lookup":
            kind = self.choice(["int", "text", "decimal", "date", "float"])
            left, right = self.term(scope, kind, depth), self.term(scope, kind, depth)
            return call(self.choice(["GreaterThan", "LessThanOrEqual", "Exact"]), left, right)
        condition = self.condition(scope, depth)
        return condition if name == "q" else call("ExpressionWrapper", condition, output_field=output("bool"))

    def json_term(self, scope: Scope, depth: int) -> Node:
        if self.chance(0.4):
            return f(self.json_path(scope))
        kinds = [self.choice(["text", "int", "bool", "json", "float", "decimal", "date"]) for _ in range(2)]
        if self.chance(0.5):
            return call("JSONObject", **{f"k{at}": self.term(scope, kind, depth) for at, kind in enumerate(kinds)})
        return call("JSONArray", *(self.term(scope, kind, depth) for kind in kinds))

    # Over several rows.

    def aggregate(self, scope: Scope, depth: int = 1) -> tuple[Node, str]:
        """Return an aggregate and the kind of its value."""
        many, outer = scope.many, scope.outer
        scope.outer = None
        node, kind = self._aggregate(scope, depth)
        scope.many, scope.outer = many, outer
        return node, kind

    def _aggregate(self, scope: Scope, depth: int) -> tuple[Node, str]:
        name = self.weighted({"Count": 6, "Sum": 5, "Avg": 3, "Min": 3, "Max": 3, "StdDev": 1, "Variance": 1})
        kwargs: dict[str, Any] = {}
        if self.chance(0.25):
            kwargs["filter"] = self.condition(scope, depth)
        if name == "Count":
            target = (
                "*"
                if self.chance(0.2) and ("filter" not in kwargs or self.chance(0.1))
                else self.relation(scope)[0]
                if self.chance(0.5)
                else self.any_path(scope)
            )
            if target != "*" and self.chance(0.4):
                kwargs["distinct"] = True
            return call("Count", target, **kwargs), "int"
        if name in ("Min", "Max"):
            kind = self.choice(["int", "text", "decimal", "float", "date", "datetime", "duration", "time", "uuid"])
        else:
            kind = self.choice(["int", "decimal", "float", "duration"])
        found = self.path(scope, [kind])
        operand = found[0] if found and self.chance(0.6) else self.term(scope, kind, depth)
        if name in ("Sum", "Avg") and self.chance(0.25):
            kwargs["distinct"] = True
        if name in ("StdDev", "Variance") and self.chance(0.4):
            kwargs["sample"] = True
        if self.chance(0.2):
            kwargs["default"] = self.value(kind)
        result = kind if name in ("Min", "Max", "Sum") or kind in ("decimal", "duration") else "float"
        return call(name, operand, **kwargs), result

    def any_path(self, scope: Scope) -> str:
        found = self.path(scope)
        return found[0] if found else "pk"

    def window(self, scope: Scope, depth: int = 1) -> tuple[Node, str]:
        """Return a window expression and the kind of its value; its order is total."""
        kwargs: dict[str, Any] = {}
        if self.chance(0.6):
            kwargs["partition_by"] = [
                "list",
                [self.term(scope, self.kind(), depth - 1) for _ in range(self.random.randint(1, 2))],
            ]
        order = [
            ["method", f(self.any_path(scope)), self.choice(["asc", "desc"]), [], {}]
            for _ in range(self.random.randint(0, 1))
        ]
        kwargs["order_by"] = ["list", [*order, ["method", f("pk"), self.choice(["asc", "desc"]), [], {}]]]
        if self.chance(0.4):
            inner, kind = self.choice(
                [
                    ("RowNumber", "int"),
                    ("Rank", "int"),
                    ("DenseRank", "int"),
                    ("PercentRank", "float"),
                    ("CumeDist", "float"),
                ]
            )
            return call("Window", call(inner), **kwargs), kind
        kind = self.choice(["int", "decimal", "float", "text", "date", "datetime"])
        operand = self.term(scope, kind, depth)
        if self.chance(0.4):
            inner = self.choice(["Lag", "Lead", "FirstValue", "LastValue"])
            more = {"default": self.value(kind)} if inner in ("Lag", "Lead") and self.chance(0.4) else {}
            return call("Window", call(inner, operand, **more), **kwargs), kind
        inner = self.choice(["Sum", "Avg", "Min", "Max", "Count"] if kind in NUMBERS else ["Min", "Max", "Count"])
        if self.chance(0.5):
            bounds = {"start": self.choice([None, -2, -1, 0]), "end": self.choice([None, 0, 1, 2])}
            kwargs["frame"] = call("RowRange", **bounds)
        result = "int" if inner == "Count" else "float" if inner == "Avg" and kind != "decimal" else kind
        return call("Window", call(inner, operand), **kwargs), result
