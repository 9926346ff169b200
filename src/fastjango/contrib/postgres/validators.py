"""Validators of arrays, maps and ranges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from fastjango.core.exceptions import ValidationError
from fastjango.core.validators import MaxLengthValidator, MaxValueValidator, MinLengthValidator, MinValueValidator
from fastjango.utils.deconstruct import deconstructible
from fastjango.utils.translation import gettext_lazy as _
from fastjango.utils.translation import ngettext_lazy


class ArrayMaxLengthValidator(MaxLengthValidator):
    """At most so many items."""

    message = ngettext_lazy(
        "List contains %(show_value)d item, it should contain no more than %(limit_value)d.",
        "List contains %(show_value)d items, it should contain no more than %(limit_value)d.",
        "show_value",
    )


class ArrayMinLengthValidator(MinLengthValidator):
    """At least so many items."""

    message = ngettext_lazy(
        "List contains %(show_value)d item, it should contain no fewer than %(limit_value)d.",
        "List contains %(show_value)d items, it should contain no fewer than %(limit_value)d.",
        "show_value",
    )


@deconstructible
class KeysValidator:
    """
    All of the keys are there.

    Args:
        strict: And no others.
        messages: Replaces ``missing_keys`` and ``extra_keys``.
    """

    messages: dict[str, Any] = {
        "missing_keys": _("Some keys were missing: %(keys)s"),
        "extra_keys": _("Some unknown keys were provided: %(keys)s"),
    }
    strict = False

    def __init__(self, keys: Iterable[str], strict: bool = False, messages: dict[str, Any] | None = None) -> None:
        self.keys = set(keys)
        self.strict = strict
        self.messages = {**self.messages, **(messages or {})}

    def __call__(self, value: Any) -> None:
        given = set(value)
        self._refuse(self.keys - given, "missing_keys")
        if self.strict:
            self._refuse(given - self.keys, "extra_keys")

    def _refuse(self, keys: set[str], code: str) -> None:
        if keys:
            raise ValidationError(self.messages[code], code=code, params={"keys": ", ".join(sorted(keys))})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KeysValidator):
            return NotImplemented
        return (self.keys, self.strict, self.messages) == (other.keys, other.strict, other.messages)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # its keys may be changed


class RangeMaxValueValidator(MaxValueValidator):
    """The upper bound is there, and not above the limit."""

    message = _("Ensure that the upper bound of the range is not greater than %(limit_value)s.")

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether the range *a* reaches beyond *b*."""
        return a.upper is None or bool(a.upper > b)


class RangeMinValueValidator(MinValueValidator):
    """The lower bound is there, and not below the limit."""

    message = _("Ensure that the lower bound of the range is not less than %(limit_value)s.")

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether the range *a* begins before *b*."""
        return a.lower is None or bool(a.lower < b)


__all__ = [
    "ArrayMaxLengthValidator",
    "ArrayMinLengthValidator",
    "KeysValidator",
    "RangeMaxValueValidator",
    "RangeMinValueValidator",
]
