"""Taking a Host header apart and comparing it with ``ALLOWED_HOSTS``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastjango.utils.http import is_same_domain

host_validation_re = re.compile(r"^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::([0-9]+))?$")


def split_domain_port(host: str) -> tuple[str, str]:
    """
    Return domain (lower case, without a final dot) and port of a Host header.

    Both are empty when *host* is not a valid host; the port is empty when there is none.
    """
    match = host_validation_re.fullmatch(host.lower())
    if match is None:
        return "", ""
    domain, port = match.groups(default="")
    return domain.removesuffix("."), port


def validate_host(host: str, allowed_hosts: Iterable[str]) -> bool:
    """Return whether *host* matches one of the patterns: a name, ``.name`` with its subdomains, or ``*``."""
    return any(pattern == "*" or is_same_domain(host, pattern) for pattern in allowed_hosts)


__all__ = ["host_validation_re", "split_domain_port", "validate_host"]
