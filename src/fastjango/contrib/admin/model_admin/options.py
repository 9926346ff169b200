"""``BaseModelAdmin``: options, form fields and permissions that admins and inlines share."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from fastjango import forms
from fastjango.contrib.admin import widgets
from fastjango.contrib.admin.checks import BaseModelAdminChecks
from fastjango.contrib.admin.constants import (
    FORMFIELD_FOR_DBFIELD_DEFAULTS,
    get_content_type_for_model,
    get_ul_class,
)
from fastjango.contrib.admin.exceptions import NotRegistered
from fastjango.contrib.auth import get_permission_codename
from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db import models
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.forms.widgets import CheckboxSelectMultiple, SelectMultiple
from fastjango.urls import reverse
from fastjango.utils.text import format_lazy
from fastjango.utils.translation import gettext as _


class BaseModelAdmin(metaclass=forms.MediaDefiningClass):
    """What ``ModelAdmin`` and ``InlineModelAdmin`` have in common."""

    autocomplete_fields: Any = ()
    raw_id_fields: Any = ()
    fields: Any = None
    exclude: Any = None
    fieldsets: Any = None
    form: Any = forms.ModelForm
    filter_vertical: Any = ()
    filter_horizontal: Any = ()
    radio_fields: Any = {}
    prepopulated_fields: Any = {}
    formfield_overrides: Any = {}
    readonly_fields: Any = ()
    ordering: Any = None
    sortable_by: Any = None
    view_on_site: Any = True
    show_full_result_count = True
    checks_class: ClassVar[Any] = BaseModelAdminChecks
    model: Any
    opts: Any
    admin_site: Any

    def check(self, **kwargs: Any) -> list[Any]:
        """Return what is wrong with the options."""
        found: list[Any] = self.checks_class().check(self, **kwargs)
        return found

    def __init__(self) -> None:
        # The project's own overrides, under those of the admin.
        overrides = copy.deepcopy(FORMFIELD_FOR_DBFIELD_DEFAULTS)
        for field_class, value in self.formfield_overrides.items():
            overrides.setdefault(field_class, {}).update(value)
        self.formfield_overrides = overrides

    # ------------------------------------------------------------ form fields

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Return the form field of a model field, with the admin's widget."""
        if db_field.choices:
            return self.formfield_for_choice_field(db_field, request, **kwargs)
        if isinstance(db_field, (models.ForeignKey, models.ManyToManyField)):
            return self._formfield_for_relation(db_field, request, kwargs)
        for klass in db_field.__class__.mro():
            if klass in self.formfield_overrides:
                return db_field.formfield(**{**copy.deepcopy(self.formfield_overrides[klass]), **kwargs})
        return db_field.formfield(**kwargs)

    def _formfield_for_relation(self, db_field: Any, request: Any, kwargs: dict[str, Any]) -> Any:
        # Overrides for the field's own class hold for relations as well.
        if db_field.__class__ in self.formfield_overrides:
            kwargs = {**self.formfield_overrides[db_field.__class__], **kwargs}
        if isinstance(db_field, models.ForeignKey):
            formfield = self.formfield_for_foreignkey(db_field, request, **kwargs)
        else:
            formfield = self.formfield_for_manytomany(db_field, request, **kwargs)
        # Add and change buttons; a raw id has its own.
        if formfield and db_field.name not in self.raw_id_fields:
            try:
                related_modeladmin = self.admin_site.get_model_admin(db_field.remote_field.model)
            except NotRegistered:
                wrapper_kwargs: dict[str, Any] = {}
            else:
                wrapper_kwargs = {
                    "can_add_related": related_modeladmin.has_add_permission(request),
                    "can_change_related": related_modeladmin.has_change_permission(request),
                    "can_delete_related": related_modeladmin.has_delete_permission(request),
                    "can_view_related": related_modeladmin.has_view_permission(request),
                }
            formfield.widget = widgets.RelatedFieldWidgetWrapper(
                formfield.widget, db_field.remote_field, self.admin_site, **wrapper_kwargs
            )
        return formfield

    def formfield_for_choice_field(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Return the form field of a field with choices."""
        if db_field.name in self.radio_fields:
            # An explicit widget counts more.
            if "widget" not in kwargs:
                kwargs["widget"] = widgets.AdminRadioSelect(
                    attrs={"class": get_ul_class(self.radio_fields[db_field.name])}
                )
            if "choices" not in kwargs:
                kwargs["choices"] = db_field.get_choices(include_blank=db_field.blank, blank_choice=[("", _("None"))])
        return db_field.formfield(**kwargs)

    def get_field_queryset(self, db: Any, db_field: Any, request: Any) -> Any:
        """Return the choices of a relation in the order of its admin; None for the usual ones."""
        try:
            related_admin = self.admin_site.get_model_admin(db_field.remote_field.model)
        except NotRegistered:
            return None
        ordering = related_admin.get_ordering(request)
        if ordering is not None and ordering != ():
            return db_field.remote_field.model._default_manager.using(db).order_by(*ordering)
        return None

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Return the form field of a foreign key."""
        db = kwargs.get("using")
        if "widget" not in kwargs:
            if db_field.name in self.get_autocomplete_fields(request):
                kwargs["widget"] = widgets.AutocompleteSelect(db_field, self.admin_site, using=db)
            elif db_field.name in self.raw_id_fields:
                kwargs["widget"] = widgets.ForeignKeyRawIdWidget(db_field.remote_field, self.admin_site, using=db)
            elif db_field.name in self.radio_fields:
                kwargs["widget"] = widgets.AdminRadioSelect(
                    attrs={"class": get_ul_class(self.radio_fields[db_field.name])}
                )
                kwargs["empty_label"] = kwargs.get("empty_label", _("None")) if db_field.blank else None
        if "queryset" not in kwargs:
            queryset = self.get_field_queryset(db, db_field, request)
            if queryset is not None:
                kwargs["queryset"] = queryset
        return db_field.formfield(**kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Return the form field of a many-to-many relation; None where its table has columns of its own."""
        if not db_field.remote_field.has_plain_table:
            return None
        db = kwargs.get("using")
        if "widget" not in kwargs:
            if db_field.name in self.get_autocomplete_fields(request):
                kwargs["widget"] = widgets.AutocompleteSelectMultiple(db_field, self.admin_site, using=db)
            elif db_field.name in self.raw_id_fields:
                kwargs["widget"] = widgets.ManyToManyRawIdWidget(db_field.remote_field, self.admin_site, using=db)
            elif db_field.name in [*self.filter_vertical, *self.filter_horizontal]:
                kwargs["widget"] = widgets.FilteredSelectMultiple(
                    db_field.verbose_name, db_field.name in self.filter_vertical
                )
        if "queryset" not in kwargs:
            queryset = self.get_field_queryset(db, db_field, request)
            if queryset is not None:
                kwargs["queryset"] = queryset
        form_field = db_field.formfield(**kwargs)
        if (
            isinstance(form_field.widget, SelectMultiple)
            and form_field.widget.allow_multiple_selected
            and not isinstance(form_field.widget, (CheckboxSelectMultiple, widgets.AutocompleteSelectMultiple))
        ):
            message = _("Hold down “Control”, or “Command” on a Mac, to select more than one.")
            help_text = form_field.help_text
            form_field.help_text = format_lazy("{} {}", help_text, message) if help_text else message
        return form_field

    # ------------------------------------------------------------ options as hooks

    def get_autocomplete_fields(self, request: Any) -> Any:
        """Return the relations with a box that completes."""
        return self.autocomplete_fields

    def get_view_on_site_url(self, obj: Any = None) -> Any:
        """Return the address of the object's own page, or None."""
        if obj is None or not self.view_on_site:
            return None
        if callable(self.view_on_site):
            return self.view_on_site(obj)
        if hasattr(obj, "get_absolute_url"):
            return reverse(
                "admin:view_on_site",
                kwargs={"content_type_id": get_content_type_for_model(obj).pk, "object_id": obj.pk},
                current_app=self.admin_site.name,
            )
        return None

    def get_empty_value_display(self) -> Any:
        """Return what stands for an empty value."""
        from fastjango.utils.safestring import mark_safe

        try:
            return mark_safe(self.empty_value_display)  # type: ignore[attr-defined]
        except AttributeError:
            return mark_safe(self.admin_site.empty_value_display)

    def get_exclude(self, request: Any, obj: Any = None) -> Any:
        """Return the fields that the form leaves out."""
        return self.exclude

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        """Return the fields of the form."""
        if self.fields:
            return self.fields
        # What the form has, and what is only shown.
        form = self._get_form_for_get_fields(request, obj)
        return [*form.base_fields, *self.get_readonly_fields(request, obj)]

    def _get_form_for_get_fields(self, request: Any, obj: Any) -> Any:
        raise NotImplementedError

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Return the groups of fields."""
        if self.fieldsets:
            return self.fieldsets
        return [(None, {"fields": self.get_fields(request, obj)})]

    def get_inlines(self, request: Any, obj: Any) -> Any:
        """Return the classes of the inlines."""
        return self.inlines  # type: ignore[attr-defined]

    def get_ordering(self, request: Any) -> Any:
        """Return the order of the list."""
        return self.ordering or ()

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """Return the fields that are only shown."""
        return self.readonly_fields

    def get_prepopulated_fields(self, request: Any, obj: Any = None) -> Any:
        """Return the fields that follow others while those are typed."""
        return self.prepopulated_fields

    def get_queryset(self, request: Any) -> Any:
        """Return the objects that the admin knows."""
        queryset = self.model._default_manager.get_queryset()
        ordering = self.get_ordering(request)
        return queryset.order_by(*ordering) if ordering else queryset

    def get_sortable_by(self, request: Any) -> Any:
        """Return the columns by which the list can be ordered."""
        return self.sortable_by if self.sortable_by is not None else self.get_list_display(request)  # type: ignore[attr-defined]

    def lookup_allowed(self, lookup: str, value: Any, request: Any) -> bool:
        """Return whether a lookup may stand in the address: over relations only those that a filter names."""
        model = self.model
        # What a popup is limited to may always be asked.
        for fk_lookup in model._meta.related_fkey_lookups:
            if callable(fk_lookup):
                fk_lookup = fk_lookup()
            if (lookup, value) in widgets.url_params_from_lookup_dict(fk_lookup).items():
                return True
        relation_parts: list[str] = []
        prev_field = None
        parts = lookup.split(LOOKUP_SEP)
        for part in parts:
            try:
                field = model._meta.get_field(part)
            except FieldDoesNotExist:
                # A lookup, or a transform, at the end.
                break
            if not prev_field or (
                prev_field.is_relation
                and field not in model._meta.parents.values()
                and field is not model._meta.auto_field
                and (model._meta.auto_field is None or part not in getattr(prev_field, "to_fields", []))
                and (field.is_relation or not field.primary_key)
            ):
                relation_parts.append(part)
            if not getattr(field, "path_infos", None):
                break
            prev_field = field
            model = field.path_infos[-1].to_opts.model
        # A field of this model itself.
        if len(relation_parts) <= 1:
            return True
        valid_lookups = {self.date_hierarchy}  # type: ignore[attr-defined]
        for filter_item in self.get_list_filter(request):  # type: ignore[attr-defined]
            if isinstance(filter_item, type) and hasattr(filter_item, "parameter_name"):
                valid_lookups.add(filter_item.parameter_name)
            elif isinstance(filter_item, (list, tuple)):
                valid_lookups.add(filter_item[0])
            else:
                valid_lookups.add(filter_item)
        return not {LOOKUP_SEP.join(relation_parts), LOOKUP_SEP.join([*relation_parts, part])}.isdisjoint(valid_lookups)

    def to_field_allowed(self, request: Any, to_field: str) -> bool:
        """Return whether a popup may give back this field: the key, or what a registered model refers to."""
        try:
            field = self.opts.get_field(to_field)
        except FieldDoesNotExist:
            return False
        if field.primary_key:
            return True
        for many_to_many in self.opts.many_to_many:
            if many_to_many.m2m_target_field_name() == to_field:
                return True
        registered_models: set[Any] = set()
        for model, admin in self.admin_site._registry.items():
            registered_models.add(model)
            for inline in admin.inlines:
                registered_models.add(inline.model)
        related_objects = (f for f in self.opts.get_fields(include_hidden=True) if (f.auto_created and not f.concrete))
        for related_object in related_objects:
            related_model = related_object.related_model
            remote_field = related_object.field.remote_field
            if (
                any(issubclass(model, related_model) for model in registered_models)
                and hasattr(remote_field, "get_related_field")
                and remote_field.get_related_field() == field
            ):
                return True
        return False

    # ------------------------------------------------------------ permissions

    def _has(self, request: Any, action: str) -> bool:
        codename = get_permission_codename(action, self.opts)
        return bool(request.user.has_perm(f"{self.opts.app_label}.{codename}"))

    def has_add_permission(self, request: Any) -> bool:
        """Return whether the user may add objects."""
        return self._has(request, "add")

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Return whether the user may change *obj*, or any object."""
        return self._has(request, "change")

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Return whether the user may delete *obj*, or any object."""
        return self._has(request, "delete")

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Return whether the user may look at *obj*, or any object; who may change may look."""
        return self._has(request, "view") or self._has(request, "change")

    def has_view_or_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Return whether the user may do either."""
        return self.has_view_permission(request, obj) or self.has_change_permission(request, obj)

    def has_module_permission(self, request: Any) -> bool:
        """Return whether the app is shown to the user."""
        return bool(request.user.has_module_perms(self.opts.app_label))


__all__ = ["BaseModelAdmin"]
