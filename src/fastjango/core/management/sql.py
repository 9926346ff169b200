"""The statements and signals behind ``flush`` and ``migrate``."""

from __future__ import annotations

import sys
from typing import Any

from fastjango.apps import apps
from fastjango.db import models


def sql_flush(
    style: Any,
    connection: Any,
    reset_sequences: bool = True,
    allow_cascade: bool = False,
) -> list[str]:
    """Return the statements that empty all tables of the project."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    statements: list[str] = connection.ops.sql_flush(
        style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade
    )
    return statements


def emit_pre_migrate_signal(verbosity: int, interactive: bool, db: str, **kwargs: Any) -> None:
    """Send ``pre_migrate`` for each app that has models."""
    for app_config in apps.get_app_configs():
        if app_config.models_module is None:
            continue
        if verbosity >= 2:
            (kwargs.get("stdout") or sys.stdout).write(
                f"Running pre-migrate handlers for application {app_config.label}"
            )
        models.signals.pre_migrate.send(
            sender=app_config, app_config=app_config, verbosity=verbosity, interactive=interactive, using=db, **kwargs
        )


def emit_post_migrate_signal(verbosity: int, interactive: bool, db: str, **kwargs: Any) -> None:
    """Send ``post_migrate`` for each app that has models."""
    for app_config in apps.get_app_configs():
        if app_config.models_module is None:
            continue
        if verbosity >= 2:
            (kwargs.get("stdout") or sys.stdout).write(
                f"Running post-migrate handlers for application {app_config.label}"
            )
        models.signals.post_migrate.send(
            sender=app_config, app_config=app_config, verbosity=verbosity, interactive=interactive, using=db, **kwargs
        )
