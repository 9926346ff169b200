"""The verbs that ask the database and return something else than a queryset."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

from fastjango.core.exceptions import FieldDoesNotExist, FieldError
from fastjango.db.bridge import bridge
from fastjango.db.connections import connections
from fastjango.db.errors import NotSupportedError
from fastjango.db.execute import fetch
from fastjango.db.models.aggregates import Count
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.sql.statement import Options

from .chain import QuerySetChain
from .core import MAX_GET_RESULTS, M
from .iterables import ModelIterable
from .keyset import KeysetPage, read_page
from .prefetch import prefetch_related_objects
from .shape import keyed


def the_one(model: Any, found: list[Any], limit: int | None = MAX_GET_RESULTS) -> Any:
    """
    Return the only object of a result.

    Args:
        limit: How many rows were asked for.
    Raises:
        Model.DoesNotExist: There is none.
        Model.MultipleObjectsReturned: There are more.
    """
    if len(found) == 1:
        return found[0]
    name = model._meta.object_name
    if not found:
        raise model.DoesNotExist(f"{name} matching query does not exist.")
    number = len(found) if not limit or len(found) < limit else f"more than {limit - 1}"
    raise model.MultipleObjectsReturned(f"get() returned more than one {name} -- it returned {number}!")


class QuerySetReads(QuerySetChain[M]):
    """A queryset that can be counted, summed, and asked for single objects."""

    # -- one object

    def get(self, *args: Any, **kwargs: Any) -> M:
        """
        Return the one row that matches.

        Raises:
            Model.DoesNotExist: There is none.
            Model.MultipleObjectsReturned: There are more.
        Queries: 1.
        """
        if self._shape.query.combinator and (args or kwargs):
            raise NotSupportedError(
                f"Calling QuerySet.get(...) with filters after {self._shape.query.combinator}() is not supported."
            )
        clone = self.filter(*args, **kwargs) if (args or kwargs) else self._derive(self._shape, self._binds)
        shape = clone._shape
        limit: int | None = MAX_GET_RESULTS
        node = shape.children.get("get") if shape.interned else None
        if node is None:
            if shape.query.select_for_update:
                features = connections[clone.db].features
                limit = limit if features.supports_select_for_update_with_limit else None
            node = shape.step("get", lambda query: _for_single(query, limit))
        clone._shape = node
        return the_one(self.model, clone._results(), limit)  # type: ignore[no-any-return]

    async def aget(self, *args: Any, **kwargs: Any) -> M:
        """See ``get``."""
        return await bridge(self.get, *args, **kwargs)

    def first(self) -> M | None:
        """Return the first row, or None. Queries: 1."""
        if self.ordered:
            queryset: Any = self
        else:
            self._check_ordering_first_last_queryset_aggregation(method="first")
            queryset = self.order_by("pk")
        for obj in queryset[:1]:
            return obj  # type: ignore[no-any-return]
        return None

    async def afirst(self) -> M | None:
        """See ``first``."""
        return await bridge(self.first)

    def last(self) -> M | None:
        """Return the last row, or None. Queries: 1."""
        if self.ordered:
            queryset: Any = self.reverse()
        else:
            self._check_ordering_first_last_queryset_aggregation(method="last")
            queryset = self.order_by("-pk")
        for obj in queryset[:1]:
            return obj  # type: ignore[no-any-return]
        return None

    async def alast(self) -> M | None:
        """See ``last``."""
        return await bridge(self.last)

    def _check_ordering_first_last_queryset_aggregation(self, method: str) -> None:
        group_by = self._shape.query.group_by
        if not isinstance(group_by, tuple):
            return
        grouped = [getattr(column, "target", column.output_field) for column in group_by]
        opts = self.model._meta
        if opts.pk not in grouped and not set(opts.pk_fields) <= set(grouped):
            raise TypeError(
                f"Cannot use QuerySet.{method}() on an unordered queryset performing "
                "aggregation. Add an ordering with order_by()."
            )

    def _earliest(self, *fields: str) -> M:
        order_by: Any = fields or getattr(self.model._meta, "get_latest_by", None)
        if order_by and isinstance(order_by, str):
            order_by = (order_by,)
        if not order_by:
            raise ValueError(
                "earliest() and latest() require either fields as positional "
                "arguments or 'get_latest_by' in the model's Meta."
            )
        if self._shape.query.is_sliced:
            raise TypeError("Cannot change a query once a slice has been taken.")

        def apply(query: Any) -> None:
            query.set_limits(high=1)
            query.clear_ordering(force=True)
            query.add_ordering(*order_by)

        found: Any = self._derive(self._shape.step(("earliest", tuple(order_by)), apply), self._binds)
        return found.get()  # type: ignore[no-any-return]

    def earliest(self, *fields: str) -> M:
        """Return the row with the smallest date. Queries: 1."""
        self._not_support_combined_queries("earliest")
        return self._earliest(*fields)

    async def aearliest(self, *fields: str) -> M:
        """See ``earliest``."""
        return await bridge(self.earliest, *fields)

    def latest(self, *fields: str) -> M:
        """Return the row with the greatest date. Queries: 1."""
        self._not_support_combined_queries("latest")
        if self._shape.query.is_sliced:
            raise TypeError("Cannot change a query once a slice has been taken.")
        return self.reverse()._earliest(*fields)

    async def alatest(self, *fields: str) -> M:
        """See ``latest``."""
        return await bridge(self.latest, *fields)

    # -- numbers

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the values of aggregates over all rows. Queries: 1."""
        if self._shape.query.distinct_fields:
            raise NotImplementedError("aggregate() + distinct(fields) not implemented.")
        self._validate_values_are_expressions((*args, *kwargs.values()), method_name="aggregate")
        for arg in args:
            # The default name of a complex expression is an error.
            try:
                name = arg.default_alias
            except (AttributeError, TypeError):
                raise TypeError("Complex aggregates require an alias") from None
            kwargs[name] = arg
        if not kwargs:
            return {}
        return self._aggregated(kwargs)

    async def aaggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """See ``aggregate``."""
        return await bridge(self.aggregate, *args, **kwargs)

    def _aggregated(self, expressions: dict[str, Any]) -> dict[str, Any]:
        names = tuple(expressions)

        def apply(query: Any, items: list[Any]) -> Any:
            return query.aggregation(dict(zip(names, items, strict=True)))

        shape, binds = keyed(self._shape, self._binds, ("aggregate", names), list(expressions.values()), apply)
        annotations = shape.query.annotation_select
        elide = not any(expression.empty_result_set_value is NotImplemented for expression in annotations.values())
        plan = shape.plan(self.db, ("aggregate", elide), Options(elide_empty=elide))
        row: Any = None
        if plan is not None:
            rows = fetch(self.db, plan.sql, plan.args(binds))
            row = rows[0] if rows else None
        if row is None or plan is None:
            # Those of the shape have the values of the call that made it.
            own = shape.query.with_binds(binds).annotation_select
            return {name: expression.empty_result_set_value for name, expression in own.items()}
        return {
            name: value if convert is None else convert(value)
            for name, value, convert in zip(annotations, row, plan.converters, strict=True)
        }

    def count(self) -> int:
        """Return how many rows there are. Queries: 1, none for a queryset that was evaluated."""
        if self._result_cache is not None:
            return len(self._result_cache)
        return int(self._aggregated({"__count": Count("*")})["__count"])

    async def acount(self) -> int:
        """See ``count``."""
        return await bridge(self.count)

    def exists(self) -> bool:
        """Tell whether there is any row. Queries: 1, none for a queryset that was evaluated."""
        if self._result_cache is not None:
            return bool(self._result_cache)
        shape = self._shape.step("exists", lambda query: query.exists())
        plan = shape.plan(self.db)
        return plan is not None and bool(fetch(self.db, plan.sql, plan.args(self._binds)))

    async def aexists(self) -> bool:
        """See ``exists``."""
        return await bridge(self.exists)

    def contains(self, obj: Any) -> bool:
        """
        Tell whether *obj* is among the rows. Queries: 1, none for a queryset that was evaluated.

        Raises:
            TypeError: *obj* is no instance of a model.
            ValueError: *obj* was never saved.
        """
        self._not_support_combined_queries("contains")
        if self._fields is not None:
            raise TypeError("Cannot call QuerySet.contains() after .values() or .values_list().")
        try:
            if obj._meta.concrete_model != self.model._meta.concrete_model:
                return False
        except AttributeError:
            raise TypeError("'obj' must be a model instance.") from None
        if not obj._is_pk_set():
            raise ValueError("QuerySet.contains() cannot be used on unsaved objects.")
        if self._result_cache is not None:
            return obj in self._result_cache
        return self.filter(pk=obj.pk).exists()

    async def acontains(self, obj: Any) -> bool:
        """See ``contains``."""
        return await bridge(self.contains, obj)

    # -- many objects

    def in_bulk(self, id_list: Any = None, *, field_name: str = "pk") -> dict[Any, M]:
        """
        Return ``{key: object}`` for the given keys, or for all rows.

        Queries: one per batch of keys the database takes.
        """
        if self._shape.query.is_sliced:
            raise TypeError("Cannot use 'limit' or 'offset' with in_bulk().")
        if not issubclass(self._iterable_class, ModelIterable):
            raise TypeError("in_bulk() cannot be used with values() or values_list().")
        opts = self.model._meta
        unique = [constraint.fields[0] for constraint in opts.total_unique_constraints if len(constraint.fields) == 1]
        if (
            field_name != "pk"
            and not opts.get_field(field_name).unique
            and field_name not in unique
            and self._shape.query.distinct_fields != (field_name,)
        ):
            raise ValueError(f"in_bulk()'s field_name must be a unique field but {field_name!r} isn't.")
        if id_list is None:
            found: Any = self.all()
        else:
            if not id_list:
                return {}
            found = self._by_batches(tuple(id_list), f"{field_name}__in")
        return {getattr(obj, field_name): obj for obj in found}

    async def ain_bulk(self, id_list: Any = None, *, field_name: str = "pk") -> dict[Any, M]:
        """See ``in_bulk``."""
        return await bridge(self.in_bulk, id_list, field_name=field_name)

    def _by_batches(self, keys: tuple[Any, ...], lookup: str) -> list[Any]:
        size = connections[self.db].features.max_query_params
        if size and lookup == "pk__in":
            # A composite key needs a parameter per part.
            size //= len(self.model._meta.pk_fields)
        if not size or size >= len(keys):
            return list(self.filter(**{lookup: keys}))
        found: list[Any] = []
        for start in range(0, len(keys), size):
            found.extend(self.filter(**{lookup: keys[start : start + size]}))
        return found

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        """
        Yield the results without keeping them, some rows at a time.

        Raises:
            ValueError: *chunk_size* is not positive, or missing after ``prefetch_related``.
        """
        if chunk_size is None:
            if self._prefetch_related_lookups:
                raise ValueError("chunk_size must be provided when using QuerySet.iterator() after prefetch_related().")
        elif chunk_size <= 0:
            raise ValueError("Chunk size must be strictly positive.")
        use_chunks = not connections[self.db].settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
        return self._iterator(use_chunks, chunk_size)

    def _iterator(self, use_chunked_fetch: bool, chunk_size: int | None) -> Iterator[M]:
        iterable = self._iterable_class(self, chunked_fetch=use_chunked_fetch, chunk_size=chunk_size or 2000)
        if not self._prefetch_related_lookups or chunk_size is None:
            yield from iterable
            return
        iterator = iter(iterable)
        while results := list(islice(iterator, chunk_size)):
            prefetch_related_objects(results, *self._prefetch_related_lookups)
            yield from results

    async def aiterator(self, chunk_size: int = 2000) -> AsyncIterator[M]:
        """Yield the results without keeping them, some rows at a time."""
        if chunk_size <= 0:
            raise ValueError("Chunk size must be strictly positive.")
        iterator: Any = self.iterator(chunk_size)
        try:
            while chunk := await bridge(lambda: list(islice(iterator, chunk_size))):
                for item in chunk:
                    yield item
        finally:
            # Left early, the connection is free at once.
            await bridge(iterator.close)

    def keyset_page(self, size: int, *, after: str | None = None, before: str | None = None) -> KeysetPage[M]:
        """
        Return a page of objects by its neighbour instead of by its number.

        The order is the queryset's, with the primary key behind it.

        Args:
            after: The ``next`` of the page before this one.
            before: The ``previous`` of the page behind this one.
        Raises:
            BadRequest: The token is not one of this order's.
            ValueError: The order has a part that may be NULL or is no field or annotation.
        Queries: 1.
        """
        return read_page(self, size, after, before)

    async def akeyset_page(self, size: int, *, after: str | None = None, before: str | None = None) -> KeysetPage[M]:
        """See ``keyset_page``."""
        return await bridge(self.keyset_page, size, after=after, before=before)

    # -- looking inside

    def explain(self, *, format: str | None = None, **options: Any) -> str:
        """Return how the database would find the rows. Queries: 1."""
        return str(self.peek_query().explain(using=self.db, format=format, **options))

    async def aexplain(self, *, format: str | None = None, **options: Any) -> str:
        """See ``explain``."""
        return await bridge(self.explain, format=format, **options)

    def _has_filters(self) -> bool:
        """Tell whether there is any condition."""
        return bool(self._shape.query.where)

    def _extract_model_params(self, defaults: dict[str, Any] | None, **kwargs: Any) -> dict[str, Any]:
        """
        Return the arguments of a new object: lookups of plain fields, and *defaults*.

        Raises:
            FieldError: A name is no field and no property that can be set.
        """
        defaults = defaults or {}
        params = {name: value for name, value in kwargs.items() if LOOKUP_SEP not in name}
        params.update(defaults)
        opts = self.model._meta
        invalid = []
        for name in params:
            try:
                opts.get_field(name)
            except FieldDoesNotExist:
                if not (name == "pk" or (name in opts._property_names and getattr(self.model, name).fset)):
                    invalid.append(name)
        if invalid:
            names = "', '".join(sorted(invalid))
            raise FieldError(f"Invalid field name(s) for model {opts.object_name}: '{names}'.")
        return params


def _for_single(query: Any, limit: int | None) -> None:
    if query.can_filter() and not query.distinct_fields:
        query.clear_ordering()
    if limit is not None:
        query.set_limits(high=limit)


__all__ = ["QuerySetReads"]
