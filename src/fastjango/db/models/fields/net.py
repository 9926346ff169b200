"""IP addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from fastjango.core import checks, exceptions, validators
from fastjango.db.models.fields.column_types import InternetAddress
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.ipv6 import MAX_IPV6_ADDRESS_LENGTH, clean_ipv6_address
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable


class IPAddressField(Field[ST, GT]):
    """Exists only so that old migrations can be read."""

    empty_strings_allowed = False
    description = _("IPv4 address")
    system_check_removed_details = {
        "msg": ("IPAddressField has been removed except for support in historical migrations."),
        "hint": "Use GenericIPAddressField instead.",
        "id": "fields.E900",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 15
        super().__init__(*args, **kwargs)

    def column_type(self) -> Any:
        """Return INET or CHAR."""
        return InternetAddress()

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        del keywords["max_length"]
        return name, path, args, keywords

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as text."""
        value = super().get_prep_value(value)
        return None if value is None else str(value)

    def get_internal_type(self) -> str:
        """Return "IPAddressField"."""
        return "IPAddressField"


class GenericIPAddressField(Field[ST, GT]):
    """An IPv4 or IPv6 address, kept as normalised text."""

    empty_strings_allowed = False
    description = _("IP address")
    default_error_messages: dict[str, Any] = {"invalid": _("Enter a valid %(protocol)s address.")}

    @overload
    def __init__(
        self: GenericIPAddressField[str | Combinable, str], *args: Any, null: Literal[False] = ..., **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(
        self: GenericIPAddressField[str | Combinable | None, str | None], *args: Any, null: Literal[True], **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        protocol: str = "both",
        unpack_ipv4: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self.unpack_ipv4 = unpack_ipv4
        self.protocol = protocol
        self.default_validators = validators.ip_address_validators(protocol, unpack_ipv4)
        kwargs["max_length"] = MAX_IPV6_ADDRESS_LENGTH
        super().__init__(verbose_name, name, *args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field; blank needs null."""
        return [*super().check(**kwargs), *self._check_blank_and_null_values(**kwargs)]

    def _check_blank_and_null_values(self, **kwargs: Any) -> list[CheckMessage]:
        if getattr(self, "null", False) or not getattr(self, "blank", False):
            return []
        message = "GenericIPAddressFields cannot have blank=True if null=False, as blank values are stored as nulls."
        return [checks.Error(message, obj=self, id="fields.E150")]

    def column_type(self) -> Any:
        """Return INET or CHAR."""
        return InternetAddress()

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.unpack_ipv4 is not False:
            keywords["unpack_ipv4"] = self.unpack_ipv4
        if self.protocol != "both":
            keywords["protocol"] = self.protocol
        if keywords.get("max_length") == self.max_length:
            del keywords["max_length"]
        return name, path, args, keywords

    def get_internal_type(self) -> str:
        """Return "GenericIPAddressField"."""
        return "GenericIPAddressField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as normalised text."""
        if value is None:
            return None
        text = str(value).strip()
        if ":" in text:
            return clean_ipv6_address(text, self.unpack_ipv4, self.error_messages["invalid"])
        return text

    def driver_converter(self, connection: Any) -> Any:
        """Return the converter that makes an empty text NULL."""
        return lambda value: value or None

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as normalised text where it is an address."""
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if value and ":" in str(value):
            try:
                return clean_ipv6_address(value, self.unpack_ipv4)
            except exceptions.ValidationError:
                pass
        return str(value)

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return an address input."""
        return super().formfield(
            form_class or "GenericIPAddressField",
            choices_form_class,
            **{"protocol": self.protocol, **kwargs},
        )
