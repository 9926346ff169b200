"""Adding, changing and deleting one object, and its history."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

from fastjango import forms
from fastjango.contrib.admin import helpers
from fastjango.contrib.admin.constants import (
    IS_POPUP_VAR,
    SOURCE_MODEL_VAR,
    TO_FIELD_VAR,
    get_content_type_for_model,
)
from fastjango.contrib.admin.exceptions import DisallowedModelAdminToField
from fastjango.contrib.admin.model_admin.lists import ListPages
from fastjango.contrib.admin.utils import (
    construct_change_message,
    flatten_fieldsets,
    get_deleted_objects,
    unquote,
)
from fastjango.core.exceptions import FieldDoesNotExist, FieldError, PermissionDenied, ValidationError
from fastjango.db import models, router, transaction
from fastjango.forms.formsets import all_valid
from fastjango.forms.models import modelform_defines_fields, modelform_factory
from fastjango.utils.decorators import method_decorator
from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.text import capfirst
from fastjango.utils.translation import gettext as _
from fastjango.views.decorators.csrf import csrf_protect

csrf_protect_m = method_decorator(csrf_protect)


class ChangePages(ListPages):
    """The half of ``ModelAdmin`` that shows one object."""

    save_as = False
    save_as_continue = True
    save_on_top = False
    inlines: Any = ()
    history_list_per_page = 100

    # ------------------------------------------------------------ forms

    def _get_form_for_get_fields(self, request: Any, obj: Any) -> Any:
        return self.get_form(request, obj, fields=None)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """
        Return the class of the form.

        Raises:
            FieldError: ``fields``, ``fieldsets`` or ``exclude`` name what the model does not have.
        """
        if "fields" in kwargs:
            fields = kwargs.pop("fields")
        else:
            fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        excluded = self.get_exclude(request, obj)
        exclude = [] if excluded is None else list(excluded)
        readonly_fields = self.get_readonly_fields(request, obj)
        exclude.extend(readonly_fields)
        # A user who may only look gets nothing to type into.
        if change and hasattr(request, "user") and not self.has_change_permission(request, obj):
            exclude.extend(fields)
        if excluded is None and hasattr(self.form, "_meta") and self.form._meta.exclude:
            exclude.extend(self.form._meta.exclude)
        # A form that declares a field under the name of one that is only shown would show it twice.
        new_attrs = dict.fromkeys(f for f in readonly_fields if isinstance(f, str) and f in self.form.declared_fields)
        form = type(self.form.__name__, (self.form,), new_attrs)
        defaults = {
            "form": form,
            "fields": fields,
            "exclude": exclude or None,
            "formfield_callback": partial(self.formfield_for_dbfield, request=request),
            **kwargs,
        }
        if defaults["fields"] is None and not modelform_defines_fields(defaults["form"]):
            defaults["fields"] = forms.ALL_FIELDS
        try:
            return modelform_factory(self.model, **defaults)
        except FieldError as exc:
            raise FieldError(
                f"{exc}. Check fields/fieldsets/exclude attributes of class {self.__class__.__name__}."
            ) from exc

    def get_inline_instances(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the inlines that the user may see."""
        instances = []
        for inline_class in self.get_inlines(request, obj):
            inline = inline_class(self.model, self.admin_site)
            if request:
                if not (
                    inline.has_view_or_change_permission(request, obj)
                    or inline.has_add_permission(request, obj)
                    or inline.has_delete_permission(request, obj)
                ):
                    continue
                if not inline.has_add_permission(request, obj):
                    inline.max_num = 0
            instances.append(inline)
        return instances

    def get_formsets_with_inlines(self, request: Any, obj: Any = None) -> Any:
        """Yield the formset classes with their inlines."""
        for inline in self.get_inline_instances(request, obj):
            yield inline.get_formset(request, obj), inline

    def get_formset_kwargs(self, request: Any, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Return the arguments of a formset."""
        params: dict[str, Any] = {"instance": obj, "prefix": prefix, "queryset": inline.get_queryset(request)}
        if request.method == "POST":
            params.update(
                {"data": request.POST.copy(), "files": request.FILES, "save_as_new": "_saveasnew" in request.POST}
            )
        return params

    def _create_formsets(self, request: Any, obj: Any, change: bool) -> tuple[list[Any], list[Any]]:
        formsets: list[Any] = []
        inline_instances: list[Any] = []
        prefixes: dict[str, int] = {}
        get_formsets_args: list[Any] = [request]
        if change:
            get_formsets_args.append(obj)
        for formset_class, inline in self.get_formsets_with_inlines(*get_formsets_args):
            prefix = formset_class.get_default_prefix()
            prefixes[prefix] = prefixes.get(prefix, 0) + 1
            if prefixes[prefix] != 1 or not prefix:
                prefix = f"{prefix}-{prefixes[prefix]}"
            formset = formset_class(**self.get_formset_kwargs(request, obj, inline, prefix))

            def user_deleted_form(
                request: Any, obj: Any, formset: Any, index: int, inline: Any, prefix: str = prefix
            ) -> bool:
                """Return whether the form of an object was marked to be deleted."""
                return inline.has_delete_permission(request, obj) and f"{formset.prefix}-{index}-DELETE" in formset.data

            # Forms that the user may not change count as unchanged, whatever was sent.
            if not inline.has_change_permission(request, obj if change else None):
                for index, form in enumerate(formset.initial_forms):
                    if user_deleted_form(request, obj, formset, index, inline):
                        continue
                    form._errors = {}
                    form.cleaned_data = form.initial
            formsets.append(formset)
            inline_instances.append(inline)
        return formsets, inline_instances

    def get_inline_formsets(self, request: Any, formsets: Any, inline_instances: Any, obj: Any = None) -> list[Any]:
        """Return the formsets as the page shows them."""
        # Who may not change the object may not change what belongs to it.
        can_edit_parent = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        inline_admin_formsets = []
        for inline, formset in zip(inline_instances, formsets, strict=False):
            fieldsets = list(inline.get_fieldsets(request, obj))
            readonly = list(inline.get_readonly_fields(request, obj))
            if can_edit_parent:
                has_add_permission = inline.has_add_permission(request, obj)
                has_change_permission = inline.has_change_permission(request, obj)
                has_delete_permission = inline.has_delete_permission(request, obj)
            else:
                has_add_permission = has_change_permission = has_delete_permission = False
                formset.extra = formset.max_num = 0
            has_view_permission = inline.has_view_permission(request, obj)
            prepopulated = dict(inline.get_prepopulated_fields(request, obj))
            inline_admin_formsets.append(
                helpers.InlineAdminFormSet(
                    inline,
                    formset,
                    fieldsets,
                    prepopulated,
                    readonly,
                    model_admin=self,
                    has_add_permission=has_add_permission,
                    has_change_permission=has_change_permission,
                    has_delete_permission=has_delete_permission,
                    has_view_permission=has_view_permission,
                )
            )
        return inline_admin_formsets

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """Return the first values of a new object's form, from the address."""
        initial = dict(request.GET.items())
        for key in list(initial):
            try:
                field = self.opts.get_field(key)
            except FieldDoesNotExist:
                continue
            # Several keys, separated by commas.
            if isinstance(field, models.ManyToManyField):
                initial[key] = initial[key].split(",")
        return initial

    def get_object(self, request: Any, object_id: str, from_field: str | None = None) -> Any:
        """Return the object with a key, or with a value of *from_field*; None when there is none. Queries: 1."""
        queryset = self.get_queryset(request)
        model = queryset.model
        field = model._meta.get_field(from_field) if from_field else model._meta.pk
        try:
            object_id = field.to_python(object_id)
            return queryset.get(**{field.name: object_id})
        except (model.DoesNotExist, ValidationError, ValueError):
            return None

    # ------------------------------------------------------------ saving

    def save_form(self, request: Any, form: Any, change: bool) -> Any:
        """Return the object of a valid form, not saved."""
        return form.save(commit=False)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Save the object."""
        obj.save()

    def delete_model(self, request: Any, obj: Any) -> None:
        """Delete the object."""
        obj.delete()

    def delete_queryset(self, request: Any, queryset: Any) -> None:
        """Delete the objects of an action."""
        queryset.delete()

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        """Save an inline."""
        formset.save()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Save many-to-many relations and inlines."""
        form.save_m2m()
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    # ------------------------------------------------------------ log

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        """Return what changed, for the log."""
        return construct_change_message(form, formsets, add)

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        """Log that an object was added. Queries: 1."""
        from fastjango.contrib.admin.models import ADDITION, LogEntry

        return LogEntry.objects.log_actions(
            user_id=request.user.pk, queryset=[obj], action_flag=ADDITION, change_message=message, single_object=True
        )

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        """Log that an object was changed. Queries: 1."""
        from fastjango.contrib.admin.models import CHANGE, LogEntry

        return LogEntry.objects.log_actions(
            user_id=request.user.pk, queryset=[obj], action_flag=CHANGE, change_message=message, single_object=True
        )

    def log_deletion(self, request: Any, obj: Any, object_repr: str) -> Any:
        """Log that an object is going to be deleted; ``log_deletions()`` is the newer way. Queries: 1."""
        from fastjango.contrib.admin.models import DELETION, LogEntry

        warnings.warn(
            "ModelAdmin.log_deletion() is deprecated. Use log_deletions() instead.",
            RemovedInDjango60Warning,
            stacklevel=2,
        )
        return LogEntry.objects.log_actions(
            user_id=request.user.pk, queryset=[obj], action_flag=DELETION, single_object=True
        )

    def log_deletions(self, request: Any, queryset: Any) -> Any:
        """Log that objects are going to be deleted. Queries: 1."""
        from fastjango.contrib.admin.models import DELETION, LogEntry

        return LogEntry.objects.log_actions(user_id=request.user.pk, queryset=queryset, action_flag=DELETION)

    def get_deleted_objects(self, objs: Any, request: Any) -> Any:
        """Return what deleting *objs* takes with it."""
        return get_deleted_objects(objs, request, self.admin_site)

    # ------------------------------------------------------------ pages

    @csrf_protect_m
    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show or save the form; one transaction around a save."""
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return self._changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic(using=router.db_for_write(self.model)):
            return self._changeform_view(request, object_id, form_url, extra_context)

    def _changeform_view(self, request: Any, object_id: Any, form_url: str, extra_context: Any) -> Any:
        to_field = request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))
        if to_field and not self.to_field_allowed(request, to_field):
            raise DisallowedModelAdminToField(f"The field {to_field} cannot be referenced.")
        if request.method == "POST" and "_saveasnew" in request.POST:
            object_id = None
        add = object_id is None
        obj: Any
        if add:
            if not self.has_add_permission(request):
                raise PermissionDenied
            obj = None
        else:
            obj = self.get_object(request, unquote(object_id), to_field)
            if request.method == "POST":
                if not self.has_change_permission(request, obj):
                    raise PermissionDenied
            elif not self.has_view_or_change_permission(request, obj):
                raise PermissionDenied
            if obj is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        fieldsets = self.get_fieldsets(request, obj)
        model_form = self.get_form(request, obj, change=not add)
        if request.method == "POST":
            form = model_form(request.POST, request.FILES, instance=obj)
            formsets, inline_instances = self._create_formsets(request, form.instance, change=not add)
            form_validated = form.is_valid()
            new_object = self.save_form(request, form, change=not add) if form_validated else form.instance
            if all_valid(formsets) and form_validated:
                return self._save_all(request, new_object, form, formsets, add)
            form_validated = False
        else:
            form_validated = True
            if add:
                form = model_form(initial=self.get_changeform_initial_data(request))
                formsets, inline_instances = self._create_formsets(request, form.instance, change=False)
            else:
                form = model_form(instance=obj)
                formsets, inline_instances = self._create_formsets(request, obj, change=True)
        return self._render_form(
            request,
            obj,
            form,
            fieldsets,
            formsets,
            inline_instances,
            add,
            form_validated,
            form_url,
            extra_context,
            object_id,
            to_field,
        )

    def _save_all(self, request: Any, new_object: Any, form: Any, formsets: Any, add: bool) -> Any:
        self.save_model(request, new_object, form, not add)
        self.save_related(request, form, formsets, not add)
        change_message = self.construct_change_message(request, form, formsets, add)
        if add:
            self.log_addition(request, new_object, change_message)
            return self.response_add(request, new_object)  # type: ignore[attr-defined]
        self.log_change(request, new_object, change_message)
        return self.response_change(request, new_object)  # type: ignore[attr-defined]

    def _render_form(
        self,
        request: Any,
        obj: Any,
        form: Any,
        fieldsets: Any,
        formsets: Any,
        inline_instances: Any,
        add: bool,
        form_validated: bool,
        form_url: str,
        extra_context: Any,
        object_id: Any,
        to_field: Any,
    ) -> Any:
        if not add and not self.has_change_permission(request, obj):
            readonly_fields = flatten_fieldsets(fieldsets)
        else:
            readonly_fields = self.get_readonly_fields(request, obj)
        may_edit = add or self.has_change_permission(request, obj)
        admin_form = helpers.AdminForm(
            form,
            list(fieldsets),
            # Nothing follows what cannot be typed.
            self.get_prepopulated_fields(request, obj) if may_edit else {},
            readonly_fields,
            model_admin=self,
        )
        media = self.media + admin_form.media  # type: ignore[attr-defined]
        inline_formsets = self.get_inline_formsets(request, formsets, inline_instances, obj)
        for inline_formset in inline_formsets:
            media += inline_formset.media
        if add:
            title = _("Add %s")
        elif self.has_change_permission(request, obj):
            title = _("Change %s")
        else:
            title = _("View %s")
        context = {
            **self.admin_site.each_context(request),
            "title": title % self.opts.verbose_name,
            "subtitle": str(obj) if obj else None,
            "adminform": admin_form,
            "object_id": object_id,
            "original": obj,
            "is_popup": IS_POPUP_VAR in request.POST or IS_POPUP_VAR in request.GET,
            "source_model": request.GET.get(SOURCE_MODEL_VAR),
            "to_field": to_field,
            "media": media,
            "inline_admin_formsets": inline_formsets,
            "errors": helpers.AdminErrorList(form, formsets),
            "preserved_filters": self.get_preserved_filters(request),
        }
        # "Save as new" with mistakes: the buttons are those of a new object.
        if request.method == "POST" and not form_validated and "_saveasnew" in request.POST:
            context["show_save"] = False
            context["show_save_and_continue"] = False
            add = False
        context.update(extra_context or {})
        return self.render_change_form(request, context, add=add, change=not add, obj=obj, form_url=form_url)  # type: ignore[attr-defined]

    @csrf_protect_m
    def delete_view(self, request: Any, object_id: str, extra_context: Any = None) -> Any:
        """Show what would go; delete on POST."""
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return self._delete_view(request, object_id, extra_context)
        with transaction.atomic(using=router.db_for_write(self.model)):
            return self._delete_view(request, object_id, extra_context)

    def _delete_view(self, request: Any, object_id: str, extra_context: Any) -> Any:
        to_field = request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))
        if to_field and not self.to_field_allowed(request, to_field):
            raise DisallowedModelAdminToField(f"The field {to_field} cannot be referenced.")
        obj = self.get_object(request, unquote(object_id), to_field)
        if not self.has_delete_permission(request, obj):
            raise PermissionDenied
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        deleted_objects, model_count, perms_needed, protected = self.get_deleted_objects([obj], request)
        if request.POST and not protected:
            if perms_needed:
                raise PermissionDenied
            obj_display = str(obj)
            attr = str(to_field) if to_field else self.opts.pk.attname
            obj_id = obj.serializable_value(attr)
            self.log_deletions(request, [obj])
            self.delete_model(request, obj)
            return self.response_delete(request, obj_display, obj_id)  # type: ignore[attr-defined]
        object_name = str(self.opts.verbose_name)
        if perms_needed or protected:
            title = _("Cannot delete %(name)s") % {"name": object_name}
        else:
            title = _("Delete")
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": None,
            "object_name": object_name,
            "object": obj,
            "escaped_object": str(obj),
            "deleted_objects": deleted_objects,
            "model_count": dict(model_count).items(),
            "perms_lacking": perms_needed,
            "protected": protected,
            "opts": self.opts,
            "app_label": self.opts.app_label,
            "preserved_filters": self.get_preserved_filters(request),
            "is_popup": IS_POPUP_VAR in request.POST or IS_POPUP_VAR in request.GET,
            "to_field": to_field,
            **(extra_context or {}),
        }
        return self.render_delete_form(request, context)  # type: ignore[attr-defined]

    def history_view(self, request: Any, object_id: str, extra_context: Any = None) -> Any:
        """Show the log of an object. Queries: 3."""
        from fastjango.contrib.admin.models import LogEntry
        from fastjango.contrib.admin.views.main import PAGE_VAR
        from fastjango.template.response import TemplateResponse

        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        app_label = self.opts.app_label
        action_list = (
            LogEntry.objects.filter(object_id=unquote(object_id), content_type=get_content_type_for_model(self.model))
            .select_related()
            .order_by("action_time")
        )
        paginator = self.get_paginator(request, action_list, self.history_list_per_page)
        page_number = request.GET.get(PAGE_VAR, 1)
        page_obj = paginator.get_page(page_number)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change history: %s") % obj,
            "subtitle": None,
            "action_list": page_obj,
            "page_range": paginator.get_elided_page_range(page_obj.number),
            "page_var": PAGE_VAR,
            "pagination_required": paginator.count > self.history_list_per_page,
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": obj,
            "opts": self.opts,
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            self.object_history_template  # type: ignore[attr-defined]
            or [
                f"admin/{app_label}/{self.opts.model_name}/object_history.html",
                f"admin/{app_label}/object_history.html",
                "admin/object_history.html",
            ],
            context,
        )


__all__ = ["ChangePages", "csrf_protect_m"]
