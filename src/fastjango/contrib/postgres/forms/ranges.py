"""The form fields of ranges: two inputs, for the lower and the upper bound."""

from __future__ import annotations

from typing import Any

from fastjango import forms
from fastjango.core.exceptions import ValidationError
from fastjango.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from fastjango.forms.widgets import HiddenInput, MultiWidget
from fastjango.utils.translation import gettext_lazy as _

__all__ = [
    "BaseRangeField",
    "DateRangeField",
    "DateTimeRangeField",
    "DecimalRangeField",
    "HiddenRangeWidget",
    "IntegerRangeField",
    "RangeWidget",
]


class RangeWidget(MultiWidget):
    """The same widget for both bounds."""

    def __init__(self, base_widget: Any, attrs: Any = None) -> None:
        super().__init__((base_widget, base_widget), attrs)

    def decompress(self, value: Any) -> Any:
        """Return the bounds."""
        return (value.lower, value.upper) if value else (None, None)


class HiddenRangeWidget(RangeWidget):
    """Two hidden inputs."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(HiddenInput, attrs)


class BaseRangeField(forms.MultiValueField):
    """
    What the fields of ranges share; a subclass names base field and range type.

    Args:
        default_bounds: Which bounds belong to the ranges that the field makes.
    """

    default_error_messages = {
        "invalid": _("Enter two valid values."),
        "bound_ordering": _("The start of the range must not exceed the end of the range."),
    }
    hidden_widget = HiddenRangeWidget
    base_field: Any
    range_type: Any

    def __init__(self, *, default_bounds: str | None = None, **kwargs: Any) -> None:
        self.range_kwargs = {"bounds": default_bounds} if default_bounds else {}
        options: dict[str, Any] = {"required": False, "require_all_fields": False, **kwargs}
        if "widget" not in options:
            options["widget"] = RangeWidget(self.base_field.widget)
        if "fields" not in options:
            options["fields"] = [self.base_field(required=False), self.base_field(required=False)]
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """Return both bounds as the inputs show them."""
        if value is not None and not isinstance(value, self.range_type):
            return value
        bounds = (None, None) if value is None else (value.lower, value.upper)
        return [field.prepare_value(bound) for field, bound in zip(self.fields, bounds, strict=True)]

    def compress(self, data_list: Any) -> Any:
        """
        Return the range of two bounds, or None of none.

        Raises:
            ValidationError: The lower bound is above the upper one.
        """
        if not data_list:
            return None
        lower, upper = data_list
        if lower is not None and upper is not None and lower > upper:
            raise ValidationError(self.error_messages["bound_ordering"], code="bound_ordering")
        try:
            return self.range_type(lower, upper, **self.range_kwargs)
        except TypeError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class IntegerRangeField(BaseRangeField):
    """A range of whole numbers."""

    default_error_messages = {"invalid": _("Enter two whole numbers.")}
    base_field = forms.IntegerField
    range_type = NumericRange


class DecimalRangeField(BaseRangeField):
    """A range of numbers."""

    default_error_messages = {"invalid": _("Enter two numbers.")}
    base_field = forms.DecimalField
    range_type = NumericRange


class DateTimeRangeField(BaseRangeField):
    """A range of moments."""

    default_error_messages = {"invalid": _("Enter two valid date/times.")}
    base_field = forms.DateTimeField
    range_type = DateTimeTZRange


class DateRangeField(BaseRangeField):
    """A range of days."""

    default_error_messages = {"invalid": _("Enter two valid dates.")}
    base_field = forms.DateField
    range_type = DateRange
