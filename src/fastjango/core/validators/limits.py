"""Limits: of values, lengths, steps and digits."""

from __future__ import annotations

import math
from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.utils.deconstruct import deconstructible
from fastjango.utils.translation import gettext_lazy as _
from fastjango.utils.translation import ngettext_lazy


@deconstructible(path="fastjango.core.validators.BaseValidator")
class BaseValidator:
    """
    Compares a value, or something made from it, with a limit.

    Args:
        limit_value: The limit, or a function that gives it.
    """

    message: Any = _("Ensure this value is %(limit_value)s (it is %(show_value)s).")
    code = "limit_value"

    def __init__(self, limit_value: Any, message: Any = None) -> None:
        self.limit_value = limit_value
        if message:
            self.message = message

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` when *value* is beyond the limit."""
        cleaned = self.clean(value)
        limit = self._limit()
        if self.compare(cleaned, limit):
            params = {"limit_value": limit, "show_value": cleaned, "value": value}
            raise ValidationError(self.message, code=self.code, params=params)

    def _limit(self) -> Any:
        return self.limit_value() if callable(self.limit_value) else self.limit_value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        return self.limit_value == other.limit_value and self.message == other.message and self.code == other.code

    __hash__ = None  # type: ignore[assignment]

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether the value *a* is not acceptable for the limit *b*."""
        return a is not b

    def clean(self, x: Any) -> Any:
        """Return what is compared."""
        return x


@deconstructible(path="fastjango.core.validators.MaxValueValidator")
class MaxValueValidator(BaseValidator):
    """Accepts values up to a limit."""

    message = _("Ensure this value is less than or equal to %(limit_value)s.")
    code = "max_value"

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether *a* is too large."""
        return bool(a > b)


@deconstructible(path="fastjango.core.validators.MinValueValidator")
class MinValueValidator(BaseValidator):
    """Accepts values from a limit on."""

    message = _("Ensure this value is greater than or equal to %(limit_value)s.")
    code = "min_value"

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether *a* is too small."""
        return bool(a < b)


@deconstructible(path="fastjango.core.validators.StepValueValidator")
class StepValueValidator(BaseValidator):
    """
    Accepts multiples of a step.

    Args:
        offset: Where the multiples begin.
    """

    message = _("Ensure this value is a multiple of step size %(limit_value)s.")
    code = "step_size"

    def __init__(self, limit_value: Any, message: Any = None, offset: Any = None) -> None:
        super().__init__(limit_value, message)
        if offset is not None:
            self.message = _(
                "Ensure this value is a multiple of step size %(limit_value)s, starting from %(offset)s, e.g. "
                "%(offset)s, %(valid_value1)s, %(valid_value2)s, and so on."
            )
        self.offset = offset

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` unless *value* is a multiple."""
        if self.offset is None:
            super().__call__(value)
            return
        cleaned, limit = self.clean(value), self._limit()
        if self.compare(cleaned, limit):
            params = {
                "limit_value": limit,
                "offset": self.offset,
                "valid_value1": self.offset + limit,
                "valid_value2": self.offset + 2 * limit,
            }
            raise ValidationError(self.message, code=self.code, params=params)

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether *a* lies between two steps."""
        return not math.isclose(math.remainder(a - (self.offset or 0), b), 0, abs_tol=1e-9)


@deconstructible(path="fastjango.core.validators.MinLengthValidator")
class MinLengthValidator(BaseValidator):
    """Accepts values of at least a length."""

    message = ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    )
    code = "min_length"

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether the length *a* is too small."""
        return bool(a < b)

    def clean(self, x: Any) -> Any:
        """Return the length."""
        return len(x)


@deconstructible(path="fastjango.core.validators.MaxLengthValidator")
class MaxLengthValidator(BaseValidator):
    """Accepts values of at most a length."""

    message = ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    )
    code = "max_length"

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether the length *a* is too large."""
        return bool(a > b)

    def clean(self, x: Any) -> Any:
        """Return the length."""
        return len(x)


@deconstructible(path="fastjango.core.validators.DecimalValidator")
class DecimalValidator:
    """
    Accepts decimals of so many digits.

    Args:
        max_digits: Digits altogether; None for any number.
        decimal_places: Of them behind the point; None for any number.
    """

    messages = {  # noqa: RUF012 - Django's name
        "invalid": _("Enter a number."),
        "max_digits": ngettext_lazy(
            "Ensure that there are no more than %(max)s digit in total.",
            "Ensure that there are no more than %(max)s digits in total.",
            "max",
        ),
        "max_decimal_places": ngettext_lazy(
            "Ensure that there are no more than %(max)s decimal place.",
            "Ensure that there are no more than %(max)s decimal places.",
            "max",
        ),
        "max_whole_digits": ngettext_lazy(
            "Ensure that there are no more than %(max)s digit before the decimal point.",
            "Ensure that there are no more than %(max)s digits before the decimal point.",
            "max",
        ),
    }

    def __init__(self, max_digits: int | None, decimal_places: int | None) -> None:
        self.max_digits = max_digits
        self.decimal_places = decimal_places

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` when *value* has too many digits, or is no number."""
        _sign, digit_tuple, exponent = value.as_tuple()
        if exponent in {"F", "n", "N"}:
            raise ValidationError(self.messages["invalid"], code="invalid", params={"value": value})
        if exponent >= 0:
            # Trailing zeros count as digits, a plain zero does not.
            digits = len(digit_tuple) + (exponent if digit_tuple != (0,) else 0)
            decimals = 0
        else:
            decimals = abs(exponent)
            digits = max(len(digit_tuple), decimals)
        self._refuse_more(digits, self.max_digits, "max_digits", value)
        self._refuse_more(decimals, self.decimal_places, "max_decimal_places", value)
        if self.max_digits is not None and self.decimal_places is not None:
            self._refuse_more(digits - decimals, self.max_digits - self.decimal_places, "max_whole_digits", value)

    def _refuse_more(self, count: int, limit: int | None, code: str, value: Any) -> None:
        if limit is not None and count > limit:
            raise ValidationError(self.messages[code], code=code, params={"max": limit, "value": value})

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, self.__class__)
            and self.max_digits == other.max_digits
            and self.decimal_places == other.decimal_places
        )

    __hash__ = None  # type: ignore[assignment]
