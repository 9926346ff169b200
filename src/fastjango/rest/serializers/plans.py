"""
Which reader a serializer uses: one per class where nothing about it depends on the object, else one per object.

A class has a plan when it changes none of the steps that make fields and all its fields are free of context. Then no field
is copied for reading. The plan is made anew when ``Meta`` names other fields, as some code does at run time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fastjango.rest.serializers import field as base
from fastjango.rest.serializers.readers import Reader, compile_reader, is_context_free
from fastjango.rest.serializers.rows import is_readable, read_queryset

# What a class must leave alone to have a plan.
_STEPS = (
    "_readable_fields",
    "_reader",
    "build_field",
    "build_nested_field",
    "build_property_field",
    "build_relational_field",
    "build_standard_field",
    "build_unknown_field",
    "build_url_field",
    "context",
    "fields",
    "get_default_field_names",
    "get_extra_kwargs",
    "get_field_names",
    "get_fields",
    "get_uniqueness_extra_kwargs",
    "include_extra_kwargs",
)
# What else it must leave alone for its lists to be read from rows.
_OUTPUT = ("__init__", "__new__", "data", "default_list_class", "many_init", "to_representation")
_OURS = "fastjango.rest.serializers"


def _defined_in(cls: type, name: str) -> str:
    for parent in cls.__mro__:
        if name in parent.__dict__:
            return parent.__module__
    return _OURS


def is_ours(cls: type, name: str) -> bool:
    """Return whether a class has an attribute as this package defines it."""
    return _defined_in(cls, name).startswith(_OURS)


def _meta_key(cls: Any) -> tuple[Any, ...]:
    meta = getattr(cls, "Meta", None)
    if meta is None:
        return ()
    fields = getattr(meta, "fields", None)
    return (
        meta,
        tuple(fields) if isinstance(fields, list) else fields,
        getattr(meta, "depth", None),
        getattr(meta, "model", None),
    )


def class_reader(serializer: Any) -> Reader | None:
    """Return the reader of the serializer's class; ``None`` when there is none, or its fields may have been changed."""
    return None if "fields" in serializer.__dict__ else _plan(type(serializer))


def reads_rows(serializer_class: Any) -> bool:
    """Return whether nothing of a serializer class but its declared fields has a say in what goes out."""
    if not isinstance(serializer_class, type) or not hasattr(serializer_class, "_declared_fields"):
        return False
    if not all(is_ours(serializer_class, name) for name in _OUTPUT):
        return False
    if getattr(getattr(serializer_class, "Meta", None), "list_serializer_class", None) is not None:
        return False
    reader = _plan(serializer_class)
    return reader is not None and reader.is_pure


def _plan(cls: Any) -> Reader | None:
    key = _meta_key(cls)
    plan = cls.__dict__.get("_reader_plan")
    if plan is None or plan[0] != key:
        plan = (key, _make(cls))
        cls._reader_plan = plan
    read: Reader | None = plan[1]
    return read


def _make(cls: Any) -> Reader | None:
    if not all(is_ours(cls, name) for name in _STEPS):
        return None
    template = cls.__new__(cls)
    if not isinstance(template, cls):
        return None
    # A bare object: __init__ may be the user's, and its fields then are changed in "fields", seen above.
    template.__dict__.update(parent=None, _context={}, instance=None, partial=False, field_name=None, read_only=False)
    template.__dict__.update(source=None, write_only=False)
    fields = list(template._readable_fields)
    if not all(is_context_free(field) or _is_independent(field) for field in fields):
        return None
    return compile_reader(fields, _model_of(cls))


def _is_independent(field: Any) -> bool:
    """Return whether a nested serializer, or a list of such, reads the same whatever it is nested in."""
    kind = type(field)
    if kind.get_attribute is not base.Field.get_attribute or field.default is not base.empty:
        return False
    nested = field
    if getattr(field, "many", False):
        if not _defined_in(kind, "to_representation").startswith(_OURS):
            return False
        nested = field.child
    cls = type(nested)
    if not hasattr(cls.to_representation, "_is_compiled") or "to_representation" in vars(nested):
        return False
    if not all(is_ours(cls, name) for name in _STEPS):
        return False
    # Methods look at the context, and there is none in a plan.
    return all(
        _is_independent(one) or (is_context_free(one) and not isinstance(one, base.SerializerMethodField))
        for one in nested._readable_fields
    )


def own_reader(serializer: Any) -> Reader:
    """Return a reader of this very object's fields; made again when they have been changed."""
    version = serializer.fields.version
    kept = serializer.__dict__.get("_own_reader")
    if kept is None or kept[0] != version:
        kept = (version, compile_reader(list(serializer._readable_fields), _model_of(type(serializer))))
        serializer.__dict__["_own_reader"] = kept
    read: Reader = kept[1]
    return read


def _model_of(cls: Any) -> Any:
    model: Any = getattr(getattr(cls, "Meta", None), "model", None)
    return model if hasattr(model, "_meta") and not model._meta.abstract else None


def read_many(child: Any, items: Iterable[Any]) -> list[Any]:
    """Return the representations of *items*: by the child's reader, or by its own method where it has one."""
    if getattr(type(child).to_representation, "_is_compiled", False) and "to_representation" not in vars(child):
        reader = child._reader()
        data: list[Any] | None = read_queryset(reader, items) if is_readable(items) else None
        return reader.many(child, items) if data is None else data
    method: Callable[[Any], Any] = child.to_representation
    return [method(item) for item in items]
