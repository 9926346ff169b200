"""Integers, floats and decimals."""

from __future__ import annotations

import decimal
import math
import re
import warnings
from typing import Any

from fastjango.core.validators import MaxValueValidator, MinValueValidator
from fastjango.rest.serializers.field import Field, bound_validator
from fastjango.rest.settings import api_settings
from fastjango.utils.encoding import smart_str
from fastjango.utils.formats import localize_input, sanitize_separators
from fastjango.utils.translation import gettext_lazy as _


class _BoundedField(Field):
    """A number with an optional smallest and largest value."""

    default_error_messages = {
        "max_value": _("Ensure this value is less than or equal to {max_value}."),
        "min_value": _("Ensure this value is greater than or equal to {min_value}."),
        "max_string_length": _("String value too large."),
    }
    #: Longer text is refused before it is read: reading it takes quadratic time.
    MAX_STRING_LENGTH = 1000

    def __init__(self, **kwargs: Any) -> None:
        self.max_value = kwargs.pop("max_value", None)
        self.min_value = kwargs.pop("min_value", None)
        super().__init__(**kwargs)
        self._add_bounds()

    def _add_bounds(self) -> None:
        if self.max_value is not None:
            self.validators.append(bound_validator(MaxValueValidator, self, "max_value"))
        if self.min_value is not None:
            self.validators.append(bound_validator(MinValueValidator, self, "min_value"))

    def _check_length(self, data: Any) -> None:
        if isinstance(data, str) and len(data) > self.MAX_STRING_LENGTH:
            self.fail("max_string_length", max_length=self.MAX_STRING_LENGTH)


class IntegerField(_BoundedField):
    """A whole number; ``1.0`` is one."""

    default_error_messages = {"invalid": _("A valid integer is required.")}
    re_decimal = re.compile(r"\.0*\s*$")

    def to_internal_value(self, data: Any) -> Any:
        """Return an ``int``."""
        if data.__class__ is int:
            return data
        self._check_length(data)
        try:
            return int(self.re_decimal.sub("", str(data)))
        except (ValueError, TypeError):
            self.fail("invalid")

    def to_representation(self, value: Any) -> Any:
        """Return an ``int``."""
        return int(value)


class BigIntegerField(IntegerField):
    """
    A whole number of any size.

    Args:
        coerce_to_string: Text goes out: JavaScript loses digits above 2**53.
    """

    default_error_messages = {"invalid": _("A valid biginteger is required.")}

    def __init__(self, coerce_to_string: bool | None = None, **kwargs: Any) -> None:
        if coerce_to_string is not None:
            self.coerce_to_string = coerce_to_string
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> Any:
        """Return an ``int``, or text."""
        as_text = getattr(self, "coerce_to_string", None)
        if as_text is None:
            as_text = api_settings.COERCE_BIGINT_TO_STRING
        return "" if as_text and value is None else (str(value) if as_text else super().to_representation(value))


class FloatField(_BoundedField):
    """A floating-point number."""

    default_error_messages = {
        "invalid": _("A valid number is required."),
        "overflow": _("Integer value too large to convert to float"),
    }

    def to_internal_value(self, data: Any) -> Any:
        """Return a ``float``."""
        self._check_length(data)
        try:
            value = float(data)
            if not math.isfinite(value):
                # JSON has no such numbers.
                raise ValueError
            return value
        except (TypeError, ValueError):
            self.fail("invalid")
        except OverflowError:
            self.fail("overflow")

    def to_representation(self, value: Any) -> Any:
        """Return a ``float``."""
        return float(value)


class DecimalField(_BoundedField):
    """
    An exact decimal number.

    Args:
        max_digits, decimal_places: Digits in all and behind the point; ``None`` for no limit.
        coerce_to_string: Text goes out, the default (``COERCE_DECIMAL_TO_STRING``).
        localize: Read and write as the current language does.
        rounding: One of the ``decimal`` module's modes.
        normalize_output: Drop zeros at the end.
    """

    default_error_messages = {
        "invalid": _("A valid number is required."),
        "max_digits": _("Ensure that there are no more than {max_digits} digits in total."),
        "max_decimal_places": _("Ensure that there are no more than {max_decimal_places} decimal places."),
        "max_whole_digits": _("Ensure that there are no more than {max_whole_digits} digits before the decimal point."),
    }

    def __init__(
        self,
        max_digits: int | None,
        decimal_places: int | None,
        coerce_to_string: bool | None = None,
        max_value: Any = None,
        min_value: Any = None,
        localize: bool = False,
        rounding: str | None = None,
        normalize_output: bool = False,
        **kwargs: Any,
    ) -> None:
        self.max_digits = max_digits
        self.decimal_places = decimal_places
        self.localize = localize
        self.normalize_output = normalize_output
        if coerce_to_string is not None:
            self.coerce_to_string = coerce_to_string
        if localize:
            self.coerce_to_string = True
        self.max_whole_digits: int | None = None
        if max_digits is not None and decimal_places is not None:
            self.max_whole_digits = max_digits - decimal_places
        for name, limit in (("max_value", max_value), ("min_value", min_value)):
            if limit is not None and not isinstance(limit, int | decimal.Decimal):
                warnings.warn(f"{name} should be an integer or Decimal instance.", stacklevel=2)
        super().__init__(max_value=max_value, min_value=min_value, **kwargs)
        if rounding is not None:
            modes = [value for name, value in vars(decimal).items() if name.startswith("ROUND_")]
            if rounding not in modes:
                raise AssertionError(f"Invalid rounding option {rounding}. Valid values for rounding are: {modes}")
        self.rounding = rounding

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Return whether validation ends here: blank text is null where null is allowed."""
        if smart_str(data).strip() == "" and self.allow_null:
            return True, None
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Any:
        """Return a ``Decimal`` within the limits."""
        data = smart_str(data).strip()
        if self.localize:
            data = sanitize_separators(data)
        self._check_length(data)
        try:
            value = decimal.Decimal(data)
        except decimal.DecimalException:
            self.fail("invalid")
        if value.is_nan() or value.is_infinite():
            self.fail("invalid")
        return self.quantize(self.validate_precision(value))

    def validate_precision(self, value: decimal.Decimal) -> decimal.Decimal:
        """Refuse more digits than the column has, in all, before or behind the point."""
        _sign, digittuple, raw_exponent = value.as_tuple()
        exponent = int(raw_exponent)
        if exponent >= 0:
            # 1E+3 has four digits before the point.
            total_digits = len(digittuple) + exponent
            whole_digits, decimal_places = total_digits, 0
        elif len(digittuple) > abs(exponent):
            total_digits = len(digittuple)
            whole_digits, decimal_places = total_digits - abs(exponent), abs(exponent)
        else:
            # 0.001: zeros behind the point count.
            total_digits = decimal_places = abs(exponent)
            whole_digits = 0
        if self.max_digits is not None and total_digits > self.max_digits:
            self.fail("max_digits", max_digits=self.max_digits)
        if self.decimal_places is not None and decimal_places > self.decimal_places:
            self.fail("max_decimal_places", max_decimal_places=self.decimal_places)
        if self.max_whole_digits is not None and whole_digits > self.max_whole_digits:
            self.fail("max_whole_digits", max_whole_digits=self.max_whole_digits)
        return value

    def to_representation(self, value: Any) -> Any:
        """Return the number with its decimal places, as text or ``Decimal``."""
        as_text = getattr(self, "coerce_to_string", None)
        if as_text is None:
            as_text = api_settings.COERCE_DECIMAL_TO_STRING
        if value is None:
            return "" if as_text else None
        if not isinstance(value, decimal.Decimal):
            value = decimal.Decimal(str(value).strip())
        quantized = self.quantize(value)
        if self.normalize_output:
            quantized = quantized.normalize()
        if not as_text:
            return quantized
        return localize_input(quantized) if self.localize else f"{quantized:f}"

    def quantize(self, value: decimal.Decimal) -> decimal.Decimal:
        """Return *value* with exactly the field's decimal places."""
        if self.decimal_places is None:
            return value
        context = decimal.getcontext().copy()
        if self.max_digits is not None:
            context.prec = self.max_digits
        return value.quantize(decimal.Decimal(".1") ** self.decimal_places, rounding=self.rounding, context=context)


__all__ = ["BigIntegerField", "DecimalField", "FloatField", "IntegerField"]
