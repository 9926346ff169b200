"""``diffsettings``: what a project changes of the default settings."""

from __future__ import annotations

from typing import Any

from fastjango.conf import Settings, global_settings, settings
from fastjango.core.management.base import BaseCommand, CommandParser


def module_to_dict(
    module: Any, omittable: Any = lambda name: name.startswith("_") or not name.isupper()
) -> dict[str, str]:
    """Return the settings of a module as ``{name: repr}``."""
    return {name: repr(getattr(module, name)) for name in dir(module) if not omittable(name)}


class Command(BaseCommand):
    """Print the settings that differ."""

    help = """Displays differences between the current settings.py and FastJango's default settings."""
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose what to compare with and how to print it."""
        parser.add_argument(
            "--all",
            action="store_true",
            help='Display all settings, regardless of their value. In "hash" mode, default values are prefixed by "###".',
        )
        parser.add_argument(
            "--default",
            metavar="MODULE",
            help="The settings module to compare the current settings against. Leave empty to compare against FastJango's default settings.",
        )
        parser.add_argument("--output", default="hash", choices=("hash", "unified"), help="Selects the output format.")

    def handle(self, **options: Any) -> str:
        """Compare."""
        settings._setup() if not settings.configured else None
        user = module_to_dict(settings._wrapped)
        default = module_to_dict(Settings(options["default"]) if options["default"] else global_settings)
        lines = (
            self._unified(user, default, options)
            if options["output"] == "unified"
            else self._hash(user, default, options)
        )
        return "\n".join(lines)

    def _hash(self, user: dict[str, str], default: dict[str, str], options: dict[str, Any]) -> list[str]:
        lines = []
        for key in sorted(user):
            if key not in default:
                lines.append(f"{key} = {user[key]}  ###")
            elif user[key] != default[key]:
                lines.append(f"{key} = {user[key]}")
            elif options["all"]:
                lines.append(f"### {key} = {user[key]}")
        return lines

    def _unified(self, user: dict[str, str], default: dict[str, str], options: dict[str, Any]) -> list[str]:
        lines = []
        for key in sorted(user):
            if key not in default:
                lines.append(self.style.SUCCESS(f"+ {key} = {user[key]}"))
            elif user[key] != default[key]:
                lines.append(self.style.ERROR(f"- {key} = {default[key]}"))
                lines.append(self.style.SUCCESS(f"+ {key} = {user[key]}"))
            elif options["all"]:
                lines.append(f"  {key} = {user[key]}")
        return lines
