"""``format_suffix_patterns()``: every pattern once more, with ``.json`` and the like at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.rest.settings import api_settings
from fastjango.urls import URLResolver, include, path, re_path, register_converter
from fastjango.urls.converters import get_converters
from fastjango.urls.resolvers import RoutePattern


class FormatSuffixConverter:
    """Any format suffix."""

    regex = r"\.[a-z0-9]+/?"

    def to_python(self, value: str) -> str:
        """Return the format without its dot."""
        return value.strip("./")

    def to_url(self, value: str) -> str:
        """Return the suffix."""
        return f".{value}/" if value.endswith("/") else f".{value}"


def _converter_name(allowed: Sequence[str] | None) -> str:
    """Return the name of the converter for these formats, registered when it is new."""
    kind: Any
    if not allowed:
        name, kind = "drf_format_suffix", FormatSuffixConverter
    else:
        name = "drf_format_suffix_" + "_".join(allowed)
        regex = allowed[0] if len(allowed) == 1 else f"(?:{'|'.join(allowed)})"
        kind = type("AllowedSuffixConverter", (FormatSuffixConverter,), {"regex": rf"\.{regex}/?"})
    if name not in get_converters():
        register_converter(kind, name)
    return name


def apply_suffix_patterns(urlpatterns: Any, suffix_pattern: str, suffix_required: bool, suffix_route: str) -> list[Any]:
    """Return the patterns, with those for suffixes behind each of them."""
    made: list[Any] = []
    for pattern in urlpatterns:
        is_route = isinstance(pattern.pattern, RoutePattern)
        add: Any = path if is_route else re_path
        text = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = apply_suffix_patterns(pattern.url_patterns, suffix_pattern, suffix_required, suffix_route)
            included = include((inner, pattern.app_name), pattern.namespace)
            made.append(add(text, included, kwargs=pattern.default_kwargs))
            continue
        if not suffix_required:
            made.append(pattern)
        suffix = suffix_route if is_route else suffix_pattern
        address = text.rstrip("$").rstrip("/") + suffix
        made.append(add(address, pattern.callback, kwargs=pattern.default_args, name=pattern.name))
    return made


def format_suffix_patterns(
    urlpatterns: Any, suffix_required: bool = False, allowed: Sequence[str] | None = None
) -> list[Any]:
    """
    Return *urlpatterns* with format suffixes.

    Args:
        suffix_required: Leave out the patterns without suffix.
        allowed: The formats; any when not given.
    """
    kwarg = api_settings.FORMAT_SUFFIX_KWARG
    if allowed:
        formats = allowed[0] if len(allowed) == 1 else f"({'|'.join(allowed)})"
        suffix_pattern = rf"\.(?P<{kwarg}>{formats})/?$"
    else:
        suffix_pattern = rf"\.(?P<{kwarg}>[a-z0-9]+)/?$"
    suffix_route = f"<{_converter_name(allowed)}:{kwarg}>"
    return apply_suffix_patterns(urlpatterns, suffix_pattern, suffix_required, suffix_route)
