"""
A model as a Pydantic type.

An instance passes validation as it is; a mapping is checked field by field and becomes a new, unsaved instance. Output
is a dictionary of the columns. Input leaves out automatic keys, generated and non-editable fields; output leaves out
``password`` and binary columns. A model may say so itself:

    class Product(models.Model):
        class Api:
            exclude = ("cost",)            # neither in nor out
            read_only = ("created",)       # only out
            write_only = ("secret",)       # only in
"""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import uuid
from typing import Annotated, Any, Literal

from pydantic import EmailStr, Field, GetCoreSchemaHandler
from pydantic_core import core_schema

from fastjango.core.exceptions import ValidationError
from fastjango.db.models.fields.sentinels import NOT_PROVIDED

# What a column is in Python, by the name of its field class; looked up along the class's bases.
PYTHON_TYPES: dict[str, Any] = {
    "AutoField": int,
    "BigAutoField": int,
    "SmallAutoField": int,
    "BigIntegerField": int,
    "IntegerField": int,
    "SmallIntegerField": int,
    "PositiveBigIntegerField": int,
    "PositiveIntegerField": int,
    "PositiveSmallIntegerField": int,
    "BooleanField": bool,
    "CharField": str,
    "TextField": str,
    "SlugField": str,
    "FilePathField": str,
    "DateField": dt.date,
    "DateTimeField": dt.datetime,
    "TimeField": dt.time,
    "DurationField": dt.timedelta,
    "DecimalField": decimal.Decimal,
    "FloatField": float,
    "UUIDField": uuid.UUID,
    "JSONField": Any,
    "GenericIPAddressField": str,
    "FileField": str,
}
SECRET = frozenset(["password"])


def option(model: Any, name: str) -> frozenset[str]:
    """Return one list of field names of ``class Api``."""
    return frozenset(getattr(getattr(model, "Api", None), name, ()))


def base_field(field: Any) -> Any:
    """Return the field whose values a relation's column holds."""
    while field.remote_field is not None and getattr(field, "target_field", None) is not None:
        field = field.target_field
    return field


def python_type(field: Any) -> Any:
    """Return the annotation of a field's values, without NULL."""
    field = base_field(field)
    found: Any = Any
    for cls in type(field).__mro__:
        if cls.__name__ in PYTHON_TYPES:
            found = PYTHON_TYPES[cls.__name__]
            break
    return found


def constraints(field: Any, *, incoming: bool) -> dict[str, Any]:
    """Return Pydantic's limits for a field."""
    field = base_field(field)
    limits: dict[str, Any] = {}
    kind = python_type(field)
    if not incoming:
        return limits
    if kind is str and field.max_length:
        limits["max_length"] = field.max_length
    if kind is str and not field.blank and not field.null:
        limits["min_length"] = 1
    if kind is decimal.Decimal:
        for name in ("max_digits", "decimal_places"):
            if getattr(field, name, None) is not None:
                limits[name] = getattr(field, name)
    if kind is int and "Positive" in type(field).__name__:
        limits["ge"] = 0
    if kind is float:
        limits["allow_inf_nan"] = False
    return limits


def annotation(field: Any, *, incoming: bool) -> Any:
    """Return the whole annotation of a field: type, choices, limits, NULL, description."""
    kind: Any = python_type(field)
    plain = base_field(field)
    names = {cls.__name__ for cls in type(plain).__mro__}
    choices = [value for value, _ in plain.flatchoices if isinstance(value, (str, int))] if incoming else []
    if choices and not field.is_relation:
        if field.blank and kind is str and "" not in choices:
            choices.append("")
        kind = Literal[tuple(choices)]
    elif incoming and "EmailField" in names and not field.blank:
        kind = Annotated[EmailStr, Field(**constraints(field, incoming=True))] if _has_email() else kind
    else:
        limits = constraints(field, incoming=incoming)
        kind = Annotated[kind, Field(**limits)] if limits else kind
    if field.null:
        kind = kind | None if kind is not Any else Any
    described: dict[str, Any] = {"title": str(field.verbose_name).capitalize()}
    if field.help_text:
        described["description"] = str(field.help_text)
    return Annotated[kind, Field(**described)]


@functools.cache
def _has_email() -> bool:
    """Whether the library that checks addresses is installed."""
    try:
        import email_validator  # noqa: F401
    except ImportError:
        return False
    return True


def fields_out(model: Any) -> list[Any]:
    """Return the fields of the output."""
    hidden = option(model, "exclude") | option(model, "write_only") | SECRET
    return [
        field
        for field in model._meta.concrete_fields
        if field.attname not in hidden and field.name not in hidden and field.get_internal_type() != "BinaryField"
    ]


def fields_in(model: Any) -> list[Any]:
    """Return the fields that input may set."""
    hidden = option(model, "exclude") | option(model, "read_only")
    return [
        field
        for field in model._meta.concrete_fields
        if field.attname not in hidden
        and field.name not in hidden
        and field.editable
        and not field.auto_created
        and field is not model._meta.auto_field
        and not field.generated
        and field.get_internal_type() not in {"BinaryField", "FileField", "ImageField"}
    ]


def is_required(field: Any) -> bool:
    """Whether input must name the field."""
    return not (
        field.null
        or field.blank
        or field.has_default()
        or getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
    )


def _read(instance: Any, name: str) -> Any:
    """Return the value of one column for output; files are their address."""
    value = getattr(instance, name)
    if hasattr(value, "field") and hasattr(value, "storage"):
        if not value:
            return None
        try:
            return value.url
        except (ValueError, NotImplementedError):
            return value.name
    return value


def build_instance(model: Any, values: dict[str, Any]) -> Any:
    """Return a new instance from checked input; the model's own field validators have run."""
    for field in fields_in(model):
        if field.attname in values and values[field.attname] not in field.empty_values:
            try:
                field.run_validators(values[field.attname])
            except ValidationError as exc:
                raise ValueError(f"{field.attname}: {'; '.join(exc.messages)}") from exc
    return model(**values)


def _typed_dict(model: Any, handler: GetCoreSchemaHandler, fields: list[Any], *, incoming: bool) -> Any:
    """Return the schema of a dictionary with *fields*."""
    members: dict[str, core_schema.TypedDictField] = {}
    for field in fields:
        kind = annotation(field, incoming=incoming)
        if not incoming and base_field(field).get_internal_type() in {"FileField", "ImageField"}:
            kind = str | None
        members[field.attname] = core_schema.typed_dict_field(
            handler.generate_schema(kind), required=not incoming or is_required(field)
        )
    return core_schema.typed_dict_schema(members, extra_behavior="ignore", cls_name=model.__name__)


def core_schema_of(model: Any, handler: GetCoreSchemaHandler) -> Any:
    """Return the core schema of *model*: instance or mapping in, dictionary out."""
    names = [field.attname for field in fields_out(model)]
    incoming = _typed_dict(model, handler, fields_in(model), incoming=True)
    outgoing = _typed_dict(model, handler, fields_out(model), incoming=False)

    def dump(value: Any) -> Any:
        return {name: _read(value, name) for name in names} if isinstance(value, model) else value

    def build(values: dict[str, Any]) -> Any:
        return build_instance(model, values)

    def instance_or_mapping(value: Any, check: Any) -> Any:
        return value if isinstance(value, model) else check(value)

    return core_schema.no_info_wrap_validator_function(
        instance_or_mapping,
        core_schema.no_info_after_validator_function(build, incoming),
        serialization=core_schema.plain_serializer_function_ser_schema(dump, return_schema=outgoing),
        # A reference gives the model one place in an OpenAPI document.
        ref=f"{model.__module__}.{model.__qualname__}:{id(model)}",
    )


__all__ = ["build_instance", "core_schema_of", "fields_in", "fields_out"]
