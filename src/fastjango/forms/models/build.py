"""
From model fields to form fields, from objects to initial data, and from clean data back to objects.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from fastjango.core.exceptions import FieldError
from fastjango.db.models import AutoField, Exists, FileField, OuterRef, Q
from fastjango.db.models import Field as ModelField

__all__ = [
    "ALL_FIELDS",
    "apply_limit_choices_to_to_formfield",
    "construct_instance",
    "fields_for_model",
    "model_to_dict",
]

ALL_FIELDS = "__all__"

Names = Collection[str] | None


def _is_chosen(name: str, fields: Names, exclude: Names) -> bool:
    return (fields is None or name in fields) and not (exclude and name in exclude)


def construct_instance(form: Any, instance: Any, fields: Names = None, exclude: Names = None) -> Any:
    """Return *instance* with the form's clean data in its fields; nothing is saved."""
    files = []
    for field in instance._meta.fields:
        name = field.name
        if not field.editable or isinstance(field, AutoField) or name not in form.cleaned_data:
            continue
        if not _is_chosen(name, fields, exclude) or _keeps_default(form, field):
            continue
        if isinstance(field, FileField):
            # upload_to may look at the object's other fields, so files come last.
            files.append(field)
        else:
            field.save_form_data(instance, form.cleaned_data[name])
    for field in files:
        field.save_form_data(instance, form.cleaned_data[field.name])
    return instance


def _keeps_default(form: Any, field: Any) -> bool:
    """Tell whether the page did not have the field at all, so that the model's default stays."""
    if not field.has_default():
        return False
    form_field = form[field.name].field
    omitted = form_field.widget.value_omitted_from_data(form.data, form.files, form.add_prefix(field.name))
    return omitted and form.cleaned_data.get(field.name) in form_field.empty_values


def model_to_dict(instance: Any, fields: Names = None, exclude: Names = None) -> dict[str, Any]:
    """Return ``{name: value}`` of the object's editable fields, fit for a form's ``initial``."""
    options = instance._meta
    return {
        field.name: field.value_from_object(instance)
        for field in chain(options.concrete_fields, options.private_fields, options.many_to_many)
        if getattr(field, "editable", False) and _is_chosen(field.name, fields, exclude)
    }


def apply_limit_choices_to_to_formfield(formfield: Any) -> None:
    """Narrow the field's queryset to its ``limit_choices_to``."""
    if not (hasattr(formfield, "queryset") and hasattr(formfield, "get_limit_choices_to")):
        return
    limit = formfield.get_limit_choices_to()
    if not limit:
        return
    condition = limit if isinstance(limit, Q) else Q(**limit)
    # Asked as a subquery: a condition over a relation would give objects more than once.
    allowed = formfield.queryset.model._base_manager.filter(condition & Q(pk=OuterRef("pk")))
    formfield.queryset = formfield.queryset.filter(Exists(allowed))


def _model_fields(model: Any) -> Iterator[Any]:
    options = model._meta
    private = [field for field in options.private_fields if isinstance(field, ModelField)]
    yield from sorted(chain(options.concrete_fields, private, options.many_to_many))


def _arguments_of(name: str, given: Iterable[tuple[str, Any]], localized_fields: Any) -> dict[str, Any]:
    """Return what the options by name say of one field."""
    kwargs = {argument: values[name] for argument, values in given if values and name in values}
    if localized_fields == ALL_FIELDS or (localized_fields and name in localized_fields):
        kwargs["localize"] = True
    return kwargs


def fields_for_model(
    model: Any,
    fields: Names = None,
    exclude: Names = None,
    widgets: Mapping[str, Any] | None = None,
    formfield_callback: Callable[..., Any] | None = None,
    localized_fields: Any = None,
    labels: Mapping[str, Any] | None = None,
    help_texts: Mapping[str, Any] | None = None,
    error_messages: Mapping[str, Any] | None = None,
    field_classes: Mapping[str, Any] | None = None,
    *,
    apply_limit_choices_to: bool = True,
    form_declared_fields: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """
    Return ``{name: form field}`` for a model, in the order of *fields* when given.

    A name in *fields* that the model has not comes back as ``None``.

    Raises:
        FieldError: A name in *fields* belongs to a field that is not editable.
    """
    if formfield_callback is not None and not callable(formfield_callback):
        raise TypeError("formfield_callback must be a function or callable")
    declared = form_declared_fields or {}
    arguments: Iterable[tuple[str, Mapping[str, Any] | None]] = (
        ("widget", widgets),
        ("label", labels),
        ("help_text", help_texts),
        ("error_messages", error_messages),
        ("form_class", field_classes),
    )
    made: dict[str, Any] = {}
    without_form_field = set()
    for field in _model_fields(model):
        name = field.name
        if not getattr(field, "editable", False):
            if fields is not None and _is_chosen(name, fields, exclude):
                raise FieldError(
                    f"'{name}' cannot be specified for {model.__name__} model form as it is a non-editable field"
                )
            continue
        if not _is_chosen(name, fields, exclude):
            continue
        if name in declared:
            made[name] = declared[name]
            continue
        kwargs = _arguments_of(name, arguments, localized_fields)
        form_field = field.formfield(**kwargs) if formfield_callback is None else formfield_callback(field, **kwargs)
        if not form_field:
            without_form_field.add(name)
            continue
        if apply_limit_choices_to:
            apply_limit_choices_to_to_formfield(form_field)
        made[name] = form_field
    if not fields:
        return made
    return {
        name: made.get(name) for name in fields if not (exclude and name in exclude) and name not in without_form_field
    }
