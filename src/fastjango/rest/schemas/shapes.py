"""Serializers and fields as JSON schema, by OpenAPI's rules; what goes in and what comes out."""

from __future__ import annotations

from typing import Any

from fastjango.db import models
from fastjango.rest import serializers
from fastjango.rest.utils.field_mapping import ClassLookupDict
from fastjango.utils.encoding import force_str

_TYPES = ClassLookupDict(
    {
        serializers.Field: {},
        serializers.BooleanField: {"type": "boolean"},
        serializers.CharField: {"type": "string"},
        serializers.EmailField: {"type": "string", "format": "email"},
        serializers.URLField: {"type": "string", "format": "uri"},
        serializers.UUIDField: {"type": "string", "format": "uuid"},
        serializers.SlugField: {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
        serializers.IPAddressField: {"type": "string"},
        serializers.IntegerField: {"type": "integer"},
        serializers.FloatField: {"type": "number"},
        serializers.DecimalField: {"type": "string", "format": "decimal"},
        serializers.DateField: {"type": "string", "format": "date"},
        serializers.DateTimeField: {"type": "string", "format": "date-time"},
        serializers.TimeField: {"type": "string", "format": "time"},
        serializers.DurationField: {"type": "string"},
        serializers.FileField: {"type": "string", "format": "binary"},
        serializers.DictField: {"type": "object"},
        serializers.StringRelatedField: {"type": "string"},
        serializers.HyperlinkedRelatedField: {"type": "string", "format": "uri"},
    }
)
_LIMITS = (
    ("max_length", "maxLength"),
    ("min_length", "minLength"),
    ("max_value", "maximum"),
    ("min_value", "minimum"),
)


def field_schema(field: Any, reading: bool = True) -> dict[str, Any]:
    """Return the schema of one field."""
    found = _bare(field, reading)
    if field.allow_null and found:
        found = {**found, "type": [found["type"], "null"]} if isinstance(found.get("type"), str) else found
    if field.help_text:
        found["description"] = force_str(field.help_text)
    if field.label and field.label != (field.field_name or "").replace("_", " ").capitalize():
        found["title"] = force_str(field.label)
    return found


def _bare(field: Any, reading: bool) -> dict[str, Any]:
    if isinstance(field, serializers.ListSerializer):
        return {"type": "array", "items": serializer_schema(field.child, reading)}
    if isinstance(field, serializers.Serializer):
        return serializer_schema(field, reading)
    if isinstance(field, serializers.ManyRelatedField):
        return {"type": "array", "items": field_schema(field.child_relation, reading)}
    if isinstance(field, serializers.ListField):
        return {"type": "array", "items": field_schema(field.child, reading)}
    if isinstance(field, serializers.MultipleChoiceField):
        return {"type": "array", "items": {"enum": list(field.choices)}}
    if isinstance(field, serializers.ChoiceField):
        return {"enum": list(field.choices)}
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return _key_schema(field)
    found = dict(_TYPES[field])
    for attr, keyword in _LIMITS:
        limit = getattr(field, attr, None)
        if isinstance(limit, int | float) and found.get("type") not in ("array", "object"):
            found[keyword] = limit
    if isinstance(field, serializers.FileField) and reading:
        found = {"type": "string", "format": "uri"}
    return found


def _key_schema(field: Any) -> dict[str, Any]:
    queryset = field.queryset
    model = getattr(queryset, "model", None)
    if model is None:
        owner = getattr(getattr(field.parent, "Meta", None), "model", None)
        relation = (
            owner._meta.get_field(field.source) if owner is not None and _has_field(owner, field.source) else None
        )
        model = getattr(relation, "related_model", None)
    if model is None:
        return {}
    key = model._meta.pk
    if isinstance(key, models.AutoField | models.IntegerField):
        return {"type": "integer"}
    if isinstance(key, models.UUIDField):
        return {"type": "string", "format": "uuid"}
    return {"type": "string"}


def _has_field(model: Any, name: str) -> bool:
    return any(field.name == name for field in model._meta.get_fields())


def serializer_schema(serializer: Any, reading: bool = True) -> dict[str, Any]:
    """
    Return the schema of a serializer.

    Args:
        reading: What goes out, without write-only fields; else what comes in, without read-only ones.
    """
    if isinstance(serializer, serializers.ListSerializer):
        return {"type": "array", "items": serializer_schema(serializer.child, reading)}
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, field in getattr(serializer, "fields", {}).items():
        hidden = isinstance(field, serializers.HiddenField)
        if hidden or (field.write_only if reading else field.read_only):
            continue
        properties[name] = field_schema(field, reading)
        if field.required and not (serializer.partial if hasattr(serializer, "partial") else False):
            required.append(name)
    found: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        found["required"] = required
    return found
