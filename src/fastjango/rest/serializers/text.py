"""Text, in its many forms, and booleans."""

from __future__ import annotations

import re
import uuid
from typing import Any, cast

from fastjango.core.exceptions import ValidationError as DjangoValidationError
from fastjango.core.validators import (
    EmailValidator,
    MaxLengthValidator,
    MinLengthValidator,
    ProhibitNullCharactersValidator,
    RegexValidator,
    URLValidator,
    ip_address_validators,
)
from fastjango.forms import FilePathField as FormFilePathField
from fastjango.rest.serializers.choices import ChoiceField
from fastjango.rest.serializers.field import Field, bound_validator, empty
from fastjango.rest.validators import ProhibitSurrogateCharactersValidator
from fastjango.utils.ipv6 import clean_ipv6_address
from fastjango.utils.translation import gettext_lazy as _


class BooleanField(Field):
    """True or false, in many spellings."""

    default_error_messages = {"invalid": _("Must be a valid boolean.")}
    default_empty_html = False
    initial: Any = False
    TRUE_VALUES = {"t", "y", "yes", "true", "on", "1", 1, True}
    FALSE_VALUES = {"f", "n", "no", "false", "off", "0", 0, 0.0, False}
    NULL_VALUES = {"null", "", None}

    def __init__(self, **kwargs: Any) -> None:
        if kwargs.get("allow_null", False):
            self.default_empty_html = cast(Any, None)
            self.initial = cast(Any, None)
        super().__init__(**kwargs)

    @staticmethod
    def _plain(value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    def to_internal_value(self, data: Any) -> Any:
        """Return True, False or, where allowed, None."""
        try:
            plain = self._plain(data)
            if plain in self.TRUE_VALUES:
                return True
            if plain in self.FALSE_VALUES:
                return False
            if plain in self.NULL_VALUES and self.allow_null:
                return None
        except TypeError:
            # A list or a mapping is in no set.
            pass
        self.fail("invalid", input=data)

    def to_representation(self, value: Any) -> Any:
        """Return True, False or None."""
        plain = self._plain(value)
        try:
            if plain in self.TRUE_VALUES:
                return True
            if plain in self.FALSE_VALUES:
                return False
            if plain in self.NULL_VALUES and self.allow_null:
                return None
        except TypeError:
            # A list or a mapping is in no set.
            pass
        return bool(plain)


class NullBooleanField(BooleanField):
    """A boolean that may be null."""

    initial: Any = None

    def __init__(self, **kwargs: Any) -> None:
        if "allow_null" in kwargs:
            raise AssertionError("`allow_null` is not a valid option.")
        kwargs["allow_null"] = True
        super().__init__(**kwargs)


class CharField(Field):
    """
    Text.

    Args:
        allow_blank: The empty text is a value.
        trim_whitespace: Drop spaces at both ends.
        max_length, min_length: In characters.
    """

    default_error_messages = {
        "invalid": _("Not a valid string."),
        "blank": _("This field may not be blank."),
        "max_length": _("Ensure this field has no more than {max_length} characters."),
        "min_length": _("Ensure this field has at least {min_length} characters."),
    }
    initial = ""

    def __init__(self, **kwargs: Any) -> None:
        self.allow_blank = kwargs.pop("allow_blank", False)
        self.trim_whitespace = kwargs.pop("trim_whitespace", True)
        self.max_length = kwargs.pop("max_length", None)
        self.min_length = kwargs.pop("min_length", None)
        super().__init__(**kwargs)
        if self.max_length is not None:
            self.validators.append(bound_validator(MaxLengthValidator, self, "max_length"))
        if self.min_length is not None:
            self.validators.append(bound_validator(MinLengthValidator, self, "min_length"))
        self.validators.append(ProhibitNullCharactersValidator())
        self.validators.append(ProhibitSurrogateCharactersValidator())

    def run_validation(self, data: Any = empty) -> Any:
        """Return the text; blank text is looked at before anything else."""
        if data == "" or (self.trim_whitespace and data.__class__ is str and not data.strip()):
            if not self.allow_blank:
                self.fail("blank")
            return ""
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        """Return text; numbers are taken, other types are not."""
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            self.fail("invalid")
        value = str(data)
        return value.strip() if self.trim_whitespace else value

    def to_representation(self, value: Any) -> Any:
        """Return text."""
        return str(value)


class EmailField(CharField):
    """An email address."""

    default_error_messages = {"invalid": _("Enter a valid email address.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(EmailValidator(message=self.error_messages["invalid"]))


class RegexField(CharField):
    """Text of a pattern."""

    default_error_messages = {"invalid": _("This value does not match the required pattern.")}

    def __init__(self, regex: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(RegexValidator(regex, message=self.error_messages["invalid"]))


class SlugField(CharField):
    """Letters, numbers, underscores and hyphens."""

    default_error_messages = {
        "invalid": _('Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'),
        "invalid_unicode": _('Enter a valid "slug" consisting of Unicode letters, numbers, underscores, or hyphens.'),
    }

    def __init__(self, allow_unicode: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.allow_unicode = allow_unicode
        if allow_unicode:
            pattern, message = re.compile(r"^[-\w]+\Z", re.UNICODE), self.error_messages["invalid_unicode"]
        else:
            pattern, message = re.compile(r"^[-a-zA-Z0-9_]+$"), self.error_messages["invalid"]
        self.validators.append(RegexValidator(pattern, message=message))


class URLField(CharField):
    """A web address."""

    default_error_messages = {"invalid": _("Enter a valid URL.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(URLValidator(message=self.error_messages["invalid"]))


class UUIDField(Field):
    """
    A UUID.

    Args:
        format: How it goes out: ``hex_verbose``, ``hex``, ``int`` or ``urn``.
    """

    valid_formats = ("hex_verbose", "hex", "int", "urn")
    default_error_messages = {"invalid": _("Must be a valid UUID.")}

    def __init__(self, **kwargs: Any) -> None:
        self.uuid_format = kwargs.pop("format", "hex_verbose")
        if self.uuid_format not in self.valid_formats:
            choices = '", "'.join(self.valid_formats)
            raise ValueError(f'Invalid format for uuid representation. Must be one of "{choices}"')
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return a ``UUID``."""
        if isinstance(data, uuid.UUID):
            return data
        try:
            if isinstance(data, int):
                return uuid.UUID(int=data)
            if isinstance(data, str):
                return uuid.UUID(hex=data)
        except ValueError:
            pass
        self.fail("invalid", value=data)

    def to_representation(self, value: Any) -> Any:
        """Return the UUID in the field's format."""
        return str(value) if self.uuid_format == "hex_verbose" else getattr(value, self.uuid_format)


class IPAddressField(CharField):
    """
    An IP address.

    Args:
        protocol: ``both``, ``ipv4`` or ``ipv6``.
    """

    default_error_messages = {"invalid": _("Enter a valid IPv4 or IPv6 address.")}

    def __init__(self, protocol: str = "both", **kwargs: Any) -> None:
        self.protocol = protocol.lower()
        self.unpack_ipv4 = self.protocol == "both"
        super().__init__(**kwargs)
        self.validators.extend(ip_address_validators(protocol, self.unpack_ipv4))

    def to_internal_value(self, data: Any) -> Any:
        """Return the address as text, IPv6 in its short form."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        if ":" in data and self.protocol in ("both", "ipv6"):
            try:
                return clean_ipv6_address(data, self.unpack_ipv4)
            except DjangoValidationError:
                self.fail("invalid", value=data)
        return super().to_internal_value(data)


class FilePathField(ChoiceField):
    """A file of a folder, chosen among those that match."""

    default_error_messages = {"invalid_choice": _('"{input}" is not a valid path choice.')}

    def __init__(
        self,
        path: Any,
        match: str | None = None,
        recursive: bool = False,
        allow_files: bool = True,
        allow_folders: bool = False,
        required: bool | None = None,
        **kwargs: Any,
    ) -> None:
        # The form field knows how to list the folder.
        form_field: Any = FormFilePathField(
            path,
            match=match,
            recursive=recursive,
            allow_files=allow_files,
            allow_folders=allow_folders,
            required=True if required is None else required,
        )
        kwargs["choices"] = form_field.choices
        kwargs["required"] = required
        super().__init__(**kwargs)


__all__ = [
    "BooleanField",
    "CharField",
    "EmailField",
    "FilePathField",
    "IPAddressField",
    "NullBooleanField",
    "RegexField",
    "SlugField",
    "URLField",
    "UUIDField",
]
