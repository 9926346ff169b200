"""
The faces of things that render themselves with a template: forms, formsets, fields, error lists.

Each has a ``renderer`` (see ``renderers.py``), a ``template_name`` and ``get_context()``; the mixins here
give ``render()``, ``str()`` and the named variants. Public at ``fastjango.forms.utils``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastjango.utils.safestring import SafeString

__all__ = [
    "RenderableErrorMixin",
    "RenderableFieldMixin",
    "RenderableFormMixin",
    "RenderableMixin",
    "RendererTemplate",
]


class RendererTemplate:
    """A ``template_name`` that is the renderer's; a subclass may put plain text in its place."""

    def __init__(self, attribute: str) -> None:
        self.attribute = attribute

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        return self if instance is None else getattr(instance.renderer, self.attribute)


class RenderableMixin:
    """Anything that renders a template with its own context."""

    renderer: Any
    template_name: Any

    def get_context(self) -> dict[str, Any]:
        """Return the variables of the template."""
        raise NotImplementedError("Subclasses of RenderableMixin must provide a get_context() method.")

    def render(
        self, template_name: str | None = None, context: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the HTML; each argument replaces the object's own template, variables or renderer."""
        chosen = renderer or self.renderer
        html = chosen.render(template_name or self.template_name, context or self.get_context())
        return SafeString(html)

    def __str__(self) -> str:
        return self.render()

    def __html__(self) -> str:
        return self.render()


class RenderableFieldMixin(RenderableMixin):
    """A bound field: prints as its widget, renders as a group of label, errors and widget."""

    def as_field_group(self) -> SafeString:
        """Return label, help text, errors and widget together."""
        return self.render()

    def as_hidden(self) -> SafeString:
        """Return the field as a hidden input."""
        raise NotImplementedError("Subclasses of RenderableFieldMixin must provide an as_hidden() method.")

    def as_widget(self) -> SafeString:
        """Return the field's widget."""
        raise NotImplementedError("Subclasses of RenderableFieldMixin must provide an as_widget() method.")

    def __str__(self) -> str:
        return self.as_widget()

    def __html__(self) -> str:
        return str(self)


class RenderableFormMixin(RenderableMixin):
    """A form or formset with its four layouts."""

    template_name_p: str
    template_name_table: str
    template_name_ul: str
    template_name_div: str

    def as_p(self) -> SafeString:
        """Return the fields as ``<p>`` elements."""
        return self.render(self.template_name_p)

    def as_table(self) -> SafeString:
        """Return the fields as ``<tr>`` rows, without the ``<table>``."""
        return self.render(self.template_name_table)

    def as_ul(self) -> SafeString:
        """Return the fields as ``<li>`` items, without the ``<ul>``."""
        return self.render(self.template_name_ul)

    def as_div(self) -> SafeString:
        """Return the fields as ``<div>`` elements."""
        return self.render(self.template_name_div)


class RenderableErrorMixin(RenderableMixin):
    """A collection of errors as HTML, text or JSON."""

    template_name_text: str
    template_name_ul: str

    def get_json_data(self, escape_html: bool = False) -> Any:
        """Return the errors as values that JSON can hold."""
        raise NotImplementedError("Subclasses of RenderableErrorMixin must provide a get_json_data() method.")

    def as_json(self, escape_html: bool = False) -> str:
        """Return the errors as JSON; pass ``escape_html=True`` when the text goes into a page."""
        return json.dumps(self.get_json_data(escape_html))

    def as_text(self) -> SafeString:
        """Return the errors as lines of plain text."""
        return self.render(self.template_name_text)

    def as_ul(self) -> SafeString:
        """Return the errors as a ``<ul>``."""
        return self.render(self.template_name_ul)
