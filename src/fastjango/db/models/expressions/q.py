"""``Q``: a condition written as a tree of lookups, and ``FilteredRelation``."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import cached_property
from typing import Any, ClassVar, Self

from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions.combinable import makers
from fastjango.db.models.expressions.no_condition import refuse_sqlalchemy
from fastjango.db.models.expressions.shape import (
    SlotCounter,
    Uncacheable,
    is_queryset,
    slot_value,
    slotted_part,
    value_key,
)
from fastjango.utils.hashable import make_hashable
from fastjango.utils.tree import Node


class _Checker:
    """The slot through which ``Q.check`` asks a database (filled by the query rooms)."""

    run: Callable[[Q, dict[str, Any], str], bool]


checker = _Checker()


class Q(Node):
    """A condition that can be combined with ``&``, ``|``, ``^`` and ``~``."""

    AND = "AND"
    OR = "OR"
    XOR = "XOR"
    default: ClassVar[str] = AND
    conditional = True
    connectors: ClassVar[tuple[str | None, ...]] = (None, AND, OR, XOR)

    def __init__(
        self,
        *args: Any,
        _connector: str | None = None,
        _negated: bool = False,
        **kwargs: Any,
    ) -> None:
        if _connector not in self.connectors:
            names = ", ".join(f"{name!r}" for name in self.connectors[1:])
            raise ValueError(f"_connector must be one of {names}, or None.")
        super().__init__(children=[*args, *sorted(kwargs.items())], connector=_connector, negated=_negated)

    def _combine(self, other: Any, connector: str) -> Any:
        if getattr(other, "conditional", False) is False:
            refuse_sqlalchemy(other, "Q")
            raise TypeError(other)
        if not self:
            return other.copy()
        if not other and isinstance(other, Q):
            return self.copy()
        combined = self.create(connector=connector)
        combined.add(self, connector)
        combined.add(other, connector)
        return combined

    def __or__(self, other: Any) -> Any:
        return self._combine(other, self.OR)

    def __and__(self, other: Any) -> Any:
        return self._combine(other, self.AND)

    def __xor__(self, other: Any) -> Any:
        return self._combine(other, self.XOR)

    def __invert__(self) -> Self:
        inverted = self.copy()
        inverted.negate()
        return inverted

    # Shape

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: names and kinds of values; the values are appended to *binds*."""
        keys: list[Hashable] = []
        for child in self.children:
            if isinstance(child, tuple) and len(child) == 2:
                keys.append((child[0], value_key(child[0], child[1], binds)))
            else:
                shape_into = getattr(child, "shape_into", None)
                if shape_into is None:
                    raise Uncacheable(f"{type(child).__qualname__} in a condition")
                keys.append(shape_into(binds))
        return (type(self), self.connector, self.negated, tuple(keys))

    def with_slots(self, counter: SlotCounter) -> Self:
        """Return a copy whose values know their places; same order as ``shape_into``."""
        children = [
            (child[0], slot_value(child[1], counter)) if isinstance(child, tuple) else slotted_part(child, counter)
            for child in self.children
        ]
        return self.create(children, self.connector, self.negated)

    # Resolution

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return the condition with its names resolved; its joins are made outer where needed."""
        clause, joins = query._add_q(
            self,
            reuse,
            allow_joins=allow_joins,
            split_subq=False,
            check_filterable=False,
            summarize=summarize,
        )
        query.promote_joins(joins)
        return clause

    def replace_expressions(self, replacements: Any) -> Any:
        """Return this tree with the keys of *replacements* replaced by their values."""
        if not replacements:
            return self
        children = []
        for child in self.children:
            if isinstance(child, tuple):
                children.append(self._replace_pair(child, replacements))
            else:
                children.append(child.replace_expressions(replacements))
        return self.create(children, self.connector, self.negated)

    @staticmethod
    def _replace_pair(pair: tuple[str, Any], replacements: Any) -> Any:
        path, value = pair
        if hasattr(value, "replace_expressions"):
            value = value.replace_expressions(replacements)
        left: Any = makers.name(path)
        lookup_name = "exact"
        replaced = left.replace_expressions(replacements)
        if replaced is left and LOOKUP_SEP in path:
            path, lookup_name = path.rsplit(LOOKUP_SEP, 1)
            left = makers.name(path)
            replaced = left.replace_expressions(replacements)
        if replaced is left:
            return (pair[0], value)
        if value is None and lookup_name in {"exact", "iexact"}:
            lookup_name, value = "isnull", True
        lookup = replaced.get_lookup(lookup_name)
        return (pair[0], value) if lookup is None else lookup(replaced, value)

    def prefix_references(self, prefix: str) -> Any:
        """Return a copy whose names begin with *prefix*."""
        children = [
            (f"{prefix}{child[0]}", child[1]) if isinstance(child, tuple) else child.prefix_references(prefix)
            for child in self.children
        ]
        return self.create(children, self.connector, self.negated)

    def check(self, against: dict[str, Any], using: str = "default") -> bool:
        """
        Return whether the values *against* meet the condition, asking the database.

        Queries: 1.
        """
        return checker.run(self, against, using)

    def flatten(self) -> Iterator[Any]:
        """Yield this condition and all its parts, depth first."""
        yield self
        for child in self.children:
            part = child[1] if isinstance(child, tuple) else child
            if hasattr(part, "flatten"):
                yield from part.flatten()
            else:
                yield part

    # Identity

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return the dotted path and the arguments that make this condition again."""
        cls = type(self)
        path = "fastjango.db.models.Q" if cls is Q else f"{cls.__module__}.{cls.__name__}"
        kwargs: dict[str, Any] = {}
        if self.connector != self.default:
            kwargs["_connector"] = self.connector
        if self.negated:
            kwargs["_negated"] = True
        return path, tuple(self.children), kwargs

    @cached_property
    def identity(self) -> tuple[Any, ...]:
        """The path, the options and the children, hashable."""
        path, args, kwargs = self.deconstruct()
        children = [(child[0], make_hashable(child[1])) if isinstance(child, tuple) else child for child in args]
        return (path, *kwargs.items(), *children)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Q):
            return NotImplemented
        return bool(other.identity == self.identity)

    def __hash__(self) -> int:
        return hash(self.identity)

    @cached_property
    def referenced_base_fields(self) -> set[str]:
        """The first names of all paths in the condition, also those in ``F``."""
        return {path.split(LOOKUP_SEP, 1)[0] for path in self._paths()}

    def _values(self) -> Iterator[Any]:
        for child in self.children:
            if isinstance(child, Q):
                yield from child._values()
            elif isinstance(child, tuple):
                yield child[1]

    def _paths(self) -> Iterator[str]:
        for child in self.children:
            value = child
            if isinstance(child, tuple):
                yield child[0]
                value = child[1]
            if isinstance(value, Q):
                yield from value._paths()
            elif hasattr(value, "flatten"):
                for part in value.flatten():
                    if isinstance(part, Q):
                        yield from part._paths()
                    elif makers.is_name(part):
                        yield part.name
            elif makers.is_name(value):
                yield value.name


class FilteredRelation:
    """A relation with a condition in the ON clause of its join."""

    def __init__(self, relation_name: str, *, condition: Q | None = None) -> None:
        condition = Q() if condition is None else condition
        if not relation_name:
            raise ValueError("relation_name cannot be empty.")
        if not isinstance(condition, Q):
            refuse_sqlalchemy(condition, "FilteredRelation")
            raise ValueError("condition argument must be a Q() instance.")  # noqa: TRY004 - Django's type
        if any(map(is_queryset, condition._values())):
            raise ValueError("Passing a QuerySet within a FilteredRelation is not supported.")
        self.relation_name = relation_name
        self.alias: str | None = None
        self.condition = condition
        self.resolved_condition: Any = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FilteredRelation):
            return NotImplemented
        return (self.relation_name, self.alias, self.condition) == (
            other.relation_name,
            other.alias,
            other.condition,
        )

    def __hash__(self) -> int:
        return hash((self.relation_name, self.alias))

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: the relation and the key of the condition."""
        return (type(self), self.relation_name, self.condition.shape_into(binds))

    def with_slots(self, counter: SlotCounter) -> FilteredRelation:
        """Return a copy whose values know their places."""
        clone = self.clone()
        clone.condition = self.condition.with_slots(counter)
        return clone

    def clone(self) -> FilteredRelation:
        """Return a copy."""
        clone = FilteredRelation(self.relation_name, condition=self.condition)
        clone.alias = self.alias
        if self.resolved_condition is not None:
            clone.resolved_condition = self.resolved_condition.copy()
        return clone

    def relabeled_clone(self, change_map: dict[str | None, str]) -> FilteredRelation:
        """Return a copy whose condition uses the new join names."""
        clone = self.clone()
        if self.resolved_condition is not None:
            clone.resolved_condition = self.resolved_condition.relabeled_clone(change_map)
        return clone

    def resolve_expression(self, query: Any, reuse: Any, *args: Any, **kwargs: Any) -> FilteredRelation:
        """Return a copy whose condition is resolved against *query*."""
        clone = self.clone()
        clone.resolved_condition = query.build_filter(
            self.condition,
            can_reuse=reuse,
            allow_joins=True,
            split_subq=False,
            update_join_types=False,
        )[0]
        return clone


makers.condition = Q

__all__ = ["FilteredRelation", "Q", "checker"]
