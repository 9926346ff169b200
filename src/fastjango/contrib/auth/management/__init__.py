"""Keep the permissions in step with the models, after each migration; and a name for a new superuser."""

from __future__ import annotations

import getpass
import unicodedata
from typing import Any

from fastjango.apps import apps as global_apps
from fastjango.contrib.auth import get_permission_codename
from fastjango.contrib.contenttypes.management import create_contenttypes
from fastjango.core import exceptions
from fastjango.db import DEFAULT_DB_ALIAS, router


def _get_all_permissions(opts: Any) -> list[tuple[str, str]]:
    """Return codename and name of every permission of a model."""
    return [*_get_builtin_permissions(opts), *opts.permissions]


def _get_builtin_permissions(opts: Any) -> list[tuple[str, str]]:
    """Return those of ``default_permissions``."""
    return [
        (get_permission_codename(action, opts), f"Can {action} {opts.verbose_name_raw}")
        for action in opts.default_permissions
    ]


def create_permissions(
    app_config: Any,
    verbosity: int = 2,
    interactive: bool = True,
    using: str = DEFAULT_DB_ALIAS,
    apps: Any = global_apps,
    **kwargs: Any,
) -> None:
    """Make the permissions of an app that are missing. Queries: 1, and 1 to insert."""
    if not app_config.models_module:
        return
    # The content types come first; the order of receivers must not matter.
    create_contenttypes(app_config, verbosity=verbosity, interactive=interactive, using=using, apps=apps, **kwargs)
    app_label = app_config.label
    try:
        app_config = apps.get_app_config(app_label)
        content_type_model = apps.get_model("contenttypes", "ContentType")
        permission_model = apps.get_model("auth", "Permission")
    except LookupError:
        return
    if not router.allow_migrate_model(using, permission_model):
        return
    models = list(app_config.get_models())
    content_types = content_type_model.objects.db_manager(using).get_for_models(*models, for_concrete_models=False)
    existing = set(
        permission_model.objects.using(using)
        .filter(content_type__in=set(content_types.values()))
        .values_list("content_type", "codename")
    )
    missing = []
    for model in models:
        content_type = content_types[model]
        for codename, name in _get_all_permissions(model._meta):
            if (content_type.pk, codename) not in existing:
                permission = permission_model()
                permission._state.db = using
                permission.codename = codename
                permission.name = name
                permission.content_type = content_type
                missing.append(permission)
    permission_model.objects.using(using).bulk_create(missing)
    if verbosity >= 2:
        for permission in missing:
            print(f"Adding permission '{permission}'")


def get_system_username() -> str:
    """Return the name of the person at the terminal, or an empty text."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        # No entry for this process in the user database; a container, most often.
        return ""


def get_default_username(check_db: bool = True, database: str = DEFAULT_DB_ALIAS) -> str:
    """Return a name for a new superuser: the person's own, unless it is taken or not allowed."""
    from fastjango.contrib.auth import models as auth_app

    # A project with its own user model has its own idea of names.
    if global_apps.get_model("auth", "User")._meta.swapped:
        return ""
    normalized = unicodedata.normalize("NFKD", get_system_username()).encode("ascii", "ignore").decode("ascii")
    default_username = normalized.replace(" ", "").lower()
    try:
        auth_app.User._meta.get_field("username").run_validators(default_username)
    except exceptions.ValidationError:
        return ""
    if check_db and default_username:
        taken = auth_app.User._default_manager.db_manager(database).filter(username=default_username).exists()
        if taken:
            return ""
    return default_username
