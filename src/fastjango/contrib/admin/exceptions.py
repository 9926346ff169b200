"""What can go wrong in the admin."""

from __future__ import annotations

from fastjango.core.exceptions import SuspiciousOperation


class DisallowedModelAdminLookup(SuspiciousOperation):
    """A filter in the address that ``lookup_allowed()`` refuses."""


class DisallowedModelAdminToField(SuspiciousOperation):
    """A field in the address that no registered model refers to."""


class AlreadyRegistered(Exception):
    """The model is registered already."""


class NotRegistered(Exception):
    """The model is not registered."""
