"""``raw()``: model instances from SQL of the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic

from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db import router
from fastjango.db.bridge import bridge
from fastjango.db.connections import connections
from fastjango.utils.functional import cached_property

from .core import M
from .prefetch import prefetch_related_objects


class RawQuery:
    """SQL, its parameters, and the cursor once it runs."""

    def __init__(self, sql: str, using: str, params: Any = ()) -> None:
        self.params = params
        self.sql = sql
        self.using = using
        self.cursor: Any = None
        # Like a Query, for code that looks at either.
        self.low_mark, self.high_mark = 0, None
        self.extra_select: dict[str, Any] = {}
        self.annotation_select: dict[str, Any] = {}

    def chain(self, using: str) -> RawQuery:
        """Return the same query for another database."""
        return self.clone(using)

    def clone(self, using: str) -> RawQuery:
        """Return a copy that was not run."""
        return RawQuery(self.sql, using, params=self.params)

    def get_columns(self) -> list[str]:
        """Return the names of the columns, as the model may know them. Queries: 1."""
        if self.cursor is None:
            self._execute_query()
        converter = connections[self.using].introspection.identifier_converter
        cursor: Any = self.cursor
        return [converter(meta[0]) for meta in cursor.description]

    def __iter__(self) -> Iterator[Any]:
        # A queryset may be iterated twice: it runs twice.
        self._execute_query()
        rows = self.cursor.fetchall()
        return iter(rows)

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: {self}>"

    @property
    def params_type(self) -> type[Any] | None:
        """``dict`` or ``tuple``, as the parameters were given."""
        if self.params is None:
            return None
        return dict if isinstance(self.params, Mapping) else tuple

    def __str__(self) -> str:
        if self.params_type is None:
            return self.sql
        return str(self.sql % self.params_type(self.params))

    def _execute_query(self) -> None:
        connection = connections[self.using]
        adapt = connection.ops.adapt_unknown_value
        if self.params_type is dict:
            params: Any = {key: adapt(value) for key, value in self.params.items()}
        elif self.params_type is tuple:
            params = tuple(adapt(value) for value in self.params)
        else:
            params = None
        self.cursor = connection.cursor()
        self.cursor.execute(self.sql, params)


class RawQuerySet(Generic[M]):
    """The instances that a raw query gives; columns it leaves out are deferred."""

    def __init__(
        self,
        raw_query: str,
        model: Any = None,
        query: Any = None,
        params: Any = (),
        translations: Any = None,
        using: str | None = None,
        hints: Any = None,
    ) -> None:
        self.raw_query = raw_query
        self.model = model
        self._db = using
        self._hints = hints or {}
        self.query = query or RawQuery(sql=raw_query, using=self.db, params=params)
        self.params = params
        self.translations = translations or {}
        self._result_cache: list[Any] | None = None
        self._prefetch_related_lookups: tuple[Any, ...] = ()
        self._prefetch_done = False

    def resolve_model_init_order(self) -> tuple[list[str], list[int], list[tuple[str, int]]]:
        """Return the names and places of the model's columns, and what else there is."""
        converter = connections[self.db].introspection.identifier_converter
        columns = self.columns
        names_in_order = [field.attname for field in self.model._meta.fields if converter(field.column) in columns]
        annotations = [(column, place) for place, column in enumerate(columns) if column not in self.model_fields]
        places = [
            columns.index(converter(field.column))
            for field in self.model._meta.fields
            if field.attname in names_in_order
        ]
        return names_in_order, places, annotations

    def prefetch_related(self, *lookups: Any) -> RawQuerySet[M]:
        """Fetch related objects of all results, with one query per relation."""
        clone = self._clone()
        clone._prefetch_related_lookups = () if lookups == (None,) else (*clone._prefetch_related_lookups, *lookups)
        return clone

    def _prefetch_related_objects(self) -> None:
        prefetch_related_objects(self._result_cache or [], *self._prefetch_related_lookups)
        self._prefetch_done = True

    def _clone(self) -> RawQuerySet[M]:
        clone = self.__class__(
            self.raw_query,
            model=self.model,
            query=self.query,
            params=self.params,
            translations=self.translations,
            using=self._db,
            hints=self._hints,
        )
        clone._prefetch_related_lookups = self._prefetch_related_lookups[:]
        return clone

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._result_cache = list(self.iterator())
        if self._prefetch_related_lookups and not self._prefetch_done:
            self._prefetch_related_objects()

    def __len__(self) -> int:
        self._fetch_all()
        return len(self._result_cache or ())

    def __bool__(self) -> bool:
        self._fetch_all()
        return bool(self._result_cache)

    def __iter__(self) -> Iterator[M]:
        self._fetch_all()
        return iter(self._result_cache or ())

    def __aiter__(self) -> Any:
        async def generator() -> Any:
            await bridge(self._fetch_all)
            for item in self._result_cache or ():
                yield item

        return generator()

    def iterator(self) -> Iterator[M]:
        """Yield the instances without keeping them. Queries: 1."""
        connection = connections[self.db]
        rows = iter(self.query)
        names, places, annotations = self.resolve_model_init_order()
        fields = [self.model_fields.get(column) for column in self.columns]
        converters = [field.result_converter(connection) if field else None for field in fields]
        if self.model._meta.pk.attname not in names:
            raise FieldDoesNotExist("Raw query must include the primary key")
        for row in rows:
            values = [
                value if convert is None else convert(value) for value, convert in zip(row, converters, strict=True)
            ]
            instance = self.model.from_db(self.db, names, [values[place] for place in places])
            for name, place in annotations:
                setattr(instance, name, values[place])
            yield instance

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: {self.query}>"

    def __getitem__(self, k: Any) -> Any:
        return list(self)[k]

    @property
    def db(self) -> str:
        """The alias that is asked."""
        return self._db or router.db_for_read(self.model, **self._hints)

    def using(self, alias: str) -> RawQuerySet[M]:
        """Return the same query to another database."""
        return RawQuerySet(
            self.raw_query,
            model=self.model,
            query=self.query.chain(using=alias),
            params=self.params,
            translations=self.translations,
            using=alias,
        )

    @cached_property
    def columns(self) -> list[str]:
        """The names of the result's columns, translated. Queries: 1, if the query did not run yet."""
        columns: list[str] = self.query.get_columns()
        for query_name, model_name in self.translations.items():
            # A name that is not in the result is no mistake.
            if query_name in columns:
                columns[columns.index(query_name)] = model_name
        return columns

    @cached_property
    def model_fields(self) -> dict[str, Any]:
        """The model's fields by the name of their column."""
        converter = connections[self.db].introspection.identifier_converter
        return {converter(field.get_attname_column()[1]): field for field in self.model._meta.fields}


__all__ = ["RawQuery", "RawQuerySet"]
