"""What pages, filters and templates of the admin share, at Django's path."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from fastjango.contrib.admin.icons import boolean_icon
from fastjango.contrib.auth import get_permission_codename
from fastjango.core.exceptions import FieldDoesNotExist, ValidationError
from fastjango.core.validators import EMPTY_VALUES, URLValidator
from fastjango.db import models, router
from fastjango.db.models.base import ModelBase
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.deletion import Collector
from fastjango.forms.utils import pretty_name
from fastjango.urls import NoReverseMatch, reverse
from fastjango.utils import formats, timezone
from fastjango.utils.hashable import make_hashable
from fastjango.utils.html import format_html
from fastjango.utils.regex_helper import _lazy_re_compile
from fastjango.utils.text import capfirst
from fastjango.utils.translation import ngettext
from fastjango.utils.translation import override as translation_override

# Characters that mean something in addresses become _XX.
QUOTE_MAP = {code: f"_{code:02X}" for code in b'":/_#?;@&=+$,"[]<>%\n\\'}
UNQUOTE_MAP = {value: chr(key) for key, value in QUOTE_MAP.items()}
UNQUOTE_RE = _lazy_re_compile("_(?:{})".format("|".join(value[1:] for value in UNQUOTE_MAP)))


class FieldIsAForeignKeyColumnName(Exception):
    """A field was named by its column."""


def lookup_spawns_duplicates(opts: Any, lookup_path: str) -> bool:
    """Return whether a lookup goes over a relation that may give a row several times."""
    for field_name in lookup_path.split(LOOKUP_SEP):
        if field_name == "pk":
            field_name = opts.pk.name
        try:
            field = opts.get_field(field_name)
        except FieldDoesNotExist:
            # A lookup or a transform.
            continue
        if hasattr(field, "path_infos"):
            path_infos = field.path_infos
            opts = path_infos[-1].to_opts
            if any(path.m2m for path in path_infos):
                return True
    return False


def get_last_value_from_parameters(parameters: dict[str, Any], key: str) -> Any:
    """Return a parameter's last value."""
    value = parameters[key]
    return value[-1] if isinstance(value, list) else value


def prepare_lookup_value(key: str, value: Any, separator: str = ",") -> Any:
    """Return a parameter's value as the lookup wants it: a list for ``__in``, a truth value for ``__isnull``."""
    if isinstance(value, list):
        return [prepare_lookup_value(key, item, separator=separator) for item in value]
    if key.endswith("__in"):
        return value.split(separator)
    if key.endswith("__isnull"):
        return value.lower() not in ("", "false", "0")
    return value


def build_q_object_from_lookup_parameters(parameters: dict[str, list[Any]]) -> Any:
    """Return the condition of filter parameters: any of the values of each."""
    condition = models.Q()
    for param, param_item_list in parameters.items():
        condition &= reduce(or_, (models.Q((param, item)) for item in param_item_list))
    return condition


def quote(s: Any) -> Any:
    """Return a primary key so that it may stand in an address."""
    return s.translate(QUOTE_MAP) if isinstance(s, str) else s


def unquote(s: str) -> str:
    """Take :func:`quote` back."""
    return str(UNQUOTE_RE.sub(lambda match: UNQUOTE_MAP[match[0]], s))


def flatten(fields: Iterable[Any]) -> list[Any]:
    """Return one list of names from a list that may have groups in it."""
    flat: list[Any] = []
    for field in fields:
        if isinstance(field, (list, tuple)):
            flat.extend(field)
        else:
            flat.append(field)
    return flat


def flatten_fieldsets(fieldsets: Any) -> list[Any]:
    """Return the names of all fields in fieldsets."""
    return [name for _, options in fieldsets for name in flatten(options["fields"])]


def get_deleted_objects(
    objs: Any, request: Any, admin_site: Any
) -> tuple[list[Any], dict[Any, int], set[Any], list[Any]]:
    """Return what deleting *objs* takes with it: nested texts, counts, missing permissions, protected objects."""
    try:
        obj = objs[0]
    except IndexError:
        return [], {}, set(), []
    using = router.db_for_write(obj._meta.model)
    collector = NestedObjects(using=using, origin=objs)
    collector.collect(objs)
    perms_needed: set[Any] = set()

    def format_callback(obj: Any) -> Any:
        model = obj.__class__
        opts = obj._meta
        no_edit_link = f"{capfirst(opts.verbose_name)}: {obj}"
        if not admin_site.is_registered(model):
            return no_edit_link
        if not admin_site.get_model_admin(model).has_delete_permission(request, obj):
            perms_needed.add(opts.verbose_name)
        try:
            admin_url = reverse(f"{admin_site.name}:{opts.app_label}_{opts.model_name}_change", None, (quote(obj.pk),))
        except NoReverseMatch:
            return no_edit_link
        return format_html('{}: <a href="{}">{}</a>', capfirst(opts.verbose_name), admin_url, obj)

    to_delete = collector.nested(format_callback)
    protected = [format_callback(obj) for obj in collector.protected]
    model_count = {model._meta.verbose_name_plural: len(found) for model, found in collector.model_objs.items()}
    return to_delete, model_count, perms_needed, protected


class NestedObjects(Collector):
    """Collects everything that would be deleted, as a tree."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edges: dict[Any, list[Any]] = {}
        self.protected: set[Any] = set()
        self.model_objs: dict[Any, set[Any]] = defaultdict(set)

    def add_edge(self, source: Any, target: Any) -> None:
        """Let *target* hang on *source*."""
        self.edges.setdefault(source, []).append(target)

    def collect(  # type: ignore[override]  # Django's own signature of it
        self, objs: Any, source: Any = None, source_attr: str | None = None, **kwargs: Any
    ) -> None:
        """Collect; what is protected is kept apart."""
        for obj in objs:
            if source_attr and not source_attr.endswith("+"):
                related_name = source_attr % {
                    "class": source._meta.model_name,
                    "app_label": source._meta.app_label,
                }
                self.add_edge(getattr(obj, related_name), obj)
            else:
                self.add_edge(None, obj)
            self.model_objs[obj._meta.model].add(obj)
        try:
            super().collect(objs, source_attr=source_attr, **kwargs)
        except models.ProtectedError as exc:
            self.protected.update(exc.protected_objects)
        except models.RestrictedError as exc:
            self.protected.update(exc.restricted_objects)

    def related_objects(self, related_model: Any, related_fields: Any, objs: Any) -> Any:
        """Load the far side with the objects: their texts are shown."""
        queryset = super().related_objects(related_model, related_fields, objs)
        return queryset.select_related(*[related_field.name for related_field in related_fields])

    def _nested(self, obj: Any, seen: set[Any], format_callback: Callable[[Any], Any] | None) -> list[Any]:
        if obj in seen:
            return []
        seen.add(obj)
        children: list[Any] = []
        for child in self.edges.get(obj, ()):
            children.extend(self._nested(child, seen, format_callback))
        found = [format_callback(obj) if format_callback else obj]
        if children:
            found.append(children)
        return found

    def nested(self, format_callback: Callable[[Any], Any] | None = None) -> list[Any]:
        """Return the tree as nested lists."""
        seen: set[Any] = set()
        roots: list[Any] = []
        for root in self.edges.get(None, ()):
            roots.extend(self._nested(root, seen, format_callback))
        return roots

    def can_fast_delete(self, *args: Any, **kwargs: Any) -> bool:
        """Return False: everything is shown, so everything is loaded."""
        return False


def model_format_dict(obj: Any) -> dict[str, Any]:
    """Return ``verbose_name`` and ``verbose_name_plural`` of an object, a model or a queryset's model."""
    if isinstance(obj, (models.Model, ModelBase)):
        opts = obj._meta
    elif isinstance(obj, models.QuerySet):
        opts = obj.model._meta
    else:
        opts = obj
    return {"verbose_name": opts.verbose_name, "verbose_name_plural": opts.verbose_name_plural}


def model_ngettext(obj: Any, n: int | None = None) -> str:
    """Return the singular or plural name of a model for *n* objects."""
    if isinstance(obj, models.QuerySet):
        if n is None:
            n = obj.count()
        obj = obj.model
    names = model_format_dict(obj)
    return ngettext(names["verbose_name"], names["verbose_name_plural"], n or 0)


def lookup_field(name: Any, obj: Any, model_admin: Any = None) -> tuple[Any, Any, Any]:
    """Return field, attribute and value that a name of ``list_display`` or ``readonly_fields`` means."""
    opts = obj._meta
    try:
        field = _get_non_gfk_field(opts, name)
    except (FieldDoesNotExist, FieldIsAForeignKeyColumnName):
        # A function, a method of the admin, or an attribute of the model, over relations too.
        if callable(name):
            return None, name, name(obj)
        if hasattr(model_admin, name) and name != "__str__":
            attr = getattr(model_admin, name)
            return None, attr, attr(obj)
        attr = getattr(obj, name, None)
        if attr is None and LOOKUP_SEP in name:
            value = obj
            for part in name.split(LOOKUP_SEP):
                value = getattr(value, part, None)
                if value is None:
                    break
            path_field = get_fields_from_path(opts.model, name)[-1]
            return path_field, None, value
        if attr is None:
            attr = getattr(obj, name)
        return None, attr, attr() if callable(attr) else attr
    return field, None, getattr(obj, name)


def _get_non_gfk_field(opts: Any, name: Any) -> Any:
    field = opts.get_field(name)
    if (
        field.is_relation
        # A generic foreign key has no target of its own; a reverse relation is no field of this model.
        and ((field.many_to_one and not field.related_model) or field.one_to_many)
    ):
        raise FieldDoesNotExist
    # The name of a foreign key's column is no field.
    if field.is_relation and not field.many_to_many and hasattr(field, "attname") and field.attname == name:
        raise FieldIsAForeignKeyColumnName
    return field


def label_for_field(name: Any, model: Any, model_admin: Any = None, return_attr: bool = False, form: Any = None) -> Any:
    """
    Return the label of a name of ``list_display`` or ``readonly_fields``.

    Raises:
        AttributeError: Neither model, admin nor form has it.
    """
    attr = None
    label: Any
    try:
        field = _get_non_gfk_field(model._meta, name)
        try:
            label = field.verbose_name
        except AttributeError:
            # The other side of a relation.
            label = field.related_model._meta.verbose_name
    except FieldDoesNotExist:
        if name == "__str__":
            label = str(model._meta.verbose_name)
            attr = str
        else:
            label, attr = _label_of_attribute(name, model, model_admin, form)
    except FieldIsAForeignKeyColumnName:
        label = pretty_name(name)
        attr = name
    return (label, attr) if return_attr else label


def _label_of_attribute(name: Any, model: Any, model_admin: Any, form: Any) -> tuple[Any, Any]:
    if callable(name):
        attr = name
    elif hasattr(model_admin, name):
        attr = getattr(model_admin, name)
    elif hasattr(model, name):
        attr = getattr(model, name)
    elif form and name in form.fields:
        attr = form.fields[name]
    else:
        try:
            attr = get_fields_from_path(model, name)[-1]
        except (FieldDoesNotExist, NotRelationField):
            message = f"Unable to lookup '{name}' on {model._meta.object_name}"
            if model_admin:
                message += f" or {model_admin.__class__.__name__}"
            if form:
                message += f" or {form.__class__.__name__}"
            raise AttributeError(message) from None
        return pretty_name(str(name)), attr
    if hasattr(attr, "short_description"):
        return attr.short_description, attr
    if isinstance(attr, property) and hasattr(attr, "fget") and hasattr(attr.fget, "short_description"):
        return attr.fget.short_description, attr  # type: ignore[union-attr]
    if callable(attr):
        return ("--" if attr.__name__ == "<lambda>" else pretty_name(attr.__name__)), attr
    return pretty_name(str(name)), attr


def help_text_for_field(name: str, model: Any) -> str:
    """Return a field's help text."""
    try:
        field = _get_non_gfk_field(model._meta, name)
    except (FieldDoesNotExist, FieldIsAForeignKeyColumnName):
        return ""
    return str(getattr(field, "help_text", ""))


def display_for_field(value: Any, field: Any, empty_value_display: Any, avoid_link: bool = False) -> Any:
    """Return a field's value as the admin shows it."""
    if getattr(field, "flatchoices", None):
        if isinstance(value, enum.Enum) and not isinstance(value, (str, int)):
            # Choices know members of a plain enum by their values.
            value = value.value
        try:
            return dict(field.flatchoices).get(value, empty_value_display)
        except TypeError:
            # A list: its members in a form that can be looked up.
            return dict(make_hashable(field.flatchoices)).get(make_hashable(value), empty_value_display)
    if isinstance(field, models.BooleanField):
        return boolean_icon(value)
    if value in field.empty_values:
        return empty_value_display
    if isinstance(field, models.DateTimeField):
        return formats.localize(timezone.template_localtime(value))
    if isinstance(field, (models.DateField, models.TimeField)):
        return formats.localize(value)
    if isinstance(field, models.DecimalField):
        return formats.number_format(value, field.decimal_places)
    if isinstance(field, (models.IntegerField, models.FloatField)):
        return formats.number_format(value)
    if isinstance(field, models.FileField) and value and not avoid_link:
        return format_html('<a href="{}">{}</a>', value.url, value)
    if isinstance(field, models.URLField) and value and not avoid_link and _is_safe_link(value):
        return format_html('<a href="{}">{}</a>', value, value)
    if isinstance(field, models.JSONField) and value:
        try:
            return json.dumps(value, ensure_ascii=False, cls=field.encoder)
        except TypeError:
            return display_for_value(value, empty_value_display)
    return display_for_value(value, empty_value_display)


def _is_safe_link(value: Any) -> bool:
    """Return whether *value* is an address of the web; ``javascript:`` and its like are shown, not linked."""
    try:
        URLValidator()(value)
    except ValidationError:
        return False
    return True


def display_for_value(value: Any, empty_value_display: Any, boolean: bool = False) -> Any:
    """Return any value as the admin shows it."""
    if boolean:
        return boolean_icon(value)
    if value in EMPTY_VALUES:
        return empty_value_display
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime.datetime):
        return formats.localize(timezone.template_localtime(value))
    if isinstance(value, (datetime.date, datetime.time)):
        return formats.localize(value)
    if isinstance(value, (int, decimal.Decimal, float)):
        return formats.number_format(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return str(value)


class NotRelationField(Exception):
    """A path goes on behind a field that is no relation."""


def get_model_from_relation(field: Any) -> Any:
    """Return the model that a relation leads to."""
    if hasattr(field, "path_infos"):
        return field.path_infos[-1].to_opts.model
    raise NotRelationField


def reverse_field_path(model: Any, path: str) -> tuple[Any, str]:
    """Return the last model of a path, and the path back."""
    reversed_path: list[str] = []
    parent = model
    for piece in path.split(LOOKUP_SEP):
        field = parent._meta.get_field(piece)
        # A trailing field that is no relation ends the path.
        if len(reversed_path) == len(path.split(LOOKUP_SEP)) - 1:
            try:
                get_model_from_relation(field)
            except NotRelationField:
                break
        if field.is_relation and not (field.auto_created and not field.concrete):
            related_name = field.related_query_name()
            parent = field.remote_field.model
        else:
            related_name = field.field.name
            parent = field.related_model
        reversed_path.insert(0, related_name)
    return parent, LOOKUP_SEP.join(reversed_path)


def get_fields_from_path(model: Any, path: str) -> list[Any]:
    """Return the fields of a path."""
    fields: list[Any] = []
    for piece in path.split(LOOKUP_SEP):
        parent = get_model_from_relation(fields[-1]) if fields else model
        fields.append(parent._meta.get_field(piece))
    return fields


def construct_change_message(form: Any, formsets: Any, add: bool) -> list[dict[str, Any]]:
    """Return what a form and its formsets changed, for the log; in no language."""
    # In the language of the request still: it says how dates and numbers were written.
    changed_data = form.changed_data
    with translation_override(None):
        changed_field_labels = _get_changed_field_labels_from_form(form, changed_data)
    change_message: list[dict[str, Any]] = []
    if add:
        change_message.append({"added": {}})
    elif changed_data:
        change_message.append({"changed": {"fields": changed_field_labels}})
    if formsets:
        with translation_override(None):
            for formset in formsets:
                for added in formset.new_objects:
                    change_message.append({"added": {"name": str(added._meta.verbose_name), "object": str(added)}})
                for changed, changed_fields in formset.changed_objects:
                    change_message.append(
                        {
                            "changed": {
                                "name": str(changed._meta.verbose_name),
                                "object": str(changed),
                                "fields": _get_changed_field_labels_from_form(formset.forms[0], changed_fields),
                            }
                        }
                    )
                for deleted in formset.deleted_objects:
                    change_message.append(
                        {"deleted": {"name": str(deleted._meta.verbose_name), "object": str(deleted)}}
                    )
    return change_message


def _get_changed_field_labels_from_form(form: Any, changed_data: Iterable[str]) -> list[str]:
    labels = []
    for field_name in changed_data:
        try:
            verbose_name = form.fields[field_name].label or field_name
        except KeyError:
            verbose_name = field_name
        labels.append(str(verbose_name))
    return labels


__all__ = [
    "FieldIsAForeignKeyColumnName", "NestedObjects", "NotRelationField", "build_q_object_from_lookup_parameters",
    "construct_change_message", "display_for_field", "display_for_value", "flatten", "flatten_fieldsets",
    "get_deleted_objects", "get_fields_from_path", "get_last_value_from_parameters", "get_model_from_relation",
    "get_permission_codename", "help_text_for_field", "label_for_field", "lookup_field", "lookup_spawns_duplicates",
    "model_format_dict", "model_ngettext", "prepare_lookup_value", "quote", "reverse_field_path", "unquote",
]  # fmt: skip
