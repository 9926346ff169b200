"""``makestubs``: write for each module of models what type checkers cannot infer of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fastjango.apps import apps
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.stubs import models_by_module, stub_of


class Command(BaseCommand):
    """Write ``models.pyi`` beside ``models.py``: reverse accessors, keys, and lookups that checkers check."""

    help = (
        "Writes a stub (models.pyi) for each module of models: with reverse accessors, keys of relations, "
        "and the lookups that filter() takes, for mypy and pyright."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose apps, and how far lookups go."""
        parser.add_argument("args", metavar="app_label", nargs="*", help="Apps; by default all of the project's own.")
        parser.add_argument("--depth", type=int, default=1, help="How many relations lookups may follow (default: 1).")
        parser.add_argument(
            "--check", action="store_true", help="Exit with 1 if a stub is missing or old; write nothing."
        )

    def handle(self, *app_labels: str, **options: Any) -> str | None:
        """Write the stubs that changed."""
        if options["depth"] < 0:
            raise CommandError("--depth is not negative.")
        old = []
        for module, models in models_by_module(self._models(app_labels)).items():
            try:
                path, text = stub_of(module, models, options["depth"])
            except ValueError as exc:
                raise CommandError(str(exc)) from exc
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            old.append(path)
            if not options["check"]:
                path.write_text(text, encoding="utf-8")
            if options["verbosity"] >= 1:
                self.stdout.write(f"{'Old' if options['check'] else 'Wrote'}: {path}")
        if not old and options["verbosity"] >= 1:
            self.stdout.write("All stubs are up to date.")
        if old and options["check"]:
            sys.exit(1)
        return None

    def _models(self, app_labels: tuple[str, ...]) -> list[Any]:
        try:
            configs = [apps.get_app_config(label) for label in app_labels]
        except LookupError as exc:
            raise CommandError(str(exc)) from exc
        configs = configs or [config for config in apps.get_app_configs() if _is_own(Path(config.path))]
        return [model for config in configs for model in config.get_models()]


def _is_own(path: Path) -> bool:
    """Whether an app is part of the project and not installed."""
    framework = Path(__file__).resolve().parents[3]
    resolved = path.resolve()
    return not resolved.is_relative_to(framework) and "site-packages" not in resolved.parts
