"""Templates in folders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fastjango.core.exceptions import SuspiciousFileOperation
from fastjango.template.exceptions import TemplateDoesNotExist
from fastjango.template.loaders.base import Loader as BaseLoader
from fastjango.template.template import Origin
from fastjango.utils._os import safe_join

__all__ = ["Loader"]


class Loader(BaseLoader):
    """
    Templates in folders.

    Args:
        dirs: The folders, by default those of the engine.
    """

    def __init__(self, engine: Any, dirs: Sequence[Any] | None = None) -> None:
        super().__init__(engine)
        self.dirs = dirs

    def get_dirs(self) -> Sequence[Any]:
        """Return the folders."""
        dirs: Sequence[Any] = self.engine.dirs if self.dirs is None else self.dirs
        return dirs

    def get_contents(self, origin: Origin) -> str:
        """Return the text of a file."""
        try:
            with open(origin.name, encoding=self.engine.file_charset) as file:
                return file.read()
        except FileNotFoundError:
            raise TemplateDoesNotExist(origin) from None

    def get_template_sources(self, template_name: str) -> Iterable[Origin]:
        """Give the file in each folder; a name that leads out of a folder is left out."""
        for folder in self.get_dirs():
            try:
                name = safe_join(folder, template_name)
            except SuspiciousFileOperation:
                continue
            yield Origin(name=name, template_name=template_name, loader=self)
