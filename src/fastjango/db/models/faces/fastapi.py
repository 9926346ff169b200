"""
What FastAPI has to know of models: they are bodies, and querysets are responses.

``install()`` tells FastAPI three things, once per process (``face_slot.py`` says when): a parameter whose type is a model
is a body; a queryset that a route returns is read by the response model; ``jsonable_encoder`` knows instances.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any, get_args, get_origin

import orjson
from pydantic import TypeAdapter

from fastjango.db.bridge import bridge, bridged, in_bridge
from fastjango.db.models.declare import ModelBase
from fastjango.db.models.faces.into import Into, list_adapter
from fastjango.db.models.faces.pydantic import responding
from fastjango.db.models.faces.schema_members import is_plain, is_schema, members_of_schema, unwrap
from fastjango.db.models.query import QuerySet
from fastjango.db.models.query.fetch_modes import written_response
from fastjango.db.models.query.iterables import ModelIterable

_LAZY = (QuerySet, Into)
_PLAIN_OPTIONS = ("include", "exclude", "exclude_unset", "exclude_defaults", "exclude_none")


def install() -> None:
    """Teach FastAPI; a second call does nothing."""
    shared: Any = import_module("fastapi._compat.shared")
    routing: Any = import_module("fastapi.routing")
    encoders: Any = import_module("fastapi.encoders")
    if getattr(routing.serialize_response, "_knows_models", False):
        return
    shared._annotation_is_complex = _complex_or_model(shared._annotation_is_complex)
    routing.serialize_response = _with_querysets(routing.serialize_response)
    encoders.encoders_by_class_tuples[_encode] = (_model(), *_LAZY)


def _complex_or_model(original: Any) -> Any:
    def annotation_is_complex(annotation: Any) -> bool:
        return isinstance(annotation, ModelBase) or bool(original(annotation))

    return annotation_is_complex


def _with_querysets(original: Any) -> Any:
    async def serialize_response(
        *, field: Any = None, response_content: Any, dump_json: bool = False, **options: Any
    ) -> Any:
        if field is not None:
            untyped, schema = _knowledge(field)
            if untyped:
                response_content = await bridge(_known, response_content)
                return await original(field=field, response_content=response_content, dump_json=dump_json, **options)
            lazy = _lazy_values(response_content)
            if lazy:
                if dump_json and options.get("by_alias", True) and not any(map(options.get, _PLAIN_OPTIONS)):
                    written = await bridge(_written, field, schema, response_content, lazy)
                    if written is not None:
                        return written
                response_content = await bridge(_read, schema, response_content, lazy)
            # Mappings pass as output of a model, and the N+1 detector names the endpoint.
            output, endpoint = responding.set(True), written_response.set(options.get("endpoint_ctx"))
            try:
                writing = original(field=field, response_content=response_content, dump_json=dump_json, **options)
                # A relation that is loaded now is awaited.
                return await (writing if in_bridge() else bridged(writing))
            finally:
                written_response.reset(endpoint)
                responding.reset(output)
        return await original(field=field, response_content=response_content, dump_json=dump_json, **options)

    serialize_response._knows_models = True  # type: ignore[attr-defined]
    return serialize_response


def _lazy_values(content: Any) -> dict[str | None, Any]:
    """Return the querysets of a response: itself (under None), or the values of a dictionary."""
    if isinstance(content, _LAZY):
        return {None: content}
    if type(content) is dict:
        return {name: value for name, value in content.items() if isinstance(value, _LAZY)}
    return {}


def is_untyped(annotation: Any) -> bool:
    """Whether an annotation says nothing of what is inside: models in it have to be written here."""
    kind, _, _ = unwrap(annotation)
    kind = get_origin(kind) or kind
    values = get_args(unwrap(annotation)[0])
    return kind in (Any, object, dict, list) and (not values or values[-1] in (Any, object))


def _known(content: Any) -> Any:
    """Return *content* with models and querysets in it as what JSON knows."""
    kind = type(content)
    if kind is dict:
        return {key: _known(value) for key, value in content.items()}
    if kind is list or kind is tuple:
        return [_known(value) for value in content]
    if isinstance(content, (_model(), *_LAZY)):
        return _encode(content)
    return content


@lru_cache(maxsize=1)
def _model() -> Any:
    return import_module("fastjango.db.models.model").Model


def _knowledge(field: Any) -> tuple[bool, Any]:
    """Return whether a response is untyped, and its schema; kept on FastAPI's field."""
    found: tuple[bool, Any] | None = field.__dict__.get("_fastjango")
    if found is None:
        annotation = field.field_info.annotation
        found = field.__dict__["_fastjango"] = (is_untyped(annotation), response_schema(annotation))
    return found


def response_schema(annotation: Any) -> Any:
    """Return the schema of a list response, or the dictionary of schemas by name of a page; None otherwise."""
    kind, _, extras = unwrap(annotation)
    if get_origin(kind) is list:
        inner, _, more = unwrap(get_args(kind)[0])
        return inner if is_schema(inner) and not extras and not more else None
    if is_schema(kind) and not hasattr(kind, "_meta"):
        return {
            member.name: member for member in members_of_schema(kind) if member.is_list and member.nested is not None
        }
    return None


def _into(schema: Any, value: Any) -> Into[Any]:
    return value if isinstance(value, Into) else Into(value, schema)


def _written(field: Any, schema: Any, content: Any, lazy: dict[str | None, Any]) -> bytes | None:
    """Return the response as JSON without making objects of its rows; None where that is not possible."""
    if schema is None:
        return None
    if not isinstance(schema, dict):
        return _into(schema, lazy[None]).json() if None in lazy and _is_of(lazy[None], schema) else None
    page = unwrap(field.field_info.annotation)[0]
    if None in lazy or not is_plain(page):
        return None
    for name, value in lazy.items():
        member = schema.get(name)
        if member is None or not member.untouched or not _is_of(value, member.nested):
            return None
    frame, errors = field.validate({**content, **{name: [] for name in lazy}}, {}, loc=("response",))
    if errors:
        return None
    written = field.serialize(frame)
    for name, value in lazy.items():
        member = schema[name]
        written[member.key] = orjson.Fragment(_into(member.nested, value).json())
    return orjson.dumps(written)


def _is_of(value: Any, schema: Any) -> bool:
    """Whether a lazy value gives objects of *schema*."""
    return not isinstance(value, Into) or value.schema is schema


def _read(schema: Any, content: Any, lazy: dict[str | None, Any]) -> Any:
    """Return the response with lists in the place of its querysets."""
    found: dict[Any, Any] = {}
    for name, value in lazy.items():
        member = schema.get(name) if isinstance(schema, dict) else None
        target = member.nested if member is not None else schema if name is None else None
        if isinstance(value, QuerySet) and is_schema(target) and value._iterable_class is ModelIterable:
            value = _into(target, value)
        found[name] = value.objects() if isinstance(value, Into) else list(value)
    return found[None] if None in found else {**content, **found}


@lru_cache(maxsize=512)
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _encode(value: Any) -> Any:
    """Return what ``jsonable_encoder`` makes of an instance or of rows."""
    if isinstance(value, Into):
        return orjson.loads(value.json())
    if not isinstance(value, QuerySet):
        kind: Any = type(value)
        return _adapter(kind).dump_python(value, mode="json")
    if value._iterable_class is ModelIterable:
        return list_adapter(value.model).dump_python(list(value), mode="json")
    encode: Any = import_module("fastapi.encoders").jsonable_encoder
    return encode(list(value))


__all__ = ["install", "response_schema"]
