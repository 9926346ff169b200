"""
``ModelForm``: a form made from a model, which checks and saves one object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from fastjango.core.exceptions import NON_FIELD_ERRORS, FieldError, ImproperlyConfigured, ValidationError
from fastjango.db.models.utils import AltersData
from fastjango.forms.errors import ErrorList
from fastjango.forms.forms import BaseForm, DeclarativeFieldsMetaclass
from fastjango.forms.models.build import (
    ALL_FIELDS,
    apply_limit_choices_to_to_formfield,
    construct_instance,
    fields_for_model,
    model_to_dict,
)
from fastjango.forms.models.choice_fields import InlineForeignKeyField

__all__ = [
    "BaseModelForm",
    "ModelForm",
    "ModelFormMetaclass",
    "ModelFormOptions",
    "modelform_defines_fields",
    "modelform_factory",
]


class ModelFormOptions:
    """What a form's inner ``class Meta`` says."""

    def __init__(self, options: Any = None) -> None:
        model: Any = getattr(options, "model", None)
        # A plain SQLAlchemy class has a model of its own.
        self.model = model if model is None else model._meta.model
        self.fields = getattr(options, "fields", None)
        self.exclude = getattr(options, "exclude", None)
        self.widgets = getattr(options, "widgets", None)
        self.localized_fields = getattr(options, "localized_fields", None)
        self.labels = getattr(options, "labels", None)
        self.help_texts = getattr(options, "help_texts", None)
        self.error_messages = getattr(options, "error_messages", None)
        self.field_classes = getattr(options, "field_classes", None)
        self.formfield_callback = getattr(options, "formfield_callback", None)

    def refuse_plain_text(self, form_name: str) -> None:
        """Raise ``TypeError`` where a text stands in place of a list of names."""
        for option in ("fields", "exclude", "localized_fields"):
            value = getattr(self, option)
            if isinstance(value, str) and value != ALL_FIELDS:
                raise TypeError(f"{form_name}.Meta.{option} cannot be a string. Did you mean to type: ('{value}',)?")


class ModelFormMetaclass(DeclarativeFieldsMetaclass):
    """Adds the model's fields to those of the class statement."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        new_class = super().__new__(mcs, name, bases, attrs, **kwargs)
        if bases == (BaseModelForm,):
            return new_class
        options = new_class._meta = ModelFormOptions(getattr(new_class, "Meta", None))
        options.refuse_plain_text(name)
        if options.model:
            new_class.base_fields = _collect_fields(name, options, new_class.declared_fields)
        return new_class


def _collect_fields(form_name: str, options: ModelFormOptions, declared: dict[str, Any]) -> dict[str, Any]:
    """Return the model's form fields, replaced and followed by the declared ones."""
    if options.fields is None and options.exclude is None:
        raise ImproperlyConfigured(
            "Creating a ModelForm without either the 'fields' attribute or the 'exclude' attribute is prohibited; "
            f"form {form_name} needs updating."
        )
    if options.fields == ALL_FIELDS:
        options.fields = None
    made = fields_for_model(
        options.model,
        options.fields,
        options.exclude,
        options.widgets,
        options.formfield_callback,
        options.localized_fields,
        options.labels,
        options.help_texts,
        options.error_messages,
        options.field_classes,
        # Not while classes are made: that would reach for the database at import.
        apply_limit_choices_to=False,
        form_declared_fields=declared,
    )
    unknown = [field_name for field_name, field in made.items() if not field and field_name not in declared]
    if unknown:
        raise FieldError(
            f"Unknown field(s) ({', '.join(unknown)}) specified for {getattr(options.model, '__name__', '')}"
        )
    made.update(declared)
    return made


class BaseModelForm(BaseForm, AltersData):
    """
    All that a model form does, without the class statement's fields.

    Args:
        instance: The object to change; a new one when ``None``.
    """

    _meta: ModelFormOptions

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        auto_id: Any = "id_%s",
        prefix: str | None = None,
        initial: Mapping[str, Any] | None = None,
        error_class: type[ErrorList] = ErrorList,
        label_suffix: Any = None,
        empty_permitted: bool = False,
        instance: Any = None,
        use_required_attribute: bool | None = None,
        renderer: Any = None,
    ) -> None:
        options = self._meta
        if options.model is None:
            raise ValueError("ModelForm has no model class specified.")
        if instance is None:
            self.instance: Any = options.model()
            values: dict[str, Any] = {}
        else:
            self.instance = instance
            values = model_to_dict(instance, options.fields, options.exclude)
        values.update(initial or {})
        # clean() sets it: a subclass that does not call super().clean() skips the check.
        self._validate_unique = False
        super().__init__(
            data,
            files,
            auto_id,
            prefix,
            values,
            error_class,
            label_suffix,
            empty_permitted,
            use_required_attribute=use_required_attribute,
            renderer=renderer,
        )
        for form_field in self.fields.values():
            apply_limit_choices_to_to_formfield(form_field)

    def _get_validation_exclusions(self) -> set[str]:
        """Return the names of model fields that the object's own checks must pass over."""
        return {field.name for field in self.instance._meta.fields if self._is_excluded(field)}

    def _is_excluded(self, field: Any) -> bool:
        name, options = field.name, self._meta
        if name not in self.fields or name in self._errors:
            return True
        if (options.fields and name not in options.fields) or (options.exclude and name in options.exclude):
            return True
        # The form lets it stay empty where the model does not; the view may fill it in.
        form_field = self.fields[name]
        left_empty = self.cleaned_data.get(name) in form_field.empty_values
        return not field.blank and not form_field.required and left_empty

    def clean(self) -> dict[str, Any] | None:
        """Hook for rules about several fields; also asks for the check of uniqueness."""
        self._validate_unique = True
        return self.cleaned_data

    def _update_errors(self, errors: ValidationError) -> None:
        """Add the model's errors, in the form's words where it has some."""
        by_field = errors.error_dict if hasattr(errors, "error_dict") else {NON_FIELD_ERRORS: errors.error_list}
        form_messages = self._meta.error_messages or {}
        for name, problems in by_field.items():
            if name == NON_FIELD_ERRORS:
                words = form_messages.get(NON_FIELD_ERRORS, {})
            elif name in self.fields:
                words = self.fields[name].error_messages
            else:
                continue
            for problem in problems:
                if isinstance(problem, ValidationError) and problem.code in words:
                    problem.message = words[problem.code]
        self.add_error(None, errors)

    def _post_clean(self) -> None:
        options = self._meta
        exclude = self._get_validation_exclusions()
        # A parent that is not saved yet has no key to be checked.
        exclude.update(name for name, field in self.fields.items() if isinstance(field, InlineForeignKeyField))
        try:
            self.instance = construct_instance(self, self.instance, options.fields, options.exclude)
        except ValidationError as problem:
            self._update_errors(problem)
        try:
            self.instance.full_clean(exclude=exclude, validate_unique=False)
        except ValidationError as problem:
            self._update_errors(problem)
        if self._validate_unique:
            self.validate_unique()

    def validate_unique(self) -> None:
        """Check the object's uniqueness and add what is wrong to the errors. Queries: one per rule."""
        try:
            self.instance.validate_unique(exclude=self._get_validation_exclusions())
        except ValidationError as problem:
            self._update_errors(problem)

    def _save_m2m(self) -> None:
        options = self._meta
        model_options = self.instance._meta
        for field in chain(model_options.many_to_many, model_options.private_fields):
            if not hasattr(field, "save_form_data") or field.name not in self.cleaned_data:
                continue
            if (options.fields and field.name not in options.fields) or (
                options.exclude and field.name in options.exclude
            ):
                continue
            field.save_form_data(self.instance, self.cleaned_data[field.name])

    def save(self, commit: bool = True) -> Any:
        """
        Save the object and return it.

        Args:
            commit: With ``False`` nothing is written; call ``save_m2m()`` after saving the object.
        Raises:
            ValueError: The form is not valid.
        """
        if self.errors:
            done = "created" if self.instance._state.adding else "changed"
            raise ValueError(
                f"The {self.instance._meta.object_name} could not be {done} because the data didn't validate."
            )
        if commit:
            self.instance.save()
            self._save_m2m()
        else:
            self.save_m2m = self._save_m2m
        return self.instance

    save.alters_data = True  # type: ignore[attr-defined]  # templates must not call it


class ModelForm(BaseModelForm, metaclass=ModelFormMetaclass):
    """A form for a model: ``class Meta: model = Book; fields = ["title"]``, then ``save()``."""


def modelform_factory(
    model: Any,
    form: Any = ModelForm,
    fields: Any = None,
    exclude: Any = None,
    formfield_callback: Callable[..., Any] | None = None,
    widgets: Any = None,
    localized_fields: Any = None,
    labels: Any = None,
    help_texts: Any = None,
    error_messages: Any = None,
    field_classes: Any = None,
) -> Any:
    """
    Return a ``ModelForm`` class for *model*; arguments are those of ``class Meta``.

    Raises:
        ImproperlyConfigured: Neither *fields* nor *exclude* is given.
    """
    given = {
        "fields": fields,
        "exclude": exclude,
        "widgets": widgets,
        "localized_fields": localized_fields,
        "labels": labels,
        "help_texts": help_texts,
        "error_messages": error_messages,
        "field_classes": field_classes,
    }
    attributes: dict[str, Any] = {"model": model, **{name: value for name, value in given.items() if value is not None}}
    if formfield_callback:
        attributes["formfield_callback"] = staticmethod(formfield_callback)
    bases = (form.Meta,) if hasattr(form, "Meta") else ()
    meta = type("Meta", bases, attributes)
    if getattr(meta, "fields", None) is None and getattr(meta, "exclude", None) is None:
        raise ImproperlyConfigured(
            "Calling modelform_factory without defining 'fields' or 'exclude' explicitly is prohibited."
        )
    return type(form)(f"{model.__name__}Form", (form,), {"Meta": meta})


def modelform_defines_fields(form_class: Any) -> bool:
    """Tell whether a form class says itself which fields of the model it has."""
    options = getattr(form_class, "_meta", None)
    return options is not None and (options.fields is not None or options.exclude is not None)
