"""From model fields and relations to the arguments of serializer fields."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from fastjango.core import validators
from fastjango.db import models
from fastjango.rest.validators import UniqueValidator
from fastjango.utils.text import capfirst

NUMERIC_FIELD_TYPES = (models.IntegerField, models.FloatField, models.DecimalField, models.DurationField)


class ClassLookupDict:
    """A mapping by class: an instance finds the entry of its nearest base class."""

    def __init__(self, mapping: dict[Any, Any]) -> None:
        self.mapping = mapping

    def __getitem__(self, key: Any) -> Any:
        # Proxies say which class they stand for.
        base = getattr(key, "_proxy_class", None) or type(key)
        for cls in inspect.getmro(base):
            if cls in self.mapping:
                return self.mapping[cls]
        raise KeyError(f"Class {base.__name__} not found in lookup.")

    def __setitem__(self, key: Any, value: Any) -> None:
        self.mapping[key] = value


def needs_label(model_field: Any, field_name: str) -> bool:
    """Return whether the verbose name says more than the label that the field's name gives."""
    return bool(capfirst(model_field.verbose_name) != field_name.replace("_", " ").capitalize())


def get_detail_view_name(model: Any) -> str:
    """Return the name of the URL of one object."""
    return f"{model._meta.object_name.lower()}-detail"


def get_unique_error_message(model_field: Any) -> Any:
    """Return the model field's message for values that exist already."""
    message = model_field.error_messages.get("unique")
    if message:
        message = message % {
            "model_name": model_field.model._meta.verbose_name,
            "field_label": model_field.verbose_name,
        }
    return message


def condition_fields(condition: Any) -> list[str]:
    """Return the names of the fields in a condition, without lookups."""
    names: list[str] = []
    for child in getattr(condition, "children", ()):
        if hasattr(child, "children"):
            names += condition_fields(child)
        elif isinstance(child, tuple):
            names.append(child[0].split("__", 1)[0])
    return list(dict.fromkeys(names))


def get_unique_validators(field_name: str, model_field: Any) -> Iterator[UniqueValidator]:
    """Yield validators for the field's own uniqueness and for constraints on this field alone."""
    conditions: list[Any] = []
    if getattr(model_field, "unique", False):
        conditions.append(None)
    for constraint in getattr(model_field.model._meta, "constraints", ()):
        if not isinstance(constraint, models.UniqueConstraint) or set(constraint.fields) != {field_name}:
            continue
        if not set(condition_fields(constraint.condition)) <= {field_name}:
            # Other fields have a say: a matter of the serializer.
            continue
        if constraint.condition not in conditions:
            conditions.append(constraint.condition)
    manager = model_field.model._default_manager
    for condition in conditions:
        queryset = manager if condition is None else manager.filter(condition)
        yield UniqueValidator(queryset=queryset, message=get_unique_error_message(model_field))


class _Validators:
    """The validators of a model field, from which those that a serializer field has itself are taken out."""

    def __init__(self, model_field: Any) -> None:
        self.left = list(model_field.validators)

    def limit(self, kind: Any) -> Any:
        """Return the limit of the first validator of *kind*, which is taken out; ``None`` when there is none."""
        for validator in self.left:
            if isinstance(validator, kind) and not callable(validator.limit_value):
                self.drop(kind)
                return validator.limit_value
        return None

    def drop(self, kind: Any) -> None:
        """Take out the validators of *kind*."""
        self.left = [one for one in self.left if not isinstance(one, kind)]


def get_field_kwargs(field_name: str, model_field: Any) -> dict[str, Any]:
    """Return the arguments for a plain model field."""
    kwargs: dict[str, Any] = {"model_field": model_field}
    found = _Validators(model_field)
    if model_field.verbose_name and needs_label(model_field, field_name):
        kwargs["label"] = capfirst(model_field.verbose_name)
    if model_field.help_text:
        kwargs["help_text"] = model_field.help_text
    for name in ("max_digits", "decimal_places"):
        if getattr(model_field, name, None) is not None:
            kwargs[name] = getattr(model_field, name)
            found.drop(validators.DecimalValidator)
    if isinstance(model_field, models.SlugField):
        kwargs["allow_unicode"] = model_field.allow_unicode
    if isinstance(model_field, models.TextField | models.JSONField) and not model_field.choices:
        kwargs["style"] = {"base_template": "textarea.html"}
    if model_field.null:
        kwargs["allow_null"] = True
    if model_field.choices:
        kwargs["choices"] = model_field.choices
    if isinstance(model_field, models.GenericIPAddressField) and model_field.protocol.lower() != "both":
        kwargs["protocol"] = model_field.protocol
    if isinstance(model_field, models.AutoField) or not model_field.editable:
        # Read-only fields take nothing else.
        kwargs["read_only"] = True
        return kwargs
    if model_field.has_default() or model_field.blank or model_field.null:
        kwargs["required"] = False
    if model_field.blank and isinstance(model_field, models.CharField | models.TextField):
        kwargs["allow_blank"] = True
    if isinstance(model_field, models.FilePathField):
        kwargs["path"] = model_field.path
        options = (("match", None), ("recursive", False), ("allow_files", True), ("allow_folders", False))
        kwargs.update(
            {name: getattr(model_field, name) for name, usual in options if getattr(model_field, name) is not usual}
        )
    if not model_field.choices:
        _take_limits(kwargs, found, model_field)
    _take_lengths(kwargs, found, model_field)
    found.left += list(get_unique_validators(field_name, model_field))
    if found.left:
        kwargs["validators"] = found.left
    return kwargs


def _take_limits(kwargs: dict[str, Any], found: _Validators, model_field: Any) -> None:
    if isinstance(model_field, NUMERIC_FIELD_TYPES):
        for name, kind in (("max_value", validators.MaxValueValidator), ("min_value", validators.MinValueValidator)):
            limit = found.limit(kind)
            if limit is not None:
                kwargs[name] = limit
    if isinstance(model_field, models.URLField):
        found.drop(validators.URLValidator)
    if isinstance(model_field, models.EmailField):
        found.drop(validators.EmailValidator)
    if isinstance(model_field, models.SlugField):
        found.left = [
            one for one in found.left if one not in (validators.validate_slug, validators.validate_unicode_slug)
        ]
    if isinstance(model_field, models.GenericIPAddressField):
        address_checks = (
            validators.validate_ipv46_address,
            validators.validate_ipv6_address,
            validators.validate_ipv4_address,
        )
        found.left = [one for one in found.left if one not in address_checks]
    if isinstance(model_field, models.DecimalField):
        found.drop(validators.DecimalValidator)


def _take_lengths(kwargs: dict[str, Any], found: _Validators, model_field: Any) -> None:
    max_length = getattr(model_field, "max_length", None)
    if max_length is not None and isinstance(model_field, models.CharField | models.TextField | models.FileField):
        kwargs["max_length"] = max_length
        found.drop(validators.MaxLengthValidator)
    min_length = found.limit(validators.MinLengthValidator)
    if min_length is not None and isinstance(model_field, models.CharField):
        kwargs["min_length"] = min_length
    # The serializer field has its own.
    found.drop(validators.ProhibitNullCharactersValidator)


def get_relation_kwargs(field_name: str, relation_info: Any) -> dict[str, Any]:
    """Return the arguments for a relation."""
    model_field, related_model, to_many, to_field, has_through_model, _reverse = relation_info
    kwargs: dict[str, Any] = {
        "queryset": related_model._default_manager,
        "view_name": get_detail_view_name(related_model),
    }
    if to_many:
        kwargs["many"] = True
    if to_field:
        kwargs["to_field"] = to_field
    limit = model_field and model_field.get_limit_choices_to()
    if limit:
        condition = limit if isinstance(limit, models.Q) else models.Q(**limit)
        kwargs["queryset"] = kwargs["queryset"].filter(condition)
    if has_through_model:
        _make_read_only(kwargs)
    if not model_field:
        return kwargs
    if model_field.verbose_name and needs_label(model_field, field_name):
        kwargs["label"] = capfirst(model_field.verbose_name)
    if model_field.help_text:
        kwargs["help_text"] = model_field.help_text
    if not model_field.editable:
        _make_read_only(kwargs)
    if model_field.null:
        kwargs["allow_null"] = True
    if kwargs.get("read_only", False):
        return kwargs
    if model_field.has_default() or model_field.blank or model_field.null:
        kwargs["required"] = False
    checks = [*model_field.validators]
    if getattr(model_field, "unique", False):
        checks.append(
            UniqueValidator(queryset=model_field.model._default_manager, message=get_unique_error_message(model_field))
        )
    if checks:
        kwargs["validators"] = checks
    if to_many and not model_field.blank:
        kwargs["allow_empty"] = False
    return kwargs


def _make_read_only(kwargs: dict[str, Any]) -> None:
    kwargs["read_only"] = True
    kwargs.pop("queryset", None)


def get_nested_relation_kwargs(relation_info: Any) -> dict[str, Any]:
    """Return the arguments for a relation shown as nested objects."""
    kwargs = {"read_only": True}
    if relation_info.to_many:
        kwargs["many"] = True
    return kwargs


def get_url_kwargs(model_field: Any) -> dict[str, Any]:
    """Return the arguments for the address of the object itself."""
    return {"view_name": get_detail_view_name(model_field)}
