"""Objects to and from plain dictionaries; the text formats stand on this one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastjango.apps import apps
from fastjango.core.serializers import base
from fastjango.core.serializers.deserialized import (
    DEFER_FIELD,
    DeserializedObject,
    build_instance,
    deserialize_fk_value,
    deserialize_m2m_values,
    is_natural,
)
from fastjango.db import DEFAULT_DB_ALIAS
from fastjango.utils.encoding import is_protected_type


class Serializer(base.Serializer):
    """Collects ``{"model": ..., "pk": ..., "fields": {...}}`` in a list."""

    internal_use_only = True

    def start_serialization(self) -> None:
        """Begin with an empty list."""
        self._current: Any = None
        self.objects: list[Any] = []

    def end_serialization(self) -> None:
        """Do nothing."""

    def start_object(self, obj: Any) -> None:
        """Begin with no fields."""
        self._current = {}

    def end_object(self, obj: Any) -> None:
        """Add the object to the list."""
        self.objects.append(self.get_dump_object(obj))
        self._current = None

    def get_dump_object(self, obj: Any) -> dict[str, Any]:
        """Return the dictionary of an object whose fields have been handled."""
        data: dict[str, Any] = {"model": str(obj._meta)}
        if not self.use_natural_primary_keys or not hasattr(obj, "natural_key"):
            data["pk"] = self._value_from_field(obj, obj._meta.pk)
        data["fields"] = self._current
        return data

    def _value_from_field(self, obj: Any, field: Any) -> Any:
        """Return a field's value: as it is for numbers and dates, else as text."""
        parts = getattr(obj._meta, "pk_fields", [])
        if field is obj._meta.pk and len(parts) > 1:
            return [self._value_from_field(obj, part) for part in parts]
        value = field.value_from_object(obj)
        return value if is_protected_type(value) else field.value_to_string(obj)

    def handle_field(self, obj: Any, field: Any) -> None:
        """Keep a plain value."""
        self._current[field.name] = self._value_from_field(obj, field)

    def handle_fk_field(self, obj: Any, field: Any) -> None:
        """Keep the key of a related object."""
        if self.use_natural_foreign_keys and hasattr(field.remote_field.model, "natural_key"):
            related = getattr(obj, field.name)
            self._current[field.name] = related.natural_key() if related else None
        else:
            self._current[field.name] = self._value_from_field(obj, field)

    def handle_m2m_field(self, obj: Any, field: Any) -> None:
        """Keep the keys of related objects, unless a model of its own lies between."""
        if not field.remote_field.through._meta.auto_created:
            return
        related = getattr(obj, field.name)
        prefetched = getattr(obj, "_prefetched_objects_cache", {})
        if self.use_natural_foreign_keys and hasattr(field.remote_field.model, "natural_key"):
            objects = prefetched.get(field.name)
            if objects is None:
                objects = related.select_related(None).iterator(chunk_size=2000)
            self._current[field.name] = [value.natural_key() for value in objects]
            return
        objects = prefetched.get(field.name)
        if objects is None:
            objects = related.select_related(None).only("pk").iterator(chunk_size=2000)
        self._current[field.name] = [self._value_from_field(value, value._meta.pk) for value in objects]

    def getvalue(self) -> Any:
        """Return the list."""
        return self.objects


class Deserializer(base.Deserializer):
    """
    Reads dictionaries as the serializer makes them.

    Args:
        using: The database that natural keys are looked up in.
        ignorenonexistent: Leave out models and fields that there are no more.
        handle_forward_references: Let relations to objects further on wait.
    """

    saved_in_batches = True

    def __init__(
        self,
        object_list: Any,
        *,
        using: str = DEFAULT_DB_ALIAS,
        ignorenonexistent: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(object_list, **options)
        self.handle_forward_references = options.pop("handle_forward_references", False)
        self.using = using
        self.ignorenonexistent = ignorenonexistent
        self.field_names_cache: dict[Any, set[str]] = {}
        self._iterator: Iterator[Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        for obj in self.stream:
            yield from self._handle_object(obj)

    def __next__(self) -> Any:
        """Return the next object."""
        if self._iterator is None:
            self._iterator = iter(self)
        return next(self._iterator)

    def _handle_object(self, obj: Any) -> Iterator[DeserializedObject]:
        try:
            model = self._get_model_from_node(obj["model"])
        except base.DeserializationError:
            if self.ignorenonexistent:
                return
            raise
        data: dict[str, Any] = {}
        m2m_data: dict[str, Any] = {}
        deferred: dict[Any, Any] = {}
        if "pk" in obj:
            try:
                data[model._meta.pk.attname] = model._meta.pk.to_python(obj.get("pk"))
            except Exception as error:
                raise base.DeserializationError.WithData(error, obj["model"], obj.get("pk"), None) from error
        known = self._field_names(model)
        for field_name, field_value in obj["fields"].items():
            if self.ignorenonexistent and field_name not in known:
                continue
            field = model._meta.get_field(field_name)
            self._read(obj, field, field_value, data, m2m_data, deferred)
        if data.get(model._meta.pk.attname) is None:
            self.before_lookup()
        yield DeserializedObject(build_instance(model, data, self.using), m2m_data, deferred)

    def _field_names(self, model: Any) -> set[str]:
        if model not in self.field_names_cache:
            self.field_names_cache[model] = {field.name for field in model._meta.get_fields()}
        return self.field_names_cache[model]

    def _read(self, obj: Any, field: Any, field_value: Any, data: Any, m2m_data: Any, deferred: Any) -> None:
        """Read one value into *data*, *m2m_data* or *deferred*."""
        failed = base.DeserializationError.WithData
        try:
            if field.remote_field and field.many_to_many:
                value = self._handle_m2m_field_node(field, field_value)
                target, name = m2m_data, field.name
            elif field.remote_field and (field.many_to_one or field.one_to_one):
                value = self._handle_fk_field_node(field, field_value)
                target, name = data, field.attname
            else:
                value = field.to_python(field_value)
                target, name = data, field.name
        except base.M2MDeserializationError as error:
            raise failed(error.original_exc, obj["model"], obj.get("pk"), error.pk) from error
        except Exception as error:
            raise failed(error, obj["model"], obj.get("pk"), field_value) from error
        if value is DEFER_FIELD:
            deferred[field] = field_value
        else:
            target[name] = value

    def _handle_m2m_field_node(self, field: Any, field_value: Any) -> Any:
        if isinstance(field_value, list | tuple) and any(map(is_natural, field_value)):
            self.before_lookup()
        return deserialize_m2m_values(field, field_value, self.using, self.handle_forward_references)

    def _handle_fk_field_node(self, field: Any, field_value: Any) -> Any:
        if is_natural(field_value):
            self.before_lookup()
        return deserialize_fk_value(field, field_value, self.using, self.handle_forward_references)

    @staticmethod
    def _get_model_from_node(model_identifier: str) -> Any:
        """Return the model of ``"app_label.model_name"``."""
        try:
            return apps.get_model(model_identifier)
        except (LookupError, TypeError):
            raise base.DeserializationError(f"Invalid model identifier: {model_identifier}") from None
