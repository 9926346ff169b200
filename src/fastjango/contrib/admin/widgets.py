"""
Form widgets of the admin: dates in two parts, two-pane selects, raw keys with a lookup link, autocompletion.

Every widget is a working plain HTML control; ``static/admin/js/admin.js`` finds it by its class and makes it better.
``model_admin/`` chooses them for model fields.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from fastjango import forms
from fastjango.core.exceptions import ValidationError
from fastjango.core.validators import URLValidator
from fastjango.db.models import CASCADE, UUIDField
from fastjango.urls import NoReverseMatch, reverse
from fastjango.utils.html import smart_urlquote
from fastjango.utils.http import urlencode
from fastjango.utils.text import Truncator
from fastjango.utils.translation import get_language
from fastjango.utils.translation import gettext as _

__all__ = [
    "AdminBigIntegerFieldWidget", "AdminDateWidget", "AdminEmailInputWidget", "AdminFileWidget",
    "AdminIntegerFieldWidget", "AdminRadioSelect", "AdminSplitDateTime", "AdminTextInputWidget",
    "AdminTextareaWidget", "AdminTimeWidget", "AdminURLFieldWidget", "AdminUUIDInputWidget", "AutocompleteMixin",
    "AutocompleteSelect", "AutocompleteSelectMultiple", "BaseAdminDateWidget", "BaseAdminTimeWidget",
    "FilteredSelectMultiple", "ForeignKeyRawIdWidget", "ManyToManyRawIdWidget", "RelatedFieldWidgetWrapper",
    "url_params_from_lookup_dict",
]  # fmt: skip

Attrs = Mapping[str, Any] | None

# Parameters of the admin's addresses: a page in a window of its own, the field that a chosen object is named by.
IS_POPUP_VAR = "_popup"
TO_FIELD_VAR = "_to_field"


class FilteredSelectMultiple(forms.SelectMultiple):
    """A multiple select that the script turns into two panes with a filter; *is_stacked* puts them one over the other."""

    def __init__(self, verbose_name: Any, is_stacked: bool, attrs: Attrs = None, choices: Any = ()) -> None:
        self.verbose_name = verbose_name
        self.is_stacked = is_stacked
        super().__init__(attrs, choices)

    def get_context(self, name: str, value: Any, attrs: Attrs) -> dict[str, Any]:
        """Return the template's variables; the class tells the script how to lay it out."""
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        own["class"] = "selectfilterstacked" if self.is_stacked else "selectfilter"
        own["data-field-name"] = self.verbose_name
        own["data-is-stacked"] = int(self.is_stacked)
        return context


class BaseAdminDateWidget(forms.DateInput):
    """A date as text; the script adds "Today" and the browser's calendar."""

    def __init__(self, attrs: Attrs = None, format: str | None = None) -> None:
        super().__init__({"class": "vDateField", "size": "10", **(attrs or {})}, format)


class AdminDateWidget(BaseAdminDateWidget):
    """The date widget in its paragraph."""

    template_name = "admin/widgets/date.html"


class BaseAdminTimeWidget(forms.TimeInput):
    """A time as text; the script adds "Now"."""

    def __init__(self, attrs: Attrs = None, format: str | None = None) -> None:
        super().__init__({"class": "vTimeField", "size": "8", **(attrs or {})}, format)


class AdminTimeWidget(BaseAdminTimeWidget):
    """The time widget in its paragraph."""

    template_name = "admin/widgets/time.html"


class AdminSplitDateTime(forms.SplitDateTimeWidget):
    """A date and a time in two inputs."""

    template_name = "admin/widgets/split_datetime.html"

    def __init__(self, attrs: Attrs = None) -> None:
        # The grandparent's constructor: the parent would make its own two widgets.
        forms.MultiWidget.__init__(self, [BaseAdminDateWidget, BaseAdminTimeWidget], attrs)

    def get_context(self, name: str, value: Any, attrs: Attrs) -> dict[str, Any]:
        """Return the template's variables with the two labels."""
        context = super().get_context(name, value, attrs)
        labels = (_("Date:"), _("Time:"))
        context["date_label"], context["time_label"] = labels
        for part, label in zip(context["widget"]["subwidgets"], labels, strict=True):
            if part["attrs"].get("id"):
                # Each input has a name of its own; the group's label names both.
                part["attrs"].setdefault("aria-label", label.rstrip(":\u00a0 "))
        return context


class AdminRadioSelect(forms.RadioSelect):
    """Radio buttons in the admin's list."""

    template_name = "admin/widgets/radio.html"


class AdminFileWidget(forms.ClearableFileInput):
    """A file input; shows the present file."""

    template_name = "admin/widgets/clearable_file_input.html"


def url_params_from_lookup_dict(lookups: Any) -> dict[str, str]:
    """Return the query parameters that mean the same as ``limit_choices_to`` does."""
    if not lookups or not hasattr(lookups, "items"):
        return {}
    params: dict[str, str] = {}
    for key, value in lookups.items():
        plain = value() if callable(value) else value
        if isinstance(plain, (list, tuple)):
            params[key] = ",".join(str(item) for item in plain)
        elif isinstance(plain, bool):
            params[key] = "1" if plain else "0"
        else:
            params[key] = str(plain)
    return params


class ForeignKeyRawIdWidget(forms.TextInput):
    """The key of the related object as text, with a link to the list to choose from."""

    template_name = "admin/widgets/foreign_key_raw_id.html"

    def __init__(self, rel: Any, admin_site: Any, attrs: Attrs = None, using: str | None = None) -> None:
        self.rel = rel
        self.admin_site = admin_site
        self.db = using
        super().__init__(attrs)

    def get_context(self, name: str, value: Any, attrs: Attrs) -> dict[str, Any]:
        """Return the template's variables: ``related_url``, ``link_title``, ``link_label``, ``link_url``."""
        context = super().get_context(name, value, attrs)
        related = self.rel.model
        if self.admin_site.is_registered(related):
            list_url = reverse(
                f"admin:{related._meta.app_label}_{related._meta.model_name}_changelist",
                current_app=self.admin_site.name,
            )
            query = self.url_parameters()
            context["related_url"] = f"{list_url}?{urlencode(query)}" if query else list_url
            context["link_title"] = _("Lookup")
            own = context["widget"]["attrs"]
            css_class = "vForeignKeyRawIdAdminField"
            if isinstance(self.rel.get_related_field(), UUIDField):
                css_class += " vUUIDField"
            own.setdefault("class", css_class)
        else:
            context["related_url"] = None
        shown = context["widget"]["value"]
        context["link_label"], context["link_url"] = self.label_and_url_for_value(value) if shown else (None, None)
        return context

    def base_url_parameters(self) -> dict[str, str]:
        """Return the parameters that stand for ``limit_choices_to``."""
        limits = self.rel.limit_choices_to
        return url_params_from_lookup_dict(limits() if callable(limits) else limits)

    def url_parameters(self) -> dict[str, str]:
        """Return all parameters of the lookup link."""
        return {**self.base_url_parameters(), TO_FIELD_VAR: self.rel.get_related_field().name}

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        """Return the object's text and page, two empty texts where there is none. Queries: 1."""
        key = self.rel.get_related_field().name
        try:
            found = self.rel.model._default_manager.using(self.db).get(**{key: value})
        except (ValueError, self.rel.model.DoesNotExist, ValidationError):
            return "", ""
        meta = found._meta
        try:
            url = reverse(
                f"{self.admin_site.name}:{meta.app_label}_{meta.object_name.lower()}_change",
                args=(found.pk,),
            )
        except NoReverseMatch:
            # Not in this admin.
            url = ""
        return Truncator(found).words(14), url


class ManyToManyRawIdWidget(ForeignKeyRawIdWidget):
    """The keys of the related objects as text, with commas between."""

    template_name = "admin/widgets/many_to_many_raw_id.html"

    def get_context(self, name: str, value: Any, attrs: Attrs) -> dict[str, Any]:
        """Return the template's variables."""
        context = super().get_context(name, value, attrs)
        if self.admin_site.is_registered(self.rel.model):
            context["widget"]["attrs"]["class"] = "vManyToManyRawIdAdminField"
        return context

    def url_parameters(self) -> dict[str, str]:
        """Return the parameters of the lookup link."""
        return self.base_url_parameters()

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        """Return nothing: there may be many."""
        return "", ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the list of keys; None when there is none."""
        text = data.get(name)
        return text.split(",") if text else None

    def format_value(self, value: Any) -> str:
        """Return the keys with commas between."""
        return ",".join(str(key) for key in value) if value else ""


class RelatedFieldWidgetWrapper(forms.Widget):
    """A widget for a relation with links to add, change, delete and view the related object."""

    template_name = "admin/widgets/related_widget_wrapper.html"

    def __init__(
        self,
        widget: Any,
        rel: Any,
        admin_site: Any,
        can_add_related: bool | None = None,
        can_change_related: bool = False,
        can_delete_related: bool = False,
        can_view_related: bool = False,
    ) -> None:
        self.needs_multipart_form = widget.needs_multipart_form
        self.attrs = widget.attrs
        self.widget = widget
        self.rel = rel
        self.admin_site = admin_site
        single = not getattr(widget, "allow_multiple_selected", False)
        if not isinstance(widget, AutocompleteMixin):
            self.attrs["data-context"] = "available-source"
        self.can_add_related = admin_site.is_registered(rel.model) if can_add_related is None else can_add_related
        self.can_change_related = single and can_change_related
        # Deleting there would take the edited object along.
        cascades = getattr(rel, "on_delete", None) is CASCADE
        self.can_delete_related = single and not cascades and can_delete_related
        self.can_view_related = single and can_view_related
        self.use_fieldset = getattr(widget, "use_fieldset", False)

    def __deepcopy__(self, memo: dict[int, Any]) -> RelatedFieldWidgetWrapper:
        twin = self.__class__.__new__(self.__class__)
        vars(twin).update(self.__dict__)
        twin.widget = self.widget.__deepcopy__(memo)
        twin.attrs = twin.widget.attrs
        memo[id(self)] = twin
        return twin

    @property
    def is_hidden(self) -> bool:
        """Whether the inner widget is hidden."""
        return bool(self.widget.is_hidden)

    @property
    def media(self) -> Any:  # type: ignore[override]
        """The inner widget's files."""
        return self.widget.media

    @property
    def choices(self) -> Any:
        """The inner widget's choices."""
        return self.widget.choices

    @choices.setter
    def choices(self, value: Any) -> None:
        self.widget.choices = value

    def get_related_url(self, info: tuple[str, str], action: str, *args: Any) -> str:
        """Return the address of a page of the related model's admin."""
        app_label, model_name = info
        return reverse(f"admin:{app_label}_{model_name}_{action}", current_app=self.admin_site.name, args=args)

    def get_context(self, name: str, value: Any, attrs: Attrs) -> dict[str, Any]:
        """Return the template's variables: the inner widget's HTML and the links."""
        meta = self.rel.model._meta
        info = (meta.app_label, meta.model_name)
        to_field = self.rel.get_related_field().name
        self.widget.choices = self.choices
        context: dict[str, Any] = {
            "rendered_widget": self.widget.render(name, value, attrs),
            "is_hidden": self.is_hidden,
            "name": name,
            "url_params": urlencode({TO_FIELD_VAR: to_field, IS_POPUP_VAR: 1}),
            "view_related_url_params": urlencode({TO_FIELD_VAR: to_field}),
            "model": meta.verbose_name,
            "model_name": meta.model_name,
            "can_add_related": self.can_add_related,
            "can_change_related": self.can_change_related,
            "can_delete_related": self.can_delete_related,
            "can_view_related": self.can_view_related,
            "model_has_limit_choices_to": bool(self.rel.limit_choices_to),
        }
        if self.can_add_related:
            context["add_related_url"] = self.get_related_url(info, "add")
        if self.can_delete_related:
            context["delete_related_template_url"] = self.get_related_url(info, "delete", "__fk__")
        if self.can_view_related or self.can_change_related:
            context["change_related_template_url"] = self.get_related_url(info, "change", "__fk__")
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return what the inner widget reads."""
        return self.widget.value_from_datadict(data, files, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return what the inner widget says."""
        return bool(self.widget.value_omitted_from_data(data, files, name))

    def id_for_label(self, id_: str) -> str:
        """Return the inner widget's id."""
        return str(self.widget.id_for_label(id_))


def _with_class(css_class: str, attrs: Attrs) -> dict[str, Any]:
    return {"class": css_class, **(attrs or {})}


class AdminTextareaWidget(forms.Textarea):
    """A large text."""

    def __init__(self, attrs: Attrs = None) -> None:
        super().__init__(_with_class("vLargeTextField", attrs))


class AdminTextInputWidget(forms.TextInput):
    """A line of text."""

    def __init__(self, attrs: Attrs = None) -> None:
        super().__init__(_with_class("vTextField", attrs))


class AdminEmailInputWidget(forms.EmailInput):
    """An e-mail address."""

    def __init__(self, attrs: Attrs = None) -> None:
        super().__init__(_with_class("vTextField", attrs))


class AdminURLFieldWidget(forms.URLInput):
    """An address; links to the present one where it is valid."""

    template_name = "admin/widgets/url.html"

    def __init__(self, attrs: Attrs = None, validator_class: Callable[[], Any] = URLValidator) -> None:
        super().__init__(_with_class("vURLField", attrs))
        self.validator = validator_class()

    def get_context(self, name: str, value: Any, attrs: Attrs) -> dict[str, Any]:
        """Return the template's variables with ``url_valid``, the labels and the quoted address."""
        try:
            self.validator(value if value else "")
            valid = True
        except ValidationError:
            valid = False
        context = super().get_context(name, value, attrs)
        context["current_label"] = _("Currently:")
        context["change_label"] = _("Change:")
        context["widget"]["href"] = smart_urlquote(context["widget"]["value"]) if valid else ""
        context["url_valid"] = valid
        return context


class AdminIntegerFieldWidget(forms.NumberInput):
    """A whole number."""

    class_name = "vIntegerField"

    def __init__(self, attrs: Attrs = None) -> None:
        super().__init__(_with_class(self.class_name, attrs))


class AdminBigIntegerFieldWidget(AdminIntegerFieldWidget):
    """A whole number of many digits."""

    class_name = "vBigIntegerField"


class AdminUUIDInputWidget(forms.TextInput):
    """A UUID."""

    def __init__(self, attrs: Attrs = None) -> None:
        super().__init__(_with_class("vUUIDField", attrs))


def _keys_name(name: str) -> str:
    """Return the name of the box for keys; no field of a form is called so."""
    return f"{name}-keys"


def _is_key(field: Any, text: str) -> bool:
    """Return whether *text* can be a value of *field*."""
    try:
        field.to_python(text)
    except (ValidationError, ValueError, OverflowError):
        return False
    return True


class AutocompleteMixin:
    """
    A select box whose choices come from the related admin's search while typing.

    The HTML holds the chosen options alone; the attributes tell the script where to ask. Where no script runs there is
    a box for the key, as a raw key field has it, and a link to the list to look it up.
    """

    template_name = "admin/widgets/autocomplete.html"

    url_name: ClassVar[str] = "%s:autocomplete"
    allow_multiple_selected: bool

    def __init__(
        self, field: Any, admin_site: Any, attrs: Attrs = None, choices: Any = (), using: str | None = None
    ) -> None:
        self.field = field
        self.admin_site = admin_site
        self.db = using
        self.choices = choices
        self.attrs: dict[str, Any] = dict(attrs) if attrs is not None else {}
        self.i18n_name = get_language()

    def get_url(self) -> str:
        """Return the address that answers searches."""
        return reverse(self.url_name % self.admin_site.name)

    def build_attrs(self, base_attrs: Mapping[str, Any], extra_attrs: Attrs = None) -> dict[str, Any]:
        """Return the attributes with the ones for the script."""
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs=extra_attrs)  # type: ignore[misc]
        attrs.setdefault("class", "")
        meta = self.field.model._meta
        attrs.update(
            {
                "data-ajax--cache": "true",
                "data-ajax--delay": 250,
                "data-ajax--type": "GET",
                "data-ajax--url": self.get_url(),
                "data-app-label": meta.app_label,
                "data-model-name": meta.model_name,
                "data-field-name": self.field.name,
                "data-theme": "admin-autocomplete",
                # JSON, as every data attribute that the script reads as a truth value.
                "data-allow-clear": json.dumps(not self.is_required),  # type: ignore[attr-defined]
                "data-placeholder": "",
                "lang": get_language(),
                "class": f"{attrs['class']} admin-autocomplete".strip(),
            }
        )
        return attrs

    def get_context(self, name: str, value: Any, attrs: Attrs) -> dict[str, Any]:
        """Add what the box for the key needs."""
        context: dict[str, Any] = super().get_context(name, value, attrs)  # type: ignore[misc]
        meta = self.field.remote_field.model._meta
        try:
            url = reverse(f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_changelist")
        except NoReverseMatch:
            url = ""
        context["keys"] = {
            "name": _keys_name(name),
            "value": ",".join(str(key) for key in context["widget"]["value"] if key not in (None, "")),
            "label": _("Keys, separated by commas") if self.allow_multiple_selected else _("Key"),
            "url": url,
            "link_title": _("Lookup"),
            "disabled": bool(context["widget"]["attrs"].get("disabled")),
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return what was chosen, or the keys that were typed where no script runs."""
        typed = data.get(_keys_name(name))
        if typed is None:
            return super().value_from_datadict(data, files, name)  # type: ignore[misc]
        if self.allow_multiple_selected:
            return [key.strip() for key in typed.split(",") if key.strip()]
        return typed.strip()

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return whether neither the select box nor the box for keys was sent."""
        return _keys_name(name) not in data and bool(super().value_omitted_from_data(data, files, name))  # type: ignore[misc]

    def optgroups(self, name: str, value: Any, attrs: Attrs = None) -> list[Any]:
        """Return the chosen options alone, an empty one before them where that may be chosen. Queries: 1 or 0."""
        group: tuple[Any, list[dict[str, Any]], int] = (None, [], 0)
        options = group[1]
        empties = self.choices.field.empty_values if hasattr(self.choices, "field") else (None, "")
        chosen = {str(item) for item in value if item not in empties and str(item) not in empties}
        if not self.is_required and not self.allow_multiple_selected:  # type: ignore[attr-defined]
            options.append(self._option(name, "", "", False, 0))
        for index, (option_value, label) in enumerate(self._chosen_choices(chosen)):
            options.append(self._option(name, option_value, label, str(option_value) in value, index))
        return [group]

    def _option(self, name: str, value: Any, label: Any, selected: bool, index: int) -> dict[str, Any]:
        option: dict[str, Any] = self.create_option(name, value, label, selected, index)  # type: ignore[attr-defined]
        return option

    def _chosen_choices(self, chosen: set[str]) -> Iterable[tuple[Any, Any]]:
        if not chosen:
            return
        remote_model = self.field.remote_field.model
        to_field_name = getattr(self.field.remote_field, "field_name", remote_model._meta.pk.attname)
        to_field = remote_model._meta.get_field(to_field_name)
        to_field_name = to_field.attname
        # A form that is shown again may have been sent anything.
        keys = [key for key in chosen if _is_key(to_field, key)]
        objects = self.choices.queryset.using(self.db).filter(**{f"{to_field_name}__in": keys}) if keys else ()
        for obj in objects:
            yield getattr(obj, to_field_name), self.choices.field.label_from_instance(obj)

    def subwidgets(self, name: str, value: Any, attrs: Attrs = None) -> Iterator[Any]:
        """Give the variables of each chosen option."""
        for _group, options, _index in self.optgroups(name, self.format_value(value), attrs):  # type: ignore[attr-defined]
            yield from options


class AutocompleteSelect(AutocompleteMixin, forms.Select):
    """One related object, by search."""

    allow_multiple_selected = False


class AutocompleteSelectMultiple(AutocompleteMixin, forms.SelectMultiple):
    """Several related objects, by search."""

    allow_multiple_selected = True
