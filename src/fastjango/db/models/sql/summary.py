"""Queries about a query: groups, aggregates over the result, counts, existence.

Where the rows must be computed first (groups, slices, DISTINCT, set operations), the
aggregate goes over a subquery: ``AggregateQuery``.
"""

from __future__ import annotations

from typing import Any, Self

from fastjango.db.models.expressions import Ref, Value

from .joins import gen_cols
from .selecting import SelectBook


class SummaryBook(SelectBook):
    """A spec that can be grouped and summarised."""

    inner_query: Any = None

    # -- groups

    def set_group_by(self, allow_aliases: bool = True) -> None:
        """
        Group by everything that is selected and is no aggregate.

        Args:
            allow_aliases: Say computed columns by their name in the select list.
        """
        if allow_aliases and self.values_select:
            self._name_computed_columns()
        group_by: list[Any] = list(self.select)
        for alias, annotation in self.annotation_select.items():
            columns = annotation.get_group_by_cols()
            if not columns:
                continue
            if allow_aliases and not annotation.contains_aggregate:
                group_by.append(Ref(alias, annotation))
            else:
                group_by.extend(columns)
        self.group_by = tuple(group_by)

    def _name_computed_columns(self) -> None:
        """Make annotations of the selected expressions, so that a group can name them."""
        plain: dict[str, Any] = {}
        computed: dict[str, Any] = {}
        for alias, expression in zip(self.values_select, self.select, strict=True):
            (plain if hasattr(expression, "target") else computed)[alias] = expression
        self.annotations = {**computed, **self.annotations}
        self._annotation_select_cache = None
        self.append_annotation_mask(computed)
        self.select = tuple(plain.values())
        self.values_select = tuple(plain)
        if self.selected is not None:
            self.selected.update({name: place for place, name in enumerate(plain)})
            self.selected.update({name: name for name in computed})

    # -- aggregates

    def aggregation(self, aggregate_exprs: dict[str, Any]) -> Any:
        """
        Return the query whose only row holds the aggregates; this one may be changed.

        Raises:
            TypeError: One of the expressions is no aggregate.
        """
        aggregates, needs_rows = self._resolve_aggregates(aggregate_exprs)
        _, having, qualify = self.where.split_having_qualify()
        grouped = having is not None or any(
            getattr(annotation, "contains_aggregate", True) for annotation in self.annotations.values()
        )
        returns_sets = any(getattr(item, "set_returning", False) for item in self.annotation_select.values())
        if (
            isinstance(self.group_by, tuple)
            or self.is_sliced
            or grouped
            or needs_rows
            or qualify
            or self.distinct
            or self.combinator
            or returns_sets
        ):
            outer = self._over_rows(aggregates, grouped, bool(qualify))
        else:
            outer = self._over_tables(aggregates)
        outer.clear_ordering(force=True)
        outer.clear_limits()
        outer.select_for_update = False
        outer.select_related = False
        return outer

    def _resolve_aggregates(self, aggregate_exprs: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        needs_rows = False
        replacements: dict[Any, Any] = {}
        mask = self.annotation_select_mask
        for alias, expression in aggregate_exprs.items():
            self.check_alias(alias)
            aggregate = expression.resolve_expression(self, allow_joins=True, reuse=None, summarize=True)
            if not aggregate.contains_aggregate:
                raise TypeError(f"{alias} is not an aggregate expression")
            # For a moment an annotation, so that the next ones may refer to it.
            self.append_annotation_mask([alias])
            for name in aggregate.get_refs():
                referred = self.annotations[name]
                needs_rows |= getattr(referred, "contains_subquery", False) or getattr(referred, "subquery", False)
                needs_rows |= getattr(referred, "contains_over_clause", True)
            aggregate = aggregate.replace_expressions(replacements)
            self.annotations[alias] = aggregate
            self._annotation_select_cache = None
            replacements[Ref(alias, aggregate)] = aggregate
        aggregates = {alias: self.annotations.pop(alias) for alias in aggregate_exprs}
        self.set_annotation_mask(mask)
        return aggregates, bool(needs_rows)

    def _over_tables(self, aggregates: dict[str, Any]) -> Any:
        self.select = ()
        self.selected = None
        self.default_cols = False
        self.extra = {}
        if self.annotations:
            # Only the aggregates are asked for: what they refer to stands in them.
            replacements = {Ref(alias, annotation): annotation for alias, annotation in self.annotations.items()}
            self.annotations = {
                alias: aggregate.replace_expressions(replacements) for alias, aggregate in aggregates.items()
            }
        else:
            self.annotations = aggregates
        self.set_annotation_mask(aggregates)
        return self

    def _over_rows(self, aggregates: dict[str, Any], grouped: bool, qualify: bool) -> Any:
        inner: Any = self.clone()
        inner.subquery = True
        outer: Any = type(self)(self.model)
        outer.inner_query = inner
        outer.default_cols = False
        inner.select_for_update = False
        inner.select_related = False
        inner.set_annotation_mask(self.annotation_select)
        # The order matters only where it decides which rows there are.
        inner.clear_ordering(force=False)
        if not inner.distinct:
            if inner.default_cols and grouped:
                inner.group_by = (self.model._meta.pk.get_col(inner.get_initial_alias()),)
            # The order of a combined query says which of its columns it goes by.
            inner.default_cols = inner.default_cols and bool(self.combinator)
            if not qualify and not self.combinator:
                needed = self._needed_annotations(aggregates)
                inner.set_annotation_mask(needed)
                if inner.selected is not None:
                    inner.selected.update({name: name for name in needed})
            elif qualify:
                # Conditions of the aggregates may name what is not selected.
                named = set().union(*(aggregate.get_refs() for aggregate in aggregates.values()))
                inner.append_annotation_mask([name for name in self.annotations if name in named])
        references: dict[Any, Any] = {}
        for alias, aggregate in aggregates.items():
            replacements: dict[Any, Any] = {}
            for column in gen_cols([aggregate], resolve_refs=False):
                reference = references.get(column)
                if reference is None:
                    name = f"__col{len(references) + 1}"
                    reference = references[column] = Ref(name, column)
                    inner.add_annotation(column, name)
                replacements[column] = reference
            outer.annotations[alias] = aggregate.replace_expressions(replacements)
        if not inner.select and not inner.default_cols and not inner.annotation_select_mask:
            # A subquery selects something, even when only its rows are counted.
            inner.select = (self.model._meta.pk.get_col(inner.get_initial_alias()),)
        return outer

    def _needed_annotations(self, aggregates: dict[str, Any]) -> list[str]:
        needed: set[str] = set()
        if isinstance(self.group_by, tuple):
            for expression in self.group_by:
                needed |= expression.get_refs()
        for aggregate in aggregates.values():
            needed |= aggregate.get_refs()
        selected = self.annotation_select
        return [
            alias
            for alias, annotation in self.annotations.items()
            if alias in needed
            or (alias in selected and (annotation.get_group_by_cols() or getattr(annotation, "set_returning", False)))
        ]

    # -- existence

    def exists(self, limit: bool = True) -> Self:
        """Return the query that selects a constant where this one has rows."""
        query: Any = self.clone()
        if not (query.distinct and query.is_sliced):
            if query.group_by is True:
                query.add_fields((field.attname for field in self.model._meta.concrete_fields), allow_m2m=False)
                # The aliases would refer to a select list that is about to go.
                query.set_group_by(allow_aliases=False)
            query.clear_select_clause()
        if query.combined_queries and _of_unions(query):
            query.combined_queries = tuple(part.exists(limit=False) for part in query.combined_queries)
        elif query.combinator == "union":
            query.combined_queries = tuple(map(_unordered, query.combined_queries))
        query.clear_ordering(force=True)
        if limit:
            query.set_limits(high=1)
            # However many rows were asked for by a parameter, one is enough.
            query.limit_slots = (query.limit_slots[0], None)
        query.add_annotation(Value(1), "a")
        return query  # type: ignore[no-any-return]


def _of_unions(query: Any) -> bool:
    """Tell whether the rows of a query are those of its parts: a constant may stand for each of them."""
    if query.is_sliced and (query.distinct or query.combined_queries):
        # Of equal constants one is left: too few for an offset.
        return False
    return not query.combined_queries or (query.combinator == "union" and all(map(_of_unions, query.combined_queries)))


def _unordered(query: Any) -> Any:
    """Return a part of a union without the order that decides nothing."""
    query = query.clone()
    query.clear_ordering(force=False)
    return query


__all__ = ["SummaryBook"]
