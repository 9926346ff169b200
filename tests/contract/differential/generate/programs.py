"""Whole programs: a queryset and what is asked of it."""

from __future__ import annotations

from typing import Any

from tests.contract.differential.codec import encode
from tests.contract.differential.generate.querysets import Querysets, Step, step
from tests.contract.differential.generate.terms import call, f
from tests.contract.differential.generate.values import POOLS, Node, Scope
from tests.contract.differential.world.schema import ACCESSORS, FIELDS, RELATIONS

Program = dict[str, Any]
ENDINGS = {
    "rows": 55.0, "count": 5, "exists": 3, "first": 5, "get": 2, "earliest": 2, "aggregate": 8, "in_bulk": 2, "iterator": 2, "dates": 3,
    "update": 5, "delete": 3, "bulk_update": 1, "get_or_create": 1.5, "contains": 1, "walk": 5, "save": 1, "raw": 0.7, "combined": 7,
    "index": 1,
}  # fmt: skip
# Whose own order leaves ties.
ORDERED = frozenset({"Country", "Tag", "Cheap", "Tagging", "Review"})
TABLES = [
    "Country",
    "Person",
    "Author",
    "Scientist",
    "Profile",
    "Publisher",
    "Tag",
    "Book",
    "Tagging",
    "Review",
    "Note",
]
ZONES = ["UTC", "Europe/Vienna", "Asia/Kolkata", "America/New_York"]


class Programs(Querysets):
    """One program each."""

    def program(self) -> Program:
        name = self.weighted(ENDINGS)
        scope = Scope(self.model())
        program: Program = {"model": scope.model, "steps": []}
        if self.chance(0.2):
            program["timezone"] = self.choice(ZONES)
        ending = getattr(self, f"end_{name}")
        if name == "combined":
            ending(scope, program)
            return program
        program["steps"] = (
            self.simple_steps(scope) if name in ("update", "delete", "bulk_update", "save") else self.steps(scope)
        )
        ending(scope, program)
        return program

    def simple_steps(self, scope: Scope) -> list[Step]:
        """Steps that a write may follow, mostly."""
        if self.chance(0.1):
            return self.steps(scope)
        names = self.some(["filter", "exclude", "filter", "annotate"], 2)
        return [part for name in names for part in getattr(self, f"step_{name}")(scope)]

    def total(self, scope: Scope, program: Program) -> bool:
        """Order the rows in one possible way; say whether that can be done."""
        if scope.many or (scope.columns is not None and scope.aggregates):
            return False
        items = self.ordering(scope) if self.chance(0.6) else []
        if scope.many:
            return False
        program["steps"].append(step("order_by", *items, self.choice(["pk", "-pk"])))
        if self.chance(0.15):
            program["steps"].append(step("reverse"))
        program["ordered"] = True
        return True

    def end_rows(self, scope: Scope, program: Program) -> None:
        program["final"] = ["rows"]
        if self.chance(0.5) and self.total(scope, program) and self.chance(0.5):
            start = self.choice([None, 0, 1, 3])
            stop = self.choice([None, 2, 5, 10])
            if (start, stop) != (None, None):
                program["steps"].append(step("slice", start, stop, *([2] if self.chance(0.1) else [])))
            if self.chance(0.1):
                program["steps"].append(
                    self.choice([step("distinct"), step("filter", pk=1), step("order_by", "pk"), step("slice", 1, 2)])
                )

    def end_iterator(self, scope: Scope, program: Program) -> None:
        program["final"] = ["iterator", self.choice([1, 3, 100])]

    def end_count(self, scope: Scope, program: Program) -> None:
        if self.chance(0.3) and self.total(scope, program):
            program["steps"].append(step("slice", self.choice([0, 2]), self.choice([3, 8])))
        program["final"] = ["call", "count", [], {}]

    def end_exists(self, scope: Scope, program: Program) -> None:
        if self.chance(0.3) and self.total(scope, program):
            program["steps"].append(step("slice", self.choice([0, 2]), self.choice([3, 8])))
        program["final"] = ["call", "exists", [], {}]

    def end_first(self, scope: Scope, program: Program) -> None:
        if not self.total(scope, program):
            # An order that leaves ties has no first row.
            program["steps"] = [step("order_by", "pk")] if scope.model in ORDERED else []
        program["final"] = ["call", self.choice(["first", "last"]), [], {}]

    def end_index(self, scope: Scope, program: Program) -> None:
        if not self.total(scope, program):
            program["steps"] = [step("order_by", "pk")]
        program["final"] = ["index", self.choice([0, 1, 5, 100])]

    def end_get(self, scope: Scope, program: Program) -> None:
        key = self.key_of(scope.model)
        program["final"] = ["call", "get", [], {"pk": key} if self.chance(0.7) else self.keywords(scope)]

    def end_earliest(self, scope: Scope, program: Program) -> None:
        found = self.path(scope, hops=1)
        if scope.many or not found or scope.columns is not None:
            program["steps"], found = [], self.field(scope.model, ())
        program["final"] = ["call", self.choice(["earliest", "latest"]), [found[0] if found else "pk", "pk"], {}]

    def end_aggregate(self, scope: Scope, program: Program) -> None:
        if self.chance(0.15) and self.total(scope, program):
            program["steps"].append(step("slice", self.choice([3, 8])))
        aggregates = {}
        for _ in range(self.random.randint(1, 3)):
            aggregates[scope.new_name()] = self.aggregate(scope)[0]
        if self.chance(0.15):
            names = list(aggregates)
            aggregates[scope.new_name()] = ["op", self.choice("+-*"), f(names[0]), self.choice([1, 2])]
        program["final"] = ["call", "aggregate", [], aggregates]

    def end_in_bulk(self, scope: Scope, program: Program) -> None:
        keys = ["list", [self.key_of(scope.model) for _ in range(self.random.randint(0, 5))]]
        program["final"] = ["call", "in_bulk", [] if self.chance(0.2) else [keys], {}]
        if scope.model == "Tag" and self.chance(0.4):
            program["final"] = ["call", "in_bulk", [["list", ["red", "new", "none"]]], {"field_name": "label"}]

    def end_dates(self, scope: Scope, program: Program) -> None:
        kind = self.choice(["date", "datetime"])
        found = self.path(scope, [kind], 1)
        if found is None:
            program["final"] = ["rows"]
            return
        units = ["year", "month", "week", "day"]
        name = "dates" if kind == "date" else self.choice(["dates", "datetimes"])
        unit = self.choice(units if name == "dates" else [*units, "hour", "minute", "second"])
        kwargs = {"tzinfo": ["zone", "Asia/Kolkata"]} if name == "datetimes" and self.chance(0.3) else {}
        program["final"] = ["list", name, [found[0], unit, self.choice(["ASC", "DESC"])], kwargs]
        program["ordered"] = True

    def end_contains(self, scope: Scope, program: Program) -> None:
        program["final"] = ["call", "contains", [["object", scope.model, self.key_of(scope.model)]], {}]

    def end_walk(self, scope: Scope, program: Program) -> None:
        paths = []
        if scope.columns is None and scope.model != "Note":
            for _ in range(self.random.randint(1, 2)):
                relation = self.choice(list(RELATIONS[scope.model]))
                target, single = RELATIONS[scope.model][relation]
                path = [ACCESSORS.get(relation, relation)]
                if single and self.chance(0.5):
                    path.append(self.choice(list(FIELDS[target])))
                paths.append(path)
            paths += [[name] for name in self.some(list(FIELDS[scope.model]), 2)]
        program["final"] = ["walk", paths]

    def end_raw(self, scope: Scope, program: Program) -> None:
        model = self.choice(["Book", "Tag", "Review"])
        program.update(model=model, steps=[])
        columns = self.choice(
            ["*", "id", f"id, {self.choice([n for n in FIELDS[model] if n != 'id'])} AS extra_column"]
        )
        sql = f"SELECT {columns} FROM world_{model.lower()} WHERE id > %s ORDER BY id"
        program["final"] = ["raw", sql, [self.random.randint(0, 20)]]

    # Writes: undone afterwards, with the rows compared.

    def writable(self, model: str) -> list[str]:
        unique = {"id", "code", "uid", "isbn", "label"}
        return [name for name in FIELDS[model] if name not in unique and not (model == "Country" and name == "name")]

    def end_update(self, scope: Scope, program: Program) -> None:
        kwargs: dict[str, Node] = {}
        for name in self.some(self.writable(scope.model), 2):
            kind = FIELDS[scope.model][name]
            many = scope.many
            kwargs[name] = (
                self.value(kind) if self.chance(0.5) else self.term(Scope(scope.model, names=scope.names), kind, 2)
            )
            scope.many = many
        program["final"] = ["call", "update", [], kwargs]
        program["writes"] = [scope.model]

    def end_delete(self, scope: Scope, program: Program) -> None:
        program["final"] = ["call", "delete", [], {}]
        program["writes"] = TABLES

    def end_bulk_update(self, scope: Scope, program: Program) -> None:
        fields = {
            name: [self.value(FIELDS[scope.model][name]) for _ in range(2)]
            for name in self.some(self.writable(scope.model), 2)
        }
        program["final"] = ["bulk_update", fields, self.choice([None, 3])]
        program["writes"] = [scope.model]

    def end_save(self, scope: Scope, program: Program) -> None:
        fields = {name: self.value(FIELDS[scope.model][name]) for name in self.some(self.writable(scope.model), 2)}
        program["final"] = ["save", fields, list(fields) if self.chance(0.5) else None]
        program["writes"] = [scope.model]

    def end_get_or_create(self, scope: Scope, program: Program) -> None:
        program["steps"] = []
        program["model"] = model = self.choice(["Tag", "Publisher", "Country"])
        name = {"Tag": "label", "Publisher": "name", "Country": "name"}[model]
        found = {name: self.choice(["red", "Ann", "Peru", "quite new", *POOLS["text"][:6]])}
        if model == "Country":
            found["code"] = self.choice(["pe", "zz"])
        defaults = ["dict", [["budget", encode(POOLS["decimal"][3])]] if model == "Publisher" else []]
        program["final"] = [
            "call",
            self.choice(["get_or_create", "update_or_create"]),
            [],
            {**found, "defaults": defaults},
        ]
        program["writes"] = [model]

    # UNION, INTERSECT, EXCEPT.

    def end_combined(self, scope: Scope, program: Program) -> None:
        columns = self.some(list(FIELDS[scope.model]), 3) if self.chance(0.6) else []
        parts = []
        for _ in range(self.random.randint(2, 3)):
            inner = Scope(scope.model)
            steps = [*self.step_filter(inner)]
            if self.chance(0.06):
                steps += [step("order_by", self.choice(["pk", *columns])), step("slice", self.choice([2, 5]))]
                inner.many = True
            if columns:
                steps.append(step("values_list", *columns))
            parts.append({"model": scope.model, "steps": steps})
        first, *others = parts
        program["steps"] = first["steps"]
        for other in others:
            name = self.choice(["union", "union", "intersection", "difference"])
            kwargs = {"all": True} if name == "union" and self.chance(0.4) else {}
            program["steps"].append(step(name, ["query", other], **kwargs))
        keys = columns or [self.field(scope.model, ["int", "text"]) or "pk"]
        name = keys[0] if isinstance(keys[0], str) else keys[0][0]
        self.after_combined(program, name, columns)

    def after_combined(self, program: Program, name: str, columns: list[str]) -> None:
        program["final"] = ["rows"]
        if self.chance(0.5):
            program["steps"].append(
                step("order_by", self.choice(["", "-"]) + name, *(columns[1:] if columns else ["pk"]))
            )
            program["ordered"] = True
            if self.chance(0.5):
                program["steps"].append(step("slice", self.choice([None, 1]), self.choice([2, 6])))
        if self.chance(0.2):
            program["final"] = self.choice([["call", "count", [], {}], ["call", "exists", [], {}], ["iterator", 3]])
        elif self.chance(0.1):
            program["steps"].append(
                self.choice(
                    [
                        step("filter", pk=1),
                        step("values", name),
                        step("distinct"),
                        step("annotate", n1=call("Value", 1)),
                    ]
                )
            )


def program(seed: int, depth: int = 2) -> Program:
    """Return the program of *seed*."""
    maker = Programs(seed, depth)
    made = maker.program()
    return {"seed": seed, **made, **({"odd": True} if maker.odd else {})}
