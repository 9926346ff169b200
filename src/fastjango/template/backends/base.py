"""What every template backend has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from fastjango.template.handler import get_app_template_dirs
from fastjango.utils._os import safe_join
from fastjango.utils.functional import cached_property

__all__ = ["BaseEngine"]


class BaseEngine:
    """
    A template backend; a subclass defines ``app_dirname``, ``from_string`` and ``get_template``.

    Args:
        params: An entry of ``TEMPLATES`` without ``BACKEND``; what is known is taken out of it.
    Raises:
        ImproperlyConfigured: Something unknown is left.
    """

    app_dirname: str

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        self.name = params.pop("NAME")
        self.dirs = list(params.pop("DIRS"))
        self.app_dirs = params.pop("APP_DIRS")
        if params:
            raise ImproperlyConfigured(f"Unknown parameters: {', '.join(params)}")

    def check(self, **kwargs: Any) -> list[Any]:
        """Return what is wrong with the configuration."""
        return []

    def from_string(self, template_code: str) -> Any:
        """Return a template made of its source."""
        raise NotImplementedError("subclasses of BaseEngine should provide a from_string() method")

    def get_template(self, template_name: str) -> Any:
        """Return the template *template_name*, or raise ``TemplateDoesNotExist``."""
        raise NotImplementedError("subclasses of BaseEngine must provide a get_template() method")

    @cached_property
    def template_dirs(self) -> tuple[Any, ...]:
        """The folders with templates."""
        dirs = tuple(self.dirs)
        if self.app_dirs:
            dirs += get_app_template_dirs(self.app_dirname)
        return dirs

    def iter_template_filenames(self, template_name: str) -> Iterator[str]:
        """Give the file in each folder; a name that leads out of a folder is left out."""
        for folder in self.template_dirs:
            try:
                yield safe_join(folder, template_name)
            except SuspiciousFileOperation:
                continue
