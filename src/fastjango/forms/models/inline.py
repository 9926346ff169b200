"""
Inline formsets: the rows that belong to one parent object, edited together with it.
"""

from __future__ import annotations

from typing import Any

from fastjango.db.models import ForeignKey
from fastjango.forms.models.choice_fields import InlineForeignKeyField
from fastjango.forms.models.formsets import BaseModelFormSet, modelformset_factory
from fastjango.forms.models.model_form import ModelForm
from fastjango.utils.text import capfirst

__all__ = ["BaseInlineFormSet", "_get_foreign_key", "inlineformset_factory"]


class BaseInlineFormSet(BaseModelFormSet):
    """
    A formset for the children of one object.

    Args:
        instance: The parent; a new one when ``None``.
        save_as_new: Save every child as a new row, for copies of the parent.
    """

    fk: Any

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        instance: Any = None,
        save_as_new: bool = False,
        prefix: str | None = None,
        queryset: Any = None,
        **kwargs: Any,
    ) -> None:
        self.instance = self.fk.remote_field.model() if instance is None else instance
        self.save_as_new = save_as_new
        rows = self.model._default_manager if queryset is None else queryset
        children = rows.filter(**{self.fk.name: self.instance}) if self.instance._is_pk_set() else rows.none()
        self.unique_fields = {self.fk.name}
        super().__init__(data, files, prefix=prefix, queryset=children, **kwargs)
        chosen = self.form._meta.fields
        if chosen and self.fk.name not in chosen:
            # Else the link would be left out of the object's checks.
            self.form._meta.fields = [*chosen, self.fk.name]

    def initial_form_count(self) -> int:
        """Return how many forms show a row, none when all are saved as new."""
        return 0 if self.save_as_new else super().initial_form_count()

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        if self.save_as_new:
            self._forget_keys(form)
        # Set before the form checks itself: uniqueness may involve the parent.
        target = self.fk.remote_field
        key = self.instance.pk
        if target.field_name != target.model._meta.pk.name:
            key = getattr(self.instance, target.field_name)
            key = getattr(key, "pk", key)
        setattr(form.instance, self.fk.attname, key)
        return form

    def _forget_keys(self, form: Any) -> None:
        data = form.data
        was_mutable = getattr(data, "_mutable", None)
        if was_mutable is not None:
            data._mutable = True
        data[form.add_prefix(self._pk_field.name)] = None
        data[form.add_prefix(self.fk.name)] = None
        if was_mutable is not None:
            data._mutable = was_mutable

    @classmethod
    def get_default_prefix(cls) -> str:
        """Return the name under which the parent reaches its children."""
        return str(cls.fk.remote_field.get_accessor_name(model=cls.model)).replace("+", "")

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """Save a new child, linked to the parent as it is now."""
        setattr(form.instance, self.fk.name, self.instance)
        return super().save_new(form, commit=commit)

    def add_fields(self, form: Any, index: int | None) -> None:
        """Add the hidden link to the parent."""
        super().add_fields(form, index)
        target = self.fk.remote_field
        if self._pk_field == self.fk:
            name = self._pk_field.name
            kwargs: dict[str, Any] = {"pk_field": True}
        else:
            name = self.fk.name
            shown = form.fields.get(name)
            kwargs = {"label": capfirst(self.fk.verbose_name) if shown is None else shown.label}
        if target.field_name != target.model._meta.pk.name:
            kwargs["to_field"] = target.field_name
        if self.instance._state.adding:
            self._drop_default_key(form, kwargs.get("to_field"))
        form.fields[name] = InlineForeignKeyField(self.instance, **kwargs)

    def _drop_default_key(self, form: Any, to_field: str | None) -> None:
        """Clear a new parent's default key: the next request would make another one."""
        options = self.instance._meta
        key = options.pk if to_field is None else options.get_field(to_field)
        if key.has_default() and (key.attname == self.fk.remote_field.model._meta.pk.name or not form.data):
            setattr(self.instance, key.attname, None)

    def get_unique_error_message(self, unique_check: Any) -> str:
        """Return the error for a duplicate, without naming the parent."""
        return super().get_unique_error_message([name for name in unique_check if name != self.fk.name])


def _leads_to(fk: Any, parent_model: Any) -> bool:
    """Tell whether *fk* points to the parent model, a model it inherits from, or a proxy of one."""
    target = fk.remote_field.model
    family = (*parent_model._meta.all_parents, parent_model)
    return target in family or (target._meta.proxy and target._meta.proxy_for_model in family)


def _get_foreign_key(parent_model: Any, model: Any, fk_name: str | None = None, can_fail: bool = False) -> Any:
    """
    Return the one foreign key from *model* to *parent_model*.

    Raises:
        ValueError: There is none (unless *can_fail*), there are several, or *fk_name* is not one.
    """
    child, parent = model._meta.label, parent_model._meta.label
    if fk_name:
        named = [field for field in model._meta.fields if field.name == fk_name]
        if not named:
            raise ValueError(f"'{child}' has no field named '{fk_name}'.")
        if not isinstance(named[0], ForeignKey) or not _leads_to(named[0], parent_model):
            raise ValueError(f"fk_name '{fk_name}' is not a ForeignKey to '{parent}'.")
        return named[0]
    found = [field for field in model._meta.fields if isinstance(field, ForeignKey) and _leads_to(field, parent_model)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(
            f"'{child}' has more than one ForeignKey to '{parent}'. You must specify a 'fk_name' attribute."
        )
    if can_fail:
        return None
    raise ValueError(f"'{child}' has no ForeignKey to '{parent}'.")


def inlineformset_factory(
    parent_model: Any,
    model: Any,
    form: Any = ModelForm,
    formset: Any = BaseInlineFormSet,
    fk_name: str | None = None,
    fields: Any = None,
    exclude: Any = None,
    extra: int = 3,
    can_order: bool = False,
    can_delete: bool = True,
    max_num: int | None = None,
    formfield_callback: Any = None,
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
    """Return an inline formset class for the children *model* of *parent_model*, linked by *fk_name*."""
    fk = _get_foreign_key(parent_model, model, fk_name=fk_name)
    made = modelformset_factory(
        model,
        form=form,
        formfield_callback=formfield_callback,
        formset=formset,
        extra=extra,
        can_delete=can_delete,
        can_order=can_order,
        fields=fields,
        exclude=exclude,
        min_num=min_num,
        # A parent has at most one child through a unique link.
        max_num=1 if fk.unique else max_num,
        widgets=widgets,
        validate_min=validate_min,
        validate_max=validate_max,
        localized_fields=localized_fields,
        labels=labels,
        help_texts=help_texts,
        error_messages=error_messages,
        field_classes=field_classes,
        absolute_max=absolute_max,
        can_delete_extra=can_delete_extra,
        renderer=renderer,
        edit_only=edit_only,
    )
    made.fk = fk
    return made
