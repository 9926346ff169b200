"""The form field of maps: JSON."""

from __future__ import annotations

import json
from typing import Any

from fastjango import forms
from fastjango.core.exceptions import ValidationError
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["HStoreField"]


class HStoreField(forms.CharField):
    """A map of texts, written as a JSON object."""

    widget = forms.Textarea
    default_error_messages = {
        "invalid_json": _("Could not load JSON data."),
        "invalid_format": _("Input must be a JSON dictionary."),
    }

    def prepare_value(self, value: Any) -> Any:
        """Return the JSON that shows a map."""
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        """
        Return the map, its values as texts or None.

        Raises:
            ValidationError: The text is no JSON, or another thing than an object.
        """
        if not value:
            return {}
        if not isinstance(value, dict):
            try:
                value = json.loads(value)
            except json.JSONDecodeError:
                raise ValidationError(self.error_messages["invalid_json"], code="invalid_json") from None
        if not isinstance(value, dict):
            raise ValidationError(self.error_messages["invalid_format"], code="invalid_format")
        return {key: None if item is None else str(item) for key, item in value.items()}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the map is another one; nothing and an empty map are the same."""
        return super().has_changed(self.to_python(initial), data)
