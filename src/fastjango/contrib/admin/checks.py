"""What ``check`` says about the admin: its dependencies, and the options of each ``ModelAdmin``."""

from __future__ import annotations

import collections
from itertools import chain
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.contrib.admin.exceptions import NotRegistered
from fastjango.contrib.admin.utils import NotRelationField, flatten, get_fields_from_path
from fastjango.core import checks
from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db import models
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import Combinable
from fastjango.forms.models import BaseModelForm, BaseModelFormSet, _get_foreign_key
from fastjango.template import engines
from fastjango.template.backends.django import DjangoTemplates
from fastjango.utils.module_loading import import_string


def _issubclass(cls: Any, classinfo: Any) -> bool:
    """Return False for what is no class."""
    try:
        return issubclass(cls, classinfo)
    except TypeError:
        return False


def _contains_subclass(class_path: str, candidate_paths: Any) -> bool:
    """Return whether one of the paths names a class or a subclass of it."""
    cls = import_string(class_path)
    for path in candidate_paths:
        try:
            candidate_cls = import_string(path)
        except ImportError:
            continue
        if _issubclass(candidate_cls, cls):
            return True
    return False


def check_admin_app(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Check every site."""
    from fastjango.contrib.admin.sites import all_sites

    errors: list[Any] = []
    for site in all_sites:
        errors.extend(site.check(app_configs))
    return errors


def check_dependencies(**kwargs: Any) -> list[Any]:
    """Check apps, templates and middleware that the admin needs."""
    from fastjango.contrib.admin.sites import all_sites

    if not apps.is_installed("fastjango.contrib.admin"):
        return []
    errors: list[Any] = []
    for number, app_name, label in (
        (401, "fastjango.contrib.contenttypes", "contenttypes"),
        (405, "fastjango.contrib.auth", "auth"),
        (406, "fastjango.contrib.messages", "messages"),
    ):
        if not apps.is_installed(app_name):
            errors.append(
                checks.Error(
                    f"'{app_name}' must be in INSTALLED_APPS in order to use the admin application.",
                    id=f"admin.E{number}",
                )
            )
    errors += _check_templates(all_sites)
    errors += _check_middleware()
    return errors


def _check_templates(all_sites: Any) -> list[Any]:
    for engine in engines.all():
        if isinstance(engine, DjangoTemplates):
            django_templates = engine.engine
            break
    else:
        return [
            checks.Error(
                "A 'fastjango.template.backends.django.DjangoTemplates' instance must be configured in TEMPLATES in "
                "order to use the admin application.",
                id="admin.E403",
            )
        ]
    errors: list[Any] = []
    processors = django_templates.context_processors
    base = "fastjango.contrib"
    if (
        f"{base}.auth.context_processors.auth" not in processors
        and _contains_subclass(f"{base}.auth.backends.ModelBackend", settings.AUTHENTICATION_BACKENDS)
    ):
        errors.append(
            checks.Error(
                f"'{base}.auth.context_processors.auth' must be enabled in DjangoTemplates (TEMPLATES) if using the "
                "default auth backend in order to use the admin application.",
                id="admin.E402",
            )
        )
    if f"{base}.messages.context_processors.messages" not in processors:
        errors.append(
            checks.Error(
                f"'{base}.messages.context_processors.messages' must be enabled in DjangoTemplates (TEMPLATES) in order "
                "to use the admin application.",
                id="admin.E404",
            )
        )
    sidebar_enabled = any(site.enable_nav_sidebar for site in all_sites)
    if sidebar_enabled and "fastjango.template.context_processors.request" not in processors:
        errors.append(
            checks.Warning(
                "'fastjango.template.context_processors.request' must be enabled in DjangoTemplates (TEMPLATES) in order "
                "to use the admin navigation sidebar.",
                id="admin.W411",
            )
        )
    return errors


def _check_middleware() -> list[Any]:
    errors: list[Any] = []
    base = "fastjango.contrib"
    for number, path in (
        (408, f"{base}.auth.middleware.AuthenticationMiddleware"),
        (409, f"{base}.messages.middleware.MessageMiddleware"),
        (410, f"{base}.sessions.middleware.SessionMiddleware"),
    ):
        if not _contains_subclass(path, settings.MIDDLEWARE):
            hint = None
            if number == 410:
                hint = (
                    f"Insert '{path}' before '{base}.auth.middleware.AuthenticationMiddleware'."
                )
            errors.append(
                checks.Error(
                    f"'{path}' must be in MIDDLEWARE in order to use the admin application.",
                    hint=hint,
                    id=f"admin.E{number}",
                )
            )
    return errors


def must_be(type_: str, option: str, obj: Any, id: str) -> list[Any]:
    """Return the error of a value of the wrong type."""
    return [checks.Error(f"The value of '{option}' must be {type_}.", obj=obj.__class__, id=id)]


def must_inherit_from(parent: str, option: str, obj: Any, id: str) -> list[Any]:
    """Return the error of a class that is no subclass."""
    return [checks.Error(f"The value of '{option}' must inherit from '{parent}'.", obj=obj.__class__, id=id)]


def refer_to_missing_field(field: str, option: str, obj: Any, id: str) -> list[Any]:
    """Return the error of a name that is no field."""
    return [
        checks.Error(
            f"The value of '{option}' refers to '{field}', which is not a field of '{obj.model._meta.label}'.",
            obj=obj.__class__,
            id=id,
        )
    ]


class BaseModelAdminChecks:
    """The options that admins and inlines share."""

    def check(self, admin_obj: Any, **kwargs: Any) -> list[Any]:
        """Return all that is wrong."""
        return [
            *self._check_autocomplete_fields(admin_obj),
            *self._check_raw_id_fields(admin_obj),
            *self._check_fields(admin_obj),
            *self._check_fieldsets(admin_obj),
            *self._check_exclude(admin_obj),
            *self._check_form(admin_obj),
            *self._check_filter(admin_obj, "filter_vertical", "E017"),
            *self._check_filter(admin_obj, "filter_horizontal", "E018"),
            *self._check_radio_fields(admin_obj),
            *self._check_prepopulated_fields(admin_obj),
            *self._check_view_on_site_url(admin_obj),
            *self._check_ordering(admin_obj),
            *self._check_readonly_fields(admin_obj),
        ]

    def _each(self, obj: Any, option: str, number: str, check: Any) -> list[Any]:
        value = getattr(obj, option)
        if not isinstance(value, (list, tuple)):
            return must_be("a list or tuple", option=option, obj=obj, id=f"admin.{number}")
        return list(
            chain.from_iterable(check(obj, name, f"{option}[{index:d}]") for index, name in enumerate(value))
        )

    def _check_autocomplete_fields(self, obj: Any) -> list[Any]:
        return self._each(obj, "autocomplete_fields", "E036", self._check_autocomplete_fields_item)

    def _check_autocomplete_fields_item(self, obj: Any, field_name: str, label: str) -> list[Any]:
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
                checks.Error(
                    f'An admin for model "{field.remote_field.model.__name__}" has to be registered to be referenced by '
                    f"{type(obj).__name__}.autocomplete_fields.",
                    obj=obj.__class__,
                    id="admin.E039",
                )
            ]
        if not related_admin.search_fields:
            return [
                checks.Error(
                    f'{related_admin.__class__.__name__} must define "search_fields", because it\'s referenced by '
                    f"{type(obj).__name__}.autocomplete_fields.",
                    obj=obj.__class__,
                    id="admin.E040",
                )
            ]
        return []

    def _check_raw_id_fields(self, obj: Any) -> list[Any]:
        return self._each(obj, "raw_id_fields", "E001", self._check_raw_id_fields_item)

    def _check_raw_id_fields_item(self, obj: Any, field_name: str, label: str) -> list[Any]:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E002")
        # The name of the column, which get_field() knows as well.
        if field.name != field_name:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E002")
        if not field.many_to_many and not isinstance(field, models.ForeignKey):
            return must_be("a foreign key or a many-to-many field", option=label, obj=obj, id="admin.E003")
        return []

    def _check_fields(self, obj: Any) -> list[Any]:
        if obj.fields is None:
            return []
        if not isinstance(obj.fields, (list, tuple)):
            return must_be("a list or tuple", option="fields", obj=obj, id="admin.E004")
        if obj.fieldsets:
            return [
                checks.Error("Both 'fieldsets' and 'fields' are specified.", obj=obj.__class__, id="admin.E005")
            ]
        field_counts = collections.Counter(flatten(obj.fields))
        if duplicates := [name for name, count in field_counts.items() if count > 1]:
            return [
                checks.Error(
                    "The value of 'fields' contains duplicate field(s).",
                    hint="Remove duplicates of {}.".format(", ".join(map(repr, duplicates))),
                    obj=obj.__class__,
                    id="admin.E006",
                )
            ]
        return list(
            chain.from_iterable(self._check_field_spec(obj, field_name, "fields") for field_name in obj.fields)
        )

    def _check_fieldsets(self, obj: Any) -> list[Any]:
        if obj.fieldsets is None:
            return []
        if not isinstance(obj.fieldsets, (list, tuple)):
            return must_be("a list or tuple", option="fieldsets", obj=obj, id="admin.E007")
        seen_fields: list[Any] = []
        return list(
            chain.from_iterable(
                self._check_fieldsets_item(obj, fieldset, f"fieldsets[{index:d}]", seen_fields)
                for index, fieldset in enumerate(obj.fieldsets)
            )
        )

    def _check_fieldsets_item(self, obj: Any, fieldset: Any, label: str, seen_fields: list[Any]) -> list[Any]:
        if not isinstance(fieldset, (list, tuple)):
            return must_be("a list or tuple", option=label, obj=obj, id="admin.E008")
        if len(fieldset) != 2:
            return must_be("of length 2", option=label, obj=obj, id="admin.E009")
        if not isinstance(fieldset[1], dict):
            return must_be("a dictionary", option=f"{label}[1]", obj=obj, id="admin.E010")
        if "fields" not in fieldset[1]:
            return [
                checks.Error(
                    f"The value of '{label}[1]' must contain the key 'fields'.", obj=obj.__class__, id="admin.E011"
                )
            ]
        if not isinstance(fieldset[1]["fields"], (list, tuple)):
            return must_be("a list or tuple", option=f"{label}[1]['fields']", obj=obj, id="admin.E008")
        fieldset_fields = flatten(fieldset[1]["fields"])
        seen_fields.extend(fieldset_fields)
        field_counts = collections.Counter(seen_fields)
        fieldset_fields_set = set(fieldset_fields)
        if duplicates := [
            name for name, count in field_counts.items() if count > 1 and name in fieldset_fields_set
        ]:
            return [
                checks.Error(
                    f"There are duplicate field(s) in '{label}[1]'.",
                    hint="Remove duplicates of {}.".format(", ".join(map(repr, duplicates))),
                    obj=obj.__class__,
                    id="admin.E012",
                )
            ]
        return list(
            chain.from_iterable(
                self._check_field_spec(obj, fieldset_field, f'{label}[1]["fields"]')
                for fieldset_field in fieldset[1]["fields"]
            )
        )

    def _check_field_spec(self, obj: Any, fields: Any, label: str) -> list[Any]:
        if isinstance(fields, tuple):
            return list(
                chain.from_iterable(
                    self._check_field_spec_item(obj, name, f"{label}[{index:d}]") for index, name in enumerate(fields)
                )
            )
        return self._check_field_spec_item(obj, fields, label)

    def _check_field_spec_item(self, obj: Any, field_name: Any, label: str) -> list[Any]:
        if field_name in obj.readonly_fields:
            # Anything may be shown.
            return []
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            # The form may have a field of its own.
            return []
        if isinstance(field, models.ManyToManyField) and not field.remote_field.through._meta.auto_created:
            return [
                checks.Error(
                    f"The value of '{label}' cannot include the ManyToManyField '{field_name}', because that field "
                    "manually specifies a relationship model.",
                    obj=obj.__class__,
                    id="admin.E013",
                )
            ]
        return []

    def _check_exclude(self, obj: Any) -> list[Any]:
        if obj.exclude is None:
            return []
        if not isinstance(obj.exclude, (list, tuple)):
            return must_be("a list or tuple", option="exclude", obj=obj, id="admin.E014")
        field_counts = collections.Counter(obj.exclude)
        if duplicates := [name for name, count in field_counts.items() if count > 1]:
            return [
                checks.Error(
                    "The value of 'exclude' contains duplicate field(s).",
                    hint="Remove duplicates of {}.".format(", ".join(map(repr, duplicates))),
                    obj=obj.__class__,
                    id="admin.E015",
                )
            ]
        return []

    def _check_form(self, obj: Any) -> list[Any]:
        if not _issubclass(obj.form, BaseModelForm):
            return must_inherit_from(parent="BaseModelForm", option="form", obj=obj, id="admin.E016")
        return []

    def _check_filter(self, obj: Any, option: str, number: str) -> list[Any]:
        return self._each(obj, option, number, self._check_filter_item)

    def _check_filter_item(self, obj: Any, field_name: str, label: str) -> list[Any]:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E019")
        if not field.many_to_many or isinstance(field, models.ManyToManyRel):
            return must_be("a many-to-many field", option=label, obj=obj, id="admin.E020")
        if not field.remote_field.through._meta.auto_created:
            return [
                checks.Error(
                    f"The value of '{label}' cannot include the ManyToManyField '{field_name}', because that field "
                    "manually specifies a relationship model.",
                    obj=obj.__class__,
                    id="admin.E013",
                )
            ]
        return []

    def _check_radio_fields(self, obj: Any) -> list[Any]:
        from fastjango.contrib.admin.options import HORIZONTAL, VERTICAL

        if not isinstance(obj.radio_fields, dict):
            return must_be("a dictionary", option="radio_fields", obj=obj, id="admin.E021")
        errors: list[Any] = []
        for field_name, value in obj.radio_fields.items():
            try:
                field = obj.model._meta.get_field(field_name)
            except FieldDoesNotExist:
                errors += refer_to_missing_field(field=field_name, option="radio_fields", obj=obj, id="admin.E022")
            else:
                if not (isinstance(field, models.ForeignKey) or field.choices):
                    errors.append(
                        checks.Error(
                            f"The value of 'radio_fields' refers to '{field_name}', which is not an instance of "
                            "ForeignKey, and does not have a 'choices' definition.",
                            obj=obj.__class__,
                            id="admin.E023",
                        )
                    )
            if value not in (HORIZONTAL, VERTICAL):
                errors.append(
                    checks.Error(
                        f"The value of 'radio_fields[\"{field_name}\"]' must be either admin.HORIZONTAL or "
                        "admin.VERTICAL.",
                        obj=obj.__class__,
                        id="admin.E024",
                    )
                )
        return errors

    def _check_view_on_site_url(self, obj: Any) -> list[Any]:
        if not callable(obj.view_on_site) and not isinstance(obj.view_on_site, bool):
            return [
                checks.Error(
                    "The value of 'view_on_site' must be a callable or a boolean value.",
                    obj=obj.__class__,
                    id="admin.E025",
                )
            ]
        return []

    def _check_prepopulated_fields(self, obj: Any) -> list[Any]:
        if not isinstance(obj.prepopulated_fields, dict):
            return must_be("a dictionary", option="prepopulated_fields", obj=obj, id="admin.E026")
        errors: list[Any] = []
        for field_name, val in obj.prepopulated_fields.items():
            errors += self._check_prepopulated_fields_key(obj, field_name, "prepopulated_fields")
            label = f'prepopulated_fields["{field_name}"]'
            if not isinstance(val, (list, tuple)):
                errors += must_be("a list or tuple", option=label, obj=obj, id="admin.E029")
                continue
            for index, subfield_name in enumerate(val):
                try:
                    obj.model._meta.get_field(subfield_name)
                except FieldDoesNotExist:
                    errors += refer_to_missing_field(
                        field=subfield_name, option=f"{label}[{index!r}]", obj=obj, id="admin.E030"
                    )
        return errors

    def _check_prepopulated_fields_key(self, obj: Any, field_name: str, label: str) -> list[Any]:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E027")
        if isinstance(field, (models.DateTimeField, models.ForeignKey, models.ManyToManyField)):
            return [
                checks.Error(
                    f"The value of '{label}' refers to '{field_name}', which must not be a DateTimeField, a ForeignKey, "
                    "a OneToOneField, or a ManyToManyField.",
                    obj=obj.__class__,
                    id="admin.E028",
                )
            ]
        return []

    def _check_ordering(self, obj: Any) -> list[Any]:
        if obj.ordering is None:
            return []
        if not isinstance(obj.ordering, (list, tuple)):
            return must_be("a list or tuple", option="ordering", obj=obj, id="admin.E031")
        return list(
            chain.from_iterable(
                self._check_ordering_item(obj, field_name, f"ordering[{index:d}]")
                for index, field_name in enumerate(obj.ordering)
            )
        )

    def _check_ordering_item(self, obj: Any, field_name: Any, label: str) -> list[Any]:
        if isinstance(field_name, (Combinable, models.OrderBy)):
            if not isinstance(field_name, models.OrderBy):
                field_name = field_name.asc()
            if isinstance(field_name.expression, models.F):
                field_name = field_name.expression.name
            else:
                return []
        if field_name == "?" and len(obj.ordering) != 1:
            return [
                checks.Error(
                    "The value of 'ordering' has the random ordering marker '?', but contains other fields as well.",
                    hint='Either remove the "?", or remove the other fields.',
                    obj=obj.__class__,
                    id="admin.E032",
                )
            ]
        if field_name == "?" or LOOKUP_SEP in field_name:
            return []
        field_name = field_name.removeprefix("-")
        if field_name == "pk":
            return []
        try:
            obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E033")
        return []

    def _check_readonly_fields(self, obj: Any) -> list[Any]:
        if obj.readonly_fields == ():
            return []
        return self._each(obj, "readonly_fields", "E034", self._check_readonly_fields_item)

    def _check_readonly_fields_item(self, obj: Any, field_name: Any, label: str) -> list[Any]:
        if callable(field_name) or hasattr(obj, field_name) or hasattr(obj.model, field_name):
            return []
        try:
            obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return [
                checks.Error(
                    f"The value of '{label}' refers to '{field_name}', which is not a callable, an attribute of "
                    f"'{obj.__class__.__name__}', or an attribute of '{obj.model._meta.label}'.",
                    obj=obj.__class__,
                    id="admin.E035",
                )
            ]
        return []


class ModelAdminChecks(BaseModelAdminChecks):
    """The options of the list and the form."""

    def check(self, admin_obj: Any, **kwargs: Any) -> list[Any]:
        """Return all that is wrong."""
        return [
            *super().check(admin_obj),
            *self._check_save_as(admin_obj),
            *self._check_save_on_top(admin_obj),
            *self._check_inlines(admin_obj),
            *self._check_list_display(admin_obj),
            *self._check_list_display_links(admin_obj),
            *self._check_list_filter(admin_obj),
            *self._check_list_select_related(admin_obj),
            *self._check_integer(admin_obj, "list_per_page", "E118"),
            *self._check_integer(admin_obj, "list_max_show_all", "E119"),
            *self._check_list_editable(admin_obj),
            *self._check_search_fields(admin_obj),
            *self._check_date_hierarchy(admin_obj),
            *self._check_actions(admin_obj),
        ]

    def _check_save_as(self, obj: Any) -> list[Any]:
        return [] if isinstance(obj.save_as, bool) else must_be("a boolean", option="save_as", obj=obj, id="admin.E101")

    def _check_save_on_top(self, obj: Any) -> list[Any]:
        if isinstance(obj.save_on_top, bool):
            return []
        return must_be("a boolean", option="save_on_top", obj=obj, id="admin.E102")

    def _check_inlines(self, obj: Any) -> list[Any]:
        if not isinstance(obj.inlines, (list, tuple)):
            return must_be("a list or tuple", option="inlines", obj=obj, id="admin.E103")
        return list(chain.from_iterable(self._check_inlines_item(obj, inline) for inline in obj.inlines))

    def _check_inlines_item(self, obj: Any, inline: Any) -> list[Any]:
        from fastjango.contrib.admin.options import InlineModelAdmin

        try:
            inline_label = inline.__module__ + "." + inline.__name__
        except AttributeError:
            return [
                checks.Error(f"'{obj}' must inherit from 'InlineModelAdmin'.", obj=obj.__class__, id="admin.E104")
            ]
        if not _issubclass(inline, InlineModelAdmin):
            return [
                checks.Error(
                    f"'{inline_label}' must inherit from 'InlineModelAdmin'.", obj=obj.__class__, id="admin.E104"
                )
            ]
        if not inline.model:
            return [
                checks.Error(f"'{inline_label}' must have a 'model' attribute.", obj=obj.__class__, id="admin.E105")
            ]
        if not _issubclass(inline.model, models.Model):
            return must_be("a Model", option=f"{inline_label}.model", obj=obj, id="admin.E106")
        found: list[Any] = inline(obj.model, obj.admin_site).check()
        return found

    def _check_list_display(self, obj: Any) -> list[Any]:
        return self._each(obj, "list_display", "E107", self._check_list_display_item)

    def _check_list_display_item(self, obj: Any, item: Any, label: str) -> list[Any]:
        if callable(item) or hasattr(obj, item):
            return []
        try:
            field = obj.model._meta.get_field(item)
        except FieldDoesNotExist:
            try:
                field = getattr(obj.model, item)
            except AttributeError:
                try:
                    field = get_fields_from_path(obj.model, item)[-1]
                except (FieldDoesNotExist, NotRelationField):
                    return [
                        checks.Error(
                            f"The value of '{label}' refers to '{item}', which is not a callable or attribute of "
                            f"'{obj.__class__.__name__}', or an attribute, method, or field on '{obj.model._meta.label}'.",
                            obj=obj.__class__,
                            id="admin.E108",
                        )
                    ]
        if (
            getattr(field, "is_relation", False)
            and (field.many_to_many or field.one_to_many)
            or (getattr(field, "rel", None) and field.rel.field.many_to_one)
        ):
            return [
                checks.Error(
                    f"The value of '{label}' must not be a many-to-many field or a reverse foreign key.",
                    obj=obj.__class__,
                    id="admin.E109",
                )
            ]
        return []

    def _check_list_display_links(self, obj: Any) -> list[Any]:
        from fastjango.contrib.admin.options import ModelAdmin

        if obj.list_display_links is None:
            return []
        if not isinstance(obj.list_display_links, (list, tuple)):
            return must_be("a list, a tuple, or None", option="list_display_links", obj=obj, id="admin.E110")
        # A list that depends on the request cannot be checked.
        if obj.get_list_display.__func__ is not ModelAdmin.get_list_display:
            return []
        return [
            checks.Error(
                f"The value of 'list_display_links[{index:d}]' refers to '{field_name}', which is not defined in "
                "'list_display'.",
                obj=obj.__class__,
                id="admin.E111",
            )
            for index, field_name in enumerate(obj.list_display_links)
            if field_name not in obj.list_display
        ]

    def _check_list_filter(self, obj: Any) -> list[Any]:
        return self._each(obj, "list_filter", "E112", self._check_list_filter_item)

    def _check_list_filter_item(self, obj: Any, item: Any, label: str) -> list[Any]:
        from fastjango.contrib.admin import FieldListFilter, ListFilter

        if callable(item) and not isinstance(item, models.Field):
            if not _issubclass(item, ListFilter):
                return must_inherit_from(parent="ListFilter", option=label, obj=obj, id="admin.E113")
            if issubclass(item, FieldListFilter):
                return [
                    checks.Error(
                        f"The value of '{label}' must not inherit from 'FieldListFilter'.",
                        obj=obj.__class__,
                        id="admin.E114",
                    )
                ]
            return []
        if isinstance(item, (tuple, list)):
            _field, list_filter_class = item
            if not _issubclass(list_filter_class, FieldListFilter):
                return must_inherit_from(parent="FieldListFilter", option=f"{label}[1]", obj=obj, id="admin.E115")
            return []
        try:
            get_fields_from_path(obj.model, item)
        except (NotRelationField, FieldDoesNotExist):
            return [
                checks.Error(
                    f"The value of '{label}' refers to '{item}', which does not refer to a Field.",
                    obj=obj.__class__,
                    id="admin.E116",
                )
            ]
        return []

    def _check_list_select_related(self, obj: Any) -> list[Any]:
        if not isinstance(obj.list_select_related, (bool, list, tuple)):
            return must_be("a boolean, tuple or list", option="list_select_related", obj=obj, id="admin.E117")
        return []

    def _check_integer(self, obj: Any, option: str, number: str) -> list[Any]:
        if not isinstance(getattr(obj, option), int):
            return must_be("an integer", option=option, obj=obj, id=f"admin.{number}")
        return []

    def _check_list_editable(self, obj: Any) -> list[Any]:
        return self._each(obj, "list_editable", "E120", self._check_list_editable_item)

    def _check_list_editable_item(self, obj: Any, field_name: str, label: str) -> list[Any]:
        try:
            field = obj.model._meta.get_field(field_name)
        except FieldDoesNotExist:
            return refer_to_missing_field(field=field_name, option=label, obj=obj, id="admin.E121")
        if field_name not in obj.list_display:
            return [
                checks.Error(
                    f"The value of '{label}' refers to '{field_name}', which is not contained in 'list_display'.",
                    obj=obj.__class__,
                    id="admin.E122",
                )
            ]
        if obj.list_display_links and field_name in obj.list_display_links:
            return [
                checks.Error(
                    f"The value of '{field_name}' cannot be in both 'list_editable' and 'list_display_links'.",
                    obj=obj.__class__,
                    id="admin.E123",
                )
            ]
        # The first column leads to the object unless something else does.
        if (
            obj.list_display[0] == field_name
            and not obj.list_display_links
            and obj.list_display_links is not None
        ):
            return [
                checks.Error(
                    f"The value of '{label}' refers to the first field in 'list_display' ('{obj.list_display[0]}'), which "
                    "cannot be used unless 'list_display_links' is set.",
                    obj=obj.__class__,
                    id="admin.E124",
                )
            ]
        if not field.editable or field.primary_key:
            return [
                checks.Error(
                    f"The value of '{label}' refers to '{field_name}', which is not editable through the admin.",
                    obj=obj.__class__,
                    id="admin.E125",
                )
            ]
        return []

    def _check_search_fields(self, obj: Any) -> list[Any]:
        if not isinstance(obj.search_fields, (list, tuple)):
            return must_be("a list or tuple", option="search_fields", obj=obj, id="admin.E126")
        return []

    def _check_date_hierarchy(self, obj: Any) -> list[Any]:
        if obj.date_hierarchy is None:
            return []
        try:
            field = get_fields_from_path(obj.model, obj.date_hierarchy)[-1]
        except (NotRelationField, FieldDoesNotExist):
            return [
                checks.Error(
                    f"The value of 'date_hierarchy' refers to '{obj.date_hierarchy}', which does not refer to a Field.",
                    obj=obj.__class__,
                    id="admin.E127",
                )
            ]
        if field.get_internal_type() not in {"DateField", "DateTimeField"}:
            return must_be("a DateField or DateTimeField", option="date_hierarchy", obj=obj, id="admin.E128")
        return []

    def _check_actions(self, obj: Any) -> list[Any]:
        errors: list[Any] = []
        actions = obj._get_base_actions()
        # An action with permissions needs the methods that know them.
        for func, name, _description in actions:
            for permission in getattr(func, "allowed_permissions", ()):
                method_name = f"has_{permission}_permission"
                if not hasattr(obj, method_name):
                    errors.append(
                        checks.Error(
                            f"{obj.__class__.__name__} must define a {method_name}() method for the {func.__name__} "
                            "action.",
                            obj=obj.__class__,
                            id="admin.E129",
                        )
                    )
        names = collections.Counter(name for _func, name, _description in actions)
        for name, count in names.items():
            if count > 1:
                errors.append(
                    checks.Error(
                        f"__name__ attributes of actions defined in {obj.__class__} must be unique. Name {name!r} is not "
                        "unique.",
                        obj=obj.__class__,
                        id="admin.E130",
                    )
                )
        return errors


class InlineModelAdminChecks(BaseModelAdminChecks):
    """The options of inlines."""

    def check(self, inline_obj: Any, **kwargs: Any) -> list[Any]:  # type: ignore[override]
        """Return all that is wrong."""
        parent_model = inline_obj.parent_model
        return [
            *super().check(inline_obj),
            *self._check_relation(inline_obj, parent_model),
            *self._check_exclude_of_parent_model(inline_obj, parent_model),
            *self._check_count(inline_obj, "extra", "E203", optional=False),
            *self._check_count(inline_obj, "max_num", "E204"),
            *self._check_count(inline_obj, "min_num", "E205"),
            *self._check_formset(inline_obj),
        ]

    def _check_exclude_of_parent_model(self, obj: Any, parent_model: Any) -> list[Any]:
        # What is wrong with the list or the relation is told already.
        if super()._check_exclude(obj) or self._check_relation(obj, parent_model):
            return []
        fk = _get_foreign_key(parent_model, obj.model, fk_name=obj.fk_name)
        if obj.exclude is not None and fk.name in obj.exclude:
            return [
                checks.Error(
                    f"Cannot exclude the field '{fk.name}', because it is the foreign key to the parent model "
                    f"'{parent_model._meta.label}'.",
                    obj=obj.__class__,
                    id="admin.E201",
                )
            ]
        return []

    def _check_relation(self, obj: Any, parent_model: Any) -> list[Any]:
        try:
            _get_foreign_key(parent_model, obj.model, fk_name=obj.fk_name)
        except ValueError as exc:
            return [checks.Error(exc.args[0], obj=obj.__class__, id="admin.E202")]
        return []

    def _check_count(self, obj: Any, option: str, number: str, optional: bool = True) -> list[Any]:
        value = getattr(obj, option)
        if (optional and value is None) or isinstance(value, int):
            return []
        return must_be("an integer", option=option, obj=obj, id=f"admin.{number}")

    def _check_formset(self, obj: Any) -> list[Any]:
        if not _issubclass(obj.formset, BaseModelFormSet):
            return must_inherit_from(parent="BaseModelFormSet", option="formset", obj=obj, id="admin.E206")
        return []


__all__ = ["BaseModelAdminChecks", "InlineModelAdminChecks", "ModelAdminChecks", "check_admin_app", "check_dependencies"]
