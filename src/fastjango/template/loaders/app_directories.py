"""Templates in the folder ``templates`` of each installed app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.template.loaders.filesystem import Loader as FilesystemLoader
from fastjango.template.utils import get_app_template_dirs

__all__ = ["Loader"]


class Loader(FilesystemLoader):
    """Templates of the installed apps."""

    def get_dirs(self) -> Sequence[Any]:
        """Return the folders of the apps."""
        return get_app_template_dirs("templates")
