"""
The fields of numbers: integer, float, decimal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Any, ClassVar

from fastjango.core import validators
from fastjango.core.exceptions import ValidationError
from fastjango.forms.fields.field import Field
from fastjango.forms.widgets import NumberInput
from fastjango.utils import formats
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["DecimalField", "FloatField", "IntegerField"]


class IntegerField(Field):
    """
    A whole number.

    Args:
        step_size: Only multiples of it (counted from ``min_value``) are valid.
    """

    widget: Any = NumberInput
    default_error_messages: ClassVar[Mapping[str, Any]] = {"invalid": _("Enter a whole number.")}
    re_decimal = re.compile(r"\.0*\s*$")

    def __init__(self, *, max_value: Any = None, min_value: Any = None, step_size: Any = None, **kwargs: Any) -> None:
        self.max_value, self.min_value, self.step_size = max_value, min_value, step_size
        if kwargs.get("localize") and self.widget == NumberInput:
            # A localized number is no number to a browser.
            kwargs.setdefault("widget", Field.widget)
        super().__init__(**kwargs)
        if max_value is not None:
            self.validators.append(validators.MaxValueValidator(max_value))
        if min_value is not None:
            self.validators.append(validators.MinValueValidator(min_value))
        if step_size is not None:
            self.validators.append(validators.StepValueValidator(step_size, offset=min_value))

    def to_python(self, value: Any) -> Any:
        """Return the number; ``None`` for empty input."""
        plain = super().to_python(value)
        if plain in self.empty_values:
            return None
        if self.localize:
            plain = formats.sanitize_separators(plain)
        try:
            return int(self.re_decimal.sub("", str(plain)))
        except (ValueError, TypeError) as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """Return the bounds and the step as attributes."""
        attrs = super().widget_attrs(widget)
        if isinstance(widget, NumberInput):
            bounds = {"min": self.min_value, "max": self.max_value, "step": self.step_size}
            attrs.update({name: bound for name, bound in bounds.items() if bound is not None})
        return attrs


class FloatField(IntegerField):
    """A finite floating-point number."""

    default_error_messages: ClassVar[Mapping[str, Any]] = {"invalid": _("Enter a number.")}

    def to_python(self, value: Any) -> Any:
        """Return the number; ``None`` for empty input."""
        if value in self.empty_values:
            return None
        plain = formats.sanitize_separators(value) if self.localize else value
        try:
            return float(plain)
        except (ValueError, TypeError, OverflowError) as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem

    def validate(self, value: Any) -> None:
        """Raise ``ValidationError`` for NaN and the infinities, too."""
        super().validate(value)
        if value not in self.empty_values and not math.isfinite(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """Return the bounds and the step, any step by default."""
        attrs = super().widget_attrs(widget)
        if isinstance(widget, NumberInput) and "step" not in widget.attrs:
            attrs.setdefault("step", "any" if self.step_size is None else str(self.step_size))
        return attrs


class DecimalField(IntegerField):
    """A ``Decimal`` of at most ``max_digits`` digits, ``decimal_places`` of them behind the point."""

    default_error_messages: ClassVar[Mapping[str, Any]] = {"invalid": _("Enter a number.")}

    def __init__(
        self,
        *,
        max_value: Any = None,
        min_value: Any = None,
        max_digits: int | None = None,
        decimal_places: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.max_digits, self.decimal_places = max_digits, decimal_places
        super().__init__(max_value=max_value, min_value=min_value, **kwargs)
        self.validators.append(validators.DecimalValidator(max_digits, decimal_places))

    def to_python(self, value: Any) -> Any:
        """Return the number; ``None`` for empty input."""
        if value in self.empty_values:
            return None
        plain = formats.sanitize_separators(value) if self.localize else value
        try:
            return Decimal(str(plain))
        except DecimalException as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem

    def validate(self, value: Any) -> None:
        """Raise ``ValidationError`` for NaN and the infinities, too."""
        super().validate(value)
        if value not in self.empty_values and not value.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """Return the bounds and the step that the decimal places give."""
        attrs = super().widget_attrs(widget)
        if isinstance(widget, NumberInput) and "step" not in widget.attrs:
            step = "any"
            if self.decimal_places is not None:
                # In plain digits up to six places, as a power of ten behind that.
                step = str(Decimal((0, (1,), -self.decimal_places))).lower()
            attrs.setdefault("step", step)
        return attrs
