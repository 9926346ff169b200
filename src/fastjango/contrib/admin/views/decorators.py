"""``staff_member_required``: a page outside the admin for staff only."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.auth import REDIRECT_FIELD_NAME
from fastjango.contrib.auth.decorators import user_passes_test


def staff_member_required(
    view_func: Any = None, redirect_field_name: Any = REDIRECT_FIELD_NAME, login_url: Any = "admin:login"
) -> Any:
    """Show the view to active staff; send others to the admin's login."""
    decorator = user_passes_test(
        lambda user: user.is_active and user.is_staff, login_url=login_url, redirect_field_name=redirect_field_name
    )
    return decorator(view_func) if view_func else decorator
