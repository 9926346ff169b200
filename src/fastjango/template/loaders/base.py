"""What every template loader has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.template.exceptions import TemplateDoesNotExist
from fastjango.template.template import Origin, Template

__all__ = ["Loader"]


class Loader:
    """A source of templates; a subclass defines ``get_template_sources`` and ``get_contents``."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """
        Return the template *template_name*.

        Args:
            skip: Origins that must not be used.
        Raises:
            TemplateDoesNotExist: It is not here.
        """
        tried: list[tuple[Any, str]] = []
        for origin in self.get_template_sources(template_name):
            if skip is not None and origin in skip:
                tried.append((origin, "Skipped to avoid recursion"))
                continue
            try:
                contents = self.get_contents(origin)
            except TemplateDoesNotExist:
                tried.append((origin, "Source does not exist"))
                continue
            return Template(contents, origin, origin.template_name, self.engine)
        raise TemplateDoesNotExist(template_name, tried=tried)

    def get_template_sources(self, template_name: str) -> Iterable[Origin]:
        """Give the origins at which the template may be."""
        raise NotImplementedError("subclasses of Loader must provide a get_template_sources() method")

    def get_contents(self, origin: Origin) -> str:
        """Return the source at *origin*, or raise ``TemplateDoesNotExist``."""
        raise NotImplementedError("subclasses of Loader must provide a get_contents() method")

    def reset(self) -> None:
        """Forget what was kept; nothing, unless a subclass keeps something."""
