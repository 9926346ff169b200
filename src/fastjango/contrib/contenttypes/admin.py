"""Inlines over generic relations: objects that refer to the edited one by type and key."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from fastjango.contrib.admin.checks import InlineModelAdminChecks
from fastjango.contrib.admin.model_admin.inlines import InlineModelAdmin, protecting_form
from fastjango.contrib.admin.utils import flatten_fieldsets
from fastjango.contrib.contenttypes.fields import GenericForeignKey
from fastjango.contrib.contenttypes.forms import BaseGenericInlineFormSet, generic_inlineformset_factory
from fastjango.core import checks
from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.forms import ALL_FIELDS
from fastjango.forms.models import modelform_defines_fields

__all__ = [
    "GenericInlineModelAdmin",
    "GenericInlineModelAdminChecks",
    "GenericStackedInline",
    "GenericTabularInline",
]


class GenericInlineModelAdminChecks(InlineModelAdminChecks):
    """The options of a generic inline."""

    def _check_exclude_of_parent_model(self, obj: Any, parent_model: Any) -> list[Any]:
        # There is no foreign key to the parent.
        return []

    def _check_relation(self, obj: Any, parent_model: Any) -> list[Any]:
        label = obj.model._meta.label
        generic_keys = [field for field in obj.model._meta.private_fields if isinstance(field, GenericForeignKey)]
        if not generic_keys:
            return [checks.Error(f"'{label}' has no GenericForeignKey.", obj=obj.__class__, id="admin.E301")]
        for option, number in (("ct_field", 302), ("ct_fk_field", 303)):
            name = getattr(obj, option)
            try:
                obj.model._meta.get_field(name)
            except FieldDoesNotExist:
                return [
                    checks.Error(
                        f"'{option}' references '{name}', which is not a field on '{label}'.",
                        obj=obj.__class__,
                        id=f"admin.E{number}",
                    )
                ]
        if any(key.ct_field == obj.ct_field and key.fk_field == obj.ct_fk_field for key in generic_keys):
            return []
        return [
            checks.Error(
                f"'{label}' has no GenericForeignKey using content type field '{obj.ct_field}' and object ID field "
                f"'{obj.ct_fk_field}'.",
                obj=obj.__class__,
                id="admin.E304",
            )
        ]


class GenericInlineModelAdmin(InlineModelAdmin):
    """An inline over a generic relation."""

    ct_field = "content_type"
    ct_fk_field = "object_id"
    formset: Any = BaseGenericInlineFormSet
    checks_class: ClassVar[Any] = GenericInlineModelAdminChecks

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the formset class."""
        # Given as None by the admin itself, which asks for all fields to find out which there are.
        fields = kwargs.pop("fields") if "fields" in kwargs else flatten_fieldsets(self.get_fieldsets(request, obj))
        excluded = self.get_exclude(request, obj)
        exclude = [*(excluded or ()), *self.get_readonly_fields(request, obj)]
        if excluded is None and hasattr(self.form, "_meta") and self.form._meta.exclude:
            # The form's own wish counts where the inline has none.
            exclude.extend(self.form._meta.exclude)
        can_delete = self.can_delete and self.has_delete_permission(request, obj)
        options = {
            "ct_field": self.ct_field,
            "fk_field": self.ct_fk_field,
            "form": self.form,
            "formfield_callback": partial(self.formfield_for_dbfield, request=request),
            "formset": self.formset,
            "extra": self.get_extra(request, obj),
            "can_delete": can_delete,
            "can_order": False,
            "fields": fields,
            "min_num": self.get_min_num(request, obj),
            "max_num": self.get_max_num(request, obj),
            "exclude": exclude or None,
            **kwargs,
        }
        # A forged row of a user who may not add or change is left unread, as in other inlines.
        can_change = self.has_change_permission(request, obj) if request else True
        can_add = self.has_add_permission(request, obj) if request else True
        options["form"] = protecting_form(options["form"], can_delete, can_change, can_add)
        if options["fields"] is None and not modelform_defines_fields(options["form"]):
            options["fields"] = ALL_FIELDS
        return generic_inlineformset_factory(self.model, **options)


class GenericStackedInline(GenericInlineModelAdmin):
    """One form under the other."""

    template = "admin/edit_inline/stacked.html"


class GenericTabularInline(GenericInlineModelAdmin):
    """A table, a form in each row."""

    template = "admin/edit_inline/tabular.html"
