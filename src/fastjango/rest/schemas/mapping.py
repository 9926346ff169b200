"""
Serializers and fields as OpenAPI 3.0 schemas, as DRF's ``AutoSchema`` describes them.

``AutoSchema`` of ``openapi.py`` has these methods, so that a subclass may describe a field of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fastjango.core.validators import (
    DecimalValidator,
    EmailValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
    RegexValidator,
    URLValidator,
)
from fastjango.db import models
from fastjango.rest import serializers
from fastjango.rest.serializers import _UnvalidatedField, empty
from fastjango.rest.settings import api_settings
from fastjango.rest.utils.field_mapping import ClassLookupDict

_INT32 = (-(2**31), 2**31 - 1)


def _text(text_format: str | None = None) -> dict[str, Any]:
    return {"type": "string", "format": text_format} if text_format else {"type": "string"}


# What the class alone decides; the nearest base class counts.
_PLAIN = ClassLookupDict(
    {
        serializers.Field: _text(),
        serializers.BooleanField: {"type": "boolean"},
        serializers.DateField: _text("date"),
        serializers.DateTimeField: _text("date-time"),
        serializers.DictField: {"type": "object"},
        serializers.EmailField: _text("email"),
        serializers.FileField: _text("binary"),
        serializers.JSONField: {"type": "object"},
        serializers.URLField: _text("uri"),
        serializers.UUIDField: _text("uuid"),
    }
)


def _step(decimal_places: int | None) -> dict[str, Any]:
    """Return what numbers with so many decimal places are multiples of."""
    return {"multipleOf": float(Decimal(1).scaleb(-decimal_places))} if decimal_places else {}


def _within_digits(digits: int) -> dict[str, Any]:
    """Return the limits of numbers with so many digits before the point."""
    return {"maximum": 10**digits, "minimum": -(10**digits)}


def _limits(field: Any) -> dict[str, Any]:
    """Return the field's own limits."""
    named = (("maximum", field.max_value), ("minimum", field.min_value))
    return {keyword: limit for keyword, limit in named if limit is not None}


def _decimals_are_text(field: Any) -> bool:
    return bool(getattr(field, "coerce_to_string", api_settings.COERCE_DECIMAL_TO_STRING))


def _decimal_schema(field: Any) -> dict[str, Any]:
    found: dict[str, Any] = _text("decimal") if _decimals_are_text(field) else {"type": "number"}
    found.update(_step(field.decimal_places))
    if field.max_whole_digits:
        found.update(_within_digits(field.max_whole_digits))
    return {**found, **_limits(field)}


def _integer_schema(field: Any) -> dict[str, Any]:
    found = {"type": "integer", **_limits(field)}
    low, high = _INT32
    if any(not low <= int(found.get(limit, 0)) <= high for limit in ("maximum", "minimum")):
        found["format"] = "int64"
    return found


def _address_schema(field: Any) -> dict[str, Any]:
    return _text(None if field.protocol == "both" else field.protocol)


# What depends on the field's arguments.
_BY_FIELD: tuple[tuple[Any, Callable[[Any], dict[str, Any]]], ...] = (
    (serializers.IPAddressField, _address_schema),
    (serializers.DecimalField, _decimal_schema),
    (serializers.FloatField, lambda field: {"type": "number", **_limits(field)}),
    (serializers.IntegerField, _integer_schema),
)


def _choices_type(choices: list[Any]) -> str | None:
    """Return the type that all choices have, ``None`` where they have several."""
    kinds: tuple[tuple[str, Any], ...] = (
        ("boolean", bool),
        ("integer", int),
        ("number", int | float | Decimal),
        ("string", str),
    )
    return next((name for name, kind in kinds if all(isinstance(choice, kind) for choice in choices)), None)


def _validator_schema(validator: Any, field: Any) -> dict[str, Any]:
    """Return what a validator says of the values it takes."""
    unit = "Items" if isinstance(field, serializers.ListField) else "Length"
    if isinstance(validator, RegexValidator):
        found = {"pattern": validator.regex.pattern.replace("\\Z", "\\z")}
        return {"format": "uri", **found} if isinstance(validator, URLValidator) else found
    if isinstance(validator, EmailValidator):
        return {"format": "email"}
    if isinstance(validator, MaxLengthValidator):
        return {f"max{unit}": validator.limit_value}
    if isinstance(validator, MinLengthValidator):
        return {f"min{unit}": validator.limit_value}
    if isinstance(validator, MaxValueValidator):
        return {"maximum": validator.limit_value}
    if isinstance(validator, MinValueValidator):
        return {"minimum": validator.limit_value}
    if isinstance(validator, DecimalValidator) and not _decimals_are_text(field):
        found = _step(validator.decimal_places)
        if validator.max_digits:
            found.update(_within_digits(validator.max_digits - max(validator.decimal_places or 0, 0)))
        return found
    return {}


class FieldMapping:
    """Says what fields and serializers take and give; each method may be overridden for fields of one's own."""

    def map_choicefield(self, field: Any) -> dict[str, Any]:
        """Return the schema of a choice: what may be chosen, and its type where all have the same."""
        # One after the other and each once: a set would have no order.
        choices = list(dict.fromkeys(field.choices))
        kind = _choices_type(choices)
        return {"enum": choices, "type": kind} if kind else {"enum": choices}

    def _list_of(self, items: dict[str, Any]) -> dict[str, Any]:
        return {"type": "array", "items": items}

    def map_field(self, field: Any) -> dict[str, Any]:
        """Return the schema of a field, without what every field may have: ``map_serializer()`` adds that."""
        if isinstance(field, serializers.ListSerializer):
            return self._list_of(self.map_serializer(field.child))
        if isinstance(field, serializers.Serializer):
            return {**self.map_serializer(field), "type": "object"}
        if isinstance(field, serializers.ManyRelatedField):
            return self._list_of(self.map_field(field.child_relation))
        if isinstance(field, serializers.PrimaryKeyRelatedField):
            return self._key_schema(field)
        if isinstance(field, serializers.MultipleChoiceField):
            return self._list_of(self.map_choicefield(field))
        if isinstance(field, serializers.ChoiceField):
            return self.map_choicefield(field)
        if isinstance(field, serializers.ListField):
            is_open = isinstance(field.child, _UnvalidatedField)
            return self._list_of({} if is_open else self.map_field(field.child))
        for kind, describe in _BY_FIELD:
            if isinstance(field, kind):
                return describe(field)
        return dict(_PLAIN[field])

    def _key_schema(self, field: Any) -> dict[str, Any]:
        if field.pk_field:
            return self.map_field(field.pk_field)
        model = getattr(field.queryset, "model", None)
        is_number = model is not None and isinstance(model._meta.pk, models.AutoField)
        return {"type": "integer"} if is_number else _text()

    def map_serializer(self, serializer: Any) -> dict[str, Any]:
        """Return the schema of a serializer: its fields, and those that input must have."""
        required: list[str] = []
        properties: dict[str, Any] = {}
        for field in serializer.fields.values():
            if isinstance(field, serializers.HiddenField):
                continue
            name = self.get_field_name(field)
            properties[name] = self._property(field)
            if field.required and not serializer.partial:
                required.append(name)
        found: dict[str, Any] = {"type": "object", "properties": properties}
        return {**found, "required": required} if required else found

    def _property(self, field: Any) -> dict[str, Any]:
        schema = self.map_field(field)
        flags = (("readOnly", field.read_only), ("writeOnly", field.write_only), ("nullable", field.allow_null))
        schema.update({name: True for name, holds in flags if holds})
        if field.default is not None and field.default is not empty and not callable(field.default):
            schema["default"] = field.default
        if field.help_text:
            schema["description"] = str(field.help_text)
        self.map_field_validators(field, schema)
        return schema

    def map_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        """Put into *schema* what the field's validators say."""
        for validator in field.validators:
            schema.update(_validator_schema(validator, field))

    def get_field_name(self, field: Any) -> str:
        """Return the name of a field in the schema."""
        return str(field.field_name)


__all__ = ["FieldMapping"]
