"""
Serializers and fields as JSON schema, by OpenAPI's rules; what goes in and what comes out.

What comes out has no limits, as a row may be older than a rule, but says what is always there and what may be null; what
goes in has the limits of its fields.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_type_hints

from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db import models
from fastjango.rest import serializers
from fastjango.rest.settings import api_settings
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
        serializers.DateField: {"type": "string", "format": "date"},
        serializers.DateTimeField: {"type": "string", "format": "date-time"},
        serializers.TimeField: {"type": "string", "format": "time"},
        serializers.DurationField: {"type": "string"},
        serializers.FileField: {"type": "string", "format": "binary"},
        serializers.StringRelatedField: {"type": "string"},
        serializers.HyperlinkedRelatedField: {"type": "string", "format": "uri-reference"},
    }
)
_LIMITS = (
    ("max_length", "maxLength"),
    ("min_length", "minLength"),
    ("max_value", "maximum"),
    ("min_value", "minimum"),
)
_ANNOTATED: dict[Any, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
}


def field_schema(field: Any, reading: bool = True) -> dict[str, Any]:
    """Return the schema of one field."""
    found = _bare(field, reading)
    if _may_be_null(field, reading):
        found = _or_null(found)
    if field.help_text:
        found["description"] = force_str(field.help_text)
    if field.label and field.label != (field.field_name or "").replace("_", " ").capitalize():
        found["title"] = force_str(field.label)
    return found


def _may_be_null(field: Any, reading: bool) -> bool:
    if field.allow_null:
        return True
    if not reading:
        return False
    if isinstance(field, serializers.FileField):
        return True
    plain = model_field(field)
    return bool(plain is not None and getattr(plain, "null", False) and not getattr(plain, "many_to_many", False))


def _or_null(found: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in found:
        return {**found, "anyOf": [*found["anyOf"], {"type": "null"}]}
    if "enum" in found and None not in found["enum"]:
        found = {**found, "enum": [*found["enum"], None]}
    return {**found, "type": [found["type"], "null"]} if isinstance(found.get("type"), str) else found


def _bare(field: Any, reading: bool) -> dict[str, Any]:
    if isinstance(field, serializers.ListSerializer):
        return {"type": "array", "items": serializer_schema(field.child, reading), **_sizes(field, reading)}
    if isinstance(field, serializers.Serializer):
        return serializer_schema(field, reading)
    if isinstance(field, serializers.ManyRelatedField):
        return {"type": "array", "items": field_schema(field.child_relation, reading), **_sizes(field, reading)}
    if isinstance(field, serializers.ListField):
        return {"type": "array", "items": field_schema(field.child, reading), **_sizes(field, reading)}
    if isinstance(field, serializers.DictField):
        return {"type": "object", "additionalProperties": field_schema(field.child, reading)}
    if isinstance(field, serializers.MultipleChoiceField):
        return {"type": "array", "items": {"enum": list(field.choices)}, **_sizes(field, reading)}
    if isinstance(field, serializers.ChoiceField):
        return _choices(field, reading)
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return _key_schema(field, reading)
    if isinstance(field, serializers.DecimalField):
        return _decimal_schema(field, reading)
    if isinstance(field, serializers.SerializerMethodField):
        return _method_schema(field)
    if isinstance(field, serializers.FileField) and reading:
        return {"type": "string", "format": "uri-reference"}
    found = dict(_TYPES[field])
    if not reading and found.get("type") not in (None, "array", "object"):
        found.update(_limits(field))
        if isinstance(field, serializers.CharField) and not field.allow_blank:
            found.setdefault("minLength", 1)
    if isinstance(field, serializers.SlugField) and (reading or field.allow_blank or field.allow_unicode):
        found.pop("pattern")
    return found


def _limits(field: Any) -> dict[str, Any]:
    found = {}
    for attr, keyword in _LIMITS:
        limit = getattr(field, attr, None)
        if isinstance(limit, int | float):
            found[keyword] = limit
        elif isinstance(limit, Decimal):
            found[keyword] = float(limit)
    return found


def _sizes(field: Any, reading: bool) -> dict[str, int]:
    """Return how many items a list that comes in may have."""
    if reading:
        return {}
    found = {}
    low, high = getattr(field, "min_length", None), getattr(field, "max_length", None)
    if low is None and not getattr(field, "allow_empty", True):
        low = 1
    if low is not None:
        found["minItems"] = int(low)
    if high is not None:
        found["maxItems"] = int(high)
    return found


def _choices(field: Any, reading: bool) -> dict[str, Any]:
    values = list(dict.fromkeys(field.choices))
    plain = model_field(field) if reading else None
    if "" not in values and (field.allow_blank or getattr(plain, "blank", False)):
        values.append("")
    return {"enum": values}


def _decimal_schema(field: Any, reading: bool) -> dict[str, Any]:
    """Return text or number for what comes out, both for what comes in."""
    as_text = bool(getattr(field, "coerce_to_string", api_settings.COERCE_DECIMAL_TO_STRING))
    if reading:
        return {"type": "string", "format": "decimal"} if as_text else {"type": "number"}
    limits = {name: limit for name, limit in _limits(field).items() if name in ("maximum", "minimum")}
    return {"anyOf": [{"type": "number", **limits}, {"type": "string", "format": "decimal"}]}


def _method_schema(field: Any) -> dict[str, Any]:
    """Return what the method's annotation says."""
    method = getattr(field.parent, field.method_name or "", None)
    try:
        said = get_type_hints(method).get("return")
    except Exception:  # noqa: BLE001 - a name that is not there at run time says nothing
        return {}
    return dict(_ANNOTATED.get(said, {}))


def model_field(field: Any) -> Any:
    """Return the model's field that a serializer's field reads, None where it is none, or not plain to see."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    source = getattr(field, "source", None)
    if model is None or not source or source == "*":
        return None
    found: Any = None
    for name in source.split("."):
        if model is None:
            return None
        try:
            found = model._meta.get_field(name)
        except FieldDoesNotExist:
            found = next((one for one in model._meta.concrete_fields if one.attname == name), None)
        if found is None:
            return None
        model = getattr(found, "related_model", None)
    return found


def _key_schema(field: Any, reading: bool) -> dict[str, Any]:
    if field.pk_field:
        return _bare(field.pk_field, reading)
    model = getattr(field.queryset, "model", None)
    if model is None:
        owner = field.parent if isinstance(field.parent, serializers.ManyRelatedField) else field
        model = getattr(model_field(owner), "related_model", None)
    return key_schema(model._meta.pk) if model is not None else {}


def key_schema(key: Any) -> dict[str, Any]:
    """Return what the values of a key are."""
    while key.remote_field is not None:
        key = key.target_field
    if isinstance(key, models.AutoField | models.IntegerField):
        return {"type": "integer"}
    if isinstance(key, models.UUIDField):
        return {"type": "string", "format": "uuid"}
    return {"type": "string"}


def _is_always_there(field: Any) -> bool:
    """Whether what comes out has the field: one that the instance lacks is left out where it may be."""
    if field.required or isinstance(field, serializers.SerializerMethodField):
        return True
    source = getattr(field, "source", None) or ""
    plain = None if "." in source else model_field(field)
    # An object of a one-to-one relation may not be there, seen from the other side.
    return source == "pk" or (plain is not None and (plain.concrete or not plain.one_to_one))


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
        if _is_always_there(field) if reading else field.required and not getattr(serializer, "partial", False):
            required.append(name)
    found: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        found["required"] = required
    return found


__all__ = ["field_schema", "key_schema", "model_field", "serializer_schema"]
