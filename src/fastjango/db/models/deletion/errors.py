"""
Why a deletion is refused.

    IntegrityError
    ├── ProtectedError    a PROTECT relation points at the object
    └── RestrictedError   a RESTRICT relation points at it, from an object that stays
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.db.errors import IntegrityError


class ProtectedError(IntegrityError):
    """Objects with a PROTECT relation refer to what was to be deleted; they are in ``protected_objects``."""

    def __init__(self, msg: str, protected_objects: Iterable[Any]) -> None:
        self.protected_objects = protected_objects
        super().__init__(msg, protected_objects)


class RestrictedError(IntegrityError):
    """Objects with a RESTRICT relation refer to what was to be deleted; they are in ``restricted_objects``."""

    def __init__(self, msg: str, restricted_objects: Iterable[Any]) -> None:
        self.restricted_objects = restricted_objects
        super().__init__(msg, restricted_objects)
