"""What a queryset's rows become: instances, dictionaries, tuples, single values.

``QuerySet._iterable_class`` is one of these. ``read()`` gives all results at once,
``__iter__`` (with ``chunked_fetch``) one chunk of rows after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastjango.db.execute import fetch, stream
from fastjango.db.models.hydrate import dict_reader, flat_reader, named_reader, object_reader, tuple_reader
from fastjango.db.models.hydrate.objects import readers_key
from fastjango.db.models.sql.locking import check_transaction
from fastjango.db.models.sql.plan import SelectPlan

from .fetch_modes import UNKNOWN, Default, mark_result

Rows = list[tuple[Any, ...]]


class BaseIterable:
    """The results of one queryset."""

    gives_instances = False

    def __init__(self, queryset: Any, chunked_fetch: bool = False, chunk_size: int = 2000) -> None:
        self.queryset = queryset
        self.chunked_fetch = chunked_fetch
        self.chunk_size = chunk_size

    def reader(self, plan: SelectPlan, db: str) -> Callable[[Rows], list[Any]]:
        """Return the function from rows to results; subclasses say it."""
        raise NotImplementedError

    def plan(self, db: str) -> SelectPlan | None:
        """Return the queryset's plan for a database, or None when it has no results."""
        shape = self.queryset._shape
        plan: SelectPlan | None = shape.plan(db)
        if plan is not None and shape.query.select_for_update:
            check_transaction(shape.query, plan.connection)
        return plan

    def read(self) -> list[Any]:
        """Return all results. Queries: 1, none for an empty queryset."""
        queryset = self.queryset
        db = queryset.db
        plan = self.plan(db)
        if plan is None:
            return []
        return self.reader(plan, db)(fetch(db, plan.sql, plan.args(queryset._binds)))

    def __iter__(self) -> Iterator[Any]:
        if not self.chunked_fetch:
            yield from self.read()
            return
        queryset = self.queryset
        db = queryset.db
        plan = self.plan(db)
        if plan is None:
            return
        read = self.reader(plan, db)
        for rows in stream(db, plan.sql, plan.args(queryset.binds), self.chunk_size):
            yield from read(rows)

    async def _async_generator(self) -> Any:
        for item in self:
            yield item

    def __aiter__(self) -> Any:
        return self._async_generator()


class ModelIterable(BaseIterable):
    """Model instances."""

    gives_instances = True

    def reader(self, plan: SelectPlan, db: str) -> Callable[[Rows], list[Any]]:
        """Return the function from rows to results."""
        assert plan.objects is not None
        key: Any = readers_key(plan.objects)
        read = plan.readers.get(key)
        if read is None:
            read = plan.readers[key] = object_reader(plan)
        known = self.queryset._known_related_objects
        mode = self.queryset._fetch_mode or Default.mode
        if mode is UNKNOWN:
            mode = Default.get()
        if mode is None and not known:
            return lambda rows: read(rows, db)

        def objects(rows: Rows) -> list[Any]:
            found: list[Any] = read(rows, db)
            if known:
                set_known(found, known)
            if mode is not None:
                mark_result(mode, found, bool(plan.objects and plan.objects.related))
            return found

        return objects


def set_known(objects: list[Any], known: dict[Any, dict[Any, Any]]) -> None:
    """Give the objects the related objects that are at hand already."""
    for field, related in known.items():
        attnames = [part.attname for part in getattr(field, "foreign_related_fields", ())]
        local = [part.attname for part in field.local_related_fields] if attnames else [field.attname]
        for obj in objects:
            if field.is_cached(obj):
                continue
            values = tuple(getattr(obj, name) for name in local)
            found = related.get(values[0] if len(values) == 1 else values)
            if found is not None:
                setattr(obj, field.name, found)


class ValuesIterable(BaseIterable):
    """Dictionaries."""

    def reader(self, plan: SelectPlan, db: str) -> Callable[[Rows], list[Any]]:
        """Return the function from rows to results."""
        read = plan.readers.get("dicts")
        if read is None:
            read = plan.readers["dicts"] = dict_reader(plan, result_names(self.queryset._shape.query))
        return read


class ValuesListIterable(BaseIterable):
    """Tuples."""

    def reader(self, plan: SelectPlan, db: str) -> Callable[[Rows], list[Any]]:
        """Return the function from rows to results."""
        names = chosen_names(self.queryset)
        key = ("tuples", names)
        read = plan.readers.get(key)
        if read is None:
            read = plan.readers[key] = tuple_reader(plan, places_of(self.queryset, names))
        return read


class NamedValuesListIterable(ValuesListIterable):
    """Named tuples."""

    def reader(self, plan: SelectPlan, db: str) -> Callable[[Rows], list[Any]]:
        """Return the function from rows to results."""
        names = chosen_names(self.queryset) or result_names(self.queryset._shape.query)
        key = ("named", names)
        read = plan.readers.get(key)
        if read is None:
            read = plan.readers[key] = named_reader(plan, names, places_of(self.queryset, names))
        return read


class FlatValuesListIterable(BaseIterable):
    """The first value of each row."""

    def reader(self, plan: SelectPlan, db: str) -> Callable[[Rows], list[Any]]:
        """Return the function from rows to results."""
        read = plan.readers.get("flat")
        if read is None:
            read = plan.readers["flat"] = flat_reader(plan)
        return read


def chosen_names(queryset: Any) -> tuple[str, ...] | None:
    """Return the names in the order of ``values_list(...)``, those added later at the end."""
    fields = queryset._fields
    if not fields:
        return None
    names = result_names(queryset._shape.query)
    if fields == names:
        return tuple(fields)
    return (*fields, *(name for name in names if name not in fields and not name.startswith("__orderbycol")))


def places_of(queryset: Any, names: tuple[str, ...] | None) -> list[int] | None:
    """Return where the named columns stand in a row."""
    if names is None:
        return None
    known = {name: place for place, name in enumerate(result_names(queryset._shape.query))}
    return [known[name] for name in names] if all(name in known for name in names) else None


def result_names(query: Any) -> tuple[str, ...]:
    """Return the names of the columns of a ``values()`` query, in their order."""
    if query.combinator and query.selected is None and not query.values_select:
        query = query.combined_queries[0]
    if query.selected is not None:
        return tuple(query.selected)
    return (*query.extra_select, *query.values_select, *query.annotation_select)


__all__ = [
    "BaseIterable",
    "FlatValuesListIterable",
    "ModelIterable",
    "NamedValuesListIterable",
    "ValuesIterable",
    "ValuesListIterable",
    "result_names",
]
