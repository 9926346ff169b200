"""
The checks of the options that admins and inlines share; ``checks.py`` is the door.

``_check_<option>`` methods may be overridden in a ``checks_class`` of one's own.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from fastjango.contrib import admin
from fastjango.contrib.admin.exceptions import NotRegistered
from fastjango.contrib.admin.utils import flatten
from fastjango.core import checks
from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db import models
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import Combinable
from fastjango.forms.models import BaseModelForm

__all__ = ["BaseModelAdminChecks", "must_be", "must_inherit_from", "refer_to_missing_field"]

Errors = list[Any]


def _issubclass(cls: Any, classinfo: Any) -> bool:
    try:
        return issubclass(cls, classinfo)
    except TypeError:
        return False


def must_be(type: str, option: str, obj: Any, id: str) -> Errors:
    """Return the error of an option of the wrong type."""
    return [checks.Error(f"The value of '{option}' must be {type}.", obj=obj.__class__, id=id)]


def must_inherit_from(parent: str, option: str, obj: Any, id: str) -> Errors:
    """Return the error of an option of the wrong class."""
    return [checks.Error(f"The value of '{option}' must inherit from '{parent}'.", obj=obj.__class__, id=id)]


def refer_to_missing_field(field: Any, option: str, obj: Any, id: str) -> Errors:
    """Return the error of an option that names no field."""
    return [
        _error(obj, f"The value of '{option}' refers to '{field}', which is not a field of '{obj.opts.label}'.", id)
    ]


def _error(obj: Any, message: str, id: str, hint: str | None = None) -> Any:
    return checks.Error(message, hint=hint, obj=obj.__class__, id=id)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _each(values: Any, option: str, check: Callable[[Any, str], Errors]) -> Errors:
    """Return the errors that *check* finds in a list, item by item."""
    return list(chain.from_iterable(check(value, f"{option}[{index}]") for index, value in enumerate(values)))


def _has_duplicates(names: list[Any]) -> bool:
    return len(names) != len(set(names))


class BaseModelAdminChecks:
    """The options that admins and inlines share."""

    def check(self, admin_obj: Any, **kwargs: Any) -> Errors:
        """Return what is wrong."""
        return [
            *self._check_autocomplete_fields(admin_obj),
            *self._check_raw_id_fields(admin_obj),
            *self._check_fields(admin_obj),
            *self._check_fieldsets(admin_obj),
            *self._check_exclude(admin_obj),
            *self._check_form(admin_obj),
            *self._check_filter_vertical(admin_obj),
            *self._check_filter_horizontal(admin_obj),
            *self._check_radio_fields(admin_obj),
            *self._check_prepopulated_fields(admin_obj),
            *self._check_view_on_site_url(admin_obj),
            *self._check_ordering(admin_obj),
            *self._check_readonly_fields(admin_obj),
        ]

    def _check_autocomplete_fields(self, obj: Any) -> Errors:
        if not _is_sequence(obj.autocomplete_fields):
            return must_be("a list or tuple", option="autocomplete_fields", obj=obj, id="admin.E036")
        return _each(
            obj.autocomplete_fields,
            "autocomplete_fields",
            lambda name, label: self._check_autocomplete_fields_item(obj, name, label),
        )

    def _check_autocomplete_fields_item(self, obj: Any, field_name: Any, label: str) -> Errors:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E037")
        if not field.many_to_many and not isinstance(field, models.ForeignKey):
            return must_be("a foreign key or a many-to-many field", option=label, obj=obj, id="admin.E038")
        try:
            related_admin = obj.admin_site.get_model_admin(field.remote_field.model)
        except NotRegistered:
            return [
                _error(
                    obj,
                    f'An admin for model "{field.remote_field.model.__name__}" has to be registered to be referenced '
                    f"by {type(obj).__name__}.autocomplete_fields.",
                    "admin.E039",
                )
            ]
        if not related_admin.search_fields:
            return [
                _error(
                    obj,
                    f'{related_admin.__class__.__name__} must define "search_fields", because it\'s referenced by '
                    f"{type(obj).__name__}.autocomplete_fields.",
                    "admin.E040",
                )
            ]
        return []

    def _check_raw_id_fields(self, obj: Any) -> Errors:
        if not _is_sequence(obj.raw_id_fields):
            return must_be("a list or tuple", option="raw_id_fields", obj=obj, id="admin.E001")
        return _each(
            obj.raw_id_fields, "raw_id_fields", lambda name, label: self._check_raw_id_fields_item(obj, name, label)
        )

    def _check_raw_id_fields_item(self, obj: Any, field_name: Any, label: str) -> Errors:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E002")
        # The name of the column finds the field too.
        if field.name != field_name:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E002")
        if not field.many_to_many and not isinstance(field, models.ForeignKey):
            return must_be("a foreign key or a many-to-many field", option=label, obj=obj, id="admin.E003")
        return []

    def _check_fields(self, obj: Any) -> Errors:
        if obj.fields is None:
            return []
        if not _is_sequence(obj.fields):
            return must_be("a list or tuple", option="fields", obj=obj, id="admin.E004")
        if obj.fieldsets:
            return [_error(obj, "Both 'fieldsets' and 'fields' are specified.", "admin.E005")]
        names = flatten(obj.fields)
        if _has_duplicates(names):
            return [
                _error(
                    obj,
                    "The value of 'fields' contains duplicate field(s).",
                    "admin.E006",
                )
            ]
        return list(chain.from_iterable(self._check_field_spec(obj, name, "fields") for name in obj.fields))

    def _check_fieldsets(self, obj: Any) -> Errors:
        if obj.fieldsets is None:
            return []
        if not _is_sequence(obj.fieldsets):
            return must_be("a list or tuple", option="fieldsets", obj=obj, id="admin.E007")
        seen_fields: list[Any] = []
        return _each(
            obj.fieldsets,
            "fieldsets",
            lambda fieldset, label: self._check_fieldsets_item(obj, fieldset, label, seen_fields),
        )

    def _check_fieldsets_item(self, obj: Any, fieldset: Any, label: str, seen_fields: list[Any]) -> Errors:
        if not _is_sequence(fieldset):
            return must_be("a list or tuple", option=label, obj=obj, id="admin.E008")
        if len(fieldset) != 2:
            return must_be("of length 2", option=label, obj=obj, id="admin.E009")
        options = fieldset[1]
        if not isinstance(options, dict):
            return must_be("a dictionary", option=f"{label}[1]", obj=obj, id="admin.E010")
        if "fields" not in options:
            return [_error(obj, f"The value of '{label}[1]' must contain the key 'fields'.", "admin.E011")]
        if not _is_sequence(options["fields"]):
            return must_be("a list or tuple", option=f"{label}[1]['fields']", obj=obj, id="admin.E008")
        seen_fields.extend(flatten(options["fields"]))
        if _has_duplicates(seen_fields):
            return [
                _error(
                    obj,
                    f"There are duplicate field(s) in '{label}[1]'.",
                    "admin.E012",
                )
            ]
        return list(
            chain.from_iterable(
                self._check_field_spec(obj, fields, f'{label}[1]["fields"]') for fields in options["fields"]
            )
        )

    def _check_field_spec(self, obj: Any, fields: Any, label: str) -> Errors:
        """Check one entry of ``fields``: a name, or names for one line."""
        if isinstance(fields, tuple):
            return _each(fields, label, lambda name, place: self._check_field_spec_item(obj, name, place))
        return self._check_field_spec_item(obj, fields, label)

    def _check_field_spec_item(self, obj: Any, field_name: Any, label: str) -> Errors:
        if field_name in obj.readonly_fields:
            # May be a method, which is checked there.
            return []
        try:
            field = obj.model._meta.get_field(field_name)
        except (FieldDoesNotExist, TypeError):
            # The form may have a field of its own by that name.
            return []
        if isinstance(field, models.ManyToManyField) and not field.remote_field.has_plain_table:
            return [self._through_error(obj, field_name, label)]
        return []

    def _through_error(self, obj: Any, field_name: Any, label: str) -> Any:
        return _error(
            obj,
            f"The value of '{label}' cannot include the ManyToManyField '{field_name}', because that field manually "
            "specifies a relationship model.",
            "admin.E013",
        )

    def _check_exclude(self, obj: Any) -> Errors:
        if obj.exclude is None:
            return []
        if not _is_sequence(obj.exclude):
            return must_be("a list or tuple", option="exclude", obj=obj, id="admin.E014")
        names = list(obj.exclude)
        if _has_duplicates(names):
            return [
                _error(
                    obj,
                    "The value of 'exclude' contains duplicate field(s).",
                    "admin.E015",
                )
            ]
        return []

    def _check_form(self, obj: Any) -> Errors:
        if not _issubclass(obj.form, BaseModelForm):
            return must_inherit_from(parent="BaseModelForm", option="form", obj=obj, id="admin.E016")
        return []

    def _check_filter_vertical(self, obj: Any) -> Errors:
        return self._check_two_panes(obj, "filter_vertical", "admin.E017")

    def _check_filter_horizontal(self, obj: Any) -> Errors:
        return self._check_two_panes(obj, "filter_horizontal", "admin.E018")

    def _check_two_panes(self, obj: Any, option: str, id: str) -> Errors:
        values = getattr(obj, option)
        if not _is_sequence(values):
            return must_be("a list or tuple", option=option, obj=obj, id=id)
        return _each(values, option, lambda name, label: self._check_filter_item(obj, name, label))

    def _check_filter_item(self, obj: Any, field_name: Any, label: str) -> Errors:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E019")
        if not field.many_to_many or isinstance(field, models.ManyToManyRel):
            return must_be("a many-to-many field", option=label, obj=obj, id="admin.E020")
        if not field.remote_field.has_plain_table:
            return [self._through_error(obj, field_name, label)]
        return []

    def _check_radio_fields(self, obj: Any) -> Errors:
        if not isinstance(obj.radio_fields, dict):
            return must_be("a dictionary", option="radio_fields", obj=obj, id="admin.E021")
        return list(
            chain.from_iterable(
                [
                    *self._check_radio_fields_key(obj, name, "radio_fields"),
                    *self._check_radio_fields_value(obj, value, f'radio_fields["{name}"]'),
                ]
                for name, value in obj.radio_fields.items()
            )
        )

    def _check_radio_fields_key(self, obj: Any, field_name: Any, label: str) -> Errors:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E022")
        if isinstance(field, models.ForeignKey) or field.choices:
            return []
        return [
            _error(
                obj,
                f"The value of '{label}' refers to '{field_name}', which is not an instance of ForeignKey, and does "
                "not have a 'choices' definition.",
                "admin.E023",
            )
        ]

    def _check_radio_fields_value(self, obj: Any, val: Any, label: str) -> Errors:
        if val in (admin.HORIZONTAL, admin.VERTICAL):
            return []
        return [_error(obj, f"The value of '{label}' must be either admin.HORIZONTAL or admin.VERTICAL.", "admin.E024")]

    def _check_view_on_site_url(self, obj: Any) -> Errors:
        if not callable(obj.view_on_site) and not isinstance(obj.view_on_site, bool):
            return [
                _error(
                    obj,
                    "The value of 'view_on_site' must be a callable or a boolean value.",
                    "admin.E025",
                )
            ]
        return []

    def _check_prepopulated_fields(self, obj: Any) -> Errors:
        if not isinstance(obj.prepopulated_fields, dict):
            return must_be("a dictionary", option="prepopulated_fields", obj=obj, id="admin.E026")
        return list(
            chain.from_iterable(
                [
                    *self._check_prepopulated_fields_key(obj, name, "prepopulated_fields"),
                    *self._check_prepopulated_fields_value(obj, sources, f'prepopulated_fields["{name}"]'),
                ]
                for name, sources in obj.prepopulated_fields.items()
            )
        )

    def _check_prepopulated_fields_key(self, obj: Any, field_name: Any, label: str) -> Errors:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E027")
        if isinstance(field, (models.DateTimeField, models.ForeignKey, models.ManyToManyField)):
            return [
                _error(
                    obj,
                    f"The value of '{label}' refers to '{field_name}', which must not be a DateTimeField, a "
                    "ForeignKey, a OneToOneField, or a ManyToManyField.",
                    "admin.E028",
                )
            ]
        return []

    def _check_prepopulated_fields_value(self, obj: Any, val: Any, label: str) -> Errors:
        if not _is_sequence(val):
            return must_be("a list or tuple", option=label, obj=obj, id="admin.E029")
        return _each(val, label, lambda name, place: self._check_prepopulated_fields_value_item(obj, name, place))

    def _check_prepopulated_fields_value_item(self, obj: Any, field_name: Any, label: str) -> Errors:
        try:
            obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E030")
        return []

    def _check_ordering(self, obj: Any) -> Errors:
        if obj.ordering is None:
            return []
        if not _is_sequence(obj.ordering):
            return must_be("a list or tuple", option="ordering", obj=obj, id="admin.E031")
        return _each(obj.ordering, "ordering", lambda name, label: self._check_ordering_item(obj, name, label))

    def _check_ordering_item(self, obj: Any, field_name: Any, label: str) -> Errors:
        if isinstance(field_name, (Combinable, models.OrderBy)):
            name = field_name.expression if isinstance(field_name, models.OrderBy) else field_name
            if not isinstance(name, models.F):
                return []
            field_name = name.name
        if field_name == "?":
            if len(obj.ordering) == 1:
                return []
            return [
                _error(
                    obj,
                    "The value of 'ordering' has the random ordering marker '?', but contains other fields as well.",
                    "admin.E032",
                    hint='Either remove the "?", or remove the other fields.',
                )
            ]
        # Paths over relations are checked when the query is made.
        field_name = field_name.removeprefix("-")
        if field_name == "pk" or LOOKUP_SEP in field_name:
            return []
        try:
            obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E033")
        return []

    def _check_readonly_fields(self, obj: Any) -> Errors:
        if obj.readonly_fields == ():
            return []
        if not _is_sequence(obj.readonly_fields):
            return must_be("a list or tuple", option="readonly_fields", obj=obj, id="admin.E034")
        return _each(
            obj.readonly_fields,
            "readonly_fields",
            lambda name, label: self._check_readonly_fields_item(obj, name, label),
        )

    def _check_readonly_fields_item(self, obj: Any, field_name: Any, label: str) -> Errors:
        if callable(field_name) or hasattr(obj, field_name) or hasattr(obj.model, field_name):
            return []
        try:
            obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return [
                _error(
                    obj,
                    f"The value of '{label}' refers to '{field_name}', which is not a callable, an attribute of "
                    f"'{obj.__class__.__name__}', or an attribute of '{obj.model._meta.label}'.",
                    "admin.E035",
                )
            ]
        return []
