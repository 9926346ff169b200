"""
Objects that were read from a text and are not saved yet, and the reading of relations.
"""

from __future__ import annotations

from typing import Any

from fastjango.core.exceptions import ObjectDoesNotExist
from fastjango.core.serializers.base import DeserializationError, M2MDeserializationError
from fastjango.db import models

# Stands for a value that can be read only when objects further on are saved.
DEFER_FIELD = object()


class DeserializedObject:
    """An object from a text, with the many-to-many values that can be set once it is saved."""

    def __init__(self, obj: Any, m2m_data: Any = None, deferred_fields: Any = None) -> None:
        self.object = obj
        self.m2m_data = m2m_data
        self.deferred_fields = deferred_fields

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.object._meta.label}(pk={self.object.pk})>"

    def save(self, save_m2m: bool = True, using: str | None = None, **kwargs: Any) -> None:
        """Save the object as it is: its own ``save()`` is not called, signals are sent with ``raw=True``."""
        models.Model.save_base(self.object, using=using, raw=True, **kwargs)
        if save_m2m:
            self.save_m2m()
        self.m2m_data = None

    def save_m2m(self) -> None:
        """Store the many-to-many values of the saved object."""
        for accessor_name, object_list in (self.m2m_data or {}).items():
            getattr(self.object, accessor_name).set(object_list)
        # A second save must not undo later changes.
        self.m2m_data = None

    def save_deferred_fields(self, using: str | None = None) -> None:
        """Set and save the values that waited for objects further on."""
        self.m2m_data = {}
        for field, field_value in self.deferred_fields.items():
            options = self.object._meta
            label = f"{options.app_label}.{options.model_name}"
            if field.many_to_many:
                try:
                    values = deserialize_m2m_values(field, field_value, using, handle_forward_references=False)
                except M2MDeserializationError as error:
                    raise DeserializationError.WithData(error.original_exc, label, self.object.pk, error.pk) from error
                self.m2m_data[field.name] = values
            else:
                try:
                    value = deserialize_fk_value(field, field_value, using, handle_forward_references=False)
                except Exception as error:
                    raise DeserializationError.WithData(error, label, self.object.pk, field_value) from error
                setattr(self.object, field.attname, value)
        self.save()


def build_instance(model: Any, data: dict[str, Any], db: Any) -> Any:
    """Return an object of *model*; its primary key is looked up by natural key when it has none."""
    pk = model._meta.pk
    lookup = getattr(model._meta.default_manager, "get_by_natural_key", None)
    if lookup is not None and hasattr(model, "natural_key") and data.get(pk.attname) is None:
        unsaved = model(**data)
        # Relations in the key are looked up where the object will be.
        unsaved._state.db = db
        natural_key = unsaved.natural_key()
        try:
            known = model._meta.default_manager.db_manager(db).get_by_natural_key(*natural_key)
            data[pk.attname] = pk.to_python(known.pk)
        except model.DoesNotExist:
            pass
    return model(**data)


def is_natural(value: Any) -> bool:
    """Return whether the value of a relation is a natural key: something with parts."""
    return hasattr(value, "__iter__") and not isinstance(value, str)


def deserialize_m2m_values(field: Any, field_value: Any, using: Any, handle_forward_references: bool) -> Any:
    """
    Return the primary keys of a many-to-many value, ``DEFER_FIELD`` when one of them is still to come.

    Raises:
        M2MDeserializationError: A value cannot be read.
    """
    model = field.remote_field.model
    by_natural_key = hasattr(model._default_manager, "get_by_natural_key")

    def convert(value: Any) -> Any:
        if by_natural_key and is_natural(value):
            return model._default_manager.db_manager(using).get_by_natural_key(*value).pk
        return model._meta.pk.to_python(value)

    try:
        values = iter(field_value)
    except TypeError as error:
        raise M2MDeserializationError(error, field_value) from error
    found: list[Any] = []
    for value in values:
        try:
            found.append(convert(value))
        except Exception as error:
            if isinstance(error, ObjectDoesNotExist) and handle_forward_references:
                return DEFER_FIELD
            raise M2MDeserializationError(error, value) from error
    return found


def deserialize_fk_value(field: Any, field_value: Any, using: Any, handle_forward_references: bool) -> Any:
    """Return the value of a foreign key, ``DEFER_FIELD`` when its object is still to come."""
    if field_value is None:
        return None
    model = field.remote_field.model
    default_manager = model._default_manager
    field_name = field.remote_field.field_name
    if not (hasattr(default_manager, "get_by_natural_key") and is_natural(field_value)):
        return model._meta.get_field(field_name).to_python(field_value)
    try:
        obj = default_manager.db_manager(using).get_by_natural_key(*field_value)
    except ObjectDoesNotExist:
        if handle_forward_references:
            return DEFER_FIELD
        raise
    value = getattr(obj, field_name)
    # The primary key may itself be a relation.
    return value.pk if model._meta.pk.remote_field else value
