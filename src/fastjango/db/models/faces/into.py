"""
``QuerySet.into(Schema)``: rows as objects of a schema, or as JSON, without model instances where none are needed.

``projections.py`` does it for typed dictionaries and dataclasses. For Pydantic classes ``reading.py`` says which columns, joins and further queries a schema wants. Where only instances can answer, they are
loaded with the relations that the schema touches.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from functools import lru_cache
from types import GenericAlias
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, TypeAdapter
from pydantic_core import to_json

from fastjango.db.bridge import bridge
from fastjango.db.models.faces.projections import is_projection, project
from fastjango.db.models.faces.reading import Grouped, Reading, reading_of, relations_of
from fastjango.db.models.query.iterables import ModelIterable
from fastjango.db.models.query.prefetch import prefetch_related_objects

S = TypeVar("S")

_ORJSON = orjson.OPT_UTC_Z


@lru_cache(maxsize=512)
def list_adapter(schema: Any) -> TypeAdapter[Any]:
    """Return what validates and dumps a list of *schema*."""
    kind: Any = GenericAlias(list, (schema,))
    return TypeAdapter(kind)


class Into(Generic[S]):
    """
    The rows of a queryset as objects of a schema: iterate it, await it, or ask for ``json()``.

    Queries: 1, and 1 per to-many relation of the schema; run once.
    """

    def __init__(self, queryset: Any, schema: type[S]) -> None:
        self.queryset = queryset
        self.schema = schema
        self._objects: list[S] | None = None

    def __repr__(self) -> str:
        return f"<Into {self.schema.__name__} of {self.queryset.model.__name__}>"

    # -- as objects

    def objects(self) -> list[S]:
        """Return the objects."""
        if self._objects is None:
            self._objects = self._load()
        return self._objects

    def _load(self) -> list[S]:
        queryset = self.queryset
        if hasattr(self.schema, "_meta"):
            return list(queryset)
        if is_projection(self.schema):
            return project(queryset, self.schema)
        reading = self._reading()
        schema: Any = self.schema
        adapter = list_adapter(schema)
        if reading is None or not issubclass(self.schema, BaseModel):
            return adapter.validate_python(self._instances(), from_attributes=True)  # type: ignore[no-any-return]
        rows = fetch(queryset, reading, json=False)
        return adapter.validate_python(rows, by_alias=False, by_name=True)  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[S]:
        return iter(self.objects())

    def __len__(self) -> int:
        return len(self.objects())

    def __getitem__(self, place: Any) -> Any:
        return self.objects()[place]

    def __aiter__(self) -> AsyncIterator[S]:
        async def generator() -> AsyncIterator[S]:
            for item in await self:
                yield item

        return generator()

    def __await__(self) -> Generator[Any, None, list[S]]:
        return bridge(self.objects).__await__()

    # -- as JSON

    def json(self) -> bytes:
        """Return the list as JSON, as the schema writes it."""
        if is_projection(self.schema):
            return to_json(self.objects())
        if self._objects is None:
            reading = self._reading()
            if reading is not None and reading.exact:
                try:
                    return orjson.dumps(fetch(self.queryset, reading, json=True), option=_ORJSON)
                except orjson.JSONEncodeError:
                    # A value that only Pydantic can write, such as an integer of more than 64 bits.
                    pass
        schema: Any = self.schema
        return list_adapter(schema).dump_json(self.objects(), by_alias=True)

    async def ajson(self) -> bytes:
        """See ``json``."""
        return await bridge(self.json)

    # -- how

    def _reading(self) -> Reading | None:
        """Return how rows become objects; None where instances are needed, or are there already."""
        queryset = self.queryset
        query = queryset._shape.query
        if (
            queryset._iterable_class is not ModelIterable
            or queryset._result_cache is not None
            or queryset._known_related_objects
            or query.combinator
            or query.distinct
            or query.extra_select
            or any(not isinstance(lookup, str) for lookup in queryset._prefetch_related_lookups)
        ):
            return None
        return reading_of(self.schema, queryset.model, frozenset(query.annotation_select))

    def _instances(self) -> list[Any]:
        """Return instances with the relations that the schema touches."""
        queryset = self.queryset
        if queryset._iterable_class is not ModelIterable:
            return list(queryset)
        joins, prefetches = relations_of(self.schema, queryset.model)
        query = queryset._shape.query
        if queryset._result_cache is None and not query.combinator:
            known = {getattr(lookup, "prefetch_to", lookup) for lookup in queryset._prefetch_related_lookups}
            if joins and not query.deferred_loading[0]:
                queryset = queryset.select_related(*joins)
            queryset = queryset.prefetch_related(*(path for path in prefetches if path not in known))
            return list(queryset)
        found = list(queryset)
        prefetch_related_objects(found, *joins, *prefetches)
        return found


def fetch(queryset: Any, reading: Reading, *, json: bool) -> list[Any]:
    """Return the rows of *queryset* as dictionaries. Queries: 1, and 1 per list."""
    rows = list(queryset.values_list(*reading.paths))
    return build(rows, reading, queryset.db, json=json)


def build(rows: list[Any], reading: Reading, db: str, *, json: bool) -> list[Any]:
    """Return dictionaries of rows that are read already."""
    if not rows:
        return []
    return reading.builder(json)(rows, *(_children(rows, reading, many, db, json=json) for many in reading.manys))


def _children(rows: list[Any], reading: Reading, many: Any, db: str, *, json: bool) -> Grouped:
    """Return the objects of one list, by the key of their parent. Queries: 1."""
    place = reading.place(many.parent)
    keys = {row[place] for row in rows}
    keys.discard(None)
    if not keys:
        return {}
    inner = many.reading
    queryset = inner.model._default_manager.using(db).filter(**{many.child_filter: list(keys)})
    found = list(queryset.values_list(*inner.paths))
    parents = inner.place(many.child_key)
    grouped: Grouped = {}
    if many.flat:
        own = inner.place("pk")
        for row in found:
            grouped.setdefault(row[parents], []).append(row[own])
        return grouped
    for row, item in zip(found, build(found, inner, db, json=json), strict=True):
        grouped.setdefault(row[parents], []).append(item)
    return grouped


__all__ = ["Into", "build", "fetch", "list_adapter"]
