"""The condition tree of a query: lookups joined by AND, OR and XOR.

A ``WhereNode`` is an expression of its own, so conditions may be annotated, nested in
``When`` or used as a lookup's right side. Children that are always true or always
false say so by ``FullResultSet`` and ``EmptyResultSet``; the node draws the conclusion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fastjango.core.exceptions import EmptyResultSet, FullResultSet
from fastjango.db.models.expressions.adapter import native, splice
from fastjango.db.models.expressions.elements import negation
from fastjango.db.models.expressions.output import make_field
from fastjango.utils.tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

AND = "AND"
OR = "OR"
XOR = "XOR"


class WhereNode(Node):
    """A tree of conditions; leaves are lookups or conditional expressions."""

    default = AND
    resolved = False
    conditional = True
    filterable = True
    allowed_default = False
    contains_column_references = True

    # -- building

    def clone(self) -> WhereNode:
        """Copy the tree; leaves are shared because they are values."""
        clone = self.create(connector=self.connector, negated=self.negated)
        clone.children = [child.clone() if isinstance(child, WhereNode) else child for child in self.children]
        clone.resolved = self.resolved
        return clone

    def copy(self) -> WhereNode:
        """Copy the tree (the name expressions use)."""
        return self.clone()

    def relabel_aliases(self, change_map: Mapping[str, str]) -> WhereNode:
        """Rename tables in place."""
        if not change_map:
            return self
        for position, child in enumerate(self.children):
            if hasattr(child, "relabel_aliases"):
                child.relabel_aliases(change_map)
            elif hasattr(child, "relabeled_clone"):
                self.children[position] = child.relabeled_clone(change_map)
        return self

    def relabeled_clone(self, change_map: Mapping[str, str]) -> WhereNode:
        """Return a copy with renamed tables."""
        clone = self.clone()
        clone.relabel_aliases(change_map)
        return clone

    def replace_expressions(self, replacements: Mapping[Any, Any]) -> Any:
        """Return a copy in which the given expressions are replaced."""
        if not replacements:
            return self
        if (replacement := replacements.get(self)) is not None:
            return replacement
        clone = self.create(connector=self.connector, negated=self.negated)
        clone.children = [child.replace_expressions(replacements) for child in self.children]
        return clone

    # -- the expression face

    def get_source_expressions(self) -> list[Any]:
        """Return the conditions this one is made of."""
        return list(self.children)

    def set_source_expressions(self, children: list[Any]) -> None:
        """Replace the conditions this one is made of."""
        if len(children) != len(self.children):
            msg = "A condition keeps the number of its children."
            raise ValueError(msg)
        self.children = list(children)

    def flatten(self) -> Iterator[Any]:
        """Yield this node and everything below it."""
        yield self
        for child in self.children:
            if hasattr(child, "flatten"):
                yield from child.flatten()
            else:
                yield child

    @property
    def contains_aggregate(self) -> bool:
        """Whether any condition holds an aggregate."""
        return any(getattr(child, "contains_aggregate", False) for child in self.children)

    @property
    def contains_over_clause(self) -> bool:
        """Whether any condition holds a window."""
        return any(getattr(child, "contains_over_clause", False) for child in self.children)

    @property
    def is_summary(self) -> bool:
        """Whether any condition stands in a summary."""
        return any(getattr(child, "is_summary", False) for child in self.children)

    @property
    def output_field(self) -> Any:
        """The field of the result: a boolean."""
        return self.__dict__.setdefault("_output_field", make_field("BooleanField"))

    @property
    def _output_field_or_none(self) -> Any:
        return self.output_field

    @property
    def field(self) -> Any:
        """The same as ``output_field``."""
        return self.output_field

    def get_lookup(self, lookup: str) -> Any:
        """Return the lookup class of that name for the result."""
        return self.output_field.get_lookup(lookup)

    def get_transform(self, name: str) -> Any:
        """Return the transform class of that name for the result."""
        return self.output_field.get_transform(name)

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns that must be grouped."""
        return [column for child in self.children for column in child.get_group_by_cols()]

    def get_refs(self) -> set[str]:
        """Return the names of annotations that are referred to."""
        refs: set[str] = set()
        for child in self.children:
            refs |= child.get_refs()
        return refs

    def leaves(self) -> Iterator[Any]:
        """Yield the conditions at the ends of the tree."""
        for child in self.children:
            if isinstance(child, WhereNode):
                yield from child.leaves()
            else:
                yield child

    def result_converter(self, connection: Any) -> Any:
        """Booleans come back as the database stores them."""
        return self.output_field.result_converter(connection)

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Return the converters of the result."""
        return list(self.output_field.get_db_converters(connection))

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Return the SQL as it is."""
        return sql, params

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> WhereNode:
        """Return a copy with every child resolved against *query*."""
        clone = self.clone()
        clone._resolve(query, allow_joins, reuse, summarize, for_save)
        clone.resolved = True
        return clone

    def _resolve(self, query: Any, allow_joins: bool, reuse: Any, summarize: bool, for_save: bool) -> None:
        for position, child in enumerate(self.children):
            if isinstance(child, WhereNode):
                child._resolve(query, allow_joins, reuse, summarize, for_save)
            elif hasattr(child, "resolve_expression"):
                self.children[position] = child.resolve_expression(query, allow_joins, reuse, summarize, for_save)

    # -- said in SQL

    def to_clause(self, ctx: Any) -> sa.ColumnElement[Any]:
        """
        Return the condition as a clause.

        Raises:
            EmptyResultSet: No row can match.
            FullResultSet: Every row matches.
        """
        clauses: list[Any] = []
        needed_full = len(self.children) if self.connector == AND else 1
        needed_empty = 1 if self.connector == AND else len(self.children)
        # XOR of a constant is no constant: true and false stay in the clause.
        if self.connector == XOR:
            return self._xor_clause(ctx)
        for child in self.children:
            try:
                clauses.append(ctx.clause(child))
            except EmptyResultSet:
                needed_empty -= 1
            except FullResultSet:
                needed_full -= 1
            if needed_empty == 0:
                if self.negated:
                    raise FullResultSet
                raise EmptyResultSet
            if needed_full == 0:
                if self.negated:
                    raise EmptyResultSet
                raise FullResultSet
        if not clauses:
            raise FullResultSet
        joined = clauses[0] if len(clauses) == 1 else _junction(self.connector)(*clauses)
        return negation(joined) if self.negated else joined

    @native
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """
        Return the condition as text and parameters, for code that compiles trees by hand.

        Raises:
            EmptyResultSet: No row can match.
            FullResultSet: Every row matches.
        """
        texts: list[str] = []
        params: list[Any] = []
        needed_full = len(self.children) if self.connector == AND else 1
        needed_empty = 1 if self.connector == AND else len(self.children)
        for child in self.children:
            try:
                text, values = compiler.compile(child)
                texts.append(text)
                params.extend(values)
            except EmptyResultSet:
                needed_empty -= 1
            except FullResultSet:
                needed_full -= 1
            if needed_empty == 0:
                raise FullResultSet if self.negated else EmptyResultSet
            if needed_full == 0:
                raise EmptyResultSet if self.negated else FullResultSet
        if not texts:
            raise FullResultSet
        sql = f" {self.connector} ".join(texts)
        if self.negated:
            return f"NOT ({sql})", params
        return (f"({sql})" if len(texts) > 1 else sql), params

    def _xor_clause(self, ctx: Any) -> sa.ColumnElement[Any]:
        """A XOR B XOR C: an odd number of the operands is true."""
        clauses: list[Any] = []
        full = 0
        for child in self.children:
            try:
                clauses.append(ctx.clause(child))
            except EmptyResultSet:
                continue
            except FullResultSet:
                full += 1
        inverted = bool(full % 2) != self.negated
        if not clauses:
            if inverted:
                raise FullResultSet
            raise EmptyResultSet
        # Counted, an unknown condition is one that does not hold: NOT, here or further out, makes it true.
        one: Any = sa.literal_column("1")
        zero: Any = sa.literal_column("0")
        numbers = [sa.type_coerce(sa.case((clause, one), else_=zero), sa.Integer) for clause in clauses]
        total = sa.type_coerce(sum(numbers[1:], numbers[0]), sa.Integer)
        is_odd = one == (total if len(clauses) == 1 else total % sa.literal_column("2"))
        odd: Any = sa.and_(sa.or_(*clauses), is_odd)
        return negation(odd) if inverted else odd

    # -- where, having, qualify

    def split_having_qualify(self, negated: bool = False, must_group_by: bool = False) -> tuple[Any, Any, Any]:
        """
        Split into the parts for WHERE, HAVING and the filter over window functions.

        A part is None when it is empty.
        """
        if not self.contains_aggregate and not self.contains_over_clause:
            return self, None, None
        inverted = negated ^ self.negated
        disjunctive = self.connector == XOR or (inverted if self.connector == AND else not inverted)
        if disjunctive and self.contains_aggregate and not self.contains_over_clause:
            # The parts must be decided together, after grouping.
            return None, self, None
        parts: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        for child in self.children:
            if hasattr(child, "split_having_qualify"):
                for part, piece in zip(parts, child.split_having_qualify(inverted, must_group_by), strict=True):
                    if piece is not None:
                        part.append(piece)
            elif getattr(child, "contains_over_clause", False):
                parts[2].append(child)
            elif getattr(child, "contains_aggregate", False):
                parts[1].append(child)
            else:
                parts[0].append(child)
        if disjunctive and parts[2]:
            if parts[0] and must_group_by:
                msg = (
                    "Heterogeneous disjunctive predicates against window functions are "
                    "not implemented when performing conditional aggregation."
                )
                raise NotImplementedError(msg)
            return None, None, self
        where, having, qualify = (self.create(part, self.connector, self.negated) if part else None for part in parts)
        return where, having, qualify


def _junction(connector: str) -> Any:
    return sa.and_ if connector == AND else sa.or_


class NothingNode:
    """A condition that no row fulfils: what ``none()`` puts into a query."""

    contains_aggregate = False
    contains_over_clause = False
    conditional = True

    def to_clause(self, ctx: Any) -> Any:
        """Return the clause, or raise when it decides nothing or everything."""
        raise EmptyResultSet

    @native
    def as_sql(self, compiler: Any = None, connection: Any = None) -> Any:
        """Raise ``EmptyResultSet``."""
        raise EmptyResultSet

    def get_source_expressions(self) -> list[Any]:
        """Return the conditions this one is made of."""
        return []

    def replace_expressions(self, replacements: Mapping[Any, Any]) -> NothingNode:
        """Return the same."""
        return self

    def relabeled_clone(self, change_map: Mapping[str, str]) -> NothingNode:
        """Return it with renamed tables."""
        return self

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns that must be grouped."""
        return []

    def get_refs(self) -> set[str]:
        """Return the names of annotations that are referred to."""
        return set()


class ExtraWhere:
    """The conditions of ``extra(where=...)``: text with its parameters, written by the user."""

    contains_aggregate = False
    contains_over_clause = False
    conditional = True
    apart = ("params",)

    def __init__(self, sqls: Sequence[str], params: Sequence[Any]) -> None:
        self.sqls = tuple(sqls)
        self.params = tuple(params)

    def copy(self) -> ExtraWhere:
        """Return a copy."""
        return ExtraWhere(self.sqls, self.params)

    def to_clause(self, ctx: Any) -> Any:
        """Return the clause, or raise when it decides nothing or everything."""
        if not self.sqls:
            raise FullResultSet
        return splice(ctx, " AND ".join(f"({sql})" for sql in self.sqls), self.params)

    def get_source_expressions(self) -> list[Any]:
        """Return the conditions this one is made of."""
        return []

    def replace_expressions(self, replacements: Mapping[Any, Any]) -> ExtraWhere:
        """Return the same."""
        return self

    def relabeled_clone(self, change_map: Mapping[str, str]) -> ExtraWhere:
        """Return it with renamed tables."""
        return self

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns that must be grouped."""
        return []

    def get_refs(self) -> set[str]:
        """Return the names of annotations that are referred to."""
        return set()


__all__ = ["AND", "OR", "XOR", "ExtraWhere", "NothingNode", "WhereNode"]
