"""
A model as a Pydantic type.

An instance passes validation as it is; a mapping is checked field by field and becomes a new, unsaved instance. Output
is a dictionary of the columns. Input leaves out automatic keys, stamps, generated and non-editable fields; output leaves
out passwords and binary columns. A model may say so itself:

    class Product(models.Model):
        class Api:
            exclude = ("cost",)            # neither in nor out
            read_only = ("created",)       # only out
            write_only = ("secret",)       # only in
"""

from __future__ import annotations

from contextvars import ContextVar
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from fastjango.db.models.faces.annotations import (
    annotation,
    constant_default,
    file_address,
    is_file,
    is_named,
    is_required,
    is_secret,
    is_settable,
    option,
)
from fastjango.db.models.fields.sentinels import NOT_PROVIDED

if TYPE_CHECKING:
    from collections.abc import Callable

# Set while a response is validated: a mapping is then output, and may have every column.
responding: ContextVar[bool] = ContextVar("fastjango_responding", default=False)


def fields_out(model: Any) -> list[Any]:
    """Return the fields of the output."""
    hidden = option(model, "exclude") | option(model, "write_only")
    return [
        field
        for field in model._meta.concrete_fields
        if not is_named(field, hidden) and not is_secret(field) and field.get_internal_type() != "BinaryField"
    ]


def fields_in(model: Any) -> list[Any]:
    """Return the fields that input may set."""
    hidden = option(model, "exclude")
    return [
        field
        for field in model._meta.concrete_fields
        if is_settable(field)
        and not is_named(field, hidden)
        and field.get_internal_type() not in {"BinaryField", "FileField", "ImageField"}
    ]


def reader_of(model: Any) -> Callable[[Any], dict[str, Any]]:
    """Return the function from an instance to the dictionary of its output."""
    names = [field.attname for field in fields_out(model)]
    files = [field.attname for field in fields_out(model) if is_file(field)]
    get = attrgetter(*names) if len(names) > 1 else None

    def read(instance: Any) -> dict[str, Any]:
        if get is None:
            values = {name: getattr(instance, name) for name in names}
        else:
            values = dict(zip(names, get(instance), strict=True))
        for name in files:
            values[name] = file_address(values[name])
        return values

    return read


def chosen(values: Any, info: core_schema.SerializationInfo) -> Any:
    """Return the columns that ``include`` and ``exclude`` leave, as ``model_dump()`` has them."""
    if not isinstance(values, dict):
        return values
    # Any: sets of names, or dictionaries of what is chosen inside.
    include: Any = info.include
    exclude: Any = info.exclude
    left_out = {name for name in exclude or () if not isinstance(exclude, dict) or exclude[name] in (True, ...)}
    return {
        name: value for name, value in values.items() if (include is None or name in include) and name not in left_out
    }


def _member(handler: GetCoreSchemaHandler, field: Any) -> core_schema.TypedDictField:
    """Return one entry of the input."""
    schema = handler.generate_schema(annotation(field, incoming=True))
    default = constant_default(field)
    if default is not NOT_PROVIDED and not isinstance(default, (list, dict)):
        schema = core_schema.with_default_schema(schema, default=default)
    if field.attname != field.name:
        # A relation may be given by either name; the schema shows the column's.
        return core_schema.typed_dict_field(
            schema, required=is_required(field), validation_alias=[[field.attname], [field.name]]
        )
    return core_schema.typed_dict_field(schema, required=is_required(field))


def input_schema(model: Any, handler: GetCoreSchemaHandler) -> Any:
    """Return the schema of a dictionary that a new instance is made of."""
    members = {field.attname: _member(handler, field) for field in fields_in(model)}
    return core_schema.typed_dict_schema(members, extra_behavior="ignore", cls_name=model.__name__)


def output_schema(model: Any, handler: GetCoreSchemaHandler) -> Any:
    """Return the schema of the dictionary that an instance becomes."""
    members = {
        field.attname: core_schema.typed_dict_field(
            handler.generate_schema(annotation(field, incoming=False, optional=is_file(field))), required=True
        )
        for field in fields_out(model)
    }
    return core_schema.typed_dict_schema(members, extra_behavior="ignore", cls_name=model.__name__)


def core_schema_of(model: Any, handler: GetCoreSchemaHandler) -> Any:
    """Return the core schema of *model*: instance or mapping in, dictionary out."""
    incoming = input_schema(model, handler)
    outgoing = output_schema(model, handler)
    read = reader_of(model)

    def dump(value: Any, info: core_schema.SerializationInfo) -> Any:
        values = read(value) if isinstance(value, model) else value
        return chosen(values, info) if info.include is not None or info.exclude is not None else values

    def build(values: dict[str, Any]) -> Any:
        return model(**values)

    def instance_or_mapping(value: Any, check: Any) -> Any:
        if isinstance(value, model) or (responding.get() and isinstance(value, dict)):
            return value
        return check(value)

    return core_schema.no_info_wrap_validator_function(
        instance_or_mapping,
        core_schema.no_info_after_validator_function(build, incoming),
        serialization=core_schema.plain_serializer_function_ser_schema(dump, info_arg=True, return_schema=outgoing),
        # A reference gives the model one place in an OpenAPI document.
        ref=f"{model.__module__}.{model.__qualname__}:{id(model)}",
    )


__all__ = ["core_schema_of", "fields_in", "fields_out", "input_schema", "output_schema", "reader_of", "responding"]
