"""What the writing verbs check before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from fastjango.db.errors import NotSupportedError
from fastjango.db.models.constants import OnConflict
from fastjango.db.models.fields import AutoField, Field


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


def bulk_columns(opts: Any) -> tuple[list[Any], list[Any]]:
    """Return the columns of ``bulk_create`` with keys and without; always the same lists, which plans are kept for."""
    saved = opts.save_columns
    kept = opts.__dict__.get("_bulk_columns")
    # The lists of save() are made anew when the fields change.
    if kept is None or kept[0] is not saved:
        every = [field for field in opts.concrete_fields if not field.generated]
        without_auto = [field for field in every if not isinstance(field, AutoField)]
        _, with_key, without_key = saved
        lists = (
            with_key if every == with_key else every,
            without_key if without_auto == without_key else without_auto,
        )
        kept = opts.__dict__["_bulk_columns"] = (saved, lists)
    return kept[1]  # type: ignore[no-any-return]


def prepare_for_bulk_create(opts: Any, objs: list[Any]) -> tuple[list[Any], list[Any]]:
    """Take keys from related objects and defaults; return the objects with a key, and those without."""
    pk = opts.pk
    # A key that only the database makes.
    made_later = isinstance(pk, AutoField) and type(pk).get_pk_value_on_save is Field.get_pk_value_on_save
    made_later = made_later and not pk.has_default()
    name = pk.attname
    with_pk: list[Any] = []
    without_pk: list[Any] = []
    for obj in objs:
        # Nothing was ever assigned or fetched: nothing to take.
        if "fields_cache" in obj._state.__dict__:
            obj._prepare_related_fields_for_save(operation_name="bulk_create")
        if made_later:
            (without_pk if getattr(obj, name) is None else with_pk).append(obj)
            continue
        if not obj._is_pk_set():
            obj.pk = pk.get_pk_value_on_save(obj)
        (with_pk if obj._is_pk_set() else without_pk).append(obj)
    return with_pk, without_pk


def take_returned(opts: Any, objs: list[Any], rows: list[tuple[Any, ...]], has_pk: bool) -> None:
    """Store what the database gave back; keys only where there were none."""
    places = [
        (place, field.attname)
        for place, field in enumerate(opts.db_returning_fields)
        if not (has_pk and field is opts.pk)
    ]
    if len(places) == 1:
        place, name = places[0]
        for obj, row in zip(objs, rows, strict=False):
            setattr(obj, name, row[place])
        return
    for obj, row in zip(objs, rows, strict=False):
        for place, name in places:
            setattr(obj, name, row[place])


__all__ = ["BulkOptions", "bulk_columns", "prepare_for_bulk_create", "resolve_callables", "take_returned"]
