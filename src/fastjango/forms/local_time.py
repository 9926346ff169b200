"""
Date-times between the form, where they are local and naive, and the program, where they are aware.

Public at ``fastjango.forms.utils``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import ValidationError
from fastjango.utils import timezone
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["from_current_timezone", "to_current_timezone"]


def from_current_timezone(value: datetime | None) -> datetime | None:
    """
    Return a naive *value* as an aware one in the current time zone (with ``USE_TZ``).

    Raises:
        ValidationError: That local time does not exist or happens twice.
    """
    if value is None or not settings.USE_TZ or not timezone.is_naive(value):
        return value
    zone = timezone.get_current_timezone()
    try:
        if _is_unclear(value, zone):
            raise ValueError("Ambiguous or non-existent time.")
        return timezone.make_aware(value, zone)
    except Exception as problem:
        raise ValidationError(
            _(
                "%(datetime)s couldn’t be interpreted in time zone %(current_timezone)s; "
                "it may be ambiguous or it may not exist."
            ),
            code="ambiguous_timezone",
            params={"datetime": value, "current_timezone": zone},
        ) from problem


def _is_unclear(value: datetime, zone: Any) -> bool:
    """Tell whether the two readings (folds) of a local time differ, so that one cannot choose."""
    if value.tzinfo is not None:
        return False
    early, late = (value.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return early.utcoffset() != late.utcoffset()


def to_current_timezone(value: datetime | None) -> datetime | None:
    """Return an aware *value* as a naive one in the current time zone (with ``USE_TZ``)."""
    if settings.USE_TZ and value is not None and timezone.is_aware(value):
        return timezone.make_naive(value)
    return value
