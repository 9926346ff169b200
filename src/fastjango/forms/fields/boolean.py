"""
The fields of truth values.
"""

from __future__ import annotations

from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.forms.fields.field import Field
from fastjango.forms.widgets import CheckboxInput, NullBooleanSelect

__all__ = ["BooleanField", "NullBooleanField"]

FALSE_WORDS = ("false", "0")


class BooleanField(Field):
    """A check box; a required one must be ticked."""

    widget: Any = CheckboxInput

    def to_python(self, value: Any) -> Any:
        """Return the truth value; ``"False"`` and ``"0"``, which hidden inputs send, are false."""
        if isinstance(value, str) and value.lower() in FALSE_WORDS:
            return False
        return bool(value)

    def validate(self, value: Any) -> None:
        """Raise ``ValidationError`` when a required box is not ticked."""
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether the box was ticked or cleared."""
        # The initial value may be text: a hidden initial input sends it so.
        return not self.disabled and self.to_python(initial) != self.to_python(data)


class NullBooleanField(BooleanField):
    """Yes, no, or unknown (``None``); never invalid."""

    widget: Any = NullBooleanSelect

    def to_python(self, value: Any) -> Any:
        """Return ``True``, ``False`` or ``None``."""
        if value in (True, "True", "true", "1"):
            return True
        if value in (False, "False", "false", "0"):
            return False
        return None

    def validate(self, value: Any) -> None:
        """Accept everything."""
