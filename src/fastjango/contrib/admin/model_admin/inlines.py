"""Inlines: objects that are edited on the page of the object they belong to."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastjango import forms
from fastjango.contrib.admin.checks import InlineModelAdminChecks
from fastjango.contrib.admin.model_admin.options import BaseModelAdmin
from fastjango.contrib.admin.utils import NestedObjects, flatten_fieldsets
from fastjango.core.exceptions import ValidationError
from fastjango.db import router
from fastjango.forms.formsets import DELETION_FIELD_NAME
from fastjango.forms.models import BaseInlineFormSet, inlineformset_factory, modelform_defines_fields
from fastjango.utils.text import get_text_list
from fastjango.utils.translation import gettext as _


class InlineModelAdmin(BaseModelAdmin):
    """Options of an inline."""

    model: Any = None
    fk_name: Any = None
    formset: Any = BaseInlineFormSet
    extra = 3
    min_num: Any = None
    max_num: Any = None
    template: Any = None
    verbose_name: Any = None
    verbose_name_plural: Any = None
    can_delete = True
    show_change_link = False
    checks_class = InlineModelAdminChecks
    classes: Any = None

    def __init__(self, parent_model: Any, admin_site: Any) -> None:
        self.admin_site = admin_site
        self.parent_model = parent_model
        self.opts = self.model._meta
        self.has_registered_model = admin_site.is_registered(self.model)
        super().__init__()
        if self.verbose_name_plural is None:
            if self.verbose_name is None:
                self.verbose_name_plural = self.opts.verbose_name_plural
            else:
                from fastjango.utils.text import format_lazy

                self.verbose_name_plural = format_lazy("{}s", self.verbose_name)
        if self.verbose_name is None:
            self.verbose_name = self.opts.verbose_name

    @property
    def media(self) -> Any:
        """The scripts of the inline."""
        extra_js = ["admin.js"]
        return forms.Media(js=[f"admin/js/{name}" for name in extra_js])

    def get_extra(self, request: Any, obj: Any = None, **kwargs: Any) -> int:
        """Return how many empty forms are shown."""
        return self.extra

    def get_min_num(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return how many forms there are at least."""
        return self.min_num

    def get_max_num(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return how many forms there are at most."""
        return self.max_num

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the class of the formset."""
        if "fields" in kwargs:
            fields = kwargs.pop("fields")
        else:
            fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        excluded = self.get_exclude(request, obj)
        exclude = [] if excluded is None else list(excluded)
        exclude.extend(self.get_readonly_fields(request, obj))
        if excluded is None and hasattr(self.form, "_meta") and self.form._meta.exclude:
            exclude.extend(self.form._meta.exclude)
        can_delete = self.can_delete and self.has_delete_permission(request, obj)
        defaults = {
            "form": self.form,
            "formset": self.formset,
            "fk_name": self.fk_name,
            "fields": fields,
            "exclude": exclude or None,
            "formfield_callback": partial(self.formfield_for_dbfield, request=request),
            "extra": self.get_extra(request, obj),
            "min_num": self.get_min_num(request, obj),
            "max_num": self.get_max_num(request, obj),
            "can_delete": can_delete,
            **kwargs,
        }
        can_change = self.has_change_permission(request, obj) if request else True
        can_add = self.has_add_permission(request, obj) if request else True
        defaults["form"] = protecting_form(defaults["form"], can_delete, can_change, can_add)
        if defaults["fields"] is None and not modelform_defines_fields(defaults["form"]):
            defaults["fields"] = forms.ALL_FIELDS
        return inlineformset_factory(self.parent_model, self.model, **defaults)

    def _get_form_for_get_fields(self, request: Any, obj: Any = None) -> Any:
        return self.get_formset(request, obj, fields=None).form

    def get_queryset(self, request: Any) -> Any:
        """Return the objects; none for a user who may not see any."""
        queryset = super().get_queryset(request)
        return queryset if self.has_view_or_change_permission(request) else queryset.none()

    def _has_any_perms_for_target_model(self, request: Any, perms: list[str]) -> bool:
        """A table in the middle has no permissions of its own: those of the far side count."""
        opts = self.opts
        for field in opts.fields:
            if field.remote_field and field.remote_field.model != self.parent_model:
                opts = field.remote_field.model._meta
                break
        from fastjango.contrib.auth import get_permission_codename

        return any(request.user.has_perm(f"{opts.app_label}.{get_permission_codename(perm, opts)}") for perm in perms)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """Return whether objects may be added."""
        if self.opts.auto_created:
            return self._has_any_perms_for_target_model(request, ["change"])
        return super().has_add_permission(request)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Return whether objects may be changed."""
        if self.opts.auto_created:
            return self._has_any_perms_for_target_model(request, ["change"])
        return super().has_change_permission(request)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Return whether objects may be deleted."""
        if self.opts.auto_created:
            return self._has_any_perms_for_target_model(request, ["change"])
        return super().has_delete_permission(request, obj)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Return whether objects may be seen."""
        if self.opts.auto_created:
            return self._has_any_perms_for_target_model(request, ["view", "change"])
        return super().has_view_permission(request)


class ProtectingForm:
    """Mixed into an inline's form: what the user may not do has no effect, whatever was sent."""

    _can_delete: bool
    _can_change: bool
    _can_add: bool

    def hand_clean_DELETE(self) -> None:
        """Refuse to delete what protected objects refer to: the formset cannot roll that back."""
        form: Any = self
        if not form.cleaned_data.get(DELETION_FIELD_NAME, False):
            return
        using = router.db_for_write(form._meta.model)
        collector = NestedObjects(using=using)
        if form.instance._state.adding:
            return
        collector.collect([form.instance])
        if not collector.protected:
            return
        objs = [
            _("%(class_name)s %(instance)s") % {"class_name": p._meta.verbose_name, "instance": p}
            for p in collector.protected
        ]
        params = {
            "class_name": form._meta.model._meta.verbose_name,
            "instance": form.instance,
            "related_objects": get_text_list(objs, _("and")),
        }
        message = _(
            "Deleting %(class_name)s %(instance)s would require deleting the following protected related objects: "
            "%(related_objects)s"
        )
        raise ValidationError(message, code="deleting_protected", params=params)

    def is_valid(self) -> bool:
        """Validate, then look at a deletion."""
        result: bool = super().is_valid()  # type: ignore[misc]
        self.hand_clean_DELETE()
        return result

    def has_changed(self) -> bool:
        """Return False for what the user may not change or add."""
        form: Any = self
        if not self._can_change and not form.instance._state.adding:
            return False
        if not self._can_add and form.instance._state.adding:
            return False
        changed: bool = super().has_changed()  # type: ignore[misc]
        return changed


def protecting_form(base: Any, can_delete: bool, can_change: bool, can_add: bool) -> Any:
    """Return *base* as a form that leaves unread what the user may not do."""
    return type(
        "DeleteProtectedModelForm",
        (ProtectingForm, base),
        {"_can_delete": can_delete, "_can_change": can_change, "_can_add": can_add, "__module__": base.__module__},
    )


class StackedInline(InlineModelAdmin):
    """One form below the other."""

    template = "admin/edit_inline/stacked.html"


class TabularInline(InlineModelAdmin):
    """One row a form."""

    template = "admin/edit_inline/tabular.html"
