"""
What ``check`` says about the admin: its dependencies, and the options of each ``ModelAdmin`` and inline.

``checks_options.py`` what admins and inlines share, ``checks_list.py`` what each has of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.contrib.admin.checks_list import InlineModelAdminChecks, ModelAdminChecks
from fastjango.contrib.admin.checks_options import (
    BaseModelAdminChecks,
    must_be,
    must_inherit_from,
    refer_to_missing_field,
)
from fastjango.core import checks
from fastjango.template import engines
from fastjango.template.backends.django import DjangoTemplates
from fastjango.utils.module_loading import import_string

__all__ = [
    "BaseModelAdminChecks", "InlineModelAdminChecks", "ModelAdminChecks", "check_admin_app", "check_dependencies",
    "must_be", "must_inherit_from", "refer_to_missing_field",
]  # fmt: skip

Errors = list[Any]


def _issubclass(cls: Any, classinfo: Any) -> bool:
    try:
        return issubclass(cls, classinfo)
    except TypeError:
        return False


def _contains_subclass(class_path: str, candidates: Iterable[str]) -> bool:
    """Return whether one of the dotted names is *class_path* or a subclass of it."""
    wanted = import_string(class_path)
    for path in candidates:
        try:
            found = import_string(path)
        except ImportError:
            # Somebody else's to report.
            continue
        if _issubclass(found, wanted):
            return True
    return False


def check_admin_app(app_configs: Any, **kwargs: Any) -> Errors:
    """Check every registered admin of every site."""
    from fastjango.contrib.admin.sites import all_sites

    return [error for site in all_sites for error in site.check(app_configs)]


def check_dependencies(**kwargs: Any) -> Errors:
    """Check that the apps, middleware and context processors are there that the admin needs."""
    if not apps.is_installed("fastjango.contrib.admin"):
        return []
    errors: Errors = [
        checks.Error(f"'{app}' must be in INSTALLED_APPS in order to use the admin application.", id=f"admin.E{number}")
        for app, number in (
            ("fastjango.contrib.contenttypes", 401),
            ("fastjango.contrib.auth", 405),
            ("fastjango.contrib.messages", 406),
        )
        if not apps.is_installed(app)
    ]
    return errors + _check_templates() + _check_middleware()


def _check_templates() -> Errors:
    backends = [engine for engine in engines.all() if isinstance(engine, DjangoTemplates)]
    if not backends:
        return [
            checks.Error(
                "A 'fastjango.template.backends.django.DjangoTemplates' instance must be configured in TEMPLATES in "
                "order to use the admin application.",
                id="admin.E403",
            )
        ]
    processors = backends[0].engine.context_processors
    errors: Errors = []
    auth = "fastjango.contrib.auth.context_processors.auth"
    if auth not in processors and _contains_subclass(
        "fastjango.contrib.auth.backends.ModelBackend", settings.AUTHENTICATION_BACKENDS
    ):
        errors.append(
            checks.Error(
                f"'{auth}' must be enabled in DjangoTemplates (TEMPLATES) if using the default auth backend in order "
                "to use the admin application.",
                id="admin.E402",
            )
        )
    messages = "fastjango.contrib.messages.context_processors.messages"
    if messages not in processors:
        errors.append(
            checks.Error(
                f"'{messages}' must be enabled in DjangoTemplates (TEMPLATES) in order to use the admin application.",
                id="admin.E404",
            )
        )
    request = "fastjango.template.context_processors.request"
    if request not in processors:
        errors.append(
            checks.Warning(
                f"'{request}' must be enabled in DjangoTemplates (TEMPLATES) in order to use the admin navigation "
                "sidebar.",
                id="admin.W411",
            )
        )
    return errors


def _check_middleware() -> Errors:
    auth = "fastjango.contrib.auth.middleware.AuthenticationMiddleware"
    session = "fastjango.contrib.sessions.middleware.SessionMiddleware"
    needed = (
        (auth, 408, None),
        ("fastjango.contrib.messages.middleware.MessageMiddleware", 409, None),
        (session, 410, f"Insert '{session}' before '{auth}'."),
    )
    return [
        checks.Error(
            f"'{path}' must be in MIDDLEWARE in order to use the admin application.",
            hint=hint,
            id=f"admin.E{number}",
        )
        for path, number, hint in needed
        if not _contains_subclass(path, settings.MIDDLEWARE)
    ]
