"""
Formsets of model forms: several objects of one model in one page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastjango.core.exceptions import NON_FIELD_ERRORS, ImproperlyConfigured, ValidationError
from fastjango.db.models import AutoField, ForeignKey
from fastjango.db.models.utils import AltersData
from fastjango.forms.formsets import BaseFormSet, formset_factory
from fastjango.forms.models.choice_fields import ModelChoiceField
from fastjango.forms.models.model_form import ModelForm, modelform_factory
from fastjango.forms.widgets import HiddenInput
from fastjango.utils.hashable import make_hashable
from fastjango.utils.text import get_text_list
from fastjango.utils.translation import gettext

__all__ = ["BaseModelFormSet", "modelformset_factory"]


def _is_generated(pk: Any) -> bool:
    """Tell whether nobody types in this primary key: a number, or a link to a parent that has one."""
    if not pk.editable or pk.auto_created or isinstance(pk, AutoField):
        return True
    link = pk.remote_field
    return bool(link and link.parent_link and _is_generated(link.model._meta.pk))


class BaseModelFormSet(BaseFormSet, AltersData):
    """
    A formset for the rows of a queryset; ``save()`` writes what changed.

    Args:
        queryset: The rows; all of the model by default.
        initial: Values for the extra forms.
    """

    model: Any = None
    edit_only = False
    # Fields that are the same in every form of the page: an inline form's link to the parent.
    unique_fields: Any = frozenset()

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        auto_id: Any = "id_%s",
        prefix: str | None = None,
        queryset: Any = None,
        *,
        initial: Any = None,
        **kwargs: Any,
    ) -> None:
        self.queryset = queryset
        self.initial_extra = initial
        super().__init__(data=data, files=files, auto_id=auto_id, prefix=prefix, **kwargs)

    def initial_form_count(self) -> int:
        """Return how many forms show a row."""
        return super().initial_form_count() if self.is_bound else len(self.get_queryset())

    def get_queryset(self) -> Any:
        """Return the rows in a fixed order, the same object at every call."""
        if not hasattr(self, "_queryset"):
            rows = self.model._default_manager.get_queryset() if self.queryset is None else self.queryset
            # Without an order the forms of two requests would not match.
            self._queryset = rows if rows.ordered else rows.order_by(self.model._meta.pk.name)
        return self._queryset

    def _existing_object(self, pk: Any) -> Any:
        if not hasattr(self, "_object_dict"):
            self._object_dict = {obj.pk: obj for obj in self.get_queryset()}
        return self._object_dict.get(pk)

    def _get_to_python(self, field: Any) -> Any:
        """Return the function that reads a key: that of the field at the end of a chain of links."""
        while field.remote_field is not None:
            field = field.remote_field.get_related_field()
        return field.to_python

    def _row_for(self, index: int) -> dict[str, Any]:
        """Return the arguments with the row for a form, none where the request names no row of the queryset."""
        if not self.is_bound:
            return {"instance": self.get_queryset()[index]}
        pk = self.model._meta.pk
        key_name = f"{self.add_prefix(index)}-{pk.name}"
        if key_name not in self.data:
            return {}
        try:
            key = self._get_to_python(pk)(self.data[key_name])
        except ValidationError:
            # The form's own field says what is wrong with it.
            return {}
        return {"instance": self._existing_object(key)}

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        present = self.initial_form_count()
        if i < present:
            kwargs = {**kwargs, **self._row_for(i)}
        elif self.initial_extra and i - present < len(self.initial_extra):
            kwargs["initial"] = self.initial_extra[i - present]
        form = super()._construct_form(i, **kwargs)
        if i < present:
            form.fields[self.model._meta.pk.name].required = True
        return form

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """Save the object of an extra form and return it."""
        return form.save(commit=commit)

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        """Save the object of a row's form and return it."""
        return form.save(commit=commit)

    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        """Delete the object of a form whose deletion box is ticked."""
        if commit:
            obj.delete()

    def save(self, commit: bool = True) -> list[Any]:
        """
        Save every changed and new object, delete those to be deleted; return the saved ones.

        Args:
            commit: With ``False`` nothing is written; save the objects, delete ``deleted_objects`` and
                call ``save_m2m()`` yourself.
        """
        if not commit:
            self.saved_forms: list[Any] = []
            self.save_m2m = self._save_all_m2m
        changed = self.save_existing_objects(commit)
        return changed if self.edit_only else changed + self.save_new_objects(commit)

    save.alters_data = True  # type: ignore[attr-defined]  # templates must not call it

    def _save_all_m2m(self) -> None:
        for form in self.saved_forms:
            form.save_m2m()

    def clean(self) -> Any:
        """Hook for rules about several forms; checks that no two forms claim one unique value."""
        self.validate_unique()

    def validate_unique(self) -> None:
        """Raise ``ValidationError`` when two forms of the page share what must be unique."""
        leaving = self.deleted_forms
        forms = [form for form in self.forms if form.is_valid() and form not in leaving]
        unique_checks: dict[Any, None] = {}
        date_checks: dict[Any, None] = {}
        for form in forms:
            exclude = form._get_validation_exclusions()
            unique, dates = form.instance._get_unique_checks(exclude=exclude, include_meta_constraints=True)
            unique_checks.update(dict.fromkeys(unique))
            date_checks.update(dict.fromkeys(dates))
        problems: list[str] = []
        for _model, names in unique_checks:
            problems += self._duplicates_of(names, forms)
        for check in date_checks:
            problems += self._duplicates_by_date(check, forms)
        if problems:
            raise ValidationError(problems)

    def _duplicates_of(self, names: Any, forms: list[Any]) -> list[str]:
        seen = set()
        problems = []
        for form in forms:
            present = [name for name in names if name in form.cleaned_data]
            values = [name if name in self.unique_fields else form.cleaned_data[name] for name in present]
            key = tuple(
                value._get_pk_val() if hasattr(value, "_get_pk_val") else make_hashable(value) for value in values
            )
            if not key or None in key:
                continue
            if key in seen:
                problems.append(self.get_unique_error_message(names))
                self._mark_duplicate(form, present)
            seen.add(key)
        return problems

    def _duplicates_by_date(self, check: Any, forms: list[Any]) -> list[str]:
        _model, lookup, name, date_name = check
        seen = set()
        problems = []
        for form in forms:
            data = form.cleaned_data
            if not data or data[name] is None or data[date_name] is None:
                continue
            day = data[date_name]
            period = (day.year, day.month, day.day) if lookup == "date" else (getattr(day, lookup),)
            key = (data[name], *period)
            if key in seen:
                problems.append(self.get_date_error_message(check))
                self._mark_duplicate(form, [name])
            seen.add(key)
        return problems

    def _mark_duplicate(self, form: Any, names: list[str]) -> None:
        form._errors[NON_FIELD_ERRORS] = self.error_class([self.get_form_error()], renderer=self.renderer)
        for name in names:
            form.cleaned_data.pop(name, None)

    def get_unique_error_message(self, unique_check: Any) -> str:
        """Return the error for a duplicate of one or several fields."""
        if len(unique_check) == 1:
            return gettext("Please correct the duplicate data for %(field)s.") % {"field": unique_check[0]}
        names = get_text_list(list(unique_check), gettext("and"))
        return gettext("Please correct the duplicate data for %(field)s, which must be unique.") % {"field": names}

    def get_date_error_message(self, date_check: Any) -> str:
        """Return the error for a duplicate within a day, month or year."""
        return gettext(
            "Please correct the duplicate data for %(field_name)s "
            "which must be unique for the %(lookup)s in %(date_field)s."
        ) % {"field_name": date_check[2], "date_field": date_check[3], "lookup": str(date_check[1])}

    def get_form_error(self) -> str:
        """Return the error shown at the form with the duplicate."""
        return gettext("Please correct the duplicate values below.")

    def save_existing_objects(self, commit: bool = True) -> list[Any]:
        """Save or delete the rows; fills ``changed_objects`` and ``deleted_objects``."""
        self.changed_objects: list[tuple[Any, list[str]]] = []
        self.deleted_objects: list[Any] = []
        saved: list[Any] = []
        if not self.initial_forms:
            return saved
        leaving = self.deleted_forms
        for form in self.initial_forms:
            obj = form.instance
            if obj.pk is None or obj._state.adding:
                # Security rule 18: the row is not there any more, or was never of this queryset.
                continue
            if form in leaving:
                self.deleted_objects.append(obj)
                self.delete_existing(obj, commit=commit)
            elif form.has_changed():
                self.changed_objects.append((obj, form.changed_data))
                saved.append(self.save_existing(form, obj, commit=commit))
                if not commit:
                    self.saved_forms.append(form)
        return saved

    def save_new_objects(self, commit: bool = True) -> list[Any]:
        """Save what was entered in the extra forms; fills ``new_objects``."""
        self.new_objects: list[Any] = []
        for form in self.extra_forms:
            if not form.has_changed() or (self.can_delete and self._should_delete_form(form)):
                continue
            self.new_objects.append(self.save_new(form, commit=commit))
            if not commit:
                self.saved_forms.append(form)
        return self.new_objects

    def add_fields(self, form: Any, index: int | None) -> None:
        """Add the hidden primary key, unless the form shows the key itself."""
        pk = self._pk_field = self.model._meta.pk
        if _is_generated(pk) or pk.name not in form.fields:
            target = pk.remote_field.model if isinstance(pk, ForeignKey) else self.model
            rows = target._default_manager.get_queryset().using(form.instance._state.db)
            widget = (form._meta.widgets or {}).get(pk.name, HiddenInput)
            form.fields[pk.name] = ModelChoiceField(
                rows, initial=self._key_of(form, index), required=False, widget=widget
            )
        super().add_fields(form, index)

    def _key_of(self, form: Any, index: int | None) -> Any:
        if form.is_bound:
            # The key of an object to be added may be a default that the next request would not repeat.
            return None if form.instance._state.adding else form.instance.pk
        rows = self.get_queryset()
        return rows[index].pk if index is not None and index < len(rows) else None


def modelformset_factory(
    model: Any,
    form: Any = ModelForm,
    formfield_callback: Callable[..., Any] | None = None,
    formset: Any = BaseModelFormSet,
    extra: int = 1,
    can_delete: bool = False,
    can_order: bool = False,
    max_num: int | None = None,
    fields: Any = None,
    exclude: Any = None,
    widgets: Any = None,
    validate_max: bool = False,
    localized_fields: Any = None,
    labels: Any = None,
    help_texts: Any = None,
    error_messages: Any = None,
    min_num: int | None = None,
    validate_min: bool = False,
    field_classes: Any = None,
    absolute_max: int | None = None,
    can_delete_extra: bool = True,
    renderer: Any = None,
    edit_only: bool = False,
) -> Any:
    """
    Return a formset class for *model*.

    Args:
        edit_only: Extra forms save nothing.
    Raises:
        ImproperlyConfigured: Neither *fields* nor *exclude* is given, here or in the form.
    """
    meta = getattr(form, "Meta", None)
    if getattr(meta, "fields", fields) is None and getattr(meta, "exclude", exclude) is None:
        raise ImproperlyConfigured(
            "Calling modelformset_factory without defining 'fields' or 'exclude' explicitly is prohibited."
        )
    form_class = modelform_factory(
        model,
        form=form,
        fields=fields,
        exclude=exclude,
        formfield_callback=formfield_callback,
        widgets=widgets,
        localized_fields=localized_fields,
        labels=labels,
        help_texts=help_texts,
        error_messages=error_messages,
        field_classes=field_classes,
    )
    limits = (max_num, validate_max, min_num, validate_min, absolute_max)
    made = formset_factory(form_class, formset, extra, can_order, can_delete, *limits, can_delete_extra, renderer)
    made.model = model
    made.edit_only = edit_only
    return made
