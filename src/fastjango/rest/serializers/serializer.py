"""``Serializer``: a mapping of fields, its validation and its representation."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from fastjango.core.exceptions import ValidationError as DjangoValidationError
from fastjango.rest.exceptions import ErrorDetail, ValidationError
from fastjango.rest.serializers.base import BaseSerializer, as_serializer_error, run_validation
from fastjango.rest.serializers.composite import JSONField
from fastjango.rest.serializers.field import Field, SkipField, empty, get_error_detail
from fastjango.rest.serializers.plans import class_reader, own_reader
from fastjango.rest.settings import api_settings
from fastjango.rest.utils import html
from fastjango.rest.utils.representation import serializer_repr
from fastjango.rest.utils.serializer_helpers import (
    BindingDict,
    BoundField,
    JSONBoundField,
    NestedBoundField,
    ReturnDict,
)
from fastjango.utils.functional import cached_property
from fastjango.utils.translation import gettext_lazy as _


class SerializerMetaclass(type):
    """Collects the declared fields, in order, as ``_declared_fields``."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        own = [(key, attrs.pop(key)) for key, value in list(attrs.items()) if isinstance(value, Field)]
        own.sort(key=lambda pair: pair[1]._creation_counter)
        # A name that the class body uses for something else, None for instance, hides the inherited field.
        known = set(attrs)
        inherited: list[tuple[str, Any]] = []
        for base in bases:
            for key, field in getattr(base, "_declared_fields", {}).items():
                if key not in known:
                    known.add(key)
                    inherited.append((key, field))
        attrs["_declared_fields"] = dict(inherited + own)
        return super().__new__(mcs, name, bases, attrs)


class Serializer(BaseSerializer, metaclass=SerializerMetaclass):
    """
    A serializer whose fields are declared as class attributes.

    ``validate_<field>(value)`` and ``validate(attrs)`` add checks; ``create()`` and ``update()`` make ``save()`` work.
    """

    default_error_messages = {"invalid": _("Invalid data. Expected a dictionary, but got {datatype}.")}
    _declared_fields: dict[str, Field]

    def __init__(self, instance: Any = None, data: Any = empty, **kwargs: Any) -> None:
        super().__init__(instance, data, **kwargs)

    @cached_property
    def fields(self) -> BindingDict:
        """The fields by name, bound to this serializer."""
        fields = BindingDict(self)
        for key, value in self.get_fields().items():
            fields[key] = value
        return fields

    @property
    def _writable_fields(self) -> Iterator[Any]:
        return (field for field in self.fields.values() if not field.read_only)

    @property
    def _readable_fields(self) -> Iterator[Any]:
        return (field for field in self.fields.values() if not field.write_only)

    def get_fields(self) -> dict[str, Any]:
        """Return fresh copies of the fields by name."""
        return copy.deepcopy(self._declared_fields)

    def get_validators(self) -> list[Any]:
        """Return the validators of ``Meta``."""
        validators = getattr(getattr(self, "Meta", None), "validators", None)
        return list(validators) if validators else []

    # ------------------------------------------------------------ in

    def get_initial(self) -> Any:
        """Return the values of an empty form, or the input itself."""
        if not hasattr(self, "initial_data"):
            return {field.field_name: field.get_initial() for field in self.fields.values() if not field.read_only}
        if not isinstance(self.initial_data, Mapping):
            return {}
        values = {
            field.field_name: field.get_value(self.initial_data)
            for field in self.fields.values()
            if not field.read_only
        }
        return {key: value for key, value in values.items() if value is not empty}

    def get_value(self, dictionary: Any) -> Any:
        """Return this serializer's part of the input; ``name.key`` in forms."""
        if html.is_html_input(dictionary):
            return html.parse_html_dict(dictionary, prefix=self.field_name) or empty
        return dictionary.get(self.field_name, empty)

    def run_validation(self, data: Any = empty) -> Any:
        """Return the validated data; errors are by field."""
        return run_validation(self, data)

    def _read_only_defaults(self) -> dict[str, Any]:
        defaults: dict[str, Any] = {}
        for field in self.fields.values():
            if not field.read_only or field.default is empty or field.source == "*" or "." in field.source:
                continue
            try:
                defaults[field.source] = field.get_default()
            except SkipField:
                continue
        return defaults

    def run_validators(self, value: Any) -> None:
        """Run the validators; defaults of read-only fields count as given."""
        if isinstance(value, dict):
            value = {**self._read_only_defaults(), **value}
        super().run_validators(value)

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values by source."""
        if not isinstance(data, Mapping):
            message = self.error_messages["invalid"].format(datatype=type(data).__name__)
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [message]}, code="invalid")
        result: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for field in self._writable_fields:
            check = getattr(self, "validate_" + field.field_name, None)
            try:
                value = field.run_validation(field.get_value(data))
                if check is not None:
                    value = check(value)
            except ValidationError as exc:
                errors[field.field_name] = exc.detail
            except DjangoValidationError as exc:
                errors[field.field_name] = get_error_detail(exc)
            except SkipField:
                pass
            else:
                self.set_value(result, field.source_attrs, value)
        if errors:
            raise ValidationError(errors)
        return result

    def set_value(self, dictionary: dict[str, Any], keys: list[str], value: Any) -> None:
        """Put *value* where *keys* lead, mappings inside mappings; all of it for no keys."""
        if not keys:
            dictionary.update(value)
            return
        for key in keys[:-1]:
            dictionary = dictionary.setdefault(key, {})
        dictionary[keys[-1]] = value

    def validate(self, attrs: Any) -> Any:
        """Return the data; raise ``ValidationError`` for what concerns more than one field."""
        return attrs

    # ------------------------------------------------------------ out

    def _reader(self) -> Any:
        """Return the compiled reader of this serializer's fields."""
        read = class_reader(self)
        return read if read is not None else own_reader(self)

    def to_representation(self, instance: Any) -> Any:
        """Return the fields' values as a dict, ready for JSON."""
        return self._reader().one(self, instance)

    # Lists of such serializers look the reader up once.
    to_representation._is_compiled = True  # type: ignore[attr-defined]

    @property
    def data(self) -> Any:
        """The representation of the instance, or of the input."""
        return ReturnDict(super().data, serializer=self)

    @property
    def errors(self) -> Any:
        """The errors by field."""
        found = super().errors
        if isinstance(found, list) and len(found) == 1 and getattr(found[0], "code", None) == "null":
            found = {api_settings.NON_FIELD_ERRORS_KEY: [ErrorDetail("No data provided", code="null")]}
        return ReturnDict(found, serializer=self)

    # ------------------------------------------------------------ as a form

    def __repr__(self) -> str:
        return serializer_repr(self, indent=1)

    def __iter__(self) -> Iterator[BoundField]:
        for field in self.fields.values():
            yield self[field.field_name]

    def __getitem__(self, key: str) -> BoundField:
        field = self.fields[key]
        value = self.data.get(key)
        error = self.errors.get(key) if hasattr(self, "_errors") else None
        if isinstance(field, Serializer):
            return NestedBoundField(field, value, error)
        return (JSONBoundField if isinstance(field, JSONField) else BoundField)(field, value, error)


__all__ = ["BaseSerializer", "Serializer", "SerializerMetaclass", "as_serializer_error"]
