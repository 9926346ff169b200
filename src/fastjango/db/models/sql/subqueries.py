"""Queries that change rows, at Django's path: what older third-party code constructs by hand.

The ORM itself calls ``write.py``; these say the same with a ``Query`` in hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.core.exceptions import FieldError

from .insert import insert_rows
from .query import Query
from .write import delete_matching, update_matching


class DeleteQuery(Query):
    """Deletes the rows that match, without signals or cascades."""

    def delete_batch(self, pk_list: Sequence[Any], using: str) -> int:
        """Delete the rows with these keys; return how many there were. Queries: 1."""
        self.add_filter("pk__in", list(pk_list))
        return delete_matching(self, using)


class UpdateQuery(Query):
    """Sets fields of the rows that match."""

    values: list[tuple[Any, Any, Any]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values = []

    def add_update_values(self, values: dict[str, Any]) -> None:
        """
        Set these fields, by name.

        Raises:
            FieldError: A field is no column of the model.
        """
        for name, value in values.items():
            field = self.get_meta().get_field(name)
            if not field.concrete or (field.is_relation and field.many_to_many):
                raise FieldError(
                    f"Cannot update model field {field!r} (only non-relations and foreign keys permitted)."
                )
            self.values.append((field, field.model._meta.concrete_model, value))

    def add_update_fields(self, values_seq: Sequence[tuple[Any, Any, Any]]) -> None:
        """Set fields from ``(field, model, value)``."""
        self.values.extend(values_seq)

    def update_batch(self, pk_list: Sequence[Any], values: dict[str, Any], using: str) -> int:
        """Set fields of the rows with these keys; return how many there were. Queries: 1."""
        self.add_update_values(values)
        self.add_filter("pk__in", list(pk_list))
        return self.run(using)

    def run(self, using: str) -> int:
        """Update and return how many rows matched. Queries: 1, and 1 per parent table."""
        return update_matching(self.clone(), using, self.values)


class InsertQuery(Query):
    """Inserts objects."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields: Sequence[Any] = ()
        self.objs: Sequence[Any] = ()
        self.raw = False

    def insert_values(self, fields: Sequence[Any], objs: Sequence[Any], raw: bool = False) -> None:
        """Say which fields of which objects are inserted."""
        self.fields, self.objs, self.raw = fields, objs, raw

    def run(self, using: str, returning_fields: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Insert and return what the database made of *returning_fields*."""
        return insert_rows(self.model, using, self.fields, self.objs, returning_fields=returning_fields, raw=self.raw)


class AggregateQuery(Query):
    """Aggregates over the rows of another query."""

    def __init__(self, model: Any, inner_query: Any) -> None:
        super().__init__(model)
        self.inner_query = inner_query
        self.default_cols = False


__all__ = ["AggregateQuery", "DeleteQuery", "InsertQuery", "UpdateQuery"]
