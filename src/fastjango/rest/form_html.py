"""``HTMLFormRenderer``: a serializer as an HTML form, from the templates of a pack (``horizontal``, ``vertical``, ``inline``)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastjango.rest import ISO_8601, serializers
from fastjango.rest.renderers import BaseRenderer
from fastjango.rest.settings import api_settings
from fastjango.rest.utils.field_mapping import ClassLookupDict
from fastjango.template import loader


def _input(kind: str) -> dict[str, Any]:
    return {"base_template": "input.html", "input_type": kind}


def _local_moment(value: Any, written: str | None) -> Any:
    """
    Return a moment as ``datetime-local`` takes it: milliseconds, no zone.

    Args:
        written: The format in which the field gave *value*; ``None`` for a ``datetime``.
    """
    if isinstance(value, str) and value and written is not None:
        try:
            value = dt.datetime.fromisoformat(value) if written == ISO_8601 else dt.datetime.strptime(value, written)
        except ValueError:
            # What was typed in and is no moment is shown again as it was.
            return value
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat(timespec="milliseconds")
    return value


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
        if style.get("input_type") == "datetime-local":
            shown.value = _local_moment(shown.value, getattr(field._field, "format", api_settings.DATETIME_FORMAT))
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
