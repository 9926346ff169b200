"""
A model field as a Pydantic annotation: its Python type, its limits, and what the JSON schema says of it.

Used by ``pydantic.py`` (the model itself as a type) and ``schema_class.py`` (schemas made from a model).
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from fastjango.conf import settings
from fastjango.core import validators as checks
from fastjango.core.exceptions import ValidationError
from fastjango.db.models.fields.sentinels import NOT_PROVIDED
from fastjango.utils import timezone

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
    "BinaryField": bytes,
}
# Formats of JSON schema, where the type alone does not say it.
FORMATS = {"EmailField": "email", "URLField": "uri"}
PATTERNS = {"SlugField": r"^[-a-zA-Z0-9_]+$"}


def base_field(field: Any) -> Any:
    """Return the field whose values a relation's column holds."""
    while field.remote_field is not None and getattr(field, "target_field", None) is not None:
        field = field.target_field
    return field


def kinds(field: Any) -> list[str]:
    """Return the names of the field's classes, the closest first."""
    return [cls.__name__ for cls in type(base_field(field)).__mro__]


def python_type(field: Any) -> Any:
    """
    Return the type of a field's values, without NULL; ``Any`` where it is not known.

    A field may say it itself: ``python_annotation(python_type)``.
    """
    said = getattr(base_field(field), "python_annotation", None)
    if said is not None:
        return said(python_type)
    return next((PYTHON_TYPES[name] for name in kinds(field) if name in PYTHON_TYPES), Any)


def is_file(field: Any) -> bool:
    """Whether the column holds the name of a file."""
    return base_field(field).get_internal_type() in {"FileField", "ImageField"}


def is_secret(field: Any) -> bool:
    """Whether a column is put out only where it is named: passwords and their hashes."""
    return "password" in field.name.lower()


def option(model: Any, name: str) -> frozenset[str]:
    """Return one list of field names of ``class Api``."""
    return frozenset(getattr(getattr(model, "Api", None), name, ()))


def is_named(field: Any, names: frozenset[str]) -> bool:
    """Whether a field is among *names*, by its own name or its column's."""
    return field.name in names or getattr(field, "attname", None) in names


def is_settable(field: Any) -> bool:
    """Whether input may set the column: not a key made by the database, no stamp, nothing that forms leave out."""
    return bool(
        field.concrete
        and field.editable
        and not field.auto_created
        and field is not field.model._meta.auto_field
        and not field.generated
        and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False)
        and not is_named(field, option(field.model, "read_only"))
    )


def is_settable_list(relation: Any, model: Any) -> bool:
    """Whether input may set the relation to many, or its other side, that *model* has."""
    names = {relation.name, relation.get_accessor_name()} if relation.auto_created else {relation.name}
    if names & option(model, "read_only"):
        return False
    return bool(relation.auto_created or relation.editable)


def is_required(field: Any) -> bool:
    """Whether input must name the field."""
    return not (
        field.null
        or field.blank
        or field.has_default()
        or getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
    )


def constant_default(field: Any) -> Any:
    """Return the default that input gets, if it is a plain value; else ``NOT_PROVIDED``."""
    if not field.has_default() or callable(field.default):
        return NOT_PROVIDED if not field.null or field.has_default() else None
    value = field.default
    value = getattr(value, "value", value)
    try:
        # As rows give it back: 0 for a DecimalField is a decimal number.
        return field.to_python(value) if isinstance(value, (str, int, float)) else value
    except ValidationError:
        return value


def _bounds(field: Any) -> tuple[Any, Any]:
    """Return the lowest and the highest value that the field's validators let through."""
    low: Any = None
    high: Any = None
    for check in field.validators:
        limit = getattr(check, "limit_value", None)
        if limit is None or callable(limit):
            continue
        if type(check) is checks.MinValueValidator:
            low = limit if low is None else max(low, limit)
        elif type(check) is checks.MaxValueValidator:
            high = limit if high is None else min(high, limit)
    return low, high


def constraints(field: Any) -> dict[str, Any]:
    """Return Pydantic's limits for the values that a field takes."""
    field = base_field(field)
    limits: dict[str, Any] = {}
    kind = python_type(field)
    if kind is str:
        if field.max_length:
            limits["max_length"] = field.max_length
        if not field.blank and not field.null:
            limits["min_length"] = 1
        for check in field.validators:
            if type(check) is checks.MinLengthValidator and not callable(check.limit_value) and not field.blank:
                limits["min_length"] = max(check.limit_value, limits.get("min_length", 0))
    elif kind is decimal.Decimal:
        for name in ("max_digits", "decimal_places"):
            if getattr(field, name, None) is not None:
                limits[name] = getattr(field, name)
    elif kind is float:
        limits["allow_inf_nan"] = False
    if kind in {int, float, decimal.Decimal}:
        low, high = _bounds(field)
        if low is not None:
            limits["ge"] = low
        if high is not None:
            limits["le"] = high
    return limits


def choices_of(field: Any) -> list[Any]:
    """Return the values of the field's choices that JSON can say."""
    if field.is_relation or not field.choices or hasattr(field, "python_annotation"):
        return []
    values = [getattr(value, "value", value) for value, _ in field.flatchoices]
    found = [value for value in values if isinstance(value, (str, int))]
    if found and field.blank and python_type(field) is str and "" not in found:
        found.append("")
    return found


class RunValidators:
    """Runs the validators of a model field on a value that has its type already."""

    __slots__ = ("field",)

    def __init__(self, field: Any) -> None:
        self.field = field

    def __call__(self, value: Any) -> Any:
        field = self.field
        if value in field.empty_values:
            return value
        value = in_zone(value)
        if isinstance(value, decimal.Decimal):
            value = _as_stored(value, field)
        if isinstance(value, str) and "\x00" in value:
            raise PydanticCustomError("null_characters_not_allowed", "Null characters are not allowed.")
        try:
            field.run_validators(value)
        except ValidationError as exc:
            raise PydanticCustomError("invalid", "{text}", {"text": " ".join(exc.messages)}) from exc
        return value


def _as_stored(value: decimal.Decimal, field: Any) -> decimal.Decimal:
    """Return the number with as many places as the column gives back."""
    places = getattr(base_field(field), "decimal_places", None)
    if places is None or not value.is_finite():
        return value
    try:
        return value.quantize(decimal.Decimal(1).scaleb(-places))
    except decimal.InvalidOperation:
        return value


def in_zone(value: Any) -> Any:
    """Return a moment as ``USE_TZ`` wants it, and a time of day without its zone, as it has none; others as they are."""
    if isinstance(value, dt.time):
        return value.replace(tzinfo=None)
    if not isinstance(value, dt.datetime):
        return value
    if settings.USE_TZ and timezone.is_naive(value):
        return timezone.make_aware(value)
    if not settings.USE_TZ and timezone.is_aware(value):
        return timezone.make_naive(value, dt.UTC)
    return value


def filter_type(field: Any) -> Any:
    """Return the annotation of a value that a field is compared with."""
    kind = python_type(field)
    return Annotated[kind, AfterValidator(in_zone)] if kind in (dt.datetime, dt.time) else kind


def file_address(value: Any) -> Any:
    """Return the URL of a file, its name where the storage has no URLs, None where there is no file."""
    if not hasattr(value, "storage"):
        return value
    if not value:
        return None
    try:
        return value.url
    except (ValueError, NotImplementedError):
        return value.name


def annotation(field: Any, *, incoming: bool, optional: bool = False) -> Any:
    """
    Return the whole annotation of a field: type, choices, limits, NULL, description.

    Args:
        incoming: With what a value must fulfil; without, any value that a row may have.
        optional: NULL is a value, whatever the field says.
    """
    kind: Any = python_type(field)
    plain = base_field(field)
    if incoming:
        kind = _incoming(field, plain, kind)
    elif is_file(plain):
        kind = Annotated[str | None, BeforeValidator(file_address)]
    if (field.null or optional) and kind is not Any:
        kind = kind | None
    return Annotated[kind, Field(**description(field))]


def _incoming(field: Any, plain: Any, kind: Any) -> Any:
    choices = choices_of(field)
    if choices:
        return Literal[tuple(choices)]
    limits = constraints(plain)
    extra = [RunValidators(field if not field.is_relation else plain)]
    schema: dict[str, Any] = {}
    for name in kinds(plain):
        if name in FORMATS and not plain.blank:
            schema.setdefault("format", FORMATS[name])
        if name in PATTERNS and not getattr(plain, "allow_unicode", False) and not plain.blank:
            schema.setdefault("pattern", PATTERNS[name])
    if schema:
        limits["json_schema_extra"] = schema
    return Annotated[kind, Field(**limits), *(AfterValidator(check) for check in extra)]


def description(field: Any) -> dict[str, Any]:
    """Return title and description of a field, for the JSON schema."""
    said: dict[str, Any] = {"title": str(field.verbose_name).capitalize()}
    if field.help_text:
        said["description"] = str(field.help_text)
    return said


__all__ = [
    "PYTHON_TYPES",
    "annotation",
    "base_field",
    "choices_of",
    "constant_default",
    "constraints",
    "description",
    "file_address",
    "filter_type",
    "in_zone",
    "is_file",
    "is_named",
    "is_required",
    "is_secret",
    "is_settable",
    "is_settable_list",
    "option",
    "python_type",
]
