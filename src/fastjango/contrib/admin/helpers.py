"""
Forms and formsets as the admin's templates walk over them: fieldsets, lines, fields, inlines.

``model_admin/`` makes an ``AdminForm`` and ``InlineAdminFormSet`` objects; ``change_form.html`` iterates over them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastjango import forms
from fastjango.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    flatten_fieldsets,
    help_text_for_field,
    label_for_field,
    lookup_field,
    quote,
)
from fastjango.core.exceptions import ObjectDoesNotExist
from fastjango.db.models.fields.related import ForeignObjectRel, ManyToManyRel, OneToOneField
from fastjango.forms.formsets import DELETION_FIELD_NAME
from fastjango.forms.utils import ErrorList, flatatt
from fastjango.template.defaultfilters import capfirst, linebreaksbr
from fastjango.urls import NoReverseMatch, reverse
from fastjango.utils.functional import cached_property
from fastjango.utils.html import conditional_escape, format_html
from fastjango.utils.safestring import SafeString, mark_safe
from fastjango.utils.translation import gettext
from fastjango.utils.translation import gettext_lazy as _

__all__ = [
    "ACTION_CHECKBOX_NAME", "ActionForm", "AdminErrorList", "AdminField", "AdminForm", "AdminReadonlyField",
    "Fieldline", "Fieldset", "InlineAdminForm", "InlineAdminFormSet", "InlineFieldset", "checkbox",
]  # fmt: skip

ACTION_CHECKBOX_NAME = "_selected_action"


class ActionForm(forms.Form):
    """Which action, and whether it is meant for all rows or for the ticked ones."""

    action = forms.ChoiceField(label=_("Action:"))
    select_across = forms.BooleanField(
        label="",
        required=False,
        initial=0,
        widget=forms.HiddenInput({"class": "select-across"}),
    )


class AdminForm:
    """A form cut into fieldsets."""

    def __init__(
        self,
        form: Any,
        fieldsets: Any,
        prepopulated_fields: Mapping[str, Any],
        readonly_fields: Any = None,
        model_admin: Any = None,
    ) -> None:
        self.form = form
        self.fieldsets = fieldsets
        self.prepopulated_fields = [
            {"field": form[name], "dependencies": [form[source] for source in sources]}
            for name, sources in prepopulated_fields.items()
        ]
        self.model_admin = model_admin
        self.readonly_fields = () if readonly_fields is None else readonly_fields

    def __repr__(self) -> str:
        return f"<{self.__class__.__qualname__}: form={self.form.__class__.__qualname__} fieldsets={self.fieldsets!r}>"

    def __iter__(self) -> Iterator[Any]:
        for name, options in self.fieldsets:
            yield Fieldset(
                self.form, name, readonly_fields=self.readonly_fields, model_admin=self.model_admin, **options
            )

    @property
    def errors(self) -> Any:
        """The form's errors."""
        return self.form.errors

    @property
    def non_field_errors(self) -> Any:
        """The form's errors that belong to no field."""
        return self.form.non_field_errors

    @property
    def fields(self) -> Any:
        """The form's fields."""
        return self.form.fields

    @property
    def is_bound(self) -> bool:
        """Whether the form has data."""
        return bool(self.form.is_bound)

    @property
    def media(self) -> Any:
        """The files of the form and its fieldsets."""
        media = self.form.media
        for fieldset in self:
            media = media + fieldset.media
        return media


class Fieldset:
    """A group of lines with a name, CSS classes and a description."""

    def __init__(
        self,
        form: Any,
        name: Any = None,
        readonly_fields: Any = (),
        fields: Any = (),
        classes: Iterable[str] = (),
        description: Any = None,
        model_admin: Any = None,
    ) -> None:
        self.form = form
        self.name = name
        self.fields = fields
        self.classes = " ".join(classes)
        self.description = description
        self.model_admin = model_admin
        self.readonly_fields = readonly_fields

    @property
    def media(self) -> Any:
        """No files: a fieldset folds without a script."""
        return forms.Media()

    @cached_property
    def is_collapsible(self) -> bool:
        """Whether the fieldset folds; one with errors does not."""
        if any(name in self.form.errors for name in flatten_fieldsets([(None, {"fields": self.fields})])):
            return False
        return "collapse" in self.classes

    def __iter__(self) -> Iterator[Fieldline]:
        for field in self.fields:
            yield Fieldline(self.form, field, self.readonly_fields, model_admin=self.model_admin)


class Fieldline:
    """The fields that stand on one line."""

    def __init__(self, form: Any, field: Any, readonly_fields: Any = None, model_admin: Any = None) -> None:
        self.form = form
        # A name, or several for one line.
        several = hasattr(field, "__iter__") and not isinstance(field, str)
        self.fields = field if several else [field]
        self.has_visible_field = any(
            name not in form.fields or not form.fields[name].widget.is_hidden for name in self.fields
        )
        self.model_admin = model_admin
        self.readonly_fields = () if readonly_fields is None else readonly_fields

    def __iter__(self) -> Iterator[AdminField | AdminReadonlyField]:
        for position, name in enumerate(self.fields):
            if name in self.readonly_fields:
                yield AdminReadonlyField(self.form, name, is_first=position == 0, model_admin=self.model_admin)
            else:
                yield AdminField(self.form, name, is_first=position == 0)

    def errors(self) -> SafeString:
        """Return the errors of all fields of the line."""
        found = [self.form[name].errors.as_ul() for name in self.fields if name not in self.readonly_fields]
        return mark_safe("\n".join(found).strip("\n"))


class AdminField:
    """A field that can be edited."""

    def __init__(self, form: Any, field: str, is_first: bool) -> None:
        self.field = form[field]
        self.is_first = is_first
        self.is_checkbox = isinstance(self.field.field.widget, forms.CheckboxInput)
        self.is_readonly = False

    @property
    def is_fieldset(self) -> bool:
        """Whether the widget has several controls, which want a legend."""
        return bool(self.field.field.widget.use_fieldset)

    def label_tag(self) -> SafeString:
        """Return the label."""
        classes = [
            name
            for name, wanted in (
                ("vCheckboxLabel", self.is_checkbox),
                ("required", self.field.field.required),
                ("inline", not self.is_first),
            )
            if wanted
        ]
        label: SafeString = self.field.label_tag(
            contents=conditional_escape(self.field.label),
            attrs={"class": " ".join(classes)} if classes else {},
            # The label of a box stands behind it.
            label_suffix="" if self.is_checkbox else None,
        )
        return label

    def errors(self) -> SafeString:
        """Return the field's errors."""
        return SafeString(self.field.errors.as_ul())


class AdminReadonlyField:
    """A field, method or attribute that is shown only."""

    def __init__(self, form: Any, field: Any, is_first: bool, model_admin: Any = None) -> None:
        # The name of a function is its own.
        class_name = (field.__name__ if field.__name__ != "<lambda>" else "") if callable(field) else field
        meta = form._meta
        if meta.labels is not None and class_name in meta.labels:
            label = meta.labels[class_name]
        else:
            label = label_for_field(field, meta.model, model_admin, form=form)
        if meta.help_texts is not None and class_name in meta.help_texts:
            help_text = meta.help_texts[class_name]
        else:
            help_text = help_text_for_field(class_name, meta.model)
        if field in form.fields:
            is_hidden = form.fields[field].widget.is_hidden
        else:
            is_hidden = False
        self.field = {
            "name": class_name,
            "label": label,
            "help_text": help_text,
            "field": field,
            "is_hidden": is_hidden,
        }
        self.form = form
        self.model_admin = model_admin
        self.is_first = is_first
        self.is_checkbox = False
        self.is_readonly = True
        self.is_fieldset = False
        self.empty_value_display = model_admin.get_empty_value_display()

    def label_tag(self) -> SafeString:
        """Return the label."""
        attrs = {} if self.is_first else {"class": "inline"}
        return format_html(
            "<label{}>{}{}</label>", flatatt(attrs), capfirst(self.field["label"]), self.form.label_suffix
        )

    def get_admin_url(self, remote_field: Any, remote_obj: Any) -> Any:
        """Return a link to the related object's page, or its text where there is none."""
        meta = remote_field.model._meta
        try:
            url = reverse(
                f"admin:{meta.app_label}_{meta.model_name}_change",
                args=[quote(remote_obj.pk)],
                current_app=self.model_admin.admin_site.name,
            )
        except NoReverseMatch:
            return str(remote_obj)
        return format_html('<a href="{}">{}</a>', url, remote_obj)

    def contents(self) -> SafeString:
        """Return the value as HTML."""
        try:
            field, attribute, value = lookup_field(self.field["field"], self.form.instance, self.model_admin)
        except (AttributeError, ValueError, ObjectDoesNotExist):
            return SafeString(conditional_escape(self.empty_value_display))
        if field is None:
            text = self._attribute_text(attribute, value)
        else:
            text = self._field_text(field, value)
        return SafeString(conditional_escape(text))

    def _attribute_text(self, attribute: Any, value: Any) -> Any:
        widget = self.form.fields[self.field["field"]].widget if self.field["field"] in self.form.fields else None
        if getattr(widget, "read_only", False):
            # A widget that shows what cannot be edited, such as the password's hash.
            return widget.render(self.field["field"], value)  # type: ignore[union-attr]
        if getattr(attribute, "boolean", False):
            return display_for_value(value, self.empty_value_display, boolean=True)
        return value if hasattr(value, "__html__") else linebreaksbr(value)

    def _field_text(self, field: Any, value: Any) -> Any:
        widget = self.form.fields[self.field["field"]].widget if self.field["field"] in self.form.fields else None
        if getattr(widget, "read_only", False):
            return widget.render(self.field["field"], value)  # type: ignore[union-attr]
        remote = field.remote_field
        if isinstance(remote, ManyToManyRel) and value is not None:
            return ", ".join(str(obj) for obj in value.all())
        if isinstance(remote, (ForeignObjectRel, OneToOneField)) and value is not None:
            return self.get_admin_url(remote, value)
        return linebreaksbr(display_for_field(value, field, self.empty_value_display))


class InlineAdminFormSet:
    """The forms of an inline, with what the user may do there."""

    def __init__(
        self,
        inline: Any,
        formset: Any,
        fieldsets: Any,
        prepopulated_fields: Any = None,
        readonly_fields: Any = None,
        model_admin: Any = None,
        has_add_permission: bool = True,
        has_change_permission: bool = True,
        has_delete_permission: bool = True,
        has_view_permission: bool = True,
    ) -> None:
        self.opts = inline
        self.formset = formset
        self.fieldsets = fieldsets
        self.model_admin = model_admin
        self.readonly_fields = () if readonly_fields is None else readonly_fields
        self.prepopulated_fields = {} if prepopulated_fields is None else prepopulated_fields
        self.classes = " ".join(inline.classes) if inline.classes else ""
        self.has_add_permission = has_add_permission
        self.has_change_permission = has_change_permission
        self.has_delete_permission = has_delete_permission
        self.has_view_permission = has_view_permission

    def __iter__(self) -> Iterator[InlineAdminForm]:
        readonly_for_editing = self.readonly_fields
        if not self.has_change_permission:
            readonly_for_editing = (*self.readonly_fields, *flatten_fieldsets(self.fieldsets))
        for form, original in zip(self.formset.initial_forms, self.formset.get_queryset(), strict=False):
            yield self._inline_form(form, original, readonly_for_editing, self.opts.get_view_on_site_url(original))
        for form in self.formset.extra_forms:
            yield self._inline_form(form, None, self.readonly_fields)
        if self.has_add_permission:
            yield self._inline_form(self.formset.empty_form, None, self.readonly_fields)

    def _inline_form(
        self, form: Any, original: Any, readonly_fields: Any, view_on_site_url: str | None = None
    ) -> InlineAdminForm:
        return InlineAdminForm(
            self.formset,
            form,
            self.fieldsets,
            self.prepopulated_fields,
            original,
            readonly_fields,
            model_admin=self.opts,
            view_on_site_url=view_on_site_url,
        )

    def fields(self) -> Iterator[dict[str, Any]]:
        """Give the columns of the table."""
        fk = getattr(self.formset, "fk", None)
        empty_form = self.formset.empty_form
        meta_labels = empty_form._meta.labels or {}
        meta_help_texts = empty_form._meta.help_texts or {}
        for position, name in enumerate(flatten_fieldsets(self.fieldsets)):
            if fk and fk.name == name:
                continue
            if not self.has_change_permission or name in self.readonly_fields:
                form_field = empty_form.fields.get(name)
                label = form_field.label if form_field and form_field.label is not None else None
                yield {
                    "name": name,
                    "label": meta_labels.get(name)
                    or label
                    or label_for_field(name, self.opts.model, self.opts, form=empty_form),
                    "widget": {"is_hidden": bool(form_field and form_field.widget.is_hidden)},
                    "required": False,
                    "help_text": meta_help_texts.get(name) or help_text_for_field(name, self.opts.model),
                }
                continue
            form_field = empty_form.fields[name]
            label = form_field.label
            if label is None:
                label = label_for_field(name, self.opts.model, self.opts, form=empty_form)
            yield {
                "name": name,
                "label": label,
                "widget": form_field.widget,
                "required": form_field.required,
                "help_text": form_field.help_text,
                "position": position,
            }

    def inline_formset_data(self) -> str:
        """Return what the script must know, as JSON."""
        verbose_name = self.opts.verbose_name
        return json.dumps(
            {
                "name": f"#{self.formset.prefix}",
                "options": {
                    "prefix": self.formset.prefix,
                    "addText": gettext("Add another %(verbose_name)s") % {"verbose_name": capfirst(verbose_name)},
                    "deleteText": gettext("Remove"),
                },
            }
        )

    @property
    def forms(self) -> Any:
        """The formset's forms."""
        return self.formset.forms

    @cached_property
    def is_collapsible(self) -> bool:
        """Whether the inline folds; one with errors does not."""
        if any(self.formset.errors) or self.formset.non_form_errors():
            return False
        return "collapse" in self.classes

    def non_form_errors(self) -> Any:
        """Return the errors that belong to no form."""
        return self.formset.non_form_errors()

    @property
    def is_bound(self) -> bool:
        """Whether the formset has data."""
        return bool(self.formset.is_bound)

    @property
    def total_form_count(self) -> Any:
        """How many forms there are."""
        return self.formset.total_form_count

    @property
    def media(self) -> Any:
        """The files of the inline and all its forms."""
        media = self.opts.media + self.formset.media
        for form in self:
            media = media + form.media
        return media


class InlineAdminForm(AdminForm):
    """One form of an inline."""

    def __init__(
        self,
        formset: Any,
        form: Any,
        fieldsets: Any,
        prepopulated_fields: Any,
        original: Any,
        readonly_fields: Any = None,
        model_admin: Any = None,
        view_on_site_url: str | None = None,
    ) -> None:
        self.formset = formset
        self.original = original
        self.show_url = bool(original and view_on_site_url is not None)
        self.absolute_url = view_on_site_url
        super().__init__(form, fieldsets, prepopulated_fields, readonly_fields, model_admin)

    def __iter__(self) -> Iterator[InlineFieldset]:
        for name, options in self.fieldsets:
            yield InlineFieldset(
                self.formset,
                self.form,
                name,
                self.readonly_fields,
                model_admin=self.model_admin,
                **options,
            )

    def needs_explicit_pk_field(self) -> bool:
        """Return whether the form must carry the key: nothing else in it says which object it means."""
        meta = self.form._meta.model._meta
        return bool(
            # Keys that the database or a default makes, and keys that nobody may edit, are not in the form.
            meta.auto_field
            or not meta.pk.editable
            or meta.pk.has_default()
            # A child of concrete parents has the key of one of them.
            or any(parent._meta.auto_field or not parent._meta.model._meta.pk.editable for parent in meta.all_parents)
        )

    def pk_field(self) -> AdminField:
        """Return the key's field."""
        return AdminField(self.form, self.formset._pk_field.name, False)

    def fk_field(self) -> Any:
        """Return the field of the foreign key to the parent, or an empty text."""
        fk = getattr(self.formset, "fk", None)
        return AdminField(self.form, fk.name, False) if fk else ""

    def deletion_field(self) -> AdminField:
        """Return the box that deletes the object."""
        return AdminField(self.form, DELETION_FIELD_NAME, False)


class InlineFieldset(Fieldset):
    """A fieldset of an inline: without the foreign key to the parent."""

    def __init__(self, formset: Any, *args: Any, **kwargs: Any) -> None:
        self.formset = formset
        super().__init__(*args, **kwargs)

    def __iter__(self) -> Iterator[Fieldline]:
        fk = getattr(self.formset, "fk", None)
        for field in self.fields:
            if not fk or fk.name != field:
                yield Fieldline(self.form, field, self.readonly_fields, model_admin=self.model_admin)


class AdminErrorList(ErrorList):
    """All errors of a form and its inlines, in one list."""

    def __init__(self, form: Any, inline_formsets: Iterable[Any]) -> None:
        super().__init__()
        if not form.is_bound:
            return
        self.extend(form.errors.values())
        for formset in inline_formsets:
            self.extend(formset.non_form_errors())
            for errors in formset.errors:
                self.extend(errors.values())


def _always_unticked(value: Any) -> bool:
    return False


# The box before each row of a list.
checkbox = forms.CheckboxInput({"class": "action-select"}, _always_unticked)
