"""The app ``auth``."""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.contrib.auth import get_user_model
from fastjango.contrib.auth.checks import check_middleware, check_models_permissions, check_user_model
from fastjango.contrib.auth.management import create_permissions
from fastjango.contrib.auth.signals import user_logged_in
from fastjango.core import checks
from fastjango.db.models.signals import post_migrate
from fastjango.utils.translation import gettext_lazy as _


class AuthConfig(AppConfig):
    """Connects permissions to ``post_migrate`` and the time of login to ``user_logged_in``."""

    default_auto_field = "fastjango.db.models.AutoField"
    name = "fastjango.contrib.auth"
    verbose_name: Any = _("Authentication and Authorization")

    def ready(self) -> None:
        """Connect."""
        post_migrate.connect(create_permissions, dispatch_uid="fastjango.contrib.auth.management.create_permissions")
        last_login_field = getattr(get_user_model(), "last_login", None)
        if hasattr(last_login_field, "field"):
            from fastjango.contrib.auth.models import update_last_login

            user_logged_in.connect(update_last_login, dispatch_uid="update_last_login")
        checks.register(check_user_model, checks.Tags.models)
        checks.register(check_models_permissions, checks.Tags.models)
        checks.register(check_middleware)
