"""Steps of a queryset: one method call after the other, with what they do to the names in scope."""

from __future__ import annotations

from typing import Any

from tests.contract.differential.generate.conditions import Conditions
from tests.contract.differential.generate.terms import call, f
from tests.contract.differential.generate.values import Node, Scope
from tests.contract.differential.world.schema import ACCESSORS, FIELDS, RELATIONS

Step = list[Any]
STEPS = {
    "filter": 10.0, "exclude": 5, "annotate": 6, "alias": 1.5, "order_by": 3, "distinct": 1, "values": 2.5, "select_related": 1.5,
    "prefetch_related": 1.5, "defer": 1.5, "reverse": 0.5, "filtered": 0.7, "extra": 0.3, "none": 0.1, "window": 1, "grouped": 1.5,
    "complex_filter": 0.2,
}  # fmt: skip
ONLY_INSTANCES = ("select_related", "prefetch_related", "defer", "grouped")


def step(name: str, /, *args: Node, **kwargs: Node) -> Step:
    return [name, list(args), kwargs]


class Querysets(Conditions):
    """Querysets over the models."""

    def model(self) -> str:
        return self.weighted({"Book": 8, "Person": 5, "Author": 3, "Scientist": 1.5, "Review": 3, "Tagging": 2, "Publisher": 2, "Country": 2,
                              "Tag": 2, "Profile": 2, "Cheap": 1, "Note": 1})  # fmt: skip

    def steps(self, scope: Scope, most: int = 4) -> list[Step]:
        """Return some steps; *scope* says afterwards what they made of the names."""
        steps: list[Step] = []
        for _ in range(self.random.randint(1, most)):
            name = self.weighted(STEPS)
            if scope.columns is not None and name in ONLY_INSTANCES:
                continue
            steps += getattr(self, f"step_{name}")(scope)
        return steps

    def step_filter(self, scope: Scope) -> list[Step]:
        if self.chance(0.4):
            return [step("filter", **self.keywords(scope))]
        if self.chance(0.05):
            return [step("filter", self.term(scope, "bool", 2))]
        return [step("filter", self.condition(scope, self.depth))]

    def step_exclude(self, scope: Scope) -> list[Step]:
        many = scope.many
        node = (
            step("exclude", **self.keywords(scope))
            if self.chance(0.5)
            else step("exclude", self.condition(scope, self.depth))
        )
        scope.many = many
        return [node]

    def step_complex_filter(self, scope: Scope) -> list[Step]:
        return [step("complex_filter", ["dict", [[name, value] for name, value in self.keywords(scope).items()]])]

    def step_annotate(self, scope: Scope, method: str = "annotate") -> list[Step]:
        kwargs: dict[str, Node] = {}
        kinds = {}
        for _ in range(self.random.randint(1, 2)):
            name = scope.new_name()
            if self.chance(0.35):
                kwargs[name], kinds[name] = self.aggregate(scope)
                scope.aggregates.add(name)
            else:
                kinds[name] = self.kind()
                kwargs[name] = self.term(scope, kinds[name], self.depth)
        scope.names.update(kinds)
        if scope.columns is not None and method == "annotate":
            scope.columns += kinds
        return [step(method, **kwargs)]

    def step_alias(self, scope: Scope) -> list[Step]:
        return self.step_annotate(scope, "alias")

    def step_window(self, scope: Scope) -> list[Step]:
        name = scope.new_name()
        node, kind = self.window(scope)
        scope.names[name] = kind
        if scope.columns is not None:
            scope.columns.append(name)
        return [step("annotate", **{name: node})]

    def step_filtered(self, scope: Scope) -> list[Step]:
        """A join with a condition, used at once."""
        name = scope.new_name()
        relation = self.choice(list(RELATIONS[scope.model]))
        target, single = RELATIONS[scope.model][relation]
        scope.many = scope.many or not single
        inner = Scope(target)
        # A parent's table is joined behind the condition: neither framework can say that.
        inner.model = "Book" if target == "Cheap" else target
        found = self.path(inner, hops=0) if target not in ("Author", "Scientist") else ("royalty", "decimal")
        suffix, value = self.lookup(inner, found[1]) if found else ("", 1)
        condition = [
            "q",
            "AND",
            self.chance(0.2),
            [["kw", f"{relation}__{found[0] if found else 'pk'}{suffix}", value]],
        ]
        steps = [step("annotate", **{name: call("FilteredRelation", relation, condition=condition)})]
        used, kind = self.field(target, ()) or ("pk", "int")
        if self.chance(0.5):
            suffix, value = self.lookup(Scope(target), kind)
            return [*steps, step("filter", **{f"{name}__{used}{suffix}": value})]
        other = scope.new_name()
        scope.names[other] = kind
        if scope.columns is not None:
            scope.columns.append(other)
        return [*steps, step("annotate", **{other: f(f"{name}__{used}")})]

    def step_order_by(self, scope: Scope) -> list[Step]:
        return [step("order_by", *self.ordering(scope))]

    def ordering(self, scope: Scope) -> list[Node]:
        if self.chance(0.05):
            return []
        return [self.order_item(scope) for _ in range(self.random.randint(1, 2))]

    def order_item(self, scope: Scope) -> Node:
        if self.chance(0.1):
            relation, _ = self.relation(scope)
            return self.choice(["", "-"]) + relation
        if self.chance(0.55):
            return self.choice(["", "-"]) + self.any_path(scope)
        kwargs: dict[str, Any] = {self.choice(["nulls_first", "nulls_last"]): True} if self.chance(0.6) else {}
        kind = self.choice(["int", "text", "decimal", "date", "datetime", "bool", "float"])
        return ["method", self.term(scope, kind, 1), self.choice(["asc", "desc"]), [], kwargs]

    def step_distinct(self, scope: Scope) -> list[Step]:
        return [step("distinct")]

    def step_reverse(self, scope: Scope) -> list[Step]:
        return [step("reverse")]

    def step_none(self, scope: Scope) -> list[Step]:
        return [step("none")]

    def step_values(self, scope: Scope) -> list[Step]:
        """Columns, and then perhaps groups of them."""
        names = [self.any_path(scope) for _ in range(self.random.randint(1, 3))]
        expressions = {}
        if self.chance(0.3):
            name, kind = scope.new_name(), self.kind()
            expressions[name] = self.term(scope, kind, 1)
            scope.names[name] = kind
        names = list(dict.fromkeys(names))
        if self.chance(0.1) and not expressions:
            names = []
        scope.columns = [*names, *expressions]
        method = self.choice(["values", "values_list"])
        if method == "values_list" and len(names) == 1 and not expressions and self.chance(0.6):
            return [step("values_list", *names, flat=True)]
        if method == "values_list" and self.chance(0.3):
            return [step("values_list", *names, *expressions.values(), named=True)]
        if method == "values_list":
            return [step("values_list", *names, *expressions.values())]
        return [step("values", *names, **expressions)]

    def step_grouped(self, scope: Scope) -> list[Step]:
        """`values().annotate(aggregate)`: GROUP BY."""
        names = list(dict.fromkeys(self.any_path(scope) for _ in range(self.random.randint(1, 2))))
        steps = [step(self.choice(["values", "values_list"]), *names)]
        if self.chance(0.8):
            steps.insert(0, step("order_by"))
        scope.columns = names
        aggregates = {}
        for _ in range(self.random.randint(1, 2)):
            name = scope.new_name()
            aggregates[name], scope.names[name] = self.aggregate(scope)
            scope.aggregates.add(name)
        scope.columns += aggregates
        steps.append(step("annotate", **aggregates))
        if self.chance(0.3):
            name = self.choice(list(aggregates))
            suffix, value = self.compare(Scope(scope.model), scope.names[name])
            steps.append(step("filter", **{f"{name}{suffix}": value}))
        return steps

    def step_select_related(self, scope: Scope) -> list[Step]:
        if self.chance(0.1):
            return [step("select_related", *([None] if self.chance(0.5) else []))]
        return [step("select_related", *self.some(self.single_paths(scope.model), 3))]

    def single_paths(self, model: str) -> list[str]:
        paths = []
        for name, (target, single) in RELATIONS[model].items():
            if single and not (model == "Note"):
                paths.append(name)
                paths += [f"{name}__{more}" for more, (_, one) in RELATIONS[target].items() if one and target != "Note"]
        return paths or ["kind"]

    def step_prefetch_related(self, scope: Scope) -> list[Step]:
        names = []
        for relation in self.some(list(RELATIONS[scope.model]), 2):
            target, _ = RELATIONS[scope.model][relation]
            if scope.model == "Note":
                return [step("prefetch_related", "target")]
            path = str(ACCESSORS.get(relation, relation))
            if self.chance(0.25):
                more = self.choice(list(RELATIONS[target]))
                path += "__" + ("target" if target == "Note" else str(ACCESSORS.get(more, more)))
                names.append(path)
            elif self.chance(0.5):
                inner = Scope(target)
                query = {"model": target, "steps": self.steps(inner, 2) if self.chance(0.8) else []}
                more_args = {"to_attr": f"got_{relation}"} if self.chance(0.4) else {}
                names.append(call("Prefetch", path, queryset=["query", query], **more_args))
            else:
                names.append(path)
        return [step("prefetch_related", *names)]

    def step_defer(self, scope: Scope) -> list[Step]:
        names = self.some(list(FIELDS[scope.model]), 3)
        singles = [
            name for name, (target, single) in RELATIONS[scope.model].items() if single and scope.model != "Note"
        ]
        steps = []
        if singles and self.chance(0.4):
            relation = self.choice(singles)
            target = RELATIONS[scope.model][relation][0]
            names += [f"{relation}__{name}" for name in self.some(list(FIELDS[target]), 2)]
            if self.chance(0.7):
                steps.append(step("select_related", relation))
        return [*steps, step(self.choice(["defer", "only"]), *names)]

    def step_extra(self, scope: Scope) -> list[Step]:
        if scope.model in ("Country", "Author", "Scientist", "Profile") or scope.columns is not None:
            return []
        name = scope.new_name()
        scope.names[name] = "int"
        table = f"world_{'book' if scope.model == 'Cheap' else scope.model.lower()}"
        if self.chance(0.5):
            return [step("extra", select=["dict", [[name, f"{table}.id * 2"]]])]
        del scope.names[name]
        return [step("extra", where=["list", [f"{table}.id > %s"]], params=["list", [self.random.randint(0, 10)]])]

    # Queries inside queries.

    def subquery(self, scope: Scope, kind: str, *, single: bool, correlated: bool | None = None) -> Node:
        """Return a `Subquery` of one value, or a queryset of one column."""
        inner = Scope(self.model(), outer=scope if single else None)
        steps: list[Step] = []
        if single and self.chance(0.7):
            steps.append(step("filter", **self.link(inner, scope)))
        elif self.chance(0.6):
            steps.append(step("filter", self.condition(inner, 0)))
        found = self.path(inner, [kind], 1)
        if found is None:
            inner.model = "Book"
            steps = []
            found = self.path(inner, [kind], 0) or ("pk", "int")
        inner.many = False
        if single:
            steps.append(step("order_by", "pk", found[0]))
        steps.append(step(self.choice(["values", "values_list"]), found[0]))
        if single:
            steps.append(step("slice", 1))
            return call("Subquery", ["query", {"model": inner.model, "steps": steps}])
        return ["query", {"model": inner.model, "steps": steps}]

    def link(self, inner: Scope, outer: Scope) -> dict[str, Node]:
        """Return the condition that ties a row inside to the row outside."""
        names = [name for name, (target, _) in RELATIONS[inner.model].items() if target == outer.model]
        if names and self.chance(0.8):
            return {self.choice(names): call("OuterRef", "pk")}
        kind = self.choice(["int", "text", "date"])
        left, right = self.path(inner, [kind], 0), self.path(outer, [kind], 1)
        if left and right:
            return {f"{left[0]}{self.choice(['', '__lt', '__gte'])}": call("OuterRef", right[0])}
        return {"pk": call("OuterRef", "pk")}

    def exists(self, scope: Scope) -> Node:
        inner = Scope(self.model(), outer=scope)
        steps = [step("filter", **self.link(inner, scope))]
        if self.chance(0.5):
            steps.append(step(self.choice(["filter", "exclude"]), self.condition(inner, 0)))
        node = call("Exists", ["query", {"model": inner.model, "steps": steps}])
        return ["not", node] if self.chance(0.3) else node
