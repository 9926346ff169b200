"""What the writing verbs check before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from fastjango.db.errors import NotSupportedError
from fastjango.db.models.constants import OnConflict


def resolve_callables(mapping: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the items; a value that is a function is called now."""
    for name, value in mapping.items():
        yield name, value() if callable(value) else value


@dataclass(frozen=True)
class BulkOptions:
    """What ``bulk_create`` does about rows that exist."""

    on_conflict: OnConflict | None = None
    update_fields: tuple[Any, ...] = ()
    unique_fields: tuple[Any, ...] = ()

    @classmethod
    def checked(
        cls,
        opts: Any,
        connection: Any,
        ignore_conflicts: bool,
        update_conflicts: bool,
        update_fields: Any,
        unique_fields: Any,
    ) -> Self:
        """
        Return the options.

        Raises:
            ValueError: They contradict each other or name the wrong fields.
            NotSupportedError: The database cannot do it.
        """
        if unique_fields:
            unique = [opts.get_field(opts.pk.name if name == "pk" else name) for name in unique_fields]
        else:
            unique = []
        updated = [opts.get_field(name) for name in update_fields] if update_fields else []
        kind = _conflict_kind(connection, ignore_conflicts, update_conflicts, update_fields, unique_fields)
        if kind is OnConflict.UPDATE:
            _check_update(opts, connection, updated, unique)
        unique = [part for field in unique for part in (getattr(field, "fields", None) or [field])]
        return cls(kind, tuple(updated), tuple(unique))


def _conflict_kind(
    connection: Any, ignore_conflicts: bool, update_conflicts: bool, update_fields: Any, unique_fields: Any
) -> OnConflict | None:
    features = connection.features
    if ignore_conflicts and update_conflicts:
        raise ValueError("ignore_conflicts and update_conflicts are mutually exclusive.")
    if ignore_conflicts:
        if not features.supports_ignore_conflicts:
            raise NotSupportedError("This database backend does not support ignoring conflicts.")
        return OnConflict.IGNORE
    if not update_conflicts:
        return None
    if not features.supports_update_conflicts:
        raise NotSupportedError("This database backend does not support updating conflicts.")
    if not update_fields:
        raise ValueError("Fields that will be updated when a row insertion fails on conflicts must be provided.")
    if unique_fields and not features.supports_update_conflicts_with_target:
        raise NotSupportedError(
            "This database backend does not support updating conflicts with specifying unique fields "
            "that can trigger the upsert."
        )
    if not unique_fields and features.supports_update_conflicts_with_target:
        raise ValueError("Unique fields that can trigger the upsert must be provided.")
    return OnConflict.UPDATE


def _check_update(opts: Any, connection: Any, updated: list[Any], unique: list[Any]) -> None:
    if any(not field.concrete or field.many_to_many for field in updated):
        raise ValueError("bulk_create() can only be used with concrete fields in update_fields.")
    if any(field in opts.pk_fields for field in updated):
        raise ValueError("bulk_create() cannot be used with primary keys in update_fields.")
    if any(not field.concrete or field.many_to_many for field in unique):
        raise ValueError("bulk_create() can only be used with concrete fields in unique_fields.")


__all__ = ["BulkOptions", "resolve_callables"]
