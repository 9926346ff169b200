"""``startapp``: a new app."""

from __future__ import annotations

from typing import Any

from fastjango.core.management.templates import TemplateCommand


class Command(TemplateCommand):
    """Make the folder of a new app."""

    help = (
        "Creates a FastJango app directory structure for the given app name in the current directory or optionally in "
        "the given directory."
    )
    missing_args_message = "You must provide an application name."

    def handle(self, **options: Any) -> None:  # type: ignore[override]
        """Copy the app template."""
        super().handle("app", options.pop("name"), options.pop("directory"), **options)
