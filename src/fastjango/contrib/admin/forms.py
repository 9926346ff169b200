"""Login and password forms of the admin."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from fastjango.core.exceptions import ValidationError
from fastjango.utils.translation import gettext_lazy as _


class AdminAuthenticationForm(AuthenticationForm):
    """Lets in active staff only."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _(
            "Please enter the correct %(username)s and password for a staff account. Note that both fields may be "
            "case-sensitive."
        ),
    }
    required_css_class = "required"

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse users who are not staff."""
        super().confirm_login_allowed(user)
        if not user.is_staff:
            raise ValidationError(
                self.error_messages["invalid_login"],
                code="invalid_login",
                params={"username": self.username_field.verbose_name},
            )


class AdminPasswordChangeForm(PasswordChangeForm):
    """The password form with the admin's CSS class."""

    required_css_class = "required"
