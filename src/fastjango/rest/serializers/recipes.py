"""
What the fields of a model serializer are made of: class and arguments of each, worked out once per serializer class.

A class that overrides one of the steps has no recipe, nor one that needs hidden fields. A recipe is made anew when ``Meta``
or the model has changed, as some code does at run time.
"""

from __future__ import annotations

import copy
from typing import Any

from fastjango.rest.serializers.field import Field
from fastjango.rest.serializers.plans import is_ours

# What a class must leave alone to have a recipe.
_STEPS = (
    "_get_model_fields",
    "build_field",
    "build_nested_field",
    "build_property_field",
    "build_relational_field",
    "build_standard_field",
    "build_unknown_field",
    "build_url_field",
    "get_default_field_names",
    "get_extra_kwargs",
    "get_field_names",
    "get_unique_together_constraints",
    "get_uniqueness_extra_kwargs",
    "include_extra_kwargs",
)
_OPTIONS = ("model", "fields", "exclude", "depth", "read_only_fields", "readonly_fields", "extra_kwargs", "validators")

#: Name, class and arguments; class and arguments are missing for declared fields.
Recipe = list[tuple[str, Any, dict[str, Any]]]


def _state(serializer: Any) -> tuple[Any, ...]:
    """Return what the fields depend on, as it is now."""
    cls = type(serializer)
    meta = cls.Meta
    return (
        meta,
        [_snapshot(getattr(meta, name, None)) for name in _OPTIONS],
        meta.model._meta.fields,
        serializer.url_field_name,
        cls._declared_fields,
        len(cls.serializer_field_mapping),
        cls.serializer_field_mapping,
        cls.serializer_related_field,
        cls.serializer_related_to_field,
        cls.serializer_url_field,
        cls.serializer_choice_field,
    )


def _snapshot(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: dict(inner) if isinstance(inner, dict) else inner for key, inner in value.items()}
    return list(value) if isinstance(value, list) else value


def known_fields(serializer: Any) -> dict[str, Any] | None:
    """Return fresh fields by the recipe of the serializer's class; ``None`` when it has none."""
    kept = type(serializer).__dict__.get("_recipe")
    if kept is None or kept[0] != _state(serializer):
        return None
    declared = copy.deepcopy(serializer._declared_fields)
    return {name: declared[name] if kind is None else kind(**_fresh_all(kwargs)) for name, kind, kwargs in kept[1]}


def keep_recipe(serializer: Any, recipe: Recipe) -> None:
    """Keep *recipe* for the class of *serializer*, if that may have one."""
    cls = type(serializer)
    if "Meta" not in vars(serializer) and all(is_ours(cls, name) for name in _STEPS):
        # Copies: a field that was used knows its serializer, and with it a request.
        cls._recipe = (_state(serializer), [(name, kind, _fresh_all(kwargs)) for name, kind, kwargs in recipe])


def _fresh_all(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return arguments that a field may keep for itself; fields take copies of validators and choices anyway."""
    return {key: copy.deepcopy(value) if isinstance(value, dict | Field) else value for key, value in kwargs.items()}


__all__ = ["Recipe", "keep_recipe", "known_fields"]
