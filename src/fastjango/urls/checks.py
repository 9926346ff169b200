"""What ``check`` says about the URLconf: patterns, namespaces, error handlers, and settings that are addresses."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fastjango.conf import settings
from fastjango.core.checks import Error, Tags, register
from fastjango.core.checks import Warning as CheckWarning
from fastjango.core.exceptions import ViewDoesNotExist
from fastjango.urls.patterns import check_resolver, get_warning_for_invalid_pattern
from fastjango.urls.resolve import get_resolver

HANDLER_PARAMETERS = {400: 2, 403: 2, 404: 2, 500: 1}


def check_url_config(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check every pattern of the URLconf."""
    return check_resolver(get_resolver()) if getattr(settings, "ROOT_URLCONF", None) else []


def check_url_namespaces_unique(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Warn where two includes have the same instance namespace."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    counts = Counter(_load_all_namespaces(get_resolver()))
    return [
        CheckWarning(
            f"URL namespace '{namespace}' isn't unique. You may not be able to reverse all URLs in this namespace",
            id="urls.W005",
        )
        for namespace, count in counts.items()
        if count > 1
    ]


def _load_all_namespaces(resolver: Any, parents: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the full instance namespaces below *resolver*."""
    for pattern in getattr(resolver, "url_patterns", ()):
        own = getattr(pattern, "namespace", None)
        namespaces = (*parents, own) if own is not None else parents
        if own is not None:
            yield ":".join(namespaces)
        yield from _load_all_namespaces(pattern, namespaces)


def check_url_settings(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check that STATIC_URL and MEDIA_URL end with a slash."""
    errors = []
    for name in ("STATIC_URL", "MEDIA_URL"):
        value = getattr(settings, name)
        if value and not value.endswith("/"):
            errors.append(E006(name))
    return errors


def E006(name: str) -> Error:  # noqa: N802 - Django's name
    """Return the error for an address without its final slash."""
    return Error(f"The {name} setting must end with a slash.", id="urls.E006")


def check_custom_error_handlers(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check that ``handler404`` and the like can be imported and called."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    errors = []
    resolver = get_resolver()
    for status, count in HANDLER_PARAMETERS.items():
        try:
            handler = resolver.resolve_error_handler(status)
        except (ImportError, ViewDoesNotExist) as exc:
            path = getattr(resolver.urlconf_module, f"handler{status}")
            errors.append(
                Error(f"The custom handler{status} view '{path}' could not be imported.", hint=str(exc), id="urls.E008")
            )
            continue
        try:
            inspect.signature(handler).bind(*[None] * count)
        except TypeError:
            arguments = "request, exception" if count == 2 else "request"
            errors.append(
                Error(
                    f"The custom handler{status} view '{handler.__module__}.{handler.__qualname__}' does not take the "
                    f"correct number of arguments ({arguments}).",
                    id="urls.E007",
                )
            )
    return errors


for _check in (check_url_config, check_url_namespaces_unique, check_url_settings, check_custom_error_handlers):
    register(_check, Tags.urls)

__all__ = [
    "E006",
    "_load_all_namespaces",
    "check_custom_error_handlers",
    "check_resolver",
    "check_url_config",
    "check_url_namespaces_unique",
    "check_url_settings",
    "get_warning_for_invalid_pattern",
]
