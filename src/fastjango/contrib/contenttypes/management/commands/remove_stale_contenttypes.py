"""``remove_stale_contenttypes``: remove the rows of models that are gone, with all that refers to them."""

from __future__ import annotations

import itertools
from typing import Any

from fastjango.apps import apps
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.core.management.base import BaseCommand, CommandParser
from fastjango.db import DEFAULT_DB_ALIAS, connections, router
from fastjango.db.models.deletion import Collector


class NoFastDeleteCollector(Collector):
    """Loads everything, so that it can be counted."""

    def can_fast_delete(self, *args: Any, **kwargs: Any) -> bool:
        """Never."""
        return False


class Command(BaseCommand):
    """Show what would go, ask, delete."""

    help = "Deletes stale content types in the database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose the database; ask or not."""
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_false",
            dest="interactive",
            help="Tells FastJango to NOT prompt the user for input of any kind.",
        )
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates the database to use. Defaults to the "default" database.',
        )
        parser.add_argument(
            "--include-stale-apps",
            action="store_true",
            default=False,
            help="Deletes stale content types including ones from previously installed apps that have been removed from INSTALLED_APPS.",
        )

    def handle(self, **options: Any) -> None:
        """Go through the apps."""
        db = options["database"]
        if not router.allow_migrate_model(db, ContentType):
            return
        ContentType.objects.clear_cache()
        rows = itertools.groupby(
            ContentType.objects.using(db).order_by("app_label", "model"), lambda row: row.app_label
        )
        for app_label, group in rows:
            if not options["include_stale_apps"] and app_label not in apps.app_configs:
                continue
            stale = [row for row in group if row.model_class() is None]
            if stale:
                self._remove(stale, db, options)

    def _remove(self, stale: list[Any], db: str, options: dict[str, Any]) -> None:
        if options["interactive"]:
            display = []
            for row in stale:
                display.append(f"    - Content type for {row.app_label}.{row.model}")
                collector = NoFastDeleteCollector(using=db, origin=row)
                collector.collect([row])
                for obj_type, objs in collector.data.items():
                    if objs != {row}:
                        display.append(f"    - {len(objs)} {obj_type._meta.label} object(s)")
            self.stdout.write(
                "Some content types in your database are stale and can be deleted.\n"
                "Any objects that depend on these content types will also be deleted.\n"
                "The content types and dependent objects that would be deleted are:\n\n"
                + "\n".join(display)
                + "\n\nThis list doesn't include any cascade deletions to data outside of FastJango's models (uncommon).\n\n"
                "Are you sure you want to delete these content types?\n"
                "If you're unsure, answer 'no'."
            )
            if input("Type 'yes' to continue, or 'no' to cancel: ") != "yes":
                if options["verbosity"] >= 2:
                    self.stdout.write("Stale content types remain.")
                return
        for row in stale:
            if options["verbosity"] >= 2:
                self.stdout.write(f"Deleting stale content type '{row.app_label} | {row.model}'")
            row.delete()
