"""IP addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.utils.ipv6 import is_valid_ipv6_address
from fastjango.utils.translation import gettext_lazy as _


def validate_ipv4_address(value: Any) -> None:
    """Accept IPv4 addresses, without leading zeros."""
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        raise ValidationError(
            _("Enter a valid %(protocol)s address."), code="invalid", params={"protocol": _("IPv4"), "value": value}
        )


def validate_ipv6_address(value: Any) -> None:
    """Accept IPv6 addresses."""
    if not is_valid_ipv6_address(value):
        raise ValidationError(
            _("Enter a valid %(protocol)s address."), code="invalid", params={"protocol": _("IPv6"), "value": value}
        )


def validate_ipv46_address(value: Any) -> None:
    """Accept IPv4 and IPv6 addresses."""
    if accepts(validate_ipv4_address, value) or accepts(validate_ipv6_address, value):
        return
    raise ValidationError(
        _("Enter a valid %(protocol)s address."),
        code="invalid",
        params={"protocol": _("IPv4 or IPv6"), "value": value},
    )


ip_address_validator_map: dict[str, list[Callable[[Any], None]]] = {
    "both": [validate_ipv46_address],
    "ipv4": [validate_ipv4_address],
    "ipv6": [validate_ipv6_address],
}


def ip_address_validators(protocol: str, unpack_ipv4: bool) -> list[Callable[[Any], None]]:
    """
    Return the validators for a kind of IP address.

    Raises:
        ValueError: The kind is unknown, or *unpack_ipv4* is asked for with one kind only.
    """
    if protocol != "both" and unpack_ipv4:
        raise ValueError("You can only use `unpack_ipv4` if `protocol` is set to 'both'")
    try:
        return ip_address_validator_map[protocol.lower()]
    except KeyError:
        raise ValueError(f"The protocol '{protocol}' is unknown. Supported: {list(ip_address_validator_map)}") from None


def accepts(validator: Callable[[Any], None], value: Any) -> bool:
    """Return whether *validator* has nothing against *value*."""
    try:
        validator(value)
    except ValidationError:
        return False
    return True
