"""The development server's part: watch the folders of templates, and forget templates when a file changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastjango.template import engines
from fastjango.template.backends.django import DjangoTemplates
from fastjango.utils._os import to_path
from fastjango.utils.module_loading import import_string

__all__ = ["get_template_directories", "reset_loaders", "template_changed", "watch_for_template_changes"]


def get_template_directories() -> set[Path]:
    """Return the folders of all Django backends, without those of the framework."""
    cwd = Path.cwd()
    found: set[Path] = set()
    for backend in engines.all():
        if not isinstance(backend, DjangoTemplates):
            continue
        found.update(cwd / to_path(folder) for folder in backend.engine.dirs if folder)
        for loader in backend.engine.template_loaders:
            if hasattr(loader, "get_dirs"):
                found.update(
                    cwd / to_path(folder) for folder in loader.get_dirs() if folder and not is_framework_path(folder)
                )
    return found


def is_framework_path(path: Any) -> bool:
    """Tell whether *path* lies in the framework."""
    return Path(__file__).parents[1] in Path(path).parents


def reset_loaders() -> None:
    """Let every loader forget its templates, those of the forms too."""
    for backend in engines.all():
        if isinstance(backend, DjangoTemplates):
            for loader in backend.engine.template_loaders:
                loader.reset()
    # The forms have engines of their own and lie above this room.
    backend = getattr(import_string("fastjango.forms.renderers.get_default_renderer")(), "engine", None)
    if isinstance(backend, DjangoTemplates):
        for loader in backend.engine.template_loaders:
            loader.reset()


def watch_for_template_changes(sender: Any, **kwargs: Any) -> None:
    """Ask the reloader *sender* to watch the folders of templates."""
    for folder in get_template_directories():
        sender.watch_dir(folder, "**/*")


def template_changed(sender: Any, file_path: Path, **kwargs: Any) -> bool | None:
    """Forget all templates if *file_path* is one; ``True`` says that no restart is needed."""
    if file_path.suffix == ".py":
        return None
    for folder in get_template_directories():
        if folder in file_path.parents:
            reset_loaders()
            return True
    return None
