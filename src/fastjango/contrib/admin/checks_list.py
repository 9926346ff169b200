"""The checks of a ``ModelAdmin``'s list and buttons, and of inlines; ``checks.py`` is the door."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from fastjango.contrib import admin
from fastjango.contrib.admin.checks_options import (
    BaseModelAdminChecks,
    Errors,
    _each,
    _error,
    _is_sequence,
    _issubclass,
    must_be,
    must_inherit_from,
    refer_to_missing_field,
)
from fastjango.contrib.admin.utils import NotRelationField, get_fields_from_path
from fastjango.core import checks
from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db import models
from fastjango.forms.models import BaseModelFormSet, _get_foreign_key

__all__ = ["InlineModelAdminChecks", "ModelAdminChecks"]


class ModelAdminChecks(BaseModelAdminChecks):
    """The options of a ``ModelAdmin``."""

    def check(self, admin_obj: Any, **kwargs: Any) -> Errors:
        """Return what is wrong."""
        return [
            *super().check(admin_obj),
            *self._check_save_as(admin_obj),
            *self._check_save_on_top(admin_obj),
            *self._check_inlines(admin_obj),
            *self._check_list_display(admin_obj),
            *self._check_list_display_links(admin_obj),
            *self._check_list_filter(admin_obj),
            *self._check_list_select_related(admin_obj),
            *self._check_list_per_page(admin_obj),
            *self._check_list_max_show_all(admin_obj),
            *self._check_list_editable(admin_obj),
            *self._check_search_fields(admin_obj),
            *self._check_date_hierarchy(admin_obj),
            *self._check_actions(admin_obj),
        ]

    def _check_save_as(self, obj: Any) -> Errors:
        if not isinstance(obj.save_as, bool):
            return must_be("a boolean", option="save_as", obj=obj, id="admin.E101")
        return []

    def _check_save_on_top(self, obj: Any) -> Errors:
        if not isinstance(obj.save_on_top, bool):
            return must_be("a boolean", option="save_on_top", obj=obj, id="admin.E102")
        return []

    def _check_inlines(self, obj: Any) -> Errors:
        if not _is_sequence(obj.inlines):
            return must_be("a list or tuple", option="inlines", obj=obj, id="admin.E103")
        return _each(obj.inlines, "inlines", lambda inline, label: self._check_inlines_item(obj, inline, label))

    def _check_inlines_item(self, obj: Any, inline: Any, label: str) -> Errors:
        try:
            inline_label = f"{inline.__module__}.{inline.__name__}"
        except AttributeError:
            return [_error(obj, f"'{obj}' must inherit from 'InlineModelAdmin'.", "admin.E104")]
        if not _issubclass(inline, getattr(admin, "options").InlineModelAdmin):
            return [_error(obj, f"'{inline_label}' must inherit from 'InlineModelAdmin'.", "admin.E104")]
        if not inline.model:
            return [_error(obj, f"'{inline_label}' must have a 'model' attribute.", "admin.E105")]
        if not _issubclass(inline.model, models.Model):
            return must_be("a Model", option=f"{inline_label}.model", obj=obj, id="admin.E106")
        found: Errors = inline(obj.model, obj.admin_site).check()
        return found

    def _check_list_display(self, obj: Any) -> Errors:
        if not _is_sequence(obj.list_display):
            return must_be("a list or tuple", option="list_display", obj=obj, id="admin.E107")
        return _each(
            obj.list_display, "list_display", lambda item, label: self._check_list_display_item(obj, item, label)
        )

    def _check_list_display_item(self, obj: Any, item: Any, label: str) -> Errors:
        if callable(item) or hasattr(obj, item):
            return []
        try:
            field = obj.model._meta.get_field(item)
        except FieldDoesNotExist:
            try:
                field = getattr(obj.model, item)
            except AttributeError:
                try:
                    field = get_fields_from_path(obj.model, cast(Any, item))[-1]
                except (FieldDoesNotExist, NotRelationField):
                    return [
                        _error(
                            obj,
                            f"The value of '{label}' refers to '{item}', which is not a callable or attribute of "
                            f"'{obj.__class__.__name__}', or an attribute, method, or field on "
                            f"'{obj.model._meta.label}'.",
                            "admin.E108",
                        )
                    ]
        many = getattr(field, "many_to_many", False) or getattr(field, "one_to_many", False)
        # The name of a reverse relation finds the attribute that holds its manager.
        many = many or (getattr(field, "rel", None) is not None and field.rel.field.many_to_one)
        if many:
            return [
                _error(
                    obj,
                    f"The value of '{label}' must not be a many-to-many field or a reverse foreign key.",
                    "admin.E109",
                )
            ]
        return []

    def _check_list_display_links(self, obj: Any) -> Errors:
        if obj.list_display_links is None:
            return []
        if not _is_sequence(obj.list_display_links):
            return must_be("a list, a tuple, or None", option="list_display_links", obj=obj, id="admin.E110")
        # A list made anew for each request cannot be compared.
        if obj.get_list_display.__func__ is not admin.ModelAdmin.get_list_display:
            return []
        return _each(
            obj.list_display_links,
            "list_display_links",
            lambda name, label: self._check_list_display_links_item(obj, name, label),
        )

    def _check_list_display_links_item(self, obj: Any, field_name: Any, label: str) -> Errors:
        if field_name in obj.list_display:
            return []
        return [
            _error(
                obj,
                f"The value of '{label}' refers to '{field_name}', which is not defined in 'list_display'.",
                "admin.E111",
            )
        ]

    def _check_list_filter(self, obj: Any) -> Errors:
        if not _is_sequence(obj.list_filter):
            return must_be("a list or tuple", option="list_filter", obj=obj, id="admin.E112")
        return _each(obj.list_filter, "list_filter", lambda item, label: self._check_list_filter_item(obj, item, label))

    def _check_list_filter_item(self, obj: Any, item: Any, label: str) -> Errors:
        from fastjango.contrib.admin.filters import FieldListFilter, ListFilter

        if callable(item) and not isinstance(item, models.Field):
            # A filter of its own.
            if not _issubclass(item, ListFilter):
                return must_inherit_from(parent="ListFilter", option=label, obj=obj, id="admin.E113")
            if _issubclass(item, FieldListFilter):
                return [_error(obj, f"The value of '{label}' must not inherit from 'FieldListFilter'.", "admin.E114")]
            return []
        if _is_sequence(item):
            # A field with its filter.
            if not _issubclass(cast(Any, item)[1], FieldListFilter):
                return must_inherit_from(parent="FieldListFilter", option=f"{label}[1]", obj=obj, id="admin.E115")
            return []
        try:
            get_fields_from_path(obj.model, cast(Any, item))
        except (NotRelationField, FieldDoesNotExist):
            return [
                _error(
                    obj,
                    f"The value of '{label}' refers to '{item}', which does not refer to a Field.",
                    "admin.E116",
                )
            ]
        return []

    def _check_list_select_related(self, obj: Any) -> Errors:
        if not isinstance(obj.list_select_related, (bool, list, tuple)):
            return must_be("a boolean, tuple or list", option="list_select_related", obj=obj, id="admin.E117")
        return []

    def _check_list_per_page(self, obj: Any) -> Errors:
        if not isinstance(obj.list_per_page, int):
            return must_be("an integer", option="list_per_page", obj=obj, id="admin.E118")
        return []

    def _check_list_max_show_all(self, obj: Any) -> Errors:
        if not isinstance(obj.list_max_show_all, int):
            return must_be("an integer", option="list_max_show_all", obj=obj, id="admin.E119")
        return []

    def _check_list_editable(self, obj: Any) -> Errors:
        if not _is_sequence(obj.list_editable):
            return must_be("a list or tuple", option="list_editable", obj=obj, id="admin.E120")
        return _each(
            obj.list_editable, "list_editable", lambda item, label: self._check_list_editable_item(obj, item, label)
        )

    def _check_list_editable_item(self, obj: Any, field_name: Any, label: str) -> Errors:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E121")
        if field_name not in obj.list_display:
            return [
                _error(
                    obj,
                    f"The value of '{label}' refers to '{field_name}', which is not contained in 'list_display'.",
                    "admin.E122",
                )
            ]
        if obj.list_display_links and field_name in obj.list_display_links:
            return [
                _error(
                    obj,
                    f"The value of '{field_name}' cannot be in both 'list_editable' and 'list_display_links'.",
                    "admin.E123",
                )
            ]
        # The first column is the link, unless others are named or there is none at all.
        if obj.list_display[0] == field_name and not obj.list_display_links and obj.list_display_links is not None:
            return [
                _error(
                    obj,
                    f"The value of '{label}' refers to the first field in 'list_display' ('{obj.list_display[0]}'), "
                    "which cannot be used unless 'list_display_links' is set.",
                    "admin.E124",
                )
            ]
        if not field.editable or field.primary_key:
            return [
                _error(
                    obj,
                    f"The value of '{label}' refers to '{field_name}', which is not editable through the admin.",
                    "admin.E125",
                )
            ]
        return []

    def _check_search_fields(self, obj: Any) -> Errors:
        if not _is_sequence(obj.search_fields):
            return must_be("a list or tuple", option="search_fields", obj=obj, id="admin.E126")
        return []

    def _check_date_hierarchy(self, obj: Any) -> Errors:
        if obj.date_hierarchy is None:
            return []
        try:
            field = get_fields_from_path(obj.model, obj.date_hierarchy)[-1]
        except (NotRelationField, FieldDoesNotExist):
            return [
                _error(
                    obj,
                    f"The value of 'date_hierarchy' refers to '{obj.date_hierarchy}', which does not refer to a Field.",
                    "admin.E127",
                )
            ]
        if field.get_internal_type() not in {"DateField", "DateTimeField"}:
            return must_be("a DateField or DateTimeField", option="date_hierarchy", obj=obj, id="admin.E128")
        return []

    def _check_actions(self, obj: Any) -> Errors:
        actions = obj._get_base_actions()
        return [*self._check_action_permission_methods(obj, actions), *self._check_actions_uniqueness(obj, actions)]

    def _check_action_permission_methods(self, obj: Any, actions: Any) -> Errors:
        errors: Errors = []
        for function, name, _description in actions:
            for permission in getattr(function, "allowed_permissions", ()):
                method_name = f"has_{permission}_permission"
                if not hasattr(obj, method_name):
                    errors.append(
                        _error(
                            obj,
                            f"{obj.__class__.__name__} must define a {method_name}() method for the {name} action.",
                            "admin.E129",
                        )
                    )
        return errors

    def _check_actions_uniqueness(self, obj: Any, actions: Any) -> Errors:
        counted = Counter(name for _function, name, _description in actions)
        return [
            _error(
                obj,
                f"__name__ attributes of actions defined in {obj.__class__.__name__} must be unique. Name {name!r} "
                "is not unique.",
                "admin.E130",
            )
            for name, count in counted.items()
            if count > 1
        ]


class InlineModelAdminChecks(BaseModelAdminChecks):
    """The options of an inline."""

    def check(self, inline_obj: Any, **kwargs: Any) -> Errors:  # type: ignore[override]  # Django's name of it
        """Return what is wrong."""
        parent_model = inline_obj.parent_model
        return [
            *super().check(inline_obj),
            *self._check_relation(inline_obj, parent_model),
            *self._check_exclude_of_parent_model(inline_obj, parent_model),
            *self._check_extra(inline_obj),
            *self._check_max_num(inline_obj),
            *self._check_min_num(inline_obj),
            *self._check_formset(inline_obj),
        ]

    def _check_exclude_of_parent_model(self, obj: Any, parent_model: Any) -> Errors:
        # Bad values are reported elsewhere.
        if self._check_exclude(obj) or self._check_relation(obj, parent_model):
            return []
        if obj.exclude is None:
            return []
        fk = _get_foreign_key(parent_model, obj.model, fk_name=obj.fk_name)
        if fk.name not in obj.exclude:
            return []
        return [
            _error(
                obj,
                f"Cannot exclude the field '{fk.name}', because it is the foreign key to the parent model "
                f"'{parent_model._meta.label}'.",
                "admin.E201",
            )
        ]

    def _check_relation(self, obj: Any, parent_model: Any) -> Errors:
        try:
            _get_foreign_key(parent_model, obj.model, fk_name=obj.fk_name)
        except ValueError as exc:
            return [checks.Error(exc.args[0], obj=obj.__class__, id="admin.E202")]
        return []

    def _check_extra(self, obj: Any) -> Errors:
        if not isinstance(obj.extra, int):
            return must_be("an integer", option="extra", obj=obj, id="admin.E203")
        return []

    def _check_max_num(self, obj: Any) -> Errors:
        if obj.max_num is not None and not isinstance(obj.max_num, int):
            return must_be("an integer", option="max_num", obj=obj, id="admin.E204")
        return []

    def _check_min_num(self, obj: Any) -> Errors:
        if obj.min_num is not None and not isinstance(obj.min_num, int):
            return must_be("an integer", option="min_num", obj=obj, id="admin.E205")
        return []

    def _check_formset(self, obj: Any) -> Errors:
        if not _issubclass(obj.formset, BaseModelFormSet):
            return must_inherit_from(parent="BaseModelFormSet", option="formset", obj=obj, id="admin.E206")
        return []
