"""Keeps the templates that other loaders find, also that they do not find one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, cast

from fastjango.template.exceptions import TemplateDoesNotExist
from fastjango.template.loaders.base import Loader as BaseLoader
from fastjango.template.template import Origin, Template
from fastjango.utils.functional import cached_property

__all__ = ["Loader"]

# Template names may come from a database or a URL; so many are kept at most.
MAX_CACHED_TEMPLATES = 20_000


def copy_exception(exc: TemplateDoesNotExist) -> TemplateDoesNotExist:
    """Return a fresh exception like *exc*, without its traceback."""
    return TemplateDoesNotExist(
        exc.args[0] if exc.args else None, tried=exc.tried, backend=exc.backend, chain=exc.chain
    )


class Loader(BaseLoader):
    """
    Templates of other loaders, parsed once.

    Args:
        loaders: The loaders, as in the engine's option.
    """

    def __init__(self, engine: Any, loaders: Sequence[Any]) -> None:
        self.get_template_cache: dict[str, Any] = {}
        self._loader_options = loaders
        super().__init__(engine)

    @cached_property
    def loaders(self) -> list[Any]:
        """The loaders whose templates are kept."""
        found: list[Any] = self.engine.get_template_loaders(self._loader_options)
        return found

    def get_dirs(self) -> Iterable[Any]:
        """Give the folders of the loaders."""
        for loader in self.loaders:
            if hasattr(loader, "get_dirs"):
                yield from loader.get_dirs()

    def get_contents(self, origin: Origin) -> str:
        """Return the source at *origin*."""
        contents: str = origin.loader.get_contents(origin)
        return contents

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """Return the template, parsed now or before."""
        key = self.cache_key(template_name, skip)
        cached: Any = self.get_template_cache.get(key)
        if cached is not None:
            if isinstance(cached, type) and issubclass(cached, TemplateDoesNotExist):
                raise cached(template_name)
            if isinstance(cached, TemplateDoesNotExist):
                # An exception that was kept must not collect tracebacks.
                raise copy_exception(cached)
            return cast("Template", cached)
        if len(self.get_template_cache) >= MAX_CACHED_TEMPLATES:
            self.get_template_cache.clear()
        try:
            template = super().get_template(template_name, skip)
        except TemplateDoesNotExist as exc:
            self.get_template_cache[key] = copy_exception(exc) if self.engine.debug else TemplateDoesNotExist
            raise
        self.get_template_cache[key] = template
        return template

    def get_template_sources(self, template_name: str) -> Iterable[Origin]:
        """Give the origins of the loaders."""
        for loader in self.loaders:
            yield from loader.get_template_sources(template_name)

    def cache_key(self, template_name: Any, skip: list[Origin] | None = None) -> str:
        """Return the key for a template; that it must not be one of *skip* is part of it."""
        names = [origin.name for origin in skip or () if origin.template_name == template_name]
        return "-".join(part for part in (str(template_name), self.generate_hash(names) if names else "") if part)

    def generate_hash(self, values: list[str]) -> str:
        """Return a hash of *values*."""
        return hashlib.sha1("|".join(values).encode()).hexdigest()  # noqa: S324 - no secret

    def reset(self) -> None:
        """Forget all templates."""
        self.get_template_cache.clear()
