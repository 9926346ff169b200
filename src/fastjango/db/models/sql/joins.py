"""The tables of a query: which are joined, under which name, inner or outer.

An alias is counted by its uses; one that nobody uses is not printed. Outer joins are
the safe choice for nullable relations; ``JoinPromoter`` decides after each filter which
of them may become inner ones and which inner ones must become outer.
"""

from __future__ import annotations

import itertools
import sys
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from fastjango.db.models.expressions import Exists, Ref

from .constants import INNER, LOUTER
from .datastructures import BaseTable
from .spec import QuerySpec
from .where import AND, OR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


class TableBook(QuerySpec):
    """A spec that knows how to add, count, rename and promote its tables."""

    @property
    def base_table(self) -> str | None:
        """The alias of the first table, or None before there is one."""
        return next(iter(self.alias_map), None)

    # -- names

    def table_alias(self, table_name: str, create: bool = False, filtered_relation: Any = None) -> tuple[str, bool]:
        """Return an alias for the table and whether it is new; an old one is counted once more."""
        known = self.table_map.get(table_name)
        if known and not create:
            self.alias_refcount[known[0]] += 1
            return known[0], False
        if known:
            if filtered_relation is not None:
                alias: str = filtered_relation.alias
            else:
                alias = f"{self.alias_prefix}{len(self.alias_map) + 1}"
            known.append(alias)
        else:
            alias = filtered_relation.alias if filtered_relation is not None else table_name
            self.table_map[table_name] = [alias]
        self.alias_refcount[alias] = 1
        return alias, True

    def ref_alias(self, alias: str) -> None:
        """Count one more use of *alias*."""
        self.alias_refcount[alias] += 1

    def unref_alias(self, alias: str, amount: int = 1) -> None:
        """Count *amount* fewer uses of *alias*."""
        self.alias_refcount[alias] -= amount

    def reset_refcounts(self, to_counts: dict[str, int]) -> None:
        """Return to earlier counts; aliases made since then are unused."""
        for alias, count in self.alias_refcount.copy().items():
            self.unref_alias(alias, count - to_counts.get(alias, 0))

    def get_initial_alias(self) -> str | None:
        """Return the alias of the model's own table, joined now if need be."""
        if self.alias_map:
            alias = self.base_table
            assert alias is not None
            self.ref_alias(alias)
            return alias
        if self.model is None:
            return None
        return self.join(BaseTable(self.get_meta().db_table, ""))

    def count_active_tables(self) -> int:
        """Return the number of tables in use."""
        return sum(1 for count in self.alias_refcount.values() if count)

    # -- joining

    def join(self, join: Any, reuse: Collection[str] | None = None) -> str:
        """
        Return an alias for *join*; an equal join is used again.

        With *reuse*, only those aliases may be used again (multi-valued relations).
        """
        same = [
            alias
            for alias, existing in self.alias_map.items()
            if (reuse is None or alias in reuse) and join == existing
        ]
        if same:
            # The latest alias is the one of this filter() call; a direct hit is better still.
            alias = join.table_alias if join.table_alias in same else same[-1]
            self.ref_alias(alias)
            return alias
        alias, _ = self.table_alias(join.table_name, create=True, filtered_relation=join.filtered_relation)
        if join.join_type:
            outer = self.alias_map[join.parent_alias].join_type == LOUTER or join.nullable
            join.join_type = LOUTER if outer else INNER
            if not join.join_field.get_extra_restriction.__module__.startswith("fastjango."):
                # A condition of the user's own may depend on anything, the language for one.
                self.uncacheable = True
        join.table_alias = alias
        self.alias_map[alias] = join
        if join.filtered_relation is not None:
            self._resolve_filtered_join(join, alias, reuse)
        return alias

    def _resolve_filtered_join(self, join: Any, alias: str, reuse: Collection[str] | None) -> None:
        allowed = None if reuse is None else {*reuse, alias}
        before = len(self.alias_map)
        relation = join.filtered_relation
        # Names in the condition that follow the same relation mean this very join.
        join.filtered_relation = None
        join.filtered_relation = relation.resolve_expression(self, reuse=allowed)
        if before < len(self.alias_map):
            # The condition joined further tables: they must be named before this one.
            self.alias_map[alias] = self.alias_map.pop(alias)

    def join_parent_model(self, opts: Any, model: Any, alias: str, seen: dict[Any, str]) -> str:
        """Return the alias under which the columns of the ancestor *model* are found."""
        if model in seen:
            return seen[model]
        chain = opts.get_base_chain(model)
        if not chain:
            return alias
        current = opts
        for ancestor in chain:
            if ancestor in seen:
                current, alias = ancestor._meta, seen[ancestor]
                continue
            # A proxy has no table of its own: nothing to join.
            if not current.parents[ancestor]:
                current = ancestor._meta
                continue
            link = current.get_ancestor_link(ancestor)
            alias = self.setup_joins([link.name], current, alias).joins[-1]
            current = ancestor._meta
            seen[ancestor] = alias
        return alias or seen[None]

    if TYPE_CHECKING:

        def setup_joins(
            self,
            names: list[str],
            opts: Any,
            alias: str | None,
            can_reuse: Any = None,
            allow_many: bool = True,
        ) -> Any: ...

    # -- inner and outer

    def promote_joins(self, aliases: Iterable[str]) -> None:
        """Make the joins outer where they are nullable or hang on an outer join."""
        waiting = list(aliases)
        while waiting:
            alias = waiting.pop(0)
            join: Any = self.alias_map[alias]
            if join.join_type is None:
                continue
            parent = join.parent_alias
            parent_is_outer = bool(parent) and self.alias_map[parent].join_type == LOUTER
            if (join.nullable or parent_is_outer) and join.join_type != LOUTER:
                self.alias_map[alias] = join.promote()
                waiting.extend(
                    name
                    for name, other in self.alias_map.items()
                    if other.parent_alias == alias and name not in waiting
                )

    def demote_joins(self, aliases: Iterable[str]) -> None:
        """Make the joins inner ones."""
        for alias in list(aliases):
            join: Any = self.alias_map[alias]
            if join.join_type == LOUTER:
                self.alias_map[alias] = join.demote()

    def is_nullable(self, field: Any) -> bool:
        """Tell whether the column of *field* may hold NULL."""
        return bool(field.null)

    # -- renaming

    def change_aliases(self, change_map: dict[str, str]) -> None:
        """Rename tables wherever they are mentioned."""
        if not change_map:
            return
        self.where.relabel_aliases(change_map)
        if isinstance(self.group_by, tuple):
            self.group_by = tuple(column.relabeled_clone(change_map) for column in self.group_by)
        self.select = tuple(column.relabeled_clone(change_map) for column in self.select)
        self.annotations = {
            name: annotation.relabeled_clone(change_map) if hasattr(annotation, "relabeled_clone") else annotation
            for name, annotation in self.annotations.items()
        }
        self._annotation_select_cache = None
        renamed: dict[str, Any] = {}
        for alias, table in self.alias_map.items():
            renamed[change_map.get(alias, alias)] = table.relabeled_clone(change_map)
        self.alias_map = renamed
        self.alias_refcount = {change_map.get(alias, alias): n for alias, n in self.alias_refcount.items()}
        self.table_map = {
            table: [change_map.get(alias, alias) for alias in aliases] for table, aliases in self.table_map.items()
        }
        if self.combined_queries:
            self.combined_queries = tuple(query.relabeled_clone(change_map) for query in self.combined_queries)
        self.external_aliases = {
            change_map.get(alias, alias): (aliased or alias in change_map)
            for alias, aliased in self.external_aliases.items()
        }

    def bump_prefix(self, other_query: Any, exclude: Collection[str] = ()) -> None:
        """Rename the aliases so that none is shared with *other_query*, which surrounds this one."""
        if self.alias_prefix != other_query.alias_prefix:
            return
        for position, prefix in enumerate(_prefixes(self.alias_prefix)):
            if prefix not in self.subq_aliases:
                self.alias_prefix = prefix
                break
            if position >= sys.getrecursionlimit() // 16:
                msg = "Maximum recursion depth exceeded: too many subqueries."
                raise RecursionError(msg)
        self.subq_aliases = self.subq_aliases | {self.alias_prefix}
        other_query.subq_aliases = other_query.subq_aliases | self.subq_aliases
        self.change_aliases(
            {alias: f"{self.alias_prefix}{place}" for place, alias in enumerate(self.alias_map) if alias not in exclude}
        )

    def get_external_cols(self) -> list[Any]:
        """Return the columns of a surrounding query that are mentioned here."""
        expressions = itertools.chain(self.annotations.values(), self.where.children)
        return [
            column for column in gen_cols(expressions, include_external=True) if column.alias in self.external_aliases
        ]


def _prefixes(prefix: str) -> Iterator[str]:
    """Yield what comes after *prefix*: U, V, ... Z, AA, AB, ..."""
    letters = {letter: place for place, letter in enumerate(ascii_uppercase)}
    start = letters[prefix[-1]] + 1 if len(prefix) == 1 else 0
    yield from ascii_uppercase[start:]
    for length in itertools.count(2):
        for word in itertools.product(ascii_uppercase, repeat=length):
            yield "".join(word)


def gen_cols(exprs: Iterable[Any], include_external: bool = False, resolve_refs: bool = True) -> Iterator[Any]:
    """Yield the columns that the expressions mention."""
    for expression in exprs:
        if is_column(expression):
            yield expression
        elif include_external and callable(getattr(expression, "get_external_cols", None)):
            yield from expression.get_external_cols()
        elif hasattr(expression, "get_source_expressions"):
            if not resolve_refs and isinstance(expression, Ref):
                continue
            yield from gen_cols(
                expression.get_source_expressions(), include_external=include_external, resolve_refs=resolve_refs
            )


def is_column(expression: Any) -> bool:
    """Tell whether the expression is a plain column of a table."""
    return hasattr(expression, "target") and hasattr(expression, "alias") and not isinstance(expression, Exists)


class JoinPromoter:
    """Counts how often each join is needed by the children of one condition."""

    def __init__(self, connector: str, num_children: int, negated: bool) -> None:
        self.connector = connector
        self.negated = negated
        # NOT (a AND b) behaves like an OR, and the other way round.
        if negated and connector == AND:
            self.effective_connector = OR
        elif negated and connector == OR:
            self.effective_connector = AND
        else:
            self.effective_connector = connector
        self.num_children = num_children
        self.votes: dict[str, int] = {}

    def __repr__(self) -> str:
        return (
            f"{type(self).__qualname__}(connector={self.connector!r}, "
            f"num_children={self.num_children!r}, negated={self.negated!r})"
        )

    def add_votes(self, votes: Iterable[str]) -> None:
        """Note that one child needs these joins to find a row."""
        for alias in votes:
            self.votes[alias] = self.votes.get(alias, 0) + 1

    def update_join_types(self, query: TableBook) -> set[str]:
        """Promote and demote the joins of *query*; return those that are inner now."""
        outer: set[str] = set()
        inner: set[str] = set()
        for alias, votes in self.votes.items():
            if self.effective_connector == AND or (self.effective_connector == OR and votes == self.num_children):
                # No row without the join can match.
                inner.add(alias)
            else:
                # Some children can be true without this join; the children of XOR also decide when they are false.
                outer.add(alias)
        query.promote_joins(outer)
        query.demote_joins(inner)
        return inner


__all__ = ["JoinPromoter", "TableBook", "gen_cols", "is_column"]
