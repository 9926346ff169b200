"""
The fields of a schema as ``reading.py`` wants to know them: where each value comes from and what it is.

A schema is a Pydantic class, or a model (then its output).
"""

from __future__ import annotations

import datetime as dt
import decimal
import types
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import BaseMetadata
from pydantic import AfterValidator, AliasChoices, AliasPath, AllowInfNan, BaseModel, BeforeValidator, RootModel
from pydantic.fields import FieldInfo

from fastjango.db.models.faces.annotations import RunValidators, choices_of, file_address, is_file, python_type
from fastjango.db.models.faces.pydantic import fields_out
from fastjango.db.models.faces.schema_fields import keys_of, members_of

# Values that are written to JSON the same way by Pydantic and by orjson.
PLAIN = frozenset([int, str, bool, float, decimal.Decimal, dt.datetime, dt.date, dt.time, uuid.UUID, Any])
# Settings that change nothing of values which have their type already.
HARMLESS = frozenset(
    [
        "alias_generator",
        "arbitrary_types_allowed",
        "defer_build",
        "from_attributes",
        "frozen",
        "json_schema_extra",
        "json_schema_serialization_defaults_required",
        "populate_by_name",
        "protected_namespaces",
        "serialize_by_alias",
        "title",
        "use_attribute_docstrings",
        "validate_by_alias",
        "validate_by_name",
    ]
)


@dataclass(frozen=True)
class Member:
    """One field of a schema."""

    name: str
    # What it is called in the output, and the attributes that lead to its value.
    key: str
    source: tuple[str, ...]
    kind: Any
    nullable: bool
    # The schema of the object, or of the objects of the list.
    nested: Any
    is_list: bool
    # Whether nobody's validator or serializer looks at it, and whether a list is one of keys.
    untouched: bool
    by_key: bool
    # Whether it has a default.
    optional: bool = False


@lru_cache(maxsize=1024)
def members_of_schema(schema: Any) -> tuple[Member, ...]:
    """Return the fields of *schema*."""
    if hasattr(schema, "_meta"):
        return tuple(
            Member(field.attname, field.attname, (field.attname,), python_type(field), True, None, False, True, False)
            for field in fields_out(schema)
        )
    return tuple(_member(name, info) for name, info in schema.model_fields.items())


def _member(name: str, info: Any) -> Member:
    kind, nullable, extras = unwrap(info.annotation)
    extras = [*extras, *info.metadata]
    is_list = get_origin(kind) is list
    inner = kind
    if is_list:
        inner, _, more = unwrap(get_args(kind)[0])
        extras.extend(more)
    nested = inner if is_schema(inner) else None
    by_key = any(isinstance(extra, BeforeValidator) and extra.func is keys_of for extra in extras)
    untouched = _is_ours(extras) and not info.exclude and getattr(info, "exclude_if", None) is None
    key = info.serialization_alias or info.alias or name
    optional = not info.is_required()
    return Member(name, key, _source(name, info), inner, nullable, nested, is_list, untouched, by_key, optional)


def _source(name: str, info: Any) -> tuple[str, ...]:
    """Return the attributes that Pydantic reads from an instance."""
    alias = info.validation_alias if info.validation_alias is not None else info.alias
    if isinstance(alias, AliasChoices):
        alias = alias.choices[0]
    if isinstance(alias, AliasPath):
        return tuple(str(part) for part in alias.path)
    return (alias or name,)


def unwrap(kind: Any) -> tuple[Any, bool, list[Any]]:
    """Return a type without ``Annotated`` and ``None``, whether None was part of it, and the extras it carried."""
    extras: list[Any] = []
    nullable = False
    while True:
        origin = get_origin(kind)
        if origin is Annotated:
            kind, *more = get_args(kind)
            extras.extend(more)
        elif origin in (Union, types.UnionType):
            rest = [arg for arg in get_args(kind) if arg is not type(None)]
            nullable = nullable or len(rest) < len(get_args(kind))
            if len(rest) != 1:
                return kind, nullable, extras
            kind = rest[0]
        else:
            return kind, nullable or kind is Any, extras


def is_schema(kind: Any) -> bool:
    """Whether *kind* is a class whose fields can be read: of Pydantic, or a model."""
    if not isinstance(kind, type):
        return False
    return hasattr(kind, "_meta") or (issubclass(kind, BaseModel) and not issubclass(kind, RootModel))


def _is_ours(extras: list[Any]) -> bool:
    """Whether the extras are this room's own: then rows fulfil them, and nobody else changes a value."""
    from_model = False
    limits = False
    for extra in extras:
        if isinstance(extra, AfterValidator) and isinstance(extra.func, RunValidators):
            from_model = True
        elif isinstance(extra, BeforeValidator) and extra.func in (keys_of, members_of, file_address):
            continue
        elif isinstance(extra, (BaseMetadata, FieldInfo, AllowInfNan)):
            limits = True
        else:
            return False
    return from_model or not limits


def is_plain(schema: Any) -> bool:
    """Whether validating and dumping values of the right types gives the values themselves."""
    if hasattr(schema, "_meta"):
        return True
    decorators = schema.__pydantic_decorators__
    touched = (
        decorators.validators
        or decorators.field_validators
        or decorators.root_validators
        or decorators.field_serializers
        or decorators.model_serializers
        or decorators.model_validators
        or decorators.computed_fields
    )
    if touched or schema.__pydantic_post_init__ is not None or set(schema.model_config) - HARMLESS:
        return False
    own: Any = schema.__get_pydantic_core_schema__
    return own.__func__ is BaseModel.__get_pydantic_core_schema__.__func__  # type: ignore[attr-defined]


def fits(member: Member, field: Any) -> bool:
    """Whether the column's values are output as they are."""
    if not member.untouched or (field.null and not member.nullable):
        return False
    kind = member.kind
    if get_origin(kind) is Literal:
        return set(get_args(kind)) == set(choices_of(field))
    expected = python_type(field)
    return kind in PLAIN and (kind is expected or (is_file(field) and kind is str and member.nullable))


__all__ = ["Member", "fits", "is_plain", "is_schema", "members_of_schema", "unwrap"]
