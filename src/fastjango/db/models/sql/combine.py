"""Two queries become one: ``|`` and ``&`` of conditions, and queries inside of queries."""

from __future__ import annotations

from typing import Any, Self

from fastjango.db.models.expressions.shape import Uncacheable

from .constants import INNER
from .datastructures import BaseTable, Join
from .joins import JoinPromoter
from .slots import moved
from .summary import SummaryBook
from .where import AND, OR


class CombineBook(SummaryBook):
    """A spec that can be merged with another, and stand inside another."""

    # -- merging

    def combine(self, rhs: Any, connector: str) -> None:
        """
        Merge the conditions of *rhs* into this query.

        Raises:
            TypeError: The two are about different things.
        """
        self._check_combinable(rhs)
        initial = self.get_initial_alias()
        rhs = rhs.clone()
        # T4 -> T5 and T5 -> T6 must not end as T4 -> T6: the other side gets another prefix.
        rhs.bump_prefix(self, exclude={initial})
        change_map = self._adopt_joins(rhs, connector)
        self.subq_aliases |= rhs.subq_aliases
        condition = rhs.where.clone()
        condition.relabel_aliases(change_map)
        self.where.add(condition, connector)
        if rhs.select:
            self.set_select([column.relabeled_clone(change_map) for column in rhs.select])
        else:
            self.select = ()
        if connector == OR and self.extra and rhs.extra:
            raise ValueError("When merging querysets using 'or', you cannot have extra(select=...) on both sides.")
        self.extra.update(rhs.extra)
        masks = [mask for mask in (self.extra_select_mask, rhs.extra_select_mask) if mask]
        if masks:
            self.set_extra_mask(set().union(*masks))
        self.extra_tables += rhs.extra_tables
        self.order_by = rhs.order_by or self.order_by
        self.extra_order_by = rhs.extra_order_by or self.extra_order_by

    def _check_combinable(self, rhs: Any) -> None:
        if self.model != rhs.model:
            raise TypeError("Cannot combine queries on two different base models.")
        if self.is_sliced:
            raise TypeError("Cannot combine queries once a slice has been taken.")
        if self.distinct != rhs.distinct:
            raise TypeError("Cannot combine a unique query with a non-unique query.")
        if self.distinct_fields != rhs.distinct_fields:
            raise TypeError("Cannot combine queries with different distinct fields.")

    def _adopt_joins(self, rhs: Any, connector: str) -> dict[str, str]:
        """Add the joins of *rhs*; return their new names."""
        change_map: dict[str, str] = {}
        # AND asks for another row of a multi-valued relation, OR is content with the same.
        reuse = set() if connector == AND else set(self.alias_map)
        promoter = JoinPromoter(connector, 2, negated=False)
        promoter.add_votes(alias for alias, table in self.alias_map.items() if table.join_type == INNER)
        votes: set[str] = set()
        for alias in list(rhs.alias_map)[1:]:
            join = rhs.alias_map[alias].relabeled_clone(change_map)
            kind = join.join_type
            new_alias = self.join(join, reuse=reuse)
            if kind == INNER:
                votes.add(new_alias)
            # Two joins over there stay two joins here.
            reuse.discard(new_alias)
            if alias != new_alias:
                change_map[alias] = new_alias
            if not rhs.alias_refcount[alias]:
                self.unref_alias(new_alias)
        promoter.add_votes(votes)
        promoter.update_join_types(self)
        return change_map

    # -- standing inside another query

    contains_aggregate = False
    contains_over_clause = False
    contains_column_references = True
    contains_subquery = True
    conditional = False
    filterable = True
    possibly_multivalued = False

    def resolve_expression(self, query: Any, *args: Any, **kwargs: Any) -> Self:
        """Return a copy that stands inside *query*: own aliases, outer references resolved."""
        clone = self.clone()
        clone.bump_prefix(query)
        clone.subquery = True
        # What is taken over from *query* has its values at places of its own.
        query.inner_slots += clone.slot_base
        try:
            clone._resolve_parts(query, *args, **kwargs)
        finally:
            query.inner_slots -= clone.slot_base
        for alias, table in query.alias_map.items():
            clone.external_aliases[alias] = (
                isinstance(table, Join) and table.join_field.related_model._meta.db_table != alias
            ) or (type(table) is BaseTable and table.table_name != table.table_alias)
        return clone

    def _resolve_parts(self, query: Any, *args: Any, **kwargs: Any) -> None:
        self.where = self.where.resolve_expression(query, *args, **kwargs)
        for key, annotation in list(self.annotations.items()):
            resolved = annotation.resolve_expression(query, *args, **kwargs)
            if hasattr(resolved, "external_aliases"):
                resolved.external_aliases.update(self.external_aliases)
            self.annotations[key] = resolved
        self._annotation_select_cache = None
        if self.combined_queries:
            self.combined_queries = tuple(
                part.resolve_expression(query, *args, **kwargs) for part in self.combined_queries
            )

    def for_inner(self, expression: Any) -> Any:
        """Return an expression of this query as the inner query that is being resolved holds it: its own places."""
        return moved(expression, -self.inner_slots) if self.inner_slots else expression

    def relabeled_clone(self, change_map: dict[str, str]) -> Self:
        """Return a copy in which tables have other names."""
        clone = self.clone()
        clone.change_aliases(change_map)
        return clone

    def replace_expressions(self, replacements: Any) -> Any:
        """Return this query, or what it is to be replaced by."""
        return replacements.get(self, self) if replacements else self

    def shape_into(self, binds: list[Any]) -> Any:
        """Raise ``Uncacheable``: a bare query has no shape; a queryset has one."""
        raise Uncacheable("a query without its queryset")

    def to_clause(self, ctx: Any) -> Any:
        """Return the query as a value inside another."""
        return ctx.subquery(self).scalar_subquery()

    def get_source_expressions(self) -> list[Any]:
        """Return nothing: the parts of another query are its own business."""
        return []

    def flatten(self) -> Any:
        """Yield this only."""
        yield self

    def get_refs(self) -> set[str]:
        """Return no names: a query refers to columns of its own."""
        return set()

    def get_group_by_cols(self, wrapper: Any = None) -> list[Any]:
        """Return the outer columns this query depends on, or itself when they may be many."""
        external = self.get_external_cols()
        if any(column.possibly_multivalued for column in external):
            return [wrapper or self]
        return external

    @property
    def output_field(self) -> Any:
        """The field of the only column."""
        if len(self.select) == 1:
            column = self.select[0]
            return getattr(column, "target", None) or column.field
        if len(self.annotation_select) == 1:
            return next(iter(self.annotation_select.values())).output_field
        if self.default_cols and self.model is not None:
            return self.model._meta.pk
        return None

    @property
    def _output_field_or_none(self) -> Any:
        return self.output_field

    def get_lookup(self, lookup: str) -> Any:
        """Return the lookup class of that name for the result."""
        return self.output_field.get_lookup(lookup)

    def get_transform(self, name: str) -> Any:
        """Return the transform class of that name for the result."""
        return self.output_field.get_transform(name)

    def result_converter(self, connection: Any) -> Any:
        """Return how the only column is read."""
        field = self.output_field
        return None if field is None else field.result_converter(connection)

    def copy(self) -> Self:
        """Return a copy."""
        return self.clone()


__all__ = ["CombineBook"]
