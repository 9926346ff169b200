"""Values whose text has a form: patterns, whole numbers, slugs, lists of numbers."""

from __future__ import annotations

import re
from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.utils.deconstruct import deconstructible
from fastjango.utils.regex_helper import _lazy_re_compile
from fastjango.utils.translation import gettext_lazy as _


@deconstructible(path="fastjango.core.validators.RegexValidator")
class RegexValidator:
    """
    Accepts values whose text a pattern finds.

    Args:
        regex: A pattern or its text.
        inverse_match: Refuse what the pattern finds instead.
        flags: For a pattern given as text.
    """

    regex: Any = ""
    message: Any = _("Enter a valid value.")
    code: str = "invalid"
    inverse_match = False
    flags: Any = 0

    def __init__(
        self,
        regex: Any = None,
        message: Any = None,
        code: str | None = None,
        inverse_match: bool | None = None,
        flags: Any = None,
    ) -> None:
        given = {"regex": regex, "message": message, "code": code, "inverse_match": inverse_match, "flags": flags}
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)
        if self.flags and not isinstance(self.regex, str):
            raise TypeError("If the flags are set, regex must be a regular expression string.")
        self.regex = _lazy_re_compile(self.regex, self.flags)

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` unless *value* is accepted."""
        if bool(self.regex.search(str(value))) is bool(self.inverse_match):
            raise ValidationError(self.message, code=self.code, params={"value": value})

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RegexValidator)
            and (self.regex.pattern, self.regex.flags) == (other.regex.pattern, other.regex.flags)
            and self.message == other.message
            and self.code == other.code
            and self.inverse_match == other.inverse_match
        )

    __hash__ = None  # type: ignore[assignment]


integer_validator = RegexValidator(_lazy_re_compile(r"^-?\d+\Z"), message=_("Enter a valid integer."), code="invalid")


def validate_integer(value: Any) -> None:
    """Accept texts that are whole numbers."""
    integer_validator(value)


slug_re = _lazy_re_compile(r"^[-a-zA-Z0-9_]+\Z")
validate_slug = RegexValidator(
    slug_re,
    # Translators: "letters" means latin letters: a-z and A-Z.
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    "invalid",
)

slug_unicode_re = _lazy_re_compile(r"^[-\w]+\Z")
validate_unicode_slug = RegexValidator(
    slug_unicode_re,
    _("Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens."),
    "invalid",
)


def int_list_validator(
    sep: str = ",", message: Any = None, code: str = "invalid", allow_negative: bool = False
) -> RegexValidator:
    """Return a validator for whole numbers separated by *sep*."""
    number = r"-?\d+" if allow_negative else r"\d+"
    regexp = _lazy_re_compile(rf"^{number}(?:{re.escape(sep)}{number})*\Z")
    return RegexValidator(regexp, message=message, code=code)


validate_comma_separated_integer_list = int_list_validator(message=_("Enter only digits separated by commas."))
