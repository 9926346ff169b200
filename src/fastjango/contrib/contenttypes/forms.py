"""
Formsets of the rows that point to one object through a generic foreign key.
"""

from __future__ import annotations

from typing import Any

from fastjango.contrib.contenttypes.models import ContentType
from fastjango.db.models import ForeignKey
from fastjango.forms import ModelForm, modelformset_factory
from fastjango.forms.models import BaseModelFormSet

__all__ = ["BaseGenericInlineFormSet", "generic_inlineformset_factory"]


class BaseGenericInlineFormSet(BaseModelFormSet):
    """
    A formset for the rows of one object of any model.

    Args:
        instance: The object; without one, or before it is saved, there are no rows.
        save_as_new: Save every row as a new one, for copies of the object.
    """

    ct_field: Any
    ct_fk_field: Any
    for_concrete_model: bool

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
        self.instance = instance
        self.rel_name = self.get_default_prefix()
        self.save_as_new = save_as_new
        rows = self.model._default_manager if queryset is None else queryset
        if instance is None or not instance._is_pk_set():
            found = rows.none()
        else:
            found = rows.filter(**{self.ct_field.name: self._content_type(), self.ct_fk_field.name: instance.pk})
        super().__init__(data, files, prefix=prefix, queryset=found, **kwargs)

    def _content_type(self) -> Any:
        return ContentType.objects.get_for_model(self.instance, for_concrete_model=self.for_concrete_model)

    def initial_form_count(self) -> int:
        """Return how many forms show a row, none when all are saved as new."""
        return 0 if self.save_as_new else super().initial_form_count()

    @classmethod
    def get_default_prefix(cls) -> str:
        """Return a prefix made from the model and its two fields."""
        options = cls.model._meta
        return "-".join((options.app_label, options.model_name, cls.ct_field.name, cls.ct_fk_field.name))

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """Save a new row, pointing to the object."""
        setattr(form.instance, self.ct_field.attname, self._content_type().pk)
        setattr(form.instance, self.ct_fk_field.attname, self.instance.pk)
        return form.save(commit=commit)


def generic_inlineformset_factory(
    model: Any,
    form: Any = ModelForm,
    formset: Any = BaseGenericInlineFormSet,
    ct_field: str = "content_type",
    fk_field: str = "object_id",
    fields: Any = None,
    exclude: Any = None,
    extra: int = 3,
    can_order: bool = False,
    can_delete: bool = True,
    max_num: int | None = None,
    formfield_callback: Any = None,
    validate_max: bool = False,
    for_concrete_model: bool = True,
    min_num: int | None = None,
    validate_min: bool = False,
    absolute_max: int | None = None,
    can_delete_extra: bool = True,
) -> Any:
    """
    Return a formset class for the rows of *model* that belong to an object of any model.

    Args:
        ct_field, fk_field: The two fields of the generic foreign key.
    """
    content_type = model._meta.get_field(ct_field)
    if not isinstance(content_type, ForeignKey) or content_type.remote_field.model != ContentType:
        raise Exception(f"fk_name '{content_type}' is not a ForeignKey to ContentType")
    key = model._meta.get_field(fk_field)
    made = modelformset_factory(
        model,
        form=form,
        formfield_callback=formfield_callback,
        formset=formset,
        extra=extra,
        can_delete=can_delete,
        can_order=can_order,
        fields=fields,
        # The formset fills these two in itself.
        exclude=[*(exclude or ()), content_type.name, key.name],
        max_num=max_num,
        validate_max=validate_max,
        min_num=min_num,
        validate_min=validate_min,
        absolute_max=absolute_max,
        can_delete_extra=can_delete_extra,
    )
    made.ct_field = content_type
    made.ct_fk_field = key
    made.for_concrete_model = for_concrete_model
    return made
