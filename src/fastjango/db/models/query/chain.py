"""The verbs that return another queryset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from fastjango.conf import settings
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import F, FilteredRelation, Q
from fastjango.db.models.expressions.output import make_field
from fastjango.db.models.functions import Trunc
from fastjango.db.models.sql.names import get_field_names_from_opts
from fastjango.db.models.sql.where import AND, OR
from fastjango.utils import timezone

from .core import M, QuerySetCore
from .cte import CTE, joined, make_cte
from .fetch_modes import FetchMode
from .iterables import (
    FlatValuesListIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
)
from .prefetch import Prefetch
from .shape import Shape, detached, filtered, keyed, remember_hot

PROHIBITED_FILTER_KWARGS = frozenset(["_connector", "_negated"])


class QuerySetChain(QuerySetCore[M]):
    """A queryset from which others are made."""

    # -- conditions

    def all(self) -> Self:
        """Return a copy, to be evaluated anew."""
        if self._sticky_filter:
            return self._chain()
        return self._derive(self._shape, self._binds)

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        """
        Return the rows for which every condition holds.

        Raises:
            FieldError: A name is unknown.
            ValueError: A value does not fit its field.
        """
        if not args and not self._sticky_filter:
            values = tuple(kwargs.values())
            if len(values) == 1:
                hot = self._shape.hot.get((*kwargs, type(values[0])))
            else:
                hot = self._shape.hot.get((tuple(kwargs), tuple(map(type, values))))
            if hot is not None and self._plain:
                for place, low, high in hot.ranges:
                    if not low <= values[place] <= high:
                        break
                else:
                    return self._derive(hot.node, self._binds + values)
        self._not_support_combined_queries("filter")
        return self._filter_or_exclude(False, args, kwargs)

    def exclude(self, *args: Any, **kwargs: Any) -> Self:
        """Return the rows for which not all conditions hold."""
        self._not_support_combined_queries("exclude")
        return self._filter_or_exclude(True, args, kwargs)

    def _filter_or_exclude(self, negate: bool, args: Any, kwargs: Any) -> Self:
        if (args or kwargs) and self._shape.query.is_sliced:
            raise TypeError("Cannot filter a query once a slice has been taken.")
        if invalid := PROHIBITED_FILTER_KWARGS.intersection(kwargs):
            raise TypeError(f"The following kwargs are invalid: {', '.join(map(repr, sorted(invalid)))}")
        for name, value in kwargs.items():
            if isinstance(value, Iterator):
                kwargs[name] = list(value)
        condition = ~Q(*args, **kwargs) if negate else Q(*args, **kwargs)
        before = len(self._binds)
        shape, binds = filtered(self._shape, self._binds, condition, self._sticky_filter)
        if not args and not negate and not self._sticky_filter:
            values = tuple(kwargs.values())
            remember_hot(self._shape, tuple(kwargs), values, shape, binds[before:])
        return self._derive(shape, binds)

    def complex_filter(self, filter_obj: Any) -> Self:
        """Filter by a Q object or a dictionary (what ``limit_choices_to`` holds)."""
        if isinstance(filter_obj, Q):
            return self.filter(filter_obj)
        return self._filter_or_exclude(False, (), dict(filter_obj))

    def none(self) -> Self:
        """Return a queryset without results."""
        return self._derive(self._shape.step("none", lambda query: query.set_empty()), self._binds)

    # -- set operations

    def _combinator_query(self, combinator: str, *others: Any, all: bool = False) -> Self:
        query = self.peek_query()
        query.clear_ordering(force=True)
        query.clear_limits()
        query.combined_queries = (self.peek_query(), *(other.peek_query() for other in others))
        query.combinator = combinator
        query.combinator_all = all
        return self._derive(detached(query), ())

    def union(self, *other_qs: Any, all: bool = False) -> Self:
        """Return the rows of this queryset and the others."""
        if self._shape.query.is_empty():
            # Nothing to add to: the others alone, as they are.
            others = [other for other in other_qs if not other._shape.query.is_empty()]
            if not others:
                return self
            if len(others) == 1:
                return others[0]  # type: ignore[no-any-return]
            return others[0]._combinator_query("union", *others[1:], all=all)  # type: ignore[no-any-return]
        return self._combinator_query("union", *other_qs, all=all)

    def intersection(self, *other_qs: Any) -> Self:
        """Return the rows that are in this queryset and in all others."""
        if self._shape.query.is_empty():
            return self
        for other in other_qs:
            if other._shape.query.is_empty():
                return other  # type: ignore[no-any-return]
        return self._combinator_query("intersection", *other_qs)

    def difference(self, *other_qs: Any) -> Self:
        """Return the rows of this queryset that are in none of the others."""
        if self._shape.query.is_empty():
            return self
        return self._combinator_query("difference", *other_qs)

    def __and__(self, other: Any) -> Self:
        self._check_operator_queryset(other, "&")
        self._merge_sanity_check(other)
        if other._shape.query.is_empty():
            return other  # type: ignore[no-any-return]
        if self._shape.query.is_empty():
            return self
        return self._merged(other, AND)

    def __or__(self, other: Any) -> Self:
        self._check_operator_queryset(other, "|")
        self._merge_sanity_check(other)
        if self._shape.query.is_empty():
            return other  # type: ignore[no-any-return]
        if other._shape.query.is_empty():
            return self
        return self._merged(other, OR)

    def __xor__(self, other: Any) -> Self:
        self._check_operator_queryset(other, "^")
        self._merge_sanity_check(other)
        if self._shape.query.is_empty():
            return other  # type: ignore[no-any-return]
        if other._shape.query.is_empty():
            return self
        return self._merged(other, "XOR")

    def _merged(self, other: Any, connector: str) -> Self:
        left: Any = self
        if connector != AND:
            left = self if self._shape.query.can_filter() else self._by_keys()
            if not other._shape.query.can_filter():
                other = other._by_keys()
        query = left.peek_query()
        known = {field: dict(objects) for field, objects in left._known_related_objects.items()}
        for field, objects in other._known_related_objects.items():
            known.setdefault(field, {}).update(objects)
        query = query.chain()
        query.combine(other.peek_query(), connector)
        merged = self._derive(detached(query), ())
        merged._known_related_objects = known
        return merged

    def _by_keys(self) -> Any:
        """Return the rows of a slice as a queryset that can be filtered."""
        return self.model._base_manager.filter(pk__in=self.values("pk"))

    # -- order

    def order_by(self, *field_names: Any) -> Self:
        """
        Return the same rows in another order; no names: in none.

        Raises:
            TypeError: The queryset is sliced.
        """
        shape = self._shape
        node = shape.children.get(("order_by", field_names)) if shape.interned else None
        if node is not None:
            return self._derive(node, self._binds)
        if shape.query.is_sliced:
            raise TypeError("Cannot reorder a query once a slice has been taken.")

        def apply(query: Any, items: list[Any]) -> None:
            query.clear_ordering(force=True, clear_default=False)
            query.add_ordering(*items)

        if all(type(name) is str for name in field_names):
            node = shape.step(("order_by", field_names), lambda query: apply(query, list(field_names)))
            return self._derive(node, self._binds)
        return self._derive(*keyed(shape, self._binds, "order by expressions", list(field_names), apply))

    def reverse(self) -> Self:
        """Return the same rows in the opposite order."""
        if self._shape.query.is_sliced:
            raise TypeError("Cannot reverse a query once a slice has been taken.")

        def apply(query: Any) -> None:
            query.standard_ordering = not query.standard_ordering

        return self._derive(self._shape.step("reverse", apply), self._binds)

    def distinct(self, *field_names: str) -> Self:
        """Return each row once; with names, one row per value of these fields (PostgreSQL)."""
        self._not_support_combined_queries("distinct")
        if self._shape.query.is_sliced:
            raise TypeError("Cannot create distinct fields once a slice has been taken.")
        shape = self._shape.step(("distinct", field_names), lambda query: query.add_distinct_fields(*field_names))
        return self._derive(shape, self._binds)

    # -- columns

    def values(self, *fields: Any, **expressions: Any) -> Self:
        """Return dictionaries instead of instances."""
        fields += tuple(expressions)
        clone = self._values(*fields, **expressions)
        clone._iterable_class = ValuesIterable
        return clone

    def values_list(self, *fields: Any, flat: bool = False, named: bool = False) -> Self:
        """Return tuples, or single values (*flat*), or named tuples (*named*)."""
        if flat and named:
            raise TypeError("'flat' and 'named' can't be used together.")
        if flat and len(fields) > 1:
            raise TypeError("'flat' is not valid when values_list is called with more than one field.")
        names = {field for field in fields if not hasattr(field, "resolve_expression")}
        chosen: list[str] = []
        expressions: dict[str, Any] = {}
        counter = 1
        for field in fields:
            if not hasattr(field, "resolve_expression"):
                chosen.append(field)
                continue
            prefix = getattr(field, "default_alias", field.__class__.__name__.lower())
            while True:
                name = f"{prefix}{counter}"
                counter += 1
                if name not in names:
                    break
            expressions[name] = field
            chosen.append(name)
        clone = self._values(*chosen, **expressions)
        if named:
            clone._iterable_class = NamedValuesListIterable
        else:
            clone._iterable_class = FlatValuesListIterable if flat else ValuesListIterable
        return clone

    def _values(self, *fields: Any, **expressions: Any) -> Self:
        clone: Self = self._annotate_all(expressions) if expressions else self
        shape = clone._shape.step(("values", fields), lambda query: query.set_values(fields))
        clone = clone._derive(shape, clone._binds)
        clone._fields = fields
        return clone

    def annotate(self, *args: Any, **kwargs: Any) -> Self:
        """Return the same rows with further computed columns."""
        self._not_support_combined_queries("annotate")
        return self._annotate(args, kwargs, select=True)

    def alias(self, *args: Any, **kwargs: Any) -> Self:
        """Give names to expressions, for use in later verbs, without selecting them."""
        self._not_support_combined_queries("alias")
        return self._annotate(args, kwargs, select=False)

    def _annotate(self, args: Any, kwargs: dict[str, Any], select: bool = True) -> Self:
        self._validate_values_are_expressions((*args, *kwargs.values()), method_name="annotate")
        annotations: dict[str, Any] = {}
        for arg in args:
            # The default name of an aggregate; other expressions have none.
            try:
                name = arg.default_alias
            except (TypeError, AttributeError):
                raise TypeError("Complex annotations require an alias") from None
            if name in kwargs:
                raise ValueError(
                    f"The named annotation '{name}' conflicts with the default name for another annotation."
                )
            annotations[name] = arg
        annotations.update(kwargs)
        return self._annotate_all(annotations, select)

    def _annotate_all(self, annotations: dict[str, Any], select: bool = True) -> Self:
        self._check_names(annotations)
        by_values = self._fields is not None
        names = tuple(annotations)
        relations = tuple(isinstance(item, FilteredRelation) for item in annotations.values())

        def apply(query: Any, items: list[Any]) -> None:
            for name, item in zip(names, items, strict=True):
                if isinstance(item, FilteredRelation):
                    query.add_filtered_relation(item.clone(), name)
                else:
                    query.add_annotation(item, name, select=select)
            for name in names:
                if name in query.annotations and query.annotations[name].contains_aggregate:
                    if by_values:
                        query.set_group_by()
                    else:
                        query.group_by = True
                    break

        if any(relations):
            # Its condition is resolved by whichever later verb joins it: no key of its own.
            query = self._shape.query.chain()
            apply(query, list(annotations.values()))
            return self._derive(Shape(self.model, query, interned=False), self._binds)
        verb = ("annotate", names, select, by_values)
        return self._derive(*keyed(self._shape, self._binds, verb, list(annotations.values()), apply))

    def _check_names(self, annotations: dict[str, Any]) -> None:
        if self._fields is None:
            taken = get_field_names_from_opts(self.model._meta) if self.model is not None else set()
            taken |= {
                name
                for field in (self.model._meta.get_fields() if self.model is not None else ())
                for name in ([field.name, field.attname] if hasattr(field, "attname") else [field.name])
            }
        else:
            taken = set(self._fields)
        for name in annotations:
            if name in taken:
                raise ValueError(f"The annotation '{name}' conflicts with a field on the model.")

    def extra(
        self,
        select: Any = None,
        where: Any = None,
        params: Any = None,
        tables: Any = None,
        order_by: Any = None,
        select_params: Any = None,
    ) -> Self:
        """Add SQL of your own; use expressions where you can."""
        self._not_support_combined_queries("extra")
        if self._shape.query.is_sliced:
            raise TypeError("Cannot change a query once a slice has been taken.")
        query = self.peek_query().chain()
        query.add_extra(select, select_params, where, params, tables, order_by)
        return self._derive(detached(query), ())

    def defer(self, *fields: Any) -> Self:
        """Leave fields out until they are read; ``defer(None)`` loads all again."""
        self._not_support_combined_queries("defer")
        if self._fields is not None:
            raise TypeError("Cannot call defer() after .values() or .values_list()")
        if fields == (None,):
            shape = self._shape.step("defer none", lambda query: query.clear_deferred_loading())
            return self._derive(shape, self._binds)
        return self._load("defer", fields, lambda query: query.add_deferred_loading(fields))

    def only(self, *fields: Any) -> Self:
        """Load these fields now and the others when they are read."""
        self._not_support_combined_queries("only")
        if self._fields is not None:
            raise TypeError("Cannot call only() after .values() or .values_list()")
        if fields == (None,):
            raise TypeError("Cannot pass None as an argument to only().")
        for field in fields:
            if field.split(LOOKUP_SEP, 1)[0] in self._shape.query._filtered_relations:
                raise ValueError("only() is not supported with FilteredRelation.")
        return self._load("only", fields, lambda query: query.add_immediate_loading(fields))

    def _load(self, verb: str, fields: tuple[Any, ...], apply: Any) -> Self:
        return self._derive(self._shape.step((verb, fields), apply), self._binds)

    # -- common table expressions

    def cte(self, name: str, *, recursive: Callable[[CTE], Any] | None = None) -> CTE:
        """
        Return this query with a name, to be joined by ``with_cte()``.

        Args:
            recursive: Gets the expression and returns the queryset of the rows that follow from its rows; it has the same
                columns and joins the expression by ``with_cte()``.
        Raises:
            ValueError: The name is no plain identifier, or the recursive part has other columns.
        """
        return make_cte(self, name, recursive)

    def with_cte(self, cte: CTE, *, on: Mapping[str, str], join: str = "inner") -> Self:
        """
        Join a common table expression; ``cte.col.<name>`` are its columns in later verbs.

        Args:
            on: Fields of this model and the columns they are equal to.
            join: "inner", or "left" to keep rows without a match.
        """
        self._not_support_combined_queries("with_cte")
        return joined(self, cte, on, join)  # type: ignore[no-any-return]

    # -- related objects

    def fetch_mode(self, mode: FetchMode) -> Self:
        """
        Return the same objects, which load what was not loaded with them in another way.

        Args:
            mode: ``models.FETCH_ONE``, ``models.FETCH_PEERS`` (for all objects of the result at once) or ``models.RAISE``.
        Raises:
            TypeError: It is none of them.
        """
        if not isinstance(mode, FetchMode):
            raise TypeError(f"fetch_mode() takes models.FETCH_ONE, FETCH_PEERS or RAISE, not {mode!r}.")
        clone = self.all()
        clone._fetch_mode = mode
        return clone

    def select_related(self, *fields: Any) -> Self:
        """Fetch related objects in the same query; no names: all that are not null."""
        self._not_support_combined_queries("select_related")
        if self._fields is not None:
            raise TypeError("Cannot call select_related() after .values() or .values_list()")

        def apply(query: Any) -> None:
            if fields == (None,):
                query.select_related = False
            elif fields:
                query.add_select_related(fields)
            else:
                query.select_related = True

        return self._derive(self._shape.step(("select_related", fields), apply), self._binds)

    def prefetch_related(self, *lookups: Any) -> Self:
        """Fetch related objects of all results, with one query per relation."""
        self._not_support_combined_queries("prefetch_related")
        clone = self._derive(self._shape, self._binds)
        if lookups == (None,):
            clone._prefetch_related_lookups = ()
            return clone
        for lookup in lookups:
            name = lookup.prefetch_to if isinstance(lookup, Prefetch) else lookup
            if name.split(LOOKUP_SEP, 1)[0] in self._shape.query._filtered_relations:
                raise ValueError("prefetch_related() is not supported with FilteredRelation.")
        clone._prefetch_related_lookups = (*clone._prefetch_related_lookups, *lookups)
        return clone

    def select_for_update(
        self,
        nowait: bool = False,
        skip_locked: bool = False,
        of: Any = (),
        no_key: bool = False,
    ) -> Self:
        """Lock the rows until the end of the transaction."""
        if nowait and skip_locked:
            raise ValueError("The nowait option cannot be used with skip_locked.")
        self._not_support_combined_queries("select_for_update")

        def apply(query: Any) -> None:
            query.select_for_update = True
            query.select_for_update_nowait = nowait
            query.select_for_update_skip_locked = skip_locked
            query.select_for_update_of = tuple(of)
            query.select_for_no_key_update = no_key

        clone = self._derive(self._shape.step(("lock", nowait, skip_locked, tuple(of), no_key), apply), self._binds)
        clone._for_write = True
        return clone

    # -- databases

    def using(self, alias: str | None) -> Self:
        """Return the same question to another database."""
        clone = self._derive(self._shape, self._binds)
        clone._db = alias
        return clone

    # -- dates

    def dates(self, field_name: str, kind: str, order: str = "ASC") -> Self:
        """Return the different years, months, weeks or days of a date field."""
        if kind not in ("year", "month", "week", "day"):
            raise ValueError("'kind' must be one of 'year', 'month', 'week', or 'day'.")
        return self._moments(field_name, Trunc(field_name, kind, output_field=make_field("DateField")), order)

    def datetimes(self, field_name: str, kind: str, order: str = "ASC", tzinfo: Any = None) -> Self:
        """Return the different moments of a datetime field, cut to *kind*."""
        if kind not in ("year", "month", "week", "day", "hour", "minute", "second"):
            raise ValueError("'kind' must be one of 'year', 'month', 'week', 'day', 'hour', 'minute', or 'second'.")
        return self._moments(
            field_name, Trunc(field_name, kind, output_field=make_field("DateTimeField"), tzinfo=_zone(tzinfo)), order
        )

    def _moments(self, field_name: str, truncated: Any, order: str) -> Self:
        if order not in ("ASC", "DESC"):
            raise ValueError("'order' must be either 'ASC' or 'DESC'.")
        name = "datefield" if truncated.output_field.get_internal_type() == "DateField" else "datetimefield"
        return (
            self.annotate(**{name: truncated, "plain_field": F(field_name)})
            .values_list(name, flat=True)
            .distinct()
            .filter(plain_field__isnull=False)
            .order_by(f"{'-' if order == 'DESC' else ''}{name}")
        )


def _zone(tzinfo: Any) -> Any:
    if not settings.USE_TZ:
        return None
    return tzinfo if tzinfo is not None else timezone.get_current_timezone()


__all__ = ["QuerySetChain"]
