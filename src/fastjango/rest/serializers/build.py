"""How a ``ModelSerializer`` finds its fields: which names, which uniqueness, what must be declared."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db.models import CharField, TextField, UniqueConstraint
from fastjango.db.models import Field as ModelFieldClass
from fastjango.rest.serializers.field import CreateOnlyDefault, HiddenField, empty
from fastjango.rest.utils import model_meta
from fastjango.rest.utils.field_mapping import condition_fields
from fastjango.rest.validators import (
    UniqueForDateValidator,
    UniqueForMonthValidator,
    UniqueForYearValidator,
    UniqueTogetherValidator,
)
from fastjango.utils import timezone

ALL_FIELDS = "__all__"

_NOT_FOR_READ_ONLY = (
    "required",
    "default",
    "allow_blank",
    "min_length",
    "max_length",
    "min_value",
    "max_value",
    "validators",
    "queryset",
)


def check_meta(serializer: Any) -> None:
    """
    Refuse a serializer without a concrete model.

    Raises:
        AssertionError, ValueError: ``Meta`` is missing, or incomplete, or names an abstract model.
    """
    name = type(serializer).__name__
    if not hasattr(serializer, "Meta"):
        raise AssertionError(f'Class {name} missing "Meta" attribute')
    if not hasattr(serializer.Meta, "model"):
        raise AssertionError(f'Class {name} missing "Meta.model" attribute')
    if model_meta.is_abstract_model(serializer.Meta.model):
        raise ValueError("Cannot use ModelSerializer with Abstract Models.")
    depth = getattr(serializer.Meta, "depth", 0)
    if depth is not None:
        if depth < 0:
            raise AssertionError("'depth' may not be negative.")
        if depth > 10:
            raise AssertionError("'depth' may not be greater than 10.")


def field_names(serializer: Any, declared_fields: dict[str, Any], info: Any) -> Iterable[str]:
    """Return the names that ``Meta.fields`` or ``Meta.exclude`` ask for."""
    cls = type(serializer)
    fields = getattr(serializer.Meta, "fields", None)
    exclude = getattr(serializer.Meta, "exclude", None)
    if fields and fields != ALL_FIELDS and not isinstance(fields, list | tuple):
        raise TypeError(f'The `fields` option must be a list or tuple or "__all__". Got {type(fields).__name__}.')
    if exclude and not isinstance(exclude, list | tuple):
        raise TypeError(f"The `exclude` option must be a list or tuple. Got {type(exclude).__name__}.")
    if fields and exclude:
        raise AssertionError(f"Cannot set both 'fields' and 'exclude' options on serializer {cls.__name__}.")
    if fields is None and exclude is None:
        raise AssertionError(
            "Creating a ModelSerializer without either the 'fields' attribute or the 'exclude' attribute has been deprecated "
            f"since 3.3.0, and is now disallowed. Add an explicit fields = '__all__' to the {cls.__name__} serializer."
        )
    if fields is not None and fields != ALL_FIELDS:
        _check_declared(cls, declared_fields, fields)
        given: Iterable[str] = fields
        return given
    names: list[str] = serializer.get_default_field_names(declared_fields, info)
    for name in exclude or ():
        if name in serializer._declared_fields:
            raise AssertionError(
                f"Cannot both declare the field '{name}' and include it in the {cls.__name__} 'exclude' option. Remove the "
                f"field or, if inherited from a parent serializer, disable with `{name} = None`."
            )
        if name not in names:
            raise AssertionError(
                f"The field '{name}' was included on serializer {cls.__name__} in the 'exclude' option, but does not match "
                "any model field."
            )
        names.remove(name)
    return names


def _check_declared(cls: Any, declared_fields: dict[str, Any], fields: Iterable[str]) -> None:
    # What a parent class declares may be left out.
    required = set(declared_fields)
    for base in cls.__bases__:
        required -= set(getattr(base, "_declared_fields", ()))
    for name in required:
        if name not in fields:
            raise AssertionError(
                f"The field '{name}' was declared on serializer {cls.__name__}, but has not been included in the 'fields' "
                "option."
            )


def check_default(serializer: Any, name: str, field: Any, info: Any) -> None:
    """
    Refuse ``None`` as the default of a to-many relation.

    Raises:
        ValueError: It is.
    """
    relation = info.relations.get(field.source or name)
    if field.default is None and relation is not None and relation.to_many and not field.read_only:
        raise ValueError(
            f"The field '{name}' on serializer '{type(serializer).__name__}' is a ManyToMany field and cannot have a "
            "default value of None."
        )


def extra_kwargs(serializer: Any) -> dict[str, dict[str, Any]]:
    """Return ``Meta.extra_kwargs`` together with ``Meta.read_only_fields``."""
    cls = type(serializer)
    found: dict[str, dict[str, Any]] = copy.deepcopy(getattr(serializer.Meta, "extra_kwargs", {}))
    read_only_fields = getattr(serializer.Meta, "read_only_fields", None)
    if read_only_fields is None:
        if hasattr(serializer.Meta, "readonly_fields"):
            raise AssertionError(
                f"Serializer `{cls.__module__}.{cls.__name__}` has field `readonly_fields`; the correct spelling for the "
                "option is `read_only_fields`."
            )
        return found
    if not isinstance(read_only_fields, list | tuple):
        raise TypeError(
            f"The `read_only_fields` option must be a list or tuple. Got {type(read_only_fields).__name__}."
        )
    for name in read_only_fields:
        found[name] = {**found.get(name, {}), "read_only": True}
    return found


def include_extra_kwargs(kwargs: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a field with those of ``extra_kwargs``, without what contradicts them."""
    if extra.get("read_only", False):
        for name in _NOT_FOR_READ_ONLY:
            kwargs.pop(name, None)
    if extra.get("default") and kwargs.get("required") is False:
        kwargs.pop("required")
    if extra.get("read_only", kwargs.get("read_only", False)):
        extra.pop("required", None)
    kwargs.update(extra)
    return kwargs


# ---------------------------------------------------------------- uniqueness


def unique_together_constraints(model: Any) -> Iterator[tuple[Any, ...]]:
    """Yield ``(fields, queryset, condition fields, condition, message, code)`` for a model and its parents."""
    for parent in (model, *model._meta.all_parents):
        for together in parent._meta.unique_together:
            yield tuple(together), model._default_manager, [], None, None, None, None
        for constraint in parent._meta.constraints:
            if not isinstance(constraint, UniqueConstraint) or not constraint.fields:
                continue
            involved = condition_fields(constraint.condition)
            if len({*constraint.fields, *involved}) < 2:
                continue
            default = constraint.violation_error_message == constraint.default_violation_error_message
            yield (
                tuple(constraint.fields),
                model._default_manager,
                involved,
                constraint.condition,
                None if default else constraint.violation_error_message,
                constraint.violation_error_code,
                constraint.nulls_distinct,
            )


def model_fields(
    serializer: Any, names: Iterable[str], declared_fields: dict[str, Any], extra: dict[str, Any]
) -> dict[str, Any]:
    """Return the model fields that the serializer's fields stand for, by name."""
    model = serializer.Meta.model
    found: dict[str, Any] = {}
    for name in names:
        if name in declared_fields:
            source = declared_fields[name].source or name
        else:
            source = extra.get(name, {}).get("source", name)
        if "." in source or source == "*":
            continue
        try:
            field = model._meta.get_field(source)
        except FieldDoesNotExist:
            continue
        if isinstance(field, ModelFieldClass):
            found[source] = field
    return found


def uniqueness_extra_kwargs(
    serializer: Any, names: Iterable[str], declared_fields: dict[str, Any], extra: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return *extra* with what uniqueness across fields asks of them, and hidden fields for those that are left out."""
    if getattr(serializer.Meta, "validators", None) is not None:
        return extra, {}
    model = serializer.Meta.model
    present = serializer._get_model_fields(names, declared_fields, extra)
    wanted: dict[str, None] = {}
    for field in present.values():
        for attr in ("unique_for_date", "unique_for_month", "unique_for_year"):
            if getattr(field, attr, None):
                wanted[getattr(field, attr)] = None
    sources = set(present)
    for fields, _queryset, related, *_rest in serializer.get_unique_together_constraints(model):
        involved = {*fields, *related}
        # Fields with a default may be left out.
        if sources.issuperset(involved):
            wanted.update(dict.fromkeys([*fields, *related]))
    hidden: dict[str, Any] = {}
    added: dict[str, Any] = {}
    for name in wanted:
        default = _default_of(model._meta.get_field(name))
        if name in present:
            added[name] = {"required": True} if default is empty else {"default": default}
        elif default is not empty:
            hidden[name] = HiddenField(default=default)
    for name, values in added.items():
        extra[name] = {**values, **extra.get(name, {})}
    return extra, hidden


def _default_of(field: Any) -> Any:
    if getattr(field, "auto_now_add", None):
        return CreateOnlyDefault(timezone.now)
    if getattr(field, "auto_now", None):
        return timezone.now
    if field.has_default():
        return field.default
    if field.null:
        return None
    # Text that may be blank may be left out.
    return "" if field.blank and isinstance(field, CharField | TextField) else empty


def unique_together_validators(serializer: Any) -> list[Any]:
    """Return validators for uniqueness across fields."""
    sources: dict[str, list[str]] = {}
    for field in serializer.fields.values():
        takes_part = not field.read_only or field.default is not empty
        if takes_part and field.source != "*" and "." not in field.source:
            sources.setdefault(field.source, []).append(field.field_name)
    validators = []
    model = serializer.Meta.model
    for (
        fields,
        queryset,
        related,
        condition,
        message,
        code,
        nulls_distinct,
    ) in serializer.get_unique_together_constraints(model):
        involved = [*fields, *related]
        if not set(sources).issuperset(involved):
            continue
        for source in fields:
            if len(sources[source]) != 1:
                raise AssertionError(
                    f"Unable to create `UniqueTogetherValidator` for `{model.__name__}.{source}` as "
                    f"`{type(serializer).__name__}` has multiple fields ({', '.join(sources[source])}) that map to this model "
                    "field. Either remove the extra fields, or override `Meta.validators` with a `UniqueTogetherValidator` "
                    "using the desired field names."
                )
        validators.append(
            UniqueTogetherValidator(
                queryset=queryset,
                fields=tuple(sources[source][0] for source in fields),
                condition_fields=tuple(sources[source][0] for source in related),
                condition=condition,
                message=message,
                code=code,
                nulls_distinct=nulls_distinct,
            )
        )
    return validators


def unique_for_date_validators(serializer: Any) -> list[Any]:
    """Return validators for uniqueness in a day, month or year."""
    model = serializer.Meta.model
    info = model_meta.get_field_info(model)
    present = {field.source for field in serializer.fields.values()}
    kinds = (
        ("unique_for_date", UniqueForDateValidator),
        ("unique_for_month", UniqueForMonthValidator),
        ("unique_for_year", UniqueForYearValidator),
    )
    validators: list[Any] = []
    for name, field in info.fields_and_pk.items():
        for attr, kind in kinds:
            date_field = getattr(field, attr, None)
            if date_field and name in present and date_field in present:
                validators.append(kind(queryset=model._default_manager, field=name, date_field=date_field))
    return validators
