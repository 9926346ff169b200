"""The verbs that return another queryset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from fastjango.conf import settings
from fastjango.core.exceptions import fix
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import F, Q
from fastjango.db.models.expressions.output import make_field
from fastjango.db.models.functions import Trunc
from fastjango.db.models.sql.top import Top
from fastjango.db.models.sql.where import AND, OR
from fastjango.db.tags import checked
from fastjango.utils import timezone

from .columns import QuerySetColumns
from .core import M
from .cte import CTE, joined, make_cte
from .fetch_modes import FetchMode
from .hot import led, remember_hot
from .merging import combined, merged
from .prefetch import Prefetch
from .shape import filtered, keyed

if TYPE_CHECKING:
    import datetime as dt

    from .queryset import QuerySet

PROHIBITED_FILTER_KWARGS = frozenset(["_connector", "_negated"])


class QuerySetChain(QuerySetColumns[M]):
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
        if kwargs and not args and not self._sticky_filter:
            found = led(self._shape, kwargs)
            if found is not None and self._plain:
                return self._derive(found[0], self._binds + found[1])
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
        return self._derive(*combined(self, others, combinator, all))

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
        known = {field: dict(objects) for field, objects in left._known_related_objects.items()}
        for field, objects in other._known_related_objects.items():
            known.setdefault(field, {}).update(objects)
        both = self._derive(*merged(left, other, connector))
        both._known_related_objects = known
        return both

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
            query.note_lookups_of(items)

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

    def top_n(self, size: int, *, per: str) -> Self:
        """
        Return the first *size* rows for each value of *per*, in the order of the queryset: the three newest books of each author.

        Rows without a value (NULL) are left out. Like a slice, the result can be sliced, counted and joined, but neither filtered
        nor ordered anew. Queries: 1; LATERAL on PostgreSQL where an index begins with *per* and the order, else ROW_NUMBER().

        Args:
            per: A field, usually the foreign key to the parent, or a path (``author__country``).
        Raises:
            ValueError: The size is not positive, or the queryset has no order.
            TypeError: The queryset is sliced.
        """
        self._not_support_combined_queries("top_n")
        if size < 1:
            raise ValueError(f"top_n() takes a positive number of rows, not {size}.")
        if self._shape.query.is_sliced:
            raise TypeError("Cannot take the top of a query once a slice has been taken.")
        if not self.ordered:
            raise fix(
                ValueError("top_n() needs an order: which rows come first?"),
                "order_by(...) before top_n(...)",
                code="models.E604",
            )
        found = self.filter(**{f"{per}__isnull": False})

        def apply(query: Any) -> None:
            query.top = Top(per, 0, size)

        return found._derive(found._shape.step(("top", per, size), apply), found._binds)

    def distinct(self, *field_names: str) -> Self:
        """Return each row once; with names, one row per value of these fields (PostgreSQL)."""
        self._not_support_combined_queries("distinct")
        if self._shape.query.is_sliced:
            raise TypeError("Cannot create distinct fields once a slice has been taken.")
        shape = self._shape.step(("distinct", field_names), lambda query: query.add_distinct_fields(*field_names))
        return self._derive(shape, self._binds)

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

    def sql_tags(self, **labels: Any) -> Self:
        """
        Return the same question, sent with its shape id and *labels* as a comment: ``/*shape='...',view='list'*/``.

        The comment is part of the kept statement: use few values.

        Raises:
            ValueError: A name is no lower-case word, or is "shape".
        """

        def apply(query: Any) -> None:
            query.statement_tags = tags

        tags = checked(labels)
        return self._derive(self._shape.step(("sql_tags", tags), apply), self._binds)

    def using(self, alias: str | None) -> Self:
        """Return the same question to another database."""
        clone = self._derive(self._shape, self._binds)
        clone._db = alias
        return clone

    # -- dates

    def dates(self, field_name: str, kind: str, order: str = "ASC") -> QuerySet[dt.date]:
        """Return the different years, months, weeks or days of a date field."""
        if kind not in ("year", "month", "week", "day"):
            raise ValueError("'kind' must be one of 'year', 'month', 'week', or 'day'.")
        return self._moments(field_name, Trunc(field_name, kind, output_field=make_field("DateField")), order)

    def datetimes(self, field_name: str, kind: str, order: str = "ASC", tzinfo: Any = None) -> QuerySet[dt.datetime]:
        """Return the different moments of a datetime field, cut to *kind*."""
        if kind not in ("year", "month", "week", "day", "hour", "minute", "second"):
            raise ValueError("'kind' must be one of 'year', 'month', 'week', 'day', 'hour', 'minute', or 'second'.")
        return self._moments(
            field_name, Trunc(field_name, kind, output_field=make_field("DateTimeField"), tzinfo=_zone(tzinfo)), order
        )

    def _moments(self, field_name: str, truncated: Any, order: str) -> QuerySet[Any]:
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
