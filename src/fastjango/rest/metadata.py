"""What ``OPTIONS`` answers: name, description, media types and, for who may write, the fields."""

from __future__ import annotations

from typing import Any

from fastjango.core.exceptions import PermissionDenied
from fastjango.http import Http404
from fastjango.rest import exceptions, serializers
from fastjango.rest.request import clone_request
from fastjango.rest.utils.field_mapping import ClassLookupDict
from fastjango.utils.encoding import force_str

_SHOWN = (
    "read_only",
    "label",
    "help_text",
    "min_length",
    "max_length",
    "min_value",
    "max_value",
    "max_digits",
    "decimal_places",
)


class BaseMetadata:
    """Base of metadata classes."""

    def determine_metadata(self, request: Any, view: Any) -> Any:
        """Return the metadata."""
        raise NotImplementedError(".determine_metadata() must be overridden.")


class SimpleMetadata(BaseMetadata):
    """The default metadata."""

    label_lookup = ClassLookupDict(
        {
            serializers.Field: "field",
            serializers.BooleanField: "boolean",
            serializers.CharField: "string",
            serializers.UUIDField: "string",
            serializers.URLField: "url",
            serializers.EmailField: "email",
            serializers.RegexField: "regex",
            serializers.SlugField: "slug",
            serializers.IntegerField: "integer",
            serializers.FloatField: "float",
            serializers.DecimalField: "decimal",
            serializers.DateField: "date",
            serializers.DateTimeField: "datetime",
            serializers.TimeField: "time",
            serializers.DurationField: "duration",
            serializers.ChoiceField: "choice",
            serializers.MultipleChoiceField: "multiple choice",
            serializers.FileField: "file upload",
            serializers.ImageField: "image upload",
            serializers.ListField: "list",
            serializers.DictField: "nested object",
            serializers.Serializer: "nested object",
        }
    )

    def determine_metadata(self, request: Any, view: Any) -> dict[str, Any]:
        """Return the metadata."""
        found = {
            "name": view.get_view_name(),
            "description": view.get_view_description(),
            "renders": [renderer.media_type for renderer in view.renderer_classes],
            "parses": [parser.media_type for parser in view.parser_classes],
        }
        if hasattr(view, "get_serializer"):
            actions = self.determine_actions(request, view)
            if actions:
                found["actions"] = actions
        return found

    def determine_actions(self, request: Any, view: Any) -> dict[str, Any]:
        """Return the fields for PUT and POST, where the user may use them."""
        actions = {}
        for method in {"PUT", "POST"} & set(view.allowed_methods):
            view.request = clone_request(request, method)
            try:
                view.check_permissions(view.request)
                if method == "PUT" and hasattr(view, "get_object"):
                    view.get_object()
            except (exceptions.APIException, PermissionDenied, Http404):
                continue
            else:
                actions[method] = self.get_serializer_info(view.get_serializer())
            finally:
                view.request = request
        return actions

    def get_serializer_info(self, serializer: Any) -> dict[str, Any]:
        """Return the fields of a serializer."""
        # Of a list, those of its items.
        serializer = getattr(serializer, "child", serializer)
        return {
            name: self.get_field_info(field)
            for name, field in serializer.fields.items()
            if not isinstance(field, serializers.HiddenField)
        }

    def get_field_info(self, field: Any) -> dict[str, Any]:
        """Return type, limits and choices of a field."""
        found: dict[str, Any] = {"type": self.label_lookup[field], "required": getattr(field, "required", False)}
        for attr in _SHOWN:
            value = getattr(field, attr, None)
            if value is not None and value != "":
                found[attr] = force_str(value, strings_only=True)
        if getattr(field, "child", None):
            found["child"] = self.get_field_info(field.child)
        elif getattr(field, "fields", None):
            found["children"] = self.get_serializer_info(field)
        related = (serializers.RelatedField, serializers.ManyRelatedField)
        # A table may have any number of rows.
        if not found.get("read_only") and not isinstance(field, related) and hasattr(field, "choices"):
            found["choices"] = [
                {"value": value, "display_name": force_str(name, strings_only=True)}
                for value, name in field.choices.items()
            ]
        return found


__all__ = ["BaseMetadata", "SimpleMetadata"]
