"""Compatibility door: URL patterns below a language prefix, and the view that sets the language."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from fastjango.conf import settings


def i18n_patterns(*urls: Any, prefix_default_language: bool = True) -> list[Any]:
    """Return *urls* below the active language's code; only for the root URLconf."""
    if not settings.USE_I18N:
        return list(urls)
    resolvers = importlib.import_module("fastjango.urls")
    prefix = resolvers.LocalePrefixPattern(prefix_default_language=prefix_default_language)
    return [resolvers.URLResolver(prefix, list(urls))]


@functools.cache
def is_language_prefix_patterns_used(urlconf: str) -> tuple[bool, bool]:
    """Return whether *urlconf* has ``i18n_patterns()`` and whether the default language is prefixed too."""
    resolvers = importlib.import_module("fastjango.urls")
    for pattern in resolvers.get_resolver(urlconf).url_patterns:
        if isinstance(pattern.pattern, resolvers.LocalePrefixPattern):
            return True, pattern.pattern.prefix_default_language
    return False, False


def __getattr__(name: str) -> Any:
    if name != "urlpatterns":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    set_language = importlib.import_module("fastjango.views.i18n").set_language
    patterns = [importlib.import_module("fastjango.urls").path("setlang/", set_language, name="set_language")]
    globals()["urlpatterns"] = patterns
    return patterns
