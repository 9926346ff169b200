"""From ``Q`` objects to conditions: lookups, negation of nullable columns, split excludes.

``build_filter`` says for each condition which joins must exist for it to be true;
``JoinPromoter`` turns these votes into inner and outer joins.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import FieldError
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import Col, ColPairs, Exists, F, OuterRef, ResolvedOuterRef
from fastjango.db.models.expressions.no_condition import not_a_condition
from fastjango.db.models.expressions.shape import Slotted, is_queryset
from fastjango.db.models.lookups import Lookup
from fastjango.db.models.query_utils import Q, check_rel_lookup_compatibility

from .constants import INNER, LOUTER
from .datastructures import BaseTable, MultiJoin
from .joins import JoinPromoter
from .names import NameBook, get_children_from_q
from .where import AND, OR, WhereNode

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConditionBook(NameBook):
    """A spec that can be filtered."""

    _lookup_joins: list[str]

    # -- whole conditions

    def add_filter(self, filter_lhs: str, filter_rhs: Any) -> None:
        """Add one condition."""
        self.add_q(Q((filter_lhs, filter_rhs)))

    def add_q(self, q_object: Any, reuse_all: bool = False) -> None:
        """Add the conditions of a Q tree, as one ``filter()`` call does."""
        # Joins that are inner now stay so: an OR inside this filter cannot make rows come back.
        existing_inner = {alias for alias, table in self.alias_map.items() if table.join_type == INNER}
        can_reuse = set(self.alias_map) if reuse_all else self.used_aliases
        clause, _ = self._add_q(q_object, can_reuse)
        if clause:
            self.where.add(clause, AND)
        self.demote_joins(existing_inner)

    def build_where(self, filter_expr: Any) -> WhereNode:
        """Return a condition that uses this model's own columns only."""
        return self.build_filter(filter_expr, allow_joins=False)[0]

    def _add_q(
        self,
        q_object: Any,
        used_aliases: Any,
        branch_negated: bool = False,
        current_negated: bool = False,
        allow_joins: bool = True,
        split_subq: bool = True,
        check_filterable: bool = True,
        summarize: bool = False,
        update_join_types: bool = True,
    ) -> tuple[WhereNode, Iterable[str]]:
        connector = q_object.connector
        current_negated ^= q_object.negated
        branch_negated = branch_negated or q_object.negated
        clause = WhereNode(connector=connector, negated=q_object.negated)
        promoter = JoinPromoter(connector, len(q_object.children), current_negated)
        for child in q_object.children:
            child_clause, needed_inner = self.build_filter(
                child,
                can_reuse=used_aliases,
                branch_negated=branch_negated,
                current_negated=current_negated,
                allow_joins=allow_joins,
                split_subq=split_subq,
                check_filterable=check_filterable,
                summarize=summarize,
                update_join_types=update_join_types,
            )
            promoter.add_votes(needed_inner)
            if child_clause:
                clause.add(child_clause, connector)
        inner = promoter.update_join_types(self) if update_join_types else set()
        return clause, inner

    # -- one condition

    def build_filter(
        self,
        filter_expr: Any,
        branch_negated: bool = False,
        current_negated: bool = False,
        can_reuse: Any = None,
        allow_joins: bool = True,
        split_subq: bool = True,
        check_filterable: bool = True,
        summarize: bool = False,
        update_join_types: bool = True,
    ) -> tuple[WhereNode, Iterable[str]]:
        """
        Return one condition and the joins that must exist for it to be true.

        Args:
            filter_expr: ``(name, value)``, a Q tree, or an expression that is a condition.
            branch_negated: A NOT stands somewhere above.
            current_negated: An odd number of NOTs stands above.
            can_reuse: Aliases of multi-valued relations that may be used again.
        """
        if isinstance(filter_expr, dict):
            raise FieldError("Cannot parse keyword query as dict")
        if isinstance(filter_expr, Q):
            return self._add_q(
                filter_expr,
                can_reuse,
                branch_negated=branch_negated,
                current_negated=current_negated,
                allow_joins=allow_joins,
                split_subq=split_subq,
                check_filterable=check_filterable,
                summarize=summarize,
                update_join_types=update_join_types,
            )
        if hasattr(filter_expr, "resolve_expression"):
            return self._expression_filter(filter_expr, can_reuse, allow_joins, summarize), set()
        return self._named_filter(
            filter_expr,
            branch_negated and split_subq,
            current_negated,
            can_reuse,
            allow_joins,
            check_filterable,
            summarize,
        )

    def _named_filter(
        self,
        filter_expr: Any,
        split_multivalued: bool,
        current_negated: bool,
        can_reuse: Any,
        allow_joins: bool,
        check_filterable: bool,
        summarize: bool,
    ) -> tuple[WhereNode, Iterable[str]]:
        """Return the condition of one ``name=value``."""
        if not isinstance(filter_expr, tuple | list) or len(filter_expr) != 2:
            raise not_a_condition(filter_expr)
        arg, value = filter_expr
        if not arg:
            raise FieldError(f"Cannot parse keyword query {arg!r}")
        lookups, parts, reffed_expression = self.solve_lookup_type(arg, summarize)
        if check_filterable:
            self.check_filterable(reffed_expression)
        if not allow_joins and len(parts) > 1:
            raise FieldError("Joined field references are not permitted in this query")
        counts = self.alias_refcount.copy()
        raw, slot = _unslotted(value)
        resolved = self.resolve_lookup_value(raw, can_reuse, allow_joins, summarize)
        used_joins = {alias for alias, count in self.alias_refcount.items() if count > counts.get(alias, 0)}
        if check_filterable:
            self.check_filterable(resolved)
        if reffed_expression:
            condition = self._slotted_lookup(lookups, reffed_expression, resolved, slot)
            return WhereNode([condition], connector=AND), set()
        try:
            info = self.setup_joins(
                list(parts),
                self.get_meta(),
                self.get_initial_alias(),
                can_reuse=can_reuse,
                allow_many=not split_multivalued,
            )
        except MultiJoin as exc:
            return self.split_exclude(filter_expr, can_reuse, exc.names_with_path)
        if isinstance(resolved, Iterator):
            resolved = list(resolved)
        self.check_related_objects(info.final_field, resolved, info.opts)
        self._lookup_joins = info.joins
        # Trimmed joins count too: they may be made inner by another condition.
        used_joins.update(info.joins)
        targets, alias, join_list = self.trim_joins(info.targets, info.joins, info.path)
        if can_reuse is not None:
            can_reuse.update(join_list)
        column = self._filter_column(info, targets, alias)
        condition = self._slotted_lookup(lookups, column, resolved, slot, info)
        clause = WhereNode([condition], connector=AND)
        require_outer = self._guard_nullable(
            clause, condition, resolved, current_negated, targets, alias, join_list[-1], info
        )
        return clause, () if require_outer else used_joins

    def _expression_filter(self, expression: Any, can_reuse: Any, allow_joins: bool, summarize: bool) -> WhereNode:
        if not getattr(expression, "conditional", False):
            raise TypeError("Cannot filter against a non-conditional expression.")
        condition = expression.resolve_expression(self, allow_joins=allow_joins, reuse=can_reuse, summarize=summarize)
        if not isinstance(condition, Lookup):
            condition = self.build_lookup(["exact"], condition, True)
        return WhereNode([condition], connector=AND)

    def _filter_column(self, info: Any, targets: tuple[Any, ...], alias: str | None) -> Any:
        if info.final_field.is_relation and len(targets) > 1:
            return ColPairs(str(alias), targets, info.targets, info.final_field)
        return self._get_col(next(iter(targets)), info.final_field, alias)

    def _get_col(self, target: Any, field: Any, alias: str | None) -> Any:
        if not self.alias_cols:
            alias = None
        return target.get_col(alias, field)

    def _guard_nullable(
        self,
        clause: WhereNode,
        condition: Any,
        value: Any,
        current_negated: bool,
        targets: tuple[Any, ...],
        alias: str,
        last_join: str,
        info: Any,
    ) -> bool:
        """
        Add what a NOT needs to be true for NULLs, too; tell whether outer joins are required.

        ``NOT (col = 1)`` is unknown for NULL; ``NOT (col = 1 AND col IS NOT NULL)`` is true.
        """
        is_null_test = condition.lookup_name == "isnull"
        if not current_negated:
            return is_null_test and condition.rhs is True
        if (is_null_test and condition.rhs is not False) or condition.rhs is None:
            return False
        if not is_null_test:
            if self.is_nullable(targets[0]) or self.alias_map[last_join].join_type == LOUTER:
                column = self._get_col(targets[0], info.targets[0], alias)
                clause.add(targets[0].get_lookup("isnull")(column, False), AND)
            if isinstance(value, Col) and self.is_nullable(value.target):
                clause.add(value.target.get_lookup("isnull")(value, False), AND)
        return True

    # -- lookups

    def build_lookup(self, lookups: list[str], lhs: Any, rhs: Any) -> Any:
        """
        Return the lookup that the names in *lookups* say, with transforms on the way.

        Raises:
            FieldError: There is no such lookup.
            ValueError: None is compared with something else than equality.
        """
        *transforms, lookup_name = lookups or ["exact"]
        for name in transforms:
            lhs = self.try_transform(lhs, name, lookups)
        lookup_class = lhs.get_lookup(lookup_name)
        if not lookup_class:
            lhs = self.try_transform(lhs, lookup_name, lookups)
            lookup_name = "exact"
            lookup_class = lhs.get_lookup(lookup_name)
            if not lookup_class:
                return None
        lookup = lookup_class(lhs, rhs)
        if lookup.rhs is None and not lookup.can_use_none_as_rhs:
            if lookup_name not in ("exact", "iexact"):
                raise ValueError("Cannot use None as a query value")
            return lhs.get_lookup("isnull")(lhs, True)
        return lookup

    def _slotted_lookup(self, lookups: list[str], lhs: Any, rhs: Any, slot: int | None, info: Any = None) -> Any:
        """Build a lookup and tell it the place of its value in the binds."""
        condition = self.build_lookup(lookups, lhs, rhs)
        if slot is not None and condition is not None:
            if not hasattr(condition, "rhs_slot") or not getattr(condition, "takes_slot", True):
                # The lookup holds its value: a plan with it is good for this value only.
                self.uncacheable = True
                return condition
            condition.rhs_slot = slot
            self.slotted_lookups.append((slot, condition, info))
        return condition

    def resolve_lookup_value(self, value: Any, can_reuse: Any, allow_joins: bool, summarize: bool = False) -> Any:
        """Resolve the expressions in a lookup's right side."""
        if hasattr(value, "resolve_expression"):
            return value.resolve_expression(self, reuse=can_reuse, allow_joins=allow_joins, summarize=summarize)
        if isinstance(value, list | tuple):
            # Expressions inside of a list, as in __range=(F("a"), F("b")).
            values = (self.resolve_lookup_value(item, can_reuse, allow_joins, summarize) for item in value)
            kind = type(value)
            return kind(*values) if hasattr(kind, "_make") else kind(values)
        return value

    # -- checks

    def check_filterable(self, expression: Any) -> None:
        """
        Refuse what cannot stand in a WHERE clause.

        Raises:
            NotSupportedError: The expression says so of itself.
        """
        if hasattr(expression, "resolve_expression") and not getattr(expression, "filterable", True):
            raise NotSupportedError(f"{type(expression).__name__} is disallowed in the filter clause.")
        if hasattr(expression, "get_source_expressions"):
            for source in expression.get_source_expressions():
                self.check_filterable(source)

    def check_query_object_type(self, value: Any, opts: Any, field: Any) -> None:
        """
        Refuse an object of another model.

        Raises:
            ValueError: Its model is neither the relation's model nor one of its relatives.
        """
        if hasattr(value, "_meta") and not check_rel_lookup_compatibility(value._meta.model, opts, field):
            raise ValueError(f'Cannot query "{value}": Must be "{opts.object_name}" instance.')

    def check_related_objects(self, field: Any, value: Any, opts: Any) -> None:
        """Check objects and querysets given for a relation."""
        if not field.is_relation:
            return
        if getattr(value, "is_query", False):
            if not value.has_select_fields and not check_rel_lookup_compatibility(value.model, opts, field):
                raise ValueError(
                    f'Cannot use QuerySet for "{value.model._meta.object_name}": '
                    f'Use a QuerySet for "{opts.object_name}".'
                )
        elif hasattr(value, "_meta"):
            self.check_query_object_type(value, opts, field)
        elif hasattr(value, "__iter__"):
            for item in value:
                self.check_query_object_type(item, opts, field)

    # -- exclude() over multi-valued relations

    def split_exclude(
        self, filter_expr: Any, can_reuse: Any, names_with_path: list[tuple[str, list[Any]]]
    ) -> tuple[WhereNode, Iterable[str]]:
        """
        Return the condition as ``EXISTS (subquery)``.

        ``exclude(children__name="x")`` asks for rows none of whose children is x; a join
        would give rows one of whose children is something else.
        """
        filter_lhs, filter_rhs = filter_expr
        if isinstance(filter_rhs, OuterRef):
            filter_rhs = OuterRef(filter_rhs)
        elif isinstance(filter_rhs, F):
            filter_rhs = OuterRef(filter_rhs.name)
        query = type(self)(self.model)
        query._filtered_relations = self._filtered_relations
        query.add_filter(filter_lhs, filter_rhs)
        self.slotted_lookups.extend(query.slotted_lookups)
        query.clear_ordering(force=True)
        trimmed_prefix, contains_louter = query.trim_start(names_with_path)
        column = query.select[0]
        select_field, alias = column.target, column.alias
        lookup_class = select_field.get_lookup("exact")
        if alias in (can_reuse or ()):
            # The outer query's filters on this very join count for the subquery, too.
            pk = select_field.model._meta.pk
            query.bump_prefix(self)
            query.where.add(lookup_class(pk.get_col(query.select[0].alias), pk.get_col(alias)), AND)
            query.external_aliases[alias] = True
        else:
            query.where.add(lookup_class(column, ResolvedOuterRef(trimmed_prefix)), AND)
        condition, needed_inner = self.build_filter(Exists(query))
        if contains_louter:
            or_null, _ = self.build_filter(
                (f"{trimmed_prefix}__isnull", True),
                current_negated=True,
                branch_negated=True,
                can_reuse=can_reuse,
            )
            condition.add(or_null, OR)
        return condition, needed_inner

    def trim_start(self, names_with_path: list[tuple[str, list[Any]]]) -> tuple[str, bool]:
        """
        Drop the first tables of this subquery, up to the first multi-valued relation.

        Return the path from the outer query to what is left, and whether a dropped join
        was an outer one.
        """
        all_paths = [info for _, infos in names_with_path for info in infos]
        tables = [alias for alias in self.alias_map if alias in self._lookup_joins or alias == self.base_table]
        contains_louter = False
        trimmed = 0
        info: Any = None
        for trimmed, info in enumerate(all_paths):  # noqa: B007 - used below
            if info.m2m:
                break
            if self.alias_map[tables[trimmed + 1]].join_type == LOUTER:
                contains_louter = True
            self.unref_alias(tables[trimmed])
        # A multi-valued step is taken from the far side of the relation.
        join_field = info.join_field.field
        prefix: list[str] = []
        left = trimmed
        for name, infos in names_with_path:
            if left - len(infos) < 0:
                break
            prefix.append(name)
            left -= len(infos)
        prefix.append(join_field.foreign_related_fields[0].name)
        first_join = self.alias_map[tables[trimmed + 1]]
        if first_join.join_type != LOUTER and not first_join.filtered_relation:
            select_fields = [pair[0] for pair in join_field.related_fields]
            select_alias = tables[trimmed + 1]
            self.unref_alias(tables[trimmed])
            extra = join_field.get_extra_restriction(None, select_alias)
            if extra:
                self.where.add(extra, AND)
        else:
            select_fields = [pair[1] for pair in join_field.related_fields]
            select_alias = tables[trimmed]
        for alias, table in self.alias_map.items():
            if self.alias_refcount[alias] > 0:
                # A FROM list begins with a table, not with a join.
                self.alias_map[alias] = BaseTable(table.table_name, alias)
                break
        self.set_select([field.get_col(select_alias) for field in select_fields])
        return LOOKUP_SEP.join(prefix), contains_louter

    if TYPE_CHECKING:

        def set_select(self, cols: Any) -> None: ...

        def clear_ordering(self, force: bool = False, clear_default: bool = True) -> None: ...

    # -- filtered relations

    def add_filtered_relation(self, filtered_relation: Any, alias: str) -> None:
        """
        Name a relation with a condition on its join.

        Raises:
            ValueError: The name hides a field, or the relation or a condition is not usable.
        """
        if "." in alias:
            raise ValueError(f"FilteredRelation doesn't support aliases with periods (got {alias!r}).")
        self.check_alias(alias)
        filtered_relation.alias = alias
        relation_lookups, relation_parts, _ = self.solve_lookup_type(filtered_relation.relation_name)
        if relation_lookups:
            raise ValueError(
                f"FilteredRelation's relation_name cannot contain lookups (got {filtered_relation.relation_name!r})."
            )
        for path in get_children_from_q(filtered_relation.condition):
            self._check_condition_path(path, relation_parts, filtered_relation.relation_name)
        self._filtered_relations[alias] = filtered_relation

    def _check_condition_path(self, name: str, relation_parts: Any, relation_name: str) -> None:
        lookups, parts, _ = self.solve_lookup_type(name)
        for part, wanted in zip(parts[: -(1 if lookups else 2)], relation_parts, strict=False):
            if part != wanted:
                raise ValueError(
                    "FilteredRelation's condition doesn't support relations outside the "
                    f"{relation_name!r} (got {name!r})."
                )
        if len(parts) > len(relation_parts) + 1:
            raise ValueError(
                "FilteredRelation's condition doesn't support nested relations deeper "
                f"than the relation_name (got {name!r} for {relation_name!r})."
            )

    def check_alias(self, alias: str) -> None:
        """
        Refuse a name that could end an identifier in SQL.

        Raises:
            ValueError: It holds spaces, quotes, brackets, hashes, semicolons, control
                characters or SQL comments.
        """
        if not alias.isidentifier() and _is_forbidden(alias):
            raise ValueError(
                "Column aliases cannot contain whitespace characters, hashes, control characters, "
                "quotation marks, semicolons, or SQL comments."
            )


_FORBIDDEN_CHARACTERS = frozenset("'`\"[];#")
_COMMENT_MARKS = ("--", "/*", "*/")


def _is_forbidden(alias: str) -> bool:
    return any(
        char in _FORBIDDEN_CHARACTERS or char.isspace() or unicodedata.category(char) == "Cc" for char in alias
    ) or any(mark in alias for mark in _COMMENT_MARKS)


def _unslotted(value: Any) -> tuple[Any, int | None]:
    """Return a raw lookup value and its place in the binds, if it has one."""
    if not isinstance(value, Slotted):
        return value, None
    inner = value.value
    if is_queryset(inner):
        query = inner.slotted_query(value.slot)
        return query, None
    return inner, value.slot


__all__ = ["ConditionBook"]
