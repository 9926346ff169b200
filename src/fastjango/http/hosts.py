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


_KNOWN_HOSTS_LIMIT = 256
# The last hosts that were accepted, with the patterns that accepted them.
_known: dict[str, tuple[str, ...]] = {}


def is_known_host(host: str, allowed_hosts: Iterable[str]) -> bool:
    """Return whether *host*, as the client wrote it, was accepted before by the very same patterns."""
    patterns = _known.get(host)
    return patterns is not None and patterns == tuple(allowed_hosts)


def remember_host(host: str, allowed_hosts: Iterable[str]) -> None:
    """Remember that *host* was accepted; a flood of names under a wildcard does not fill the memory."""
    if len(_known) >= _KNOWN_HOSTS_LIMIT:
        _known.clear()
    _known[host] = tuple(allowed_hosts)


__all__ = ["host_validation_re", "is_known_host", "remember_host", "split_domain_port", "validate_host"]
