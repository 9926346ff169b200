"""
Fields made of fields: ``ComboField``, ``MultiValueField``, ``SplitDateTimeField``.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from fastjango.core.exceptions import ValidationError
from fastjango.forms.fields.field import Field
from fastjango.forms.fields.temporal import DateField, TimeField
from fastjango.forms.local_time import from_current_timezone
from fastjango.forms.widgets import SplitDateTimeWidget, SplitHiddenDateTimeWidget
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["ComboField", "MultiValueField", "SplitDateTimeField"]


class ComboField(Field):
    """A value that must please several fields, one after another."""

    def __init__(self, fields: Iterable[Field], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = list(fields)
        for field in self.fields:
            # Whether empty input is allowed is for the whole to say.
            field.required = False

    def clean(self, value: Any) -> Any:
        """Return the value after each field's ``clean``."""
        super().clean(value)
        for field in self.fields:
            value = field.clean(value)
        return value


class MultiValueField(Field):
    """
    Several inputs that make one value; a subclass gives ``compress(values)``.

    Args:
        require_all_fields: One error for the whole when any part is empty; with ``False`` each part says
            itself whether it is required.
    """

    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid": _("Enter a list of values."),
        "incomplete": _("Enter a complete value."),
    }

    def __init__(self, fields: Sequence[Field], *, require_all_fields: bool = True, **kwargs: Any) -> None:
        self.require_all_fields = require_all_fields
        super().__init__(**kwargs)
        for field in fields:
            field.error_messages.setdefault("incomplete", self.error_messages["incomplete"])
            if self.disabled:
                field.disabled = True
            if require_all_fields:
                field.required = False
        self.fields: Sequence[Field] = fields

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = super().__deepcopy__(memo)
        twin.fields = tuple(copy.deepcopy(field, memo) for field in self.fields)
        return twin

    def validate(self, value: Any) -> None:
        """Accept everything: ``clean`` has asked the parts."""

    def clean(self, value: Any) -> Any:
        """Return the compressed value of the parts' clean values."""
        if self.disabled and not isinstance(value, list):
            value = self.widget.decompress(value)
        if value and not isinstance(value, (list, tuple)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if not value or all(part in self.empty_values for part in value):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return self.compress([])
        whole = self.compress(self._clean_parts(value))
        self.validate(whole)
        self.run_validators(whole)
        return whole

    def _clean_parts(self, values: Sequence[Any]) -> list[Any]:
        cleaned: list[Any] = []
        problems: list[Any] = []
        for index, field in enumerate(self.fields):
            part = values[index] if index < len(values) else None
            if part in self.empty_values:
                if self.require_all_fields and self.required:
                    raise ValidationError(self.error_messages["required"], code="required")
                if not self.require_all_fields and field.required:
                    # Each sentence once, however many parts are missing.
                    if field.error_messages["incomplete"] not in problems:
                        problems.append(field.error_messages["incomplete"])
                    continue
            try:
                cleaned.append(field.clean(part))
            except ValidationError as problem:
                problems += [error for error in problem.error_list if error not in problems]
        if problems:
            raise ValidationError(problems)
        return cleaned

    def compress(self, data_list: list[Any]) -> Any:
        """Return one value for the parts' clean values; the list is empty when nothing was entered."""
        raise NotImplementedError("Subclasses must implement this method.")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether any part changed."""
        if self.disabled:
            return False
        if initial is None:
            before: Sequence[Any] = [""] * len(data)
        else:
            before = initial if isinstance(initial, list) else self.widget.decompress(initial)
        for field, part_before, part in zip(self.fields, before, data, strict=False):
            try:
                part_before = field.to_python(part_before)
            except ValidationError:
                return True
            if field.has_changed(part_before, part):
                return True
        return False


class SplitDateTimeField(MultiValueField):
    """A date-time entered as a date and a time."""

    widget: Any = SplitDateTimeWidget
    hidden_widget: Any = SplitHiddenDateTimeWidget
    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid_date": _("Enter a valid date."),
        "invalid_time": _("Enter a valid time."),
    }

    def __init__(self, *, input_date_formats: Any = None, input_time_formats: Any = None, **kwargs: Any) -> None:
        messages = {**self.default_error_messages, **(kwargs.get("error_messages") or {})}
        localize = kwargs.get("localize", False)
        parts = (
            DateField(
                input_formats=input_date_formats,
                error_messages={"invalid": messages["invalid_date"]},
                localize=localize,
            ),
            TimeField(
                input_formats=input_time_formats,
                error_messages={"invalid": messages["invalid_time"]},
                localize=localize,
            ),
        )
        super().__init__(parts, **kwargs)

    def compress(self, data_list: list[Any]) -> Any:
        """Return the date-time; a part that is missing is an error."""
        if not data_list:
            return None
        for part, code in zip(data_list, ("invalid_date", "invalid_time"), strict=True):
            if part in self.empty_values:
                raise ValidationError(self.error_messages[code], code=code)
        return from_current_timezone(dt.datetime.combine(*data_list))
