"""Django's path for ``Q``, ``PathInfo`` and what the query rooms share about names."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from fastjango.core.exceptions import FieldError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions.q import FilteredRelation, Q
from fastjango.db.models.lookups.registry import RegisterLookupMixin


class PathInfo(NamedTuple):
    """One step of a path across relations."""

    from_opts: Any
    to_opts: Any
    target_fields: tuple[Any, ...]
    join_field: Any
    m2m: bool
    direct: bool
    filtered_relation: Any


def subclasses(cls: type[Any]) -> Any:
    """Yield the class and all classes below it."""
    yield cls
    for subclass in cls.__subclasses__():
        yield from subclasses(subclass)


def select_related_descend(field: Any, restricted: bool, requested: Any, select_mask: Any) -> bool:
    """
    Return whether ``select_related`` follows *field*.

    Args:
        restricted: Whether names were given.
        requested: The names that were given.
        select_mask: The fields that are not deferred.
    Raises:
        FieldError: The field is deferred and asked for.
    """
    if not field.remote_field:
        return False
    if field.remote_field.parent_link:
        return False
    if restricted and field.name not in requested:
        return False
    if not restricted and field.null:
        return False
    if restricted and select_mask and field.name in requested and field not in select_mask:
        raise FieldError(
            f"Field {field.model._meta.object_name}.{field.name} cannot be both "
            "deferred and traversed using select_related at the same time."
        )
    return True


def refs_expression(lookup_parts: Sequence[str], annotations: dict[str, Any]) -> tuple[str | None, Sequence[str]]:
    """Return the annotation a path begins with, and the rest of the path."""
    for end in range(1, len(lookup_parts) + 1):
        name = LOOKUP_SEP.join(lookup_parts[:end])
        if annotations.get(name):
            return name, lookup_parts[end:]
    return None, ()


def check_rel_lookup_compatibility(model: Any, target_opts: Any, field: Any) -> bool:
    """Return whether an instance of *model* may be the value of a lookup on *field*."""

    def related(opts: Any) -> bool:
        return (
            model._meta.concrete_model == opts.concrete_model
            or opts.concrete_model in model._meta.all_parents
            or model in opts.all_parents
        )

    # A primary key that is a relation may be compared with either side.
    return related(target_opts) or (getattr(field, "primary_key", False) and related(field.model._meta))


def __getattr__(name: str) -> Any:
    # Compatibility door: lives in db/models/fields.
    if name == "DeferredAttribute":
        return import_module("fastjango.db.models.fields.attribute").DeferredAttribute
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "FilteredRelation",
    "PathInfo",
    "Q",
    "RegisterLookupMixin",
    "check_rel_lookup_compatibility",
    "refs_expression",
    "select_related_descend",
    "subclasses",
]
