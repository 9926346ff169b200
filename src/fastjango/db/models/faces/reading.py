"""
How a schema reads a model: which columns, joins and further queries give its output, without making instances.

``reading_of(schema, model)`` walks the schema's fields along the model once and keeps the result. Rows come from
``values_list()``; a generated function makes one dictionary of each. A schema with fields that only an instance can answer
(properties, methods) has no reading; ``relations_of`` then says what to join and to prefetch. ``into.py`` runs both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db.models.faces.annotations import base_field, is_file
from fastjango.db.models.faces.schema_fields import is_reverse
from fastjango.db.models.faces.schema_members import Member, fits, is_plain, members_of_schema
from fastjango.db.models.hydrate.source import Scope

Grouped = dict[Any, list[Any]]
Builder = Callable[..., list[Any]]


@dataclass
class Leaf:
    """One value: what it is called, inside and outside of the schema, and where it comes from."""

    name: str
    key: str
    path: str
    convert: Callable[[Any], Any] | None = None
    decimal: bool = False


@dataclass
class One:
    """A nested object; None where the column at *test* is NULL."""

    name: str
    key: str
    node: Node
    test: str


@dataclass
class Many:
    """A list of nested objects, read by a query of its own; with *flat* a list of single values."""

    name: str
    key: str
    reading: Reading
    # The column of the parent, and what the children are asked by and give back.
    parent: str
    child_filter: str
    child_key: str
    flat: bool = False


@dataclass
class Node:
    """What one object of the output is made of."""

    leaves: list[Leaf] = field(default_factory=list)
    ones: list[One] = field(default_factory=list)
    manys: list[Many] = field(default_factory=list)
    order: list[tuple[str, Any]] = field(default_factory=list)


class Unreadable(Exception):
    """Only an instance can give what the schema wants."""


class Reading:
    """Columns of a query and what becomes of its rows."""

    def __init__(self, model: Any, node: Node, exact: bool) -> None:
        self.model = model
        self.node = node
        # Whether rows are output as they are: no validator or serializer of anybody would change them.
        self.exact = exact
        self.paths: list[str] = []
        self.manys: list[Many] = []
        self._collect(node)
        self._builders: dict[bool, Builder] = {}

    def _collect(self, node: Node) -> None:
        for leaf in node.leaves:
            self.place(leaf.path)
        for one in node.ones:
            self.place(one.test)
            self._collect(one.node)
        for many in node.manys:
            self.place(many.parent)
            self.manys.append(many)
            self.exact = self.exact and many.reading.exact

    def place(self, path: str) -> int:
        """Return where a column stands in a row; it is added where it is new."""
        if path not in self.paths:
            self.paths.append(path)
        return self.paths.index(path)

    def builder(self, json: bool) -> Builder:
        """
        Return the function from rows, and one dictionary per list, to dictionaries.

        Args:
            json: With the names of the output and values that JSON knows; else with the schema's own.
        """
        found = self._builders.get(json)
        if found is None:
            scope = Scope()
            scope.names["str"] = str
            lists = "".join(f", m{number}" for number in range(len(self.manys)))
            body = self._object(self.node, scope, json)
            found = scope.function([f"def read(rows{lists}):", f"    return [{body} for r in rows]"])
            self._builders[json] = found
        return found

    def _object(self, node: Node, scope: Scope, json: bool) -> str:
        parts = []
        for kind, item in node.order:
            label = repr(item.key if json else item.name)
            if kind == "leaf":
                parts.append(f"{label}: {self._value(item, scope, json)}")
            elif kind == "one":
                test = f"r[{self.place(item.test)}] is None"
                parts.append(f"{label}: None if {test} else {self._object(item.node, scope, json)}")
            else:
                number = next(place for place, many in enumerate(self.manys) if many is item)
                parts.append(f"{label}: m{number}.get(r[{self.place(item.parent)}], [])")
        return "{" + ", ".join(parts) + "}"

    def _value(self, leaf: Leaf, scope: Scope, json: bool) -> str:
        source = f"r[{self.place(leaf.path)}]"
        if leaf.convert is not None:
            return f"{scope.name(leaf.convert, 'c')}({source})"
        if json and leaf.decimal:
            return f"None if (v := {source}) is None else str(v)"
        return source


def reading_of(schema: Any, model: Any, annotations: frozenset[str] = frozenset()) -> Reading | None:
    """Return how *schema* reads *model*; None where it needs instances."""
    cache: dict[Any, Any] = model._meta.__dict__.setdefault("_readings", {})
    key = (schema, annotations)
    if key not in cache:
        if len(cache) > 256:
            cache.clear()
        try:
            node, exact = _node(schema, model, "", annotations, ())
            cache[key] = Reading(model, node, exact)
        except Unreadable:
            cache[key] = None
    found: Reading | None = cache[key]
    return found


def _node(schema: Any, model: Any, prefix: str, annotations: frozenset[str], seen: tuple[Any, ...]) -> Any:
    if (schema, model) in seen:
        raise Unreadable
    node = Node()
    exact = is_plain(schema)
    seen = (*seen, (schema, model))
    for member in members_of_schema(schema):
        if (
            member.optional
            and find(model, member.source[0]) is None
            and not _gives(model, member.source[0], annotations)
        ):
            # Nothing of the model: the schema's default stands for it.
            exact = False
            continue
        kind, item, fine = _item(member, model, prefix, annotations, seen)
        {"leaf": node.leaves, "one": node.ones, "many": node.manys}[kind].append(item)  # type: ignore[attr-defined]
        node.order.append((kind, item))
        exact = exact and fine
    return node, exact


def _gives(model: Any, name: str, annotations: frozenset[str]) -> bool:
    """Whether instances have something else of this name: a property, or an annotation of the query."""
    return name in annotations or hasattr(model, name)


def _item(member: Member, model: Any, prefix: str, annotations: frozenset[str], seen: Any) -> tuple[str, Any, bool]:
    first, *rest = member.source
    if rest:
        return _far_leaf(member, model, prefix)
    if first in annotations and not prefix:
        return "leaf", Leaf(member.name, member.key, first), False
    found = find(model, first)
    if found is None:
        raise Unreadable
    if member.nested is None and not member.is_list:
        if (found.is_relation and first != found.attname) or is_reverse(found):
            raise Unreadable
        return _leaf(member, found, prefix + first)
    if not found.is_relation or (found.concrete and first == found.attname):
        # A value that the schema takes apart itself, such as JSON.
        if found.is_relation:
            raise Unreadable
        return "leaf", Leaf(member.name, member.key, prefix + first), False
    if member.is_list:
        return _many(member, found, prefix, seen)
    return _one(member, found, prefix, seen)


def _leaf(member: Member, found: Any, path: str) -> tuple[str, Any, bool]:
    leaf = Leaf(member.name, member.key, path)
    plain = base_field(found)
    if is_file(plain):
        leaf.convert = _FileAddress(plain)
    leaf.decimal = member.kind is Decimal
    return "leaf", leaf, fits(member, found)


def _far_leaf(member: Member, model: Any, prefix: str) -> tuple[str, Any, bool]:
    """Return the value at the end of a path of foreign keys (``AliasPath("category", "name")``)."""
    *relations, last = member.source
    nullable = False
    for name in relations:
        found = find(model, name)
        if found is None or is_reverse(found) or not found.concrete or not found.is_relation or name == found.attname:
            raise Unreadable
        nullable = nullable or found.null
        model = found.remote_field.model
    found = find(model, last)
    if found is None or nullable or not found.concrete or (found.is_relation and last != found.attname):
        raise Unreadable
    return _leaf(member, found, prefix + "__".join(member.source))


class _FileAddress:
    """From the name in a file's column to its URL."""

    def __init__(self, file_field: Any) -> None:
        self.field = file_field

    def __call__(self, name: Any) -> Any:
        if not name:
            return None
        try:
            return self.field.storage.url(str(name))
        except (ValueError, NotImplementedError):
            return str(name)


def _one(member: Member, found: Any, prefix: str, seen: Any) -> tuple[str, Any, bool]:
    if is_reverse(found):
        if not found.one_to_one:
            raise Unreadable
        target, name = found.related_model, found.field.related_query_name()
        test = f"{prefix}{name}__pk"
        nullable = True
    else:
        if not found.concrete or len(found.foreign_related_fields) != 1:
            raise Unreadable
        target, name = found.remote_field.model, found.name
        test = prefix + found.attname
        nullable = found.null
    node, exact = _node(member.nested, target, f"{prefix}{name}__", frozenset(), seen)
    return "one", One(member.name, member.key, node, test), exact and (member.nullable or not nullable)


def _many(member: Member, found: Any, prefix: str, seen: Any) -> tuple[str, Any, bool]:
    if not (is_reverse(found) or found.many_to_many) or getattr(found, "one_to_one", False):
        raise Unreadable
    relation = found.field if is_reverse(found) else found
    if len(getattr(relation, "foreign_related_fields", "x")) != 1:
        raise Unreadable
    target = found.related_model
    if is_reverse(found) and not found.many_to_many:
        parent = relation.foreign_related_fields[0].attname
        child_filter, child_key = f"{relation.name}__in", relation.attname
    else:
        back = relation.name if is_reverse(found) else relation.related_query_name()
        if not back.isidentifier():
            raise Unreadable
        parent, child_filter, child_key = "pk", f"{back}__in", back
    if member.nested is None:
        node = Node()
        leaf = Leaf("pk", "pk", "pk")
        node.leaves.append(leaf)
        node.order.append(("leaf", leaf))
        exact = member.by_key
        if not exact:
            raise Unreadable
    else:
        node, exact = _node(member.nested, target, "", frozenset(), seen)
    reading = Reading(target, node, exact)
    many = Many(member.name, member.key, reading, prefix + parent, child_filter, child_key, member.nested is None)
    reading.place(child_key)
    return "many", many, exact


def find(model: Any, name: str) -> Any:
    """Return the field or the relation that instances show as *name*; None where it is none."""
    opts = model._meta
    if name == "pk":
        return opts.pk if len(opts.pk_fields) == 1 else None
    for concrete in opts.concrete_fields:
        if name in (concrete.attname, concrete.name):
            return concrete
    try:
        found = opts.get_field(name)
    except FieldDoesNotExist:
        found = None
    if found is not None and not is_reverse(found):
        return found if getattr(found, "many_to_many", False) else None
    return next((rel for rel in opts.related_objects if not rel.hidden and rel.get_accessor_name() == name), None)


def relations_of(schema: Any, model: Any, seen: tuple[Any, ...] = ()) -> tuple[list[str], list[str]]:
    """Return what instances should have at hand for *schema*: paths to join and paths to prefetch."""
    joins: list[str] = []
    prefetches: list[str] = []
    if (schema, model) in seen:
        return joins, prefetches
    for member in members_of_schema(schema):
        found = find(model, member.source[0])
        if found is None or not found.is_relation or (found.concrete and member.source[0] == found.attname):
            continue
        name = member.source[0]
        single = found.concrete or found.one_to_one
        (joins if single else prefetches).append(
            found.field.related_query_name() if single and is_reverse(found) else name
        )
        if member.nested is not None:
            inner = found.related_model if is_reverse(found) or not found.concrete else found.remote_field.model
            more, further = relations_of(member.nested, inner, (*seen, (schema, model)))
            (joins if single else prefetches).extend(f"{name}__{path}" for path in more)
            prefetches.extend(f"{name}__{path}" for path in further)
    return joins, prefetches


__all__ = ["Many", "Reading", "reading_of", "relations_of"]
