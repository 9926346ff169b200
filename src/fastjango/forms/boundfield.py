"""
``BoundField``: a field within one form, with its data, errors and markup; what ``form["name"]`` gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.forms.attributes import pretty_name
from fastjango.forms.rendering import RenderableFieldMixin
from fastjango.forms.widgets import MultiWidget, Textarea, TextInput
from fastjango.utils.functional import cached_property
from fastjango.utils.html import format_html, html_safe
from fastjango.utils.safestring import SafeString
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["BoundField", "BoundWidget"]


class BoundField(RenderableFieldMixin):
    """A form's field together with what was submitted for it."""

    def __init__(self, form: Any, field: Any, name: str) -> None:
        self.form = form
        self.field = field
        self.name = name
        self.renderer = form.renderer
        self.html_name: str = form.add_prefix(name)
        self.html_initial_name: str = form.add_initial_prefix(name)
        self.html_initial_id: str = form.add_initial_prefix(self.auto_id)
        self.label: Any = pretty_name(name) if field.label is None else field.label
        self.help_text: Any = field.help_text or ""

    @cached_property
    def subwidgets(self) -> list[BoundWidget]:
        """The parts of the widget, such as the buttons of a radio group."""
        widget = self.field.widget
        attrs = {"id": self.id_for_part} if self.id_for_part else {}
        attrs = self.build_widget_attrs(attrs)
        return [
            BoundWidget(widget, part, self.form.renderer)
            for part in widget.subwidgets(self.html_name, self.value(), attrs=attrs)
        ]

    @property
    def id_for_part(self) -> str:
        """The id that the widget's element has."""
        return str(self.field.widget.attrs.get("id") or self.auto_id)

    def __str__(self) -> str:
        if self.field.show_hidden_initial:
            return SafeString(self.as_widget() + self.as_hidden(only_initial=True))
        return self.as_widget()

    def __bool__(self) -> bool:
        # A widget without parts is a field all the same.
        return True

    def __iter__(self) -> Iterator[BoundWidget]:
        return iter(self.subwidgets)

    def __len__(self) -> int:
        return len(self.subwidgets)

    def __getitem__(self, index: Any) -> Any:
        # Templates try names first: field["errors"] must fail quickly.
        if not isinstance(index, (int, slice)):
            raise TypeError(f"BoundField indices must be integers or slices, not {type(index).__name__}.")
        return self.subwidgets[index]

    @property
    def errors(self) -> Any:
        """The field's ``ErrorList``, empty when all is well."""
        return self.form.errors.get(self.name, self.form.error_class(renderer=self.form.renderer))

    @property
    def template_name(self) -> str:
        """The template of the group of label, errors and widget."""
        return str(self.field.template_name or self.form.renderer.field_template_name)

    def get_context(self) -> dict[str, Any]:
        """Return the variables of that template."""
        return {"field": self}

    def as_widget(
        self, widget: Any = None, attrs: Mapping[str, Any] | None = None, only_initial: bool = False
    ) -> SafeString:
        """
        Return the HTML of the field's widget, or of another one.

        Args:
            only_initial: Render the hidden twin that carries the initial value.
        """
        chosen = widget or self.field.widget
        if self.field.localize:
            chosen.is_localized = True
        own = self.build_widget_attrs(attrs or {}, chosen)
        if self.auto_id and "id" not in chosen.attrs:
            own.setdefault("id", self.html_initial_id if only_initial else self.auto_id)
        name = self.html_initial_name if only_initial else self.html_name
        if only_initial and name in self.form.data:
            value = self.form._widget_data_value(self.field.hidden_widget(), name)
        else:
            value = self.value()
        html: SafeString = chosen.render(name=name, value=value, attrs=own, renderer=self.form.renderer)
        return html

    def as_text(self, attrs: Mapping[str, Any] | None = None, **kwargs: Any) -> SafeString:
        """Return the field as a text input."""
        return self.as_widget(TextInput(), attrs, **kwargs)

    def as_textarea(self, attrs: Mapping[str, Any] | None = None, **kwargs: Any) -> SafeString:
        """Return the field as a textarea."""
        return self.as_widget(Textarea(), attrs, **kwargs)

    def as_hidden(self, attrs: Mapping[str, Any] | None = None, **kwargs: Any) -> SafeString:
        """Return the field as a hidden input."""
        return self.as_widget(self.field.hidden_widget(), attrs, **kwargs)

    @property
    def data(self) -> Any:
        """What was submitted; ``None`` when nothing was."""
        return self.form._widget_data_value(self.field.widget, self.html_name)

    def value(self) -> Any:
        """Return the value to show: what was submitted, else the initial one."""
        shown = self.initial
        if self.form.is_bound:
            shown = self.field.bound_data(self.data, shown)
        return self.field.prepare_value(shown)

    def _has_changed(self) -> bool:
        field = self.field
        if not field.show_hidden_initial:
            return bool(field.has_changed(self.initial, self.data))
        submitted = self.form._widget_data_value(field.hidden_widget(), self.html_initial_name)
        try:
            before = field.to_python(submitted)
        except ValidationError:
            # A hidden value that nobody can read was changed by somebody.
            return True
        return bool(field.has_changed(before, self.data))

    def label_tag(
        self,
        contents: Any = None,
        attrs: Mapping[str, Any] | None = None,
        label_suffix: str | None = None,
        tag: str | None = None,
    ) -> SafeString:
        """
        Return the ``<label>``; the bare text when the field has no id.

        Args:
            contents: HTML or text in place of the field's label.
            label_suffix: In place of the form's; left out behind punctuation.
        """
        text = contents or self.label
        suffix = label_suffix
        if suffix is None:
            suffix = self.form.label_suffix if self.field.label_suffix is None else self.field.label_suffix
        if suffix and text and text[-1] not in _(":?.!"):
            text = format_html("{}{}", text, suffix)
        id_ = self.id_for_part
        own = dict(attrs or {})
        if id_ and (target := self.field.widget.id_for_label(id_)):
            own["for"] = target
        required_class = getattr(self.form, "required_css_class", None)
        if id_ and self.field.required and required_class is not None:
            own["class"] = f"{own['class']} {required_class}" if "class" in own else required_class
        context = {"field": self, "label": text, "attrs": own, "use_tag": bool(id_), "tag": tag or "label"}
        html: SafeString = self.form.render(self.form.template_name_label, context)
        return html

    def legend_tag(
        self, contents: Any = None, attrs: Mapping[str, Any] | None = None, label_suffix: str | None = None
    ) -> SafeString:
        """Return the ``<legend>`` for widgets that stand in a fieldset."""
        return self.label_tag(contents, attrs, label_suffix, tag="legend")

    def css_classes(self, extra_classes: str | Iterable[str] | None = None) -> str:
        """Return the CSS classes of the field's row, joined by spaces."""
        names = extra_classes.split() if isinstance(extra_classes, str) else (extra_classes or ())
        found = dict.fromkeys(names)
        if self.errors and hasattr(self.form, "error_css_class"):
            found[self.form.error_css_class] = None
        if self.field.required and hasattr(self.form, "required_css_class"):
            found[self.form.required_css_class] = None
        return " ".join(found)

    @property
    def is_hidden(self) -> bool:
        """Whether the widget is hidden."""
        return bool(self.field.widget.is_hidden)

    @property
    def auto_id(self) -> str:
        """The id that the form's ``auto_id`` gives, "" for none."""
        pattern = self.form.auto_id
        if pattern and "%s" in str(pattern):
            return str(pattern) % self.html_name
        return self.html_name if pattern else ""

    @property
    def id_for_label(self) -> str:
        """The id that a ``<label for>`` must name."""
        return self.field.widget.id_for_label(self.id_for_part)  # type: ignore[no-any-return]

    @cached_property
    def initial(self) -> Any:
        """The initial value, asked for once per form."""
        return self.form.get_initial_for_field(self.field, self.name)

    def build_widget_attrs(self, attrs: Mapping[str, Any], widget: Any = None) -> dict[str, Any]:
        """Return *attrs* and those that the field's state gives: required, disabled, aria."""
        chosen = widget or self.field.widget
        own = dict(attrs)
        if self.field.required and self.form.use_required_attribute and chosen.use_required_attribute(self.initial):
            self._mark_required(own, chosen)
        if self.field.disabled:
            own["disabled"] = True
        if not own.get("aria-describedby") and not self.use_fieldset and (described := self.aria_describedby):
            own["aria-describedby"] = described
        if not own.get("aria-invalid") and not self.is_hidden and self.errors:
            own["aria-invalid"] = "true"
        return own

    def _mark_required(self, attrs: dict[str, Any], widget: Any) -> None:
        field = self.field
        if getattr(field, "require_all_fields", True) or not isinstance(widget, MultiWidget):
            attrs["required"] = True
            return
        for part_field, part in zip(field.fields, widget.widgets, strict=False):
            part.attrs["required"] = part.use_required_attribute(self.initial) and part_field.required

    @property
    def aria_describedby(self) -> str | None:
        """The ids of help text and errors; ``None`` when the widget names its own."""
        if self.field.widget.attrs.get("aria-describedby"):
            return None
        if not self.auto_id or self.is_hidden:
            return ""
        ids = [f"{self.auto_id}_helptext"] if self.help_text else []
        if self.errors:
            ids.append(f"{self.auto_id}_error")
        return " ".join(ids)

    @property
    def widget_type(self) -> str:
        """The kind of widget, such as ``"text"`` or ``"select"``."""
        return re.sub(r"widget$|input$", "", type(self.field.widget).__name__.lower())

    @property
    def use_fieldset(self) -> bool:
        """Whether the field's widget stands in a ``<fieldset>``."""
        return bool(self.field.widget.use_fieldset)


@html_safe
class BoundWidget:
    """
    One part of a widget; print it to get its HTML.

    Templates read ``data`` (the variables), ``choice_label``, ``tag`` and ``id_for_label``.
    """

    def __init__(self, parent_widget: Any, data: dict[str, Any], renderer: Any) -> None:
        self.parent_widget = parent_widget
        self.data = data
        self.renderer = renderer

    def __str__(self) -> str:
        return self.tag(wrap_label=True)

    def tag(self, wrap_label: bool = False) -> str:
        """Return the HTML of the part, inside its label when asked."""
        context = {"widget": {**self.data, "wrap_label": wrap_label}}
        return self.parent_widget._render(self.template_name, context, self.renderer)  # type: ignore[no-any-return]

    @property
    def template_name(self) -> str:
        """The part's template."""
        return str(self.data.get("template_name") or self.parent_widget.template_name)

    @property
    def id_for_label(self) -> Any:
        """The part's id."""
        return self.data["attrs"].get("id")

    @property
    def choice_label(self) -> Any:
        """The text of the choice."""
        return self.data["label"]
