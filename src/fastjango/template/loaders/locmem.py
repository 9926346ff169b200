"""Templates in a dictionary, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.template.exceptions import TemplateDoesNotExist
from fastjango.template.loaders.base import Loader as BaseLoader
from fastjango.template.template import Origin

__all__ = ["Loader"]


class Loader(BaseLoader):
    """
    Templates in a dictionary.

    Args:
        templates_dict: Name to source.
    """

    def __init__(self, engine: Any, templates_dict: dict[str, str]) -> None:
        self.templates_dict = templates_dict
        super().__init__(engine)

    def get_contents(self, origin: Origin) -> str:
        """Return the source."""
        try:
            return self.templates_dict[origin.name]
        except KeyError:
            raise TemplateDoesNotExist(origin) from None

    def get_template_sources(self, template_name: str) -> Iterable[Origin]:
        """Give the name itself."""
        yield Origin(name=template_name, template_name=template_name, loader=self)
