"""The shape trie: what a queryset asks, without the values it asks with.

Each verb is one edge. A node holds the query built so far, in which every user value has
a place in the binds, and the plans compiled from it. The same chain of verbs with other
values walks the same edges: nothing is resolved, built or compiled again.

A verb that cannot be keyed (``Uncacheable``) makes a node that is on no edge: it works the
same and is forgotten with its queryset.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from typing import Any, ClassVar, NamedTuple

from fastjango.core.exceptions import EmptyResultSet
from fastjango.core.signals import setting_changed
from fastjango.db.connections import connections
from fastjango.db.models.expressions import Expression, OrderBy
from fastjango.db.models.expressions.shape import SCALARS, SlotCounter, Uncacheable
from fastjango.db.models.lookups import Lookup, registry
from fastjango.db.models.sql.plan import SelectPlan, compile_select
from fastjango.db.models.sql.query import Query
from fastjango.db.models.sql.statement import Options

Binds = tuple[Any, ...]
Key = Hashable


class Site(NamedTuple):
    """An expression that has values: its key, the places of its values, and what stands for it where expressions are compared."""

    key: Key
    start: int
    stop: int
    token: object


NODE_LIMIT = 12_000
"""After so many nodes all tries are dropped; a live queryset keeps its own node, without what was built on it."""

SLICES_PER_SHAPE = 64
"""Limits are written into the SQL (SQLite plans better), but not for every page of a crawl."""


class Trie:
    """The state of all tries: whether they are used, how many nodes there are, and which."""

    enabled = True
    nodes = 0
    _living: ClassVar[list[weakref.ref[Shape]]] = []

    @classmethod
    def drop(cls) -> None:
        """Forget every shape; called after changes that make plans wrong."""
        registry.bump_epoch()

    @classmethod
    def forget(cls) -> None:
        """Empty every node; those that a queryset holds (one in a class body, say) are used on, and begin anew."""
        known, cls._living = cls._living, []
        cls.nodes = 0
        for reference in known:
            node = reference()
            if node is not None:
                node.children.clear()
                node.hot.clear()
                node.leads.clear()
                node.plans.clear()
                cls._living.append(reference)

    @classmethod
    def count(cls, node: Any) -> None:
        """Note a new node."""
        cls.nodes += 1
        if cls.nodes > NODE_LIMIT:
            cls.drop()
        if isinstance(node, Shape):
            cls._living.append(weakref.ref(node))


registry.forgetters.append(Trie.forget)


class Shape:
    """A node: a model and the verbs so far."""

    __slots__ = ("__weakref__", "children", "hot", "interned", "leads", "model", "plans", "query", "sites", "stamp")

    def __init__(self, model: Any, query: Any, interned: bool, sites: tuple[Site, ...] = ()) -> None:
        self.model = model
        self.query = query
        self.interned = interned
        self.children: dict[Key, Any] = {}
        # Names and types of plain filter() calls -> where they lead (``hot.py``).
        self.hot: dict[Any, Any] = {}
        # Names of plain filter() calls -> from values of the types that were given last to where they lead.
        self.leads: dict[tuple[str, ...], Callable[[Binds], tuple[Shape, Binds] | None]] = {}
        self.plans: dict[Key, Any] = {}
        # The expressions so far that have values, each by its key and the places of these values.
        self.sites = sites
        # Of a root: the epoch it was made in.
        self.stamp = -1

    def __repr__(self) -> str:
        name = self.model.__name__ if self.model is not None else None
        return f"<Shape of {name}{'' if self.interned else ', not interned'}>"

    def step(self, key: Key, apply: Callable[[Any], Any]) -> Shape:
        """Return the node after a verb without values; *apply* changes the copied query."""
        node = self.children.get(key) if self.interned else None
        if node is None:
            query = self.query.chain()
            query = apply(query) or query
            node = self.adopt(key, query)
        return node

    def adopt(self, key: Key, query: Any) -> Shape:
        """Return the node of *key*, made from *query* if it is new."""
        if not self.interned:
            return Shape(self.model, query, interned=False, sites=self.sites)
        return self.intern(key, Shape(self.model, query, interned=True, sites=self.sites))  # type: ignore[no-any-return]

    def intern(self, key: Key, node: Any) -> Any:
        """Keep a node under its key; the first one wins."""
        Trie.count(node)
        return self.children.setdefault(key, node)

    def plan(self, alias: str, key: Key = None, options: Options | None = None) -> SelectPlan | None:
        """
        Return the compiled SELECT for a database, or None when the result is always empty.

        Args:
            key: Tells apart plans made with different options.
        """
        connection = connections[alias]
        found = self.plans.get((alias, key))
        if found is not None and found[0] is connection:
            return found[1]  # type: ignore[no-any-return]
        epoch = registry.epoch
        try:
            plan: SelectPlan | None = compile_select(self.query, connection, options, kept=self.interned)
        except EmptyResultSet:
            plan = None
        if self.interned and (plan is None or plan.cacheable) and epoch == registry.epoch:
            self.plans[alias, key] = (connection, plan)
        return plan


def root(model: Any) -> Shape:
    """Return the shape of ``Model.objects.all()``."""
    if model is None or not Trie.enabled:
        return Shape(model, Query(model), interned=False)
    state = model._meta.__dict__
    node: Shape | None = state.get("_shape_root")
    if node is None or node.stamp != registry.epoch:
        stamp = registry.epoch
        node = Shape(model, Query(model), interned=True)
        node.stamp = stamp
        Trie.count(node)
        state["_shape_root"] = node
    return node


def detached(query: Any) -> Shape:
    """Return a node of its own for a query that somebody may change."""
    return Shape(query.model, query, interned=False)


class Family:
    """The nodes of one filter whose values decide about the SQL (lengths of lists, ranges)."""

    __slots__ = ("lookups", "nodes")

    def __init__(self, lookups: list[tuple[int, Any, Any]]) -> None:
        self.lookups = lookups
        self.nodes: dict[Key, Shape] = {}

    def prepare(self, shape: Shape, values: list[Any]) -> Key:
        """Check and convert the values in place; return what of them is part of the shape."""
        kinds: list[Key] = []
        for place, lookup, info in self.lookups:
            value = values[place]
            if type(value) not in lookup.plain_types:
                if info is not None and type(value) not in SCALARS:
                    shape.query.check_related_objects(info.final_field, value, info.opts)
                value = values[place] = lookup.prepare(value)
            kinds.append(lookup.value_kind(value))
        return tuple(kinds)


def filtered(shape: Shape, binds: Binds, condition: Any, sticky: bool = False) -> tuple[Shape, Binds]:
    """Return the node and the binds after ``filter(condition)``."""
    if shape.interned:
        try:
            return _filtered_by_key(shape, binds, condition, sticky)
        except Uncacheable:
            pass
    query = shape.query.chain()
    if sticky:
        query.filter_is_sticky = True
    query.add_q(condition)
    return Shape(shape.model, query, interned=False, sites=shape.sites), binds


def _filtered_by_key(shape: Shape, binds: Binds, condition: Any, sticky: bool) -> tuple[Shape, Binds]:
    values: list[Any] = []
    key = ("filter", sticky, condition.shape_into(values))
    node = _keyed_node(shape, binds, key, values, lambda: _build(shape, binds, condition, sticky))
    return node, binds + tuple(values)


def _build(shape: Shape, binds: Binds, condition: Any, sticky: bool) -> Any:
    query = shape.query.chain()
    if sticky:
        query.filter_is_sticky = True
    query.add_q(condition.with_slots(SlotCounter(len(binds))))
    return query


def keyed(
    shape: Shape, binds: Binds, name: Key, expressions: list[Any], apply: Callable[[Any, list[Any]], Any]
) -> tuple[Shape, Binds]:
    """
    Return the node after a verb with expressions.

    Args:
        name: The verb and everything about it that is no expression.
        apply: Gets the copied query and the expressions, whose values have places.
    """
    if shape.interned:
        values: list[Any] = []
        try:
            keys, new = _keys_of(expressions, values, len(binds))
            equal, sites = _compared(shape.sites, new, binds + tuple(values))
            key = (name, keys, equal)
            node = _keyed_node(shape, binds, key, values, lambda: _applied(shape, binds, expressions, sites, apply))
        except Uncacheable:
            pass
        else:
            if sites and node.sites is shape.sites:
                node.sites = shape.sites + tuple([site for site in sites if site is not None])
            return node, binds + tuple(values)
    query = shape.query.chain()
    query = apply(query, [_like_known(shape.sites, binds, item) for item in expressions]) or query
    return Shape(shape.model, query, interned=False, sites=shape.sites), binds


def _keys_of(
    expressions: list[Any], values: list[Any], first: int
) -> tuple[tuple[Key, ...], list[tuple[Key, int, int] | None]]:
    """Return the keys of expressions, whose values are appended to *values*, and for those that have any, where they are."""
    keys: list[Key] = []
    places: list[tuple[Key, int, int] | None] = []
    for expression in expressions:
        start = len(values)
        key = _expression_key(expression, values)
        keys.append(key)
        if len(values) == start:
            places.append(None)
            continue
        # ORDER BY is equal to what it orders by.
        bare = _expression_key(expression.expression, []) if isinstance(expression, OrderBy) else key
        places.append((bare, first + start, first + len(values)))
    return tuple(keys), places


def _compared(
    known: tuple[Site, ...], new: list[tuple[Key, int, int] | None], binds: Binds
) -> tuple[Key, list[Site | None]]:
    """
    Return which of the new expressions are equal to one before them, and their sites.

    Equal ones are said once in the SQL (GROUP BY, ORDER BY 1). Expressions of the same key differ in their values only; of
    those that are alone with their key nothing is said.
    """
    if not any(new):
        return (), []
    found: list[int | None] = []
    sites: list[Site | None] = []
    every = [*known]
    for place in new:
        if place is None:
            sites.append(None)
            continue
        key, start, stop = place
        twins = [number for number, other in enumerate(every) if other.key == key]
        mine = binds[start:stop]
        equal = next((number for number in twins if _same(mine, binds[every[number].start : every[number].stop])), None)
        if twins:
            found.append(equal)
        site = Site(key, start, stop, object() if equal is None else every[equal].token)
        every.append(site)
        sites.append(site)
    return tuple(found), sites


def _stand_for(expression: Any, site: Site) -> None:
    """Let an expression, which is a copy of the user's, be equal to those of the same site only."""
    bare = expression.expression if isinstance(expression, OrderBy) else expression
    if isinstance(bare, Expression) and not isinstance(bare, Lookup):
        bare.__dict__["identity"] = (type(bare), site.token)


def _like_known(sites: tuple[Site, ...], binds: Binds, expression: Any) -> Any:
    """Return an expression that holds its values, equal to the one among *sites* whose values in *binds* are the same."""
    values: list[Any] = []
    try:
        _, (place,) = _keys_of([expression], values, 0) if sites else ((), (None,))
    except Uncacheable:
        return expression
    if place is None:
        return expression
    for site in sites:
        if site.key == place[0] and _same(tuple(values), binds[site.start : site.stop]):
            expression = expression.copy()
            if isinstance(expression, OrderBy):
                expression.expression = expression.expression.copy()
            _stand_for(expression, site)
            break
    return expression


def _same(values: Binds, others: Binds) -> bool:
    return len(values) == len(others) and all(
        type(a) is type(b) and bool(a == b) for a, b in zip(values, others, strict=True)
    )


def _applied(
    shape: Shape,
    binds: Binds,
    expressions: list[Any],
    sites: list[Site | None],
    apply: Callable[[Any, list[Any]], Any],
) -> Any:
    """Return the query after a verb whose expressions know the places of their values."""
    counter = SlotCounter(len(binds))
    slotted = [item if isinstance(item, str) else item.with_slots(counter) for item in expressions]
    for item, site in zip(slotted, sites, strict=False):
        if site is not None:
            # The values that they hold are of other calls: they are equal as those of this one are.
            _stand_for(item, site)
    source = shape.query.chain()
    query = apply(source, slotted) or source
    if query is not source:
        query.slotted_lookups = [*source.slotted_lookups, *query.slotted_lookups]
        query.uncacheable = query.uncacheable or source.uncacheable
    return query


def _keyed_node(shape: Shape, binds: Binds, key: Key, values: list[Any], build: Callable[[], Any]) -> Shape:
    """Return the node of a key; *values* are checked and converted by the lookups they belong to."""
    found: Any = shape.children.get(key)
    if isinstance(found, Shape):
        return found
    query: Any = None
    if found is None:
        query = build()
        first = len(binds)
        # The values of a filtered relation were prepared when it was made, before a verb joined it.
        found = Family([(slot - first, lookup, info) for slot, lookup, info in query.slotted_lookups if slot >= first])
        if query.uncacheable:
            found.prepare(shape, values)
            query.slotted_lookups = []
            return Shape(shape.model, query, interned=False, sites=shape.sites)
        if not found.lookups:
            return shape.adopt(key, query)
        found = shape.intern(key, found)
    kinds = found.prepare(shape, values)
    node: Shape | None = found.nodes.get(kinds)
    if node is None:
        query = query or build()
        query.slotted_lookups = []
        node = Shape(shape.model, query, interned=True, sites=shape.sites)
        Trie.count(node)
        made: Shape = found.nodes.setdefault(kinds, node)
        return made
    return node


def _expression_key(expression: Any, values: list[Any]) -> Key:
    if isinstance(expression, str):
        return expression
    if not hasattr(expression, "shape_into"):
        raise Uncacheable("no expression")
    key: Key = expression.shape_into(values)
    return key


def sliced(
    shape: Shape, binds: Binds, low: int | None, high: int | None, bind_offset: bool = False
) -> tuple[Shape, Binds]:
    """
    Return the node and the binds of rows *low* to *high*.

    Args:
        bind_offset: Write an offset as a parameter, for a database that plans each text anew but each value well.
    """

    def narrow(query: Any) -> None:
        query.set_limits(low, high)

    key = ("slice", low, high)
    node = shape.children.get(key) if shape.interned else None
    if node is not None:
        return node, binds
    if (
        shape.interned
        and not shape.query.is_sliced
        and low != high
        and ((bind_offset and low) or _slices(shape) >= SLICES_PER_SHAPE)
    ):
        return _sliced_by_binds(shape, binds, low, high)
    if any(place is not None for place in shape.query.limit_slots):
        query = shape.query.with_binds(binds)
        narrow(query)
        return Shape(shape.model, query, interned=False), ()
    return shape.step(key, narrow), binds


def _slices(shape: Shape) -> int:
    return sum(isinstance(key, tuple) and key[0] == "slice" for key in [*shape.children])


def _sliced_by_binds(shape: Shape, binds: Binds, low: int | None, high: int | None) -> tuple[Shape, Binds]:
    place = len(binds)
    values: list[int] = []

    def narrow(query: Any) -> None:
        query.set_limits(low, high)
        query.limit_slots = (
            place if low else None,
            None if high is None else place + bool(low),
        )

    if low:
        values.append(low)
    if high is not None:
        values.append(high - (low or 0))
    if not values:
        return shape, binds
    return shape.step(("slice by binds", bool(low), high is not None), narrow), binds + tuple(values)


def _forget(**kwargs: Any) -> None:
    Trie.drop()


setting_changed.connect(_forget, dispatch_uid="fastjango.db.models.query.shape")

__all__ = [
    "Binds",
    "Family",
    "Shape",
    "Trie",
    "detached",
    "filtered",
    "keyed",
    "root",
    "sliced",
]
