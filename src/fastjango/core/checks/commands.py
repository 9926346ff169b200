"""Compatibility door: the commands that write and apply migrations must see changes alike."""

from __future__ import annotations

import importlib
from typing import Any

from fastjango.core.checks.messages import CheckMessage, Error
from fastjango.core.checks.registry import Tags, register


@register(Tags.commands)
def migrate_and_makemigrations_autodetector(**kwargs: Any) -> list[CheckMessage]:
    """Compare the autodetectors of ``makemigrations`` and ``migrate``."""
    management = importlib.import_module("fastjango.core.management")
    known = management.get_commands()
    if "makemigrations" not in known or "migrate" not in known:
        return []
    make = management.load_command_class(known["makemigrations"], "makemigrations")
    migrate = management.load_command_class(known["migrate"], "migrate")
    if make.autodetector == migrate.autodetector:
        return []
    return [
        Error(
            "The migrate and makemigrations commands must have the same autodetector.",
            hint=(
                f"makemigrations.Command.autodetector is {make.autodetector.__name__}, but "
                f"migrate.Command.autodetector is {migrate.autodetector.__name__}."
            ),
            id="commands.E001",
        )
    ]
