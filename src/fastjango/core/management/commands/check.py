"""``check``: run the system checks."""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps
from fastjango.core import checks
from fastjango.core.checks.registry import registry
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Look for mistakes in the project."""

    help = "Checks the entire FastJango project for potential problems."
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose apps, tags, level and databases."""
        parser.add_argument("args", metavar="app_label", nargs="*")
        parser.add_argument("--tag", "-t", action="append", dest="tags", help="Run only checks labeled with given tag.")
        parser.add_argument("--list-tags", action="store_true", help="List available tags.")
        parser.add_argument("--deploy", action="store_true", help="Check deployment settings.")
        parser.add_argument(
            "--fail-level",
            default="ERROR",
            choices=["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"],
            help="Message level that will cause the command to exit with a non-zero status. Default is ERROR.",
        )
        parser.add_argument(
            "--database", action="append", dest="databases", help="Run database related checks against these aliases."
        )

    def handle(self, *app_labels: Any, **options: Any) -> None:
        """Run the checks and print what they found."""
        include_deployment_checks = options["deploy"]
        if options["list_tags"]:
            self.stdout.write("\n".join(sorted(registry.tags_available(include_deployment_checks))))
            return
        app_configs = [apps.get_app_config(label) for label in app_labels] if app_labels else None
        tags = options["tags"]
        if tags:
            unknown = next((tag for tag in tags if not checks.tag_exists(tag, include_deployment_checks)), None)
            if unknown is not None:
                raise CommandError(f'There is no system check with the "{unknown}" tag.')
        self.check(
            app_configs=app_configs,
            tags=tags,
            display_num_errors=True,
            include_deployment_checks=include_deployment_checks,
            fail_level=getattr(checks, options["fail_level"]),
            databases=options["databases"],
        )
