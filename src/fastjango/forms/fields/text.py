"""
The fields of text: plain, pattern, e-mail, URL, slug, IP address, UUID.
"""

from __future__ import annotations

import re
import uuid
import warnings
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from fastjango.conf import settings
from fastjango.core import validators
from fastjango.core.exceptions import ValidationError
from fastjango.forms.attributes import without_surrogates
from fastjango.forms.fields.field import Field
from fastjango.forms.widgets import EmailInput, URLInput
from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.ipv6 import MAX_IPV6_ADDRESS_LENGTH, clean_ipv6_address
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["CharField", "EmailField", "GenericIPAddressField", "RegexField", "SlugField", "URLField", "UUIDField"]


class CharField(Field):
    """
    Text.

    Args:
        max_length, min_length: In characters.
        strip: Cut white space at both ends.
        empty_value: What an empty input gives.
    """

    def __init__(
        self,
        *,
        max_length: int | None = None,
        min_length: int | None = None,
        strip: bool = True,
        empty_value: Any = "",
        **kwargs: Any,
    ) -> None:
        self.max_length = max_length
        self.min_length = min_length
        self.strip = strip
        self.empty_value = empty_value
        super().__init__(**kwargs)
        if min_length is not None:
            self.validators.append(validators.MinLengthValidator(int(min_length)))
        if max_length is not None:
            self.validators.append(validators.MaxLengthValidator(int(max_length)))
        self.validators.append(validators.ProhibitNullCharactersValidator())

    def to_python(self, value: Any) -> Any:
        """Return the text. Raises ``ValidationError`` for lone surrogates, which no database can hold."""
        if value in self.empty_values:
            return self.empty_value
        text = str(value)
        if self.strip:
            text = text.strip()
        if text in self.empty_values:
            return self.empty_value
        if without_surrogates(text) is not text:
            raise ValidationError(_("Surrogate characters are not allowed."), code="surrogate_characters_not_allowed")
        return text

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """Return the lengths as attributes."""
        attrs = super().widget_attrs(widget)
        if not widget.is_hidden:
            limits = {"maxlength": self.max_length, "minlength": self.min_length}
            attrs.update({name: str(limit) for name, limit in limits.items() if limit is not None})
        return attrs


class RegexField(CharField):
    """Text that matches *regex* (a pattern or a compiled one)."""

    def __init__(self, regex: Any, **kwargs: Any) -> None:
        kwargs.setdefault("strip", False)
        super().__init__(**kwargs)
        self.regex = regex

    @property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern; assign another to replace the field's validator."""
        return self._regex

    @regex.setter
    def regex(self, value: Any) -> None:
        pattern = re.compile(value) if isinstance(value, str) else value
        old = getattr(self, "_regex_validator", None)
        if old in self.validators:
            self.validators.remove(old)
        self._regex = pattern
        self._regex_validator = validators.RegexValidator(regex=pattern)
        self.validators.append(self._regex_validator)


class EmailField(CharField):
    """An e-mail address of at most 320 characters, the longest that the standard allows."""

    widget = EmailInput
    default_validators = [validators.validate_email]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 320)
        super().__init__(strip=True, **kwargs)


class URLField(CharField):
    """
    A URL.

    Args:
        assume_scheme: What is put before input without a scheme.
    """

    widget = URLInput
    default_error_messages: ClassVar[Mapping[str, Any]] = {"invalid": _("Enter a valid URL.")}
    default_validators = [validators.URLValidator()]

    def __init__(self, *, assume_scheme: str | None = None, **kwargs: Any) -> None:
        if assume_scheme is None and not settings.FORMS_URLFIELD_ASSUME_HTTPS:
            warnings.warn(
                "The default scheme will be changed from 'http' to 'https' in Django "
                "6.0. Pass the forms.URLField.assume_scheme argument to silence this "
                "warning, or set the FORMS_URLFIELD_ASSUME_HTTPS transitional setting "
                "to True to opt into using 'https' as the new default scheme.",
                RemovedInDjango60Warning,
                stacklevel=2,
            )
            assume_scheme = "http"
        self.assume_scheme = assume_scheme or "https"
        super().__init__(strip=True, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the URL with a scheme."""
        text = super().to_python(value)
        if not text:
            return text
        parts = list(self._split(text))
        if not parts[0]:
            parts[0] = self.assume_scheme
        if not parts[1]:
            # "example.com/page" came as a path; read it again behind the scheme.
            parts[1], parts[2] = parts[2], ""
            parts = list(self._split(urlunsplit(parts)))
        return urlunsplit(parts)

    def _split(self, url: str) -> tuple[str, ...]:
        try:
            return tuple(urlsplit(url))
        except ValueError as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem


class SlugField(CharField):
    """Letters, digits, hyphens and underscores."""

    default_validators = [validators.validate_slug]

    def __init__(self, *, allow_unicode: bool = False, **kwargs: Any) -> None:
        self.allow_unicode = allow_unicode
        if allow_unicode:
            self.default_validators = [validators.validate_unicode_slug]
        super().__init__(**kwargs)


class GenericIPAddressField(CharField):
    """An IP address; ``protocol`` is ``"both"``, ``"ipv4"`` or ``"ipv6"``."""

    def __init__(self, *, protocol: str = "both", unpack_ipv4: bool = False, **kwargs: Any) -> None:
        self.unpack_ipv4 = unpack_ipv4
        self.default_validators = validators.ip_address_validators(protocol, unpack_ipv4)
        kwargs.setdefault("max_length", MAX_IPV6_ADDRESS_LENGTH)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the address, IPv6 in its normal form."""
        if value in self.empty_values:
            return ""
        text = super().to_python(str(value).strip())
        if text and ":" in text:
            return clean_ipv6_address(text, self.unpack_ipv4, max_length=self.max_length or MAX_IPV6_ADDRESS_LENGTH)
        return text


class UUIDField(CharField):
    """A ``uuid.UUID``."""

    default_error_messages: ClassVar[Mapping[str, Any]] = {"invalid": _("Enter a valid UUID.")}

    def prepare_value(self, value: Any) -> Any:
        """Return the UUID as text with hyphens."""
        return str(value) if isinstance(value, uuid.UUID) else value

    def to_python(self, value: Any) -> Any:
        """Return the UUID; ``None`` for empty input."""
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        if isinstance(text, uuid.UUID):
            return text
        try:
            return uuid.UUID(text)
        except ValueError as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem
