"""``engines``: the configured template backends, made when they are first asked for."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.utils.functional import cached_property
from fastjango.utils.module_loading import import_string

__all__ = ["EngineHandler", "InvalidTemplateEngineError", "get_app_template_dirs"]


class InvalidTemplateEngineError(ImproperlyConfigured):
    """No backend has the alias that was asked for."""


class EngineHandler:
    """
    The template backends by alias.

    Args:
        templates: Configurations like those of the setting ``TEMPLATES``, which is the default.
    """

    def __init__(self, templates: Any = None) -> None:
        self._templates = templates
        self._engines: dict[str, Any] = {}

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        """
        The configurations by alias, with defaults filled in.

        Raises:
            ImproperlyConfigured: One has no backend, or two have the same alias.
        """
        if self._templates is None:
            self._templates = settings.TEMPLATES
        found: dict[str, dict[str, Any]] = {}
        names: list[str] = []
        for configuration in self._templates:
            try:
                # "...django.DjangoTemplates" has the alias "django".
                default_name = configuration["BACKEND"].rsplit(".", 2)[-2]
            except Exception:
                invalid = configuration.get("BACKEND", "<not defined>")
                raise ImproperlyConfigured(
                    f"Invalid BACKEND for a template engine: {invalid}. Check your TEMPLATES setting."
                ) from None
            complete = {"NAME": default_name, "DIRS": [], "APP_DIRS": False, "OPTIONS": {}, **configuration}
            found[complete["NAME"]] = complete
            names.append(complete["NAME"])
        duplicates = [name for name, count in Counter(names).most_common() if count > 1]
        if duplicates:
            raise ImproperlyConfigured(
                f"Template engine aliases aren't unique, duplicates: {', '.join(duplicates)}. "
                "Set a unique NAME for each engine in settings.TEMPLATES."
            )
        return found

    def __getitem__(self, alias: str) -> Any:
        try:
            return self._engines[alias]
        except KeyError:
            pass
        try:
            params = self.templates[alias]
        except KeyError:
            raise InvalidTemplateEngineError(f"Could not find config for '{alias}' in settings.TEMPLATES") from None
        # A backend that fails must not be kept half-made.
        params = params.copy()
        backend = params.pop("BACKEND")
        engine = import_string(backend)(params)
        self._engines[alias] = engine
        return engine

    def __iter__(self) -> Iterator[str]:
        return iter(self.templates)

    def all(self) -> list[Any]:
        """Return all backends, in the order of the setting."""
        return [self[alias] for alias in self]


@functools.lru_cache(maxsize=16)
def get_app_template_dirs(dirname: str) -> tuple[Path, ...]:
    """Return the folders *dirname* of the installed apps that have one."""
    return tuple(
        folder for config in apps.get_app_configs() if config.path and (folder := Path(config.path) / dirname).is_dir()
    )
