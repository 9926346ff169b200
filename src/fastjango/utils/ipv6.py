"""IPv6 addresses: checking them and writing them in one way."""

from __future__ import annotations

import ipaddress
from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.utils.translation import gettext_lazy as _

MAX_IPV6_ADDRESS_LENGTH = 39


def _ipv6_address_from_str(ip_str: str, max_length: int = MAX_IPV6_ADDRESS_LENGTH) -> ipaddress.IPv6Address:
    """Return the address, after a look at the length of its text."""
    if len(ip_str) > max_length:
        raise ValueError(f"Unable to convert {ip_str} to an IPv6 address (value too long).")
    return ipaddress.IPv6Address(int(ipaddress.IPv6Address(ip_str)))


def clean_ipv6_address(
    ip_str: str,
    unpack_ipv4: bool = False,
    error_message: Any = _("This is not a valid IPv6 address."),
    max_length: int = MAX_IPV6_ADDRESS_LENGTH,
) -> str:
    """
    Return an IPv6 address in its shortest form.

    Args:
        unpack_ipv4: Return the IPv4 address that is mapped into it, if one is.
    Raises:
        ValidationError: The text is no IPv6 address.
    """
    try:
        address = _ipv6_address_from_str(ip_str, max_length)
    except ValueError:
        raise ValidationError(error_message, code="invalid", params={"protocol": _("IPv6")})
    mapped = address.ipv4_mapped
    if mapped is None:
        return str(address)
    return str(mapped) if unpack_ipv4 else f"::ffff:{mapped}"


def is_valid_ipv6_address(ip_addr: Any) -> bool:
    """Return whether *ip_addr* is an IPv6 address, as text or as an object."""
    if isinstance(ip_addr, ipaddress.IPv6Address):
        return True
    try:
        _ipv6_address_from_str(ip_addr)
    except (TypeError, ValueError):
        return False
    return True
