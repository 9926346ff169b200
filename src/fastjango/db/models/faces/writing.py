"""
From a schema to rows: new instances, changed instances, and what is nested in them.

Only what was sent is set; keys and stamps never are. A nested schema of a foreign key makes (or changes) the related
object, a list of schemas makes the related rows, a list of keys sets a many-to-many relation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel

from fastjango.core.exceptions import FieldDoesNotExist, ValidationError
from fastjango.db import router, transaction
from fastjango.db.models.faces.annotations import is_settable, is_settable_list
from fastjango.db.models.faces.schema_fields import is_reverse

Later = list[tuple[Any, Any]]


def build(schema: BaseModel, extra: dict[str, Any]) -> Any:
    """Return a new instance; nested ones stay unsaved, lists are left out."""
    model: Any = type(schema).__fastjango_model__  # type: ignore[attr-defined]
    values, _ = _split(schema, model)
    for name, value in values.items():
        if isinstance(value, BaseModel):
            values[name] = build(value, {})
    return model(**{**values, **extra})


def create(schema: BaseModel, extra: dict[str, Any]) -> Any:
    """Save a new instance and what is nested in it."""
    model: Any = type(schema).__fastjango_model__  # type: ignore[attr-defined]
    with transaction.atomic(using=router.db_for_write(model)):
        return _write(schema, model(), extra)


def update(schema: BaseModel, instance: Any, extra: dict[str, Any]) -> Any:
    """Change *instance* and what is nested in it."""
    using = instance._state.db or router.db_for_write(type(instance), instance=instance)
    with transaction.atomic(using=using):
        return _write(schema, instance, extra)


def _write(schema: BaseModel, instance: Any, extra: dict[str, Any]) -> Any:
    values, later = _split(schema, type(instance))
    adding = instance._state.adding
    for name, value in {**values, **extra}.items():
        if isinstance(value, BaseModel):
            setattr(instance, name, _nested_one(value, instance, name))
        else:
            setattr(instance, name, value)
    instance.full_clean(exclude=_unchecked(instance, values, extra, adding))
    instance.save()
    for relation, value in later:
        _set_many(instance, relation, value)
    return instance


def save_values(instance: Any, values: dict[str, Any]) -> Any:
    """Set plain *values* that may be set, save *instance*, set its many-to-many relations, and return it."""
    model: Any = type(instance)
    now: dict[str, Any] = {}
    later: Later = []
    for name, value in values.items():
        field = _field_of(model, name)
        if field is None:
            continue
        if not field.concrete or field.many_to_many:
            if is_settable_list(field, model):
                later.append((field, value))
        elif is_settable(field):
            # A relation given by its own name may be an object or a key.
            by_key = field.is_relation and name == field.name and not hasattr(value, "_meta")
            now[field.attname if by_key else name] = value
    adding = instance._state.adding
    for name, value in now.items():
        setattr(instance, name, value)
    instance.full_clean(exclude=_unchecked(instance, now, {}, adding))
    instance.save()
    for relation, value in later:
        _set_many(instance, relation, value)
    return instance


def _field_of(model: Any, name: str) -> Any:
    """Return the field or reverse relation called *name*, None where there is none."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        field = next((one for one in model._meta.concrete_fields if one.attname == name), None)
        if field is not None:
            return field
        return next((rel for rel in model._meta.related_objects if rel.get_accessor_name() == name), None)


def _unchecked(instance: Any, values: dict[str, Any], extra: dict[str, Any], adding: bool) -> set[str]:
    """Return the fields whose values nobody has sent: they need no look, unless the instance is new."""
    sent = {*values, *extra}
    return {
        field.name
        for field in instance._meta.fields
        if field.name not in sent
        and field.attname not in sent
        and (not adding or not is_settable(field) or field.has_default())
    }


def _split(schema: BaseModel, model: Any) -> tuple[dict[str, Any], Later]:
    """Return the values to set at once, and the lists that need a saved instance."""
    values: dict[str, Any] = {}
    later: Later = []
    for name in schema.model_fields_set:
        value = getattr(schema, name)
        field = _field_of(model, name)
        if field is None:
            continue
        if not field.concrete or field.many_to_many:
            if is_settable_list(field, model):
                later.append((field, value))
        elif is_settable(field):
            values[name] = value
    return values, later


@contextmanager
def _errors_of(name: str) -> Iterator[None]:
    """Let what is wrong inside say where: ``category.name``."""
    try:
        yield
    except ValidationError as exc:
        inside = exc.message_dict if hasattr(exc, "error_dict") else {"__all__": exc.messages}
        raise ValidationError(
            {name if field == "__all__" else f"{name}.{field}": found for field, found in inside.items()}
        ) from exc


def _nested_one(schema: BaseModel, instance: Any, name: str) -> Any:
    """Return the saved related object of a nested schema: the one that is there, changed; else a new one."""
    field = instance._meta.get_field(name)
    there = None if getattr(instance, field.attname) is None else getattr(instance, name)
    with _errors_of(name):
        return _write(schema, field.remote_field.model() if there is None else there, {})


def _set_many(instance: Any, relation: Any, value: Any) -> None:
    """Write a list: keys are related, schemas become new rows in the place of the old."""
    if relation.one_to_one:
        if isinstance(value, BaseModel):
            with _errors_of(relation.get_accessor_name()):
                _write(value, relation.related_model(), {relation.field.name: instance})
        return
    name = relation.get_accessor_name() if is_reverse(relation) else relation.name
    manager = getattr(instance, name)
    if not any(isinstance(item, BaseModel) for item in value):
        there = _known_keys(relation.related_model, name, value, instance._state.db)
        if relation.many_to_many:
            manager.set(value)
        elif there or not instance._state.adding:
            manager.set(there)
        return
    if relation.many_to_many:
        with _errors_of(name):
            manager.set([_write(item, relation.related_model(), {}) for item in value])
        return
    manager.all().delete()
    for item in value:
        with _errors_of(name):
            _write(item, relation.related_model(), {relation.field.name: instance})


def _known_keys(model: Any, name: str, keys: Any, using: str | None) -> list[Any]:
    """
    Return the objects of *keys*. Queries: 1, none for no keys.

    Raises:
        ValidationError: There is none of one of them.
    """
    if not keys:
        return []
    wanted = {getattr(key, "pk", key) for key in keys}
    found = list(model._base_manager.using(using).filter(pk__in=wanted))
    missing = sorted(map(str, wanted - {one.pk for one in found}))
    if missing:
        label = model._meta.verbose_name
        raise ValidationError({name: [f"{label} instance with id {key} is not a valid choice." for key in missing]})
    return found


__all__ = ["build", "create", "save_values", "update"]
