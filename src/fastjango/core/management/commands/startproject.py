"""``startproject``: a new project."""

from __future__ import annotations

from typing import Any

from fastjango.core.management.templates import TemplateCommand
from fastjango.core.management.utils import SECRET_KEY_INSECURE_PREFIX, get_random_secret_key


class Command(TemplateCommand):
    """Make the folder of a new project."""

    help = (
        "Creates a FastJango project directory structure for the given project name in the current directory or "
        "optionally in the given directory."
    )
    missing_args_message = "You must provide a project name."

    def handle(self, **options: Any) -> None:  # type: ignore[override]
        """Copy the project template with a secret key of its own."""
        options["secret_key"] = SECRET_KEY_INSECURE_PREFIX + get_random_secret_key()
        super().handle("project", options.pop("name"), options.pop("directory"), **options)
