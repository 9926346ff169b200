"""
Query sets straight to data: from the rows of a query to JSON-ready dicts, without model instances in between.

Taken where nobody could tell the difference: the query set is one of ours and not evaluated, instances are made without code
of the project's, and every field of the serializer is a column of the row. The query set keeps the rows: who
looks at its objects afterwards gets them without another query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from inspect import getattr_static
from typing import Any

from fastjango.db.execute import fetch
from fastjango.db.models.fields.attribute import DeferredAttribute, ForeignKeyDeferredAttribute
from fastjango.db.models.hydrate.objects import constructor_matters
from fastjango.db.models.hydrate.source import Scope as RowScope
from fastjango.db.models.query import QuerySet
from fastjango.db.models.query.iterables import ModelIterable
from fastjango.rest.serializers.entries import Entry, Expressions, Owner, forward_keys
from fastjango.rest.serializers.readers import Reader, assignments, code

Rows = list[tuple[Any, ...]]
ReadRows = Callable[[Rows], list[Any]]


class LateObjects(Sequence[Any]):
    """The objects of rows that are at hand; made when somebody asks for one."""

    def __init__(self, rows: Rows, make: Callable[[Rows], list[Any]]) -> None:
        self._rows: Rows | None = rows
        self._make: Callable[[Rows], list[Any]] | None = make
        self._objects: list[Any] = []

    def objects(self) -> list[Any]:
        """Return the objects, each time the same ones."""
        if self._make is not None and self._rows is not None:
            self._objects = self._make(self._rows)
            self._make = self._rows = None
        return self._objects

    def __len__(self) -> int:
        return len(self._objects if self._rows is None else self._rows)

    def __getitem__(self, place: Any) -> Any:
        return self.objects()[place]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.objects())

    def __eq__(self, other: object) -> bool:
        return self.objects() == (other.objects() if isinstance(other, LateObjects) else other)

    __hash__ = None  # type: ignore[assignment]  # as lists

    def __repr__(self) -> str:
        return repr(self.objects())

    def __reduce__(self) -> Any:
        return list, (self.objects(),)


def is_readable(queryset: Any) -> bool:
    """Return whether *queryset* gives plain instances that nobody has seen yet."""
    kind = type(queryset)
    return (
        isinstance(queryset, QuerySet)
        and kind.__iter__ is QuerySet.__iter__
        and kind._fetch_all is QuerySet._fetch_all
        and "_fetch_all" not in vars(queryset)
        and queryset._iterable_class is ModelIterable
        and queryset._result_cache is None
        and not queryset._known_related_objects
        and not queryset._prefetch_related_lookups
    )


def read_queryset(reader: Reader, queryset: Any) -> list[Any] | None:
    """Return the data of a readable query set; ``None`` where its instances are needed. Queries: 1."""
    iterable = ModelIterable(queryset)
    db = queryset.db
    plan = iterable.plan(db)
    if plan is None or not plan.cacheable or _is_constructed(plan.objects):
        return None
    key: Any = ("data", reader)
    if key not in plan.readers:
        plan.readers[key] = _row_reader(reader, plan)  # type: ignore[assignment]  # None is kept as well
    read: ReadRows | None = plan.readers[key]
    if read is None:
        return None
    rows = fetch(db, plan.sql, plan.args(queryset._binds))
    queryset._result_cache = LateObjects(rows, iterable.reader(plan, db))
    try:
        return read(rows)
    except Exception:  # noqa: BLE001 - a value that only the fields' own methods can read, or refuse
        return None


def _is_constructed(objects: Any) -> bool:
    return constructor_matters(objects.model) or any(_is_constructed(child) for child in objects.related)


def _row_reader(reader: Reader, plan: Any) -> ReadRows | None:
    """Return the generated function from rows to data; ``None`` where a field is no matter of columns."""
    if plan.objects.model is not reader.model or plan.tuples:
        return None
    writer = _RowWriter(reader.model, plan)
    entries: list[Entry] = []
    for field in reader.fields:
        entry = writer.entry(field)
        if entry is None:
            return None
        entries.append(entry)
    return writer.build(entries) if entries and writer.is_pure else None


class _RowWriter(Expressions):
    """Writes fields as expressions on the row ``r``."""

    def __init__(self, model: Any, plan: Any) -> None:
        super().__init__(model)
        self.plan = plan
        self.rows = RowScope()
        # The columns of an object by the name that stands for it.
        self.places = {"instance": self._places_of(plan.objects)}

    def _places_of(self, objects: Any) -> dict[str, int]:
        return {self.plan.columns[place][0].target.attname: place for place in objects.select_fields}

    def column(self, owner: Owner, attname: str) -> str | None:
        """Return the expression of a column's value; ``None`` where instances have more than the column to say."""
        place = self.places[owner.name].get(attname)
        accessor = type(getattr_static(owner.model, attname, None))
        if place is None or accessor not in (DeferredAttribute, ForeignKeyDeferredAttribute):
            return None
        if owner.model.__getattribute__ is not object.__getattribute__:
            return None
        return self.rows.column(place, self.plan.converters)

    def attribute(self, field: Any) -> str | None:
        """Return nothing: rows have columns only."""
        return None

    def represented(self, owner: Owner, represent: Any) -> str | None:
        """Return nothing: there is no object to represent."""
        return None

    def without_object(self, field: Any, expression: str) -> Entry | None:
        """Return nothing: a row says None where an object would have no attribute."""
        return None

    def follow(self, path: tuple[str, ...]) -> Owner | None:
        """Return the joined object at the end of *path*."""
        objects, missing = self.plan.objects, None
        for step in path:
            key = forward_keys(objects.model).get(step)
            child = next((child for child in objects.related if child.field is key), None)
            if key is None or child is None or child.reverse or child.from_parent or objects.from_parent:
                return None
            objects = child
            places = self._places_of(child)
            pk = places.get(child.model._meta.pk.attname)
            if pk is None:
                return None
            if missing is not None or key.null:
                # The last one is None where any on the way is.
                missing = f"r[{pk}] is None"
        name = ".".join(path)
        self.places[name] = places
        return Owner(objects.model, name, missing)

    def build(self, entries: list[Entry]) -> ReadRows:
        """Return the function."""
        names = {**self.rows.names, **self.scope.names}
        source = "\n".join(
            [
                "def read(rows):",
                *self.rows.first,
                *(f"    {line}" for line in self.scope.first),
                "    found = []",
                "    for r in rows:",
                *(f"        {line}" for line in assignments(entries, first=True)),
                "        found.append(out)",
                "    return found",
            ]
        )
        exec(code(source), names)  # noqa: S102 - only names of our own checking
        read: ReadRows = names["read"]
        return read


__all__ = ["LateObjects", "is_readable", "read_queryset"]
