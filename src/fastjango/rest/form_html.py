"""``HTMLFormRenderer``: a serializer as an HTML form, from the templates of a pack (``horizontal``, ``vertical``, ``inline``)."""

from __future__ import annotations

from typing import Any

from fastjango.rest import serializers
from fastjango.rest.renderers import BaseRenderer
from fastjango.rest.settings import api_settings
from fastjango.rest.utils.field_mapping import ClassLookupDict
from fastjango.template import loader


def _input(kind: str) -> dict[str, Any]:
    return {"base_template": "input.html", "input_type": kind}


class HTMLFormRenderer(BaseRenderer):
    """
    Renders forms; ``style`` of fields may name another template, input type or pack.

    ``{% render_form serializer %}`` uses it in pages of the project.
    """

    media_type = "text/html"
    format = "form"
    charset = "utf-8"
    template_pack = "rest_framework/vertical/"
    base_template = "form.html"
    default_style = ClassLookupDict(
        {
            serializers.Field: _input("text"),
            serializers.EmailField: _input("email"),
            serializers.URLField: _input("url"),
            serializers.IntegerField: _input("number"),
            serializers.FloatField: _input("number"),
            serializers.DateTimeField: _input("datetime-local"),
            serializers.DateField: _input("date"),
            serializers.TimeField: _input("time"),
            serializers.FileField: _input("file"),
            serializers.BooleanField: {"base_template": "checkbox.html"},
            serializers.ChoiceField: {"base_template": "select.html"},
            serializers.MultipleChoiceField: {"base_template": "select_multiple.html"},
            serializers.RelatedField: {"base_template": "select.html"},
            serializers.ManyRelatedField: {"base_template": "select_multiple.html"},
            serializers.Serializer: {"base_template": "fieldset.html"},
            serializers.ListSerializer: {"base_template": "list_fieldset.html"},
            serializers.ListField: {"base_template": "list_field.html"},
            serializers.DictField: {"base_template": "dict_field.html"},
            serializers.FilePathField: {"base_template": "select.html"},
            serializers.JSONField: {"base_template": "textarea.html"},
        }
    )

    def render_field(self, field: Any, parent_style: dict[str, Any]) -> str:
        """Return one field as HTML."""
        if isinstance(field._field, serializers.HiddenField):
            return ""
        style = {**self.default_style[field], **field.style}
        style.setdefault("template_pack", parent_style.get("template_pack", self.template_pack))
        style["renderer"] = self
        shown = field.as_form_field()
        if style.get("input_type") == "datetime-local" and isinstance(shown.value, str):
            # The input knows neither zones nor microseconds.
            text = shown.value.removesuffix("Z")
            if len(text) > 19 and text[19:20] == ".":
                text = text[:23]
            elif len(text) > 19:
                text = text[:19]
            shown.value = text
        name = style.get("template") or f"{style['template_pack'].strip('/')}/{style['base_template']}"
        html: str = loader.get_template(name).render({"field": shown, "style": style})
        return html

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> str:
        """Return the form of a serializer's data."""
        form = data.serializer
        style = dict((renderer_context or {}).get("style", {}))
        style.setdefault("template_pack", self.template_pack)
        style["renderer"] = self
        name = f"{style['template_pack'].strip('/')}/{self.base_template}"
        html: str = loader.get_template(name).render({"form": form, "style": style, "errors": self._form_errors(form)})
        return html

    @staticmethod
    def _form_errors(form: Any) -> Any:
        """Return the errors of the form as a whole, where it was validated."""
        if not hasattr(form, "_errors") or not isinstance(form.errors, dict):
            return []
        return form.errors.get(api_settings.NON_FIELD_ERRORS_KEY, [])


__all__ = ["HTMLFormRenderer"]
