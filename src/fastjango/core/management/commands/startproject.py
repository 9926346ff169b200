"""``startproject``: a new project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fastjango
from fastjango.core.management.base import CommandParser
from fastjango.core.management.templates import TemplateCommand
from fastjango.core.management.utils import SECRET_KEY_INSECURE_PREFIX, get_random_secret_key
from fastjango.template import Context


class Command(TemplateCommand):
    """Make the folder of a new project."""

    help = (
        "Creates a FastJango project directory structure for the given project name in the current directory or "
        "optionally in the given directory."
    )
    missing_args_message = "You must provide a project name."

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose an Alembic environment too."""
        super().add_arguments(parser)
        parser.add_argument(
            "--alembic",
            action="store_true",
            help="Also write alembic.ini and alembic/, so that `alembic revision --autogenerate`, `alembic upgrade head` "
            "and the like work on the project's models.",
        )

    def handle(self, **options: Any) -> None:  # type: ignore[override]
        """Copy the project template with a secret key of its own."""
        options["secret_key"] = SECRET_KEY_INSECURE_PREFIX + get_random_secret_key()
        name, directory, with_alembic = options.pop("name"), options.pop("directory"), options.pop("alembic")
        super().handle("project", name, directory, **options)
        if with_alembic:
            top_dir = str(Path(directory or name).expanduser().absolute())
            context = Context(self._values(name, top_dir, options), autoescape=False)
            source = Path(fastjango.__path__[0]) / "conf" / "alembic_template"
            self._copy(source, top_dir, name, context, ({".py", ".ini"}, [], []))
