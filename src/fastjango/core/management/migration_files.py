"""What the commands about migration files share: apps checked, migrations found by prefix, files written."""

from __future__ import annotations

import shutil
from typing import Any

from fastjango.apps import apps
from fastjango.core.management.base import BaseCommand, CommandError
from fastjango.core.management.utils import find_formatters, run_formatters
from fastjango.db.migrations.exceptions import AmbiguityError
from fastjango.db.migrations.loader import MigrationLoader
from fastjango.db.migrations.writer import MigrationWriter


def check_migrated_app(app_label: str, loader: MigrationLoader | None = None) -> None:
    """
    Check that there is such an app, and that it has migrations when a *loader* is given.

    Raises:
        CommandError: It is not so.
    """
    try:
        apps.get_app_config(app_label)
    except LookupError as exc:
        raise CommandError(str(exc)) from exc
    if loader is not None and app_label not in loader.migrated_apps:
        raise CommandError(f"App '{app_label}' does not have migrations.")


def find_migration(loader: MigrationLoader, app_label: str, prefix: str) -> Any:
    """
    Return the migration of an app whose name begins with *prefix*.

    Raises:
        CommandError: There is none, or there are several.
    """
    try:
        return loader.get_migration_by_prefix(app_label, prefix)
    except AmbiguityError as exc:
        raise CommandError(
            f"More than one migration matches '{prefix}' in app '{app_label}'. Please be more specific."
        ) from exc
    except KeyError as exc:
        raise CommandError(f"Cannot find a migration matching '{prefix}' from app '{app_label}'.") from exc


def write_file(command: BaseCommand, writer: MigrationWriter) -> None:
    """Write the file of a migration and format it."""
    with open(writer.path, "w", encoding="utf-8") as file:
        file.write(writer.as_string())
    run_formatters([writer.path], **find_formatters(), stderr=command.stderr)


def tell_manual_porting(command: BaseCommand, kind: str) -> None:
    """Say that functions must be copied by hand into a *kind* ("squashed", "optimized") migration."""
    command.stdout.write(
        command.style.MIGRATE_HEADING("Manual porting required")
        + "\n  Your migrations contained functions that must be manually copied over,"
        + "\n  as we could not safely copy their implementation."
        + f"\n  See the comment at the top of the {kind} migration for details."
    )
    if shutil.which("black"):
        command.stdout.write(
            command.style.WARNING(
                f'{kind.capitalize()} migration couldn\'t be formatted using the "black" command. You can call it manually.'
            )
        )


__all__ = ["check_migrated_app", "find_migration", "tell_manual_porting", "write_file"]
