"""
The three ways of saying what an address looks like: a route, a regular expression, a language prefix.

A pattern takes its part off the front of a path; ``resolve.py`` ties patterns to views and to further patterns.
"""

from __future__ import annotations

import functools
import re
import string
from typing import Any

from fastjango.conf import settings
from fastjango.core.checks import Error
from fastjango.core.checks import Warning as CheckWarning
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.urls.converters import Converter, get_converters, on_register
from fastjango.utils.translation import get_language

Matched = tuple[str, tuple[Any, ...], dict[str, Any]]

_parameter_re = re.compile(r"<(?:(?P<converter>[^>:]+):)?(?P<parameter>[^>]+)>")
_whitespace = frozenset(string.whitespace)


class CheckURLMixin:
    """What the checks need to know of a pattern."""

    regex: Any
    name: str | None
    converters: dict[str, Converter]

    def describe(self) -> str:
        """Return the pattern and its name for a message."""
        return f"'{self}' [name='{self.name}']" if self.name else f"'{self}'"

    def _check_pattern_startswith_slash(self) -> list[CheckWarning]:
        if not settings.APPEND_SLASH:
            # Then //something is an address that somebody may want.
            return []
        pattern = self.regex.pattern
        if not pattern.startswith(("/", "^/", "^\\/")) or pattern.endswith("/"):
            return []
        return [
            CheckWarning(
                f"Your URL pattern {self.describe()} has a route beginning with a '/'. Remove this slash as it "
                "is unnecessary. If this pattern is targeted in an include(), ensure the include() pattern has a "
                "trailing '/'.",
                id="urls.W002",
            )
        ]


class LocaleRegexDescriptor:
    """Compiles the pattern of an instance: once, or once per language where its text is translated."""

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self
        pattern = instance._regex
        if isinstance(pattern, str):
            instance.__dict__["regex"] = self._compile(pattern)
            return instance.__dict__["regex"]
        language = get_language()
        if language not in instance._regex_dict:
            instance._regex_dict[language] = self._compile(str(pattern))
        return instance._regex_dict[language]

    def _compile(self, regex: str) -> re.Pattern[str]:
        try:
            return re.compile(regex)
        except re.error as exc:
            raise ImproperlyConfigured(f'"{regex}" is not a valid regular expression: {exc}') from exc


class LocaleRegexRouteDescriptor:
    """The same for routes, which are translated into regular expressions first."""

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self
        if isinstance(instance._route, str):
            instance.__dict__["regex"] = re.compile(instance._regex)
            return instance.__dict__["regex"]
        language = get_language()
        if language not in instance._regex_dict:
            regex, _ = _route_to_regex(str(instance._route), instance._is_endpoint)
            instance._regex_dict[language] = re.compile(regex)
        return instance._regex_dict[language]


class RegexPattern(CheckURLMixin):
    """A regular expression; named groups become keyword arguments, others positional ones."""

    regex = LocaleRegexDescriptor()

    def __init__(self, regex: Any, name: str | None = None, is_endpoint: bool = False) -> None:
        self._regex = regex
        self._regex_dict: dict[str | None, re.Pattern[str]] = {}
        self._is_endpoint = is_endpoint
        self.name = name
        self.converters = {}

    def match(self, path: str) -> Matched | None:
        """Return the rest of *path* and the arguments, or ``None``."""
        regex: re.Pattern[str] = self.regex
        # A final $ would also match before a line feed.
        whole = self._is_endpoint and regex.pattern.endswith("$") and not regex.pattern.endswith(r"\$")
        match = regex.fullmatch(path) if whole else regex.search(path)
        if match is None:
            return None
        kwargs = match.groupdict()
        args = () if kwargs else match.groups()
        return path[match.end() :], args, {name: value for name, value in kwargs.items() if value is not None}

    def check(self) -> list[CheckWarning]:
        """Return what is doubtful about the pattern."""
        warnings = self._check_pattern_startswith_slash()
        if not self._is_endpoint:
            warnings.extend(self._check_include_trailing_dollar())
        return warnings

    def _check_include_trailing_dollar(self) -> list[CheckWarning]:
        pattern = self.regex.pattern
        if not pattern.endswith("$") or pattern.endswith(r"\$"):
            return []
        return [
            CheckWarning(
                f"Your URL pattern {self.describe()} uses include with a route ending with a '$'. Remove the "
                "dollar from the route to avoid problems including URLs.",
                id="urls.W001",
            )
        ]

    def __str__(self) -> str:
        return str(self._regex)


@functools.lru_cache(maxsize=4096)
def _route_to_regex(route: str, is_endpoint: bool = False) -> tuple[str, dict[str, Converter]]:
    """
    Return the regular expression of a route, and its converters by parameter.

    Raises:
        ImproperlyConfigured: A parameter is malformed, repeated, or has an unknown converter.
    """
    parts = ["^"]
    converters: dict[str, Converter] = {}
    known = get_converters()
    end = 0
    for match in _parameter_re.finditer(route):
        if not _whitespace.isdisjoint(match[0]):
            raise ImproperlyConfigured(f"URL route {route!r} cannot contain whitespace in angle brackets <…>.")
        parameter = match["parameter"]
        if not parameter.isidentifier():
            raise ImproperlyConfigured(
                f"URL route {route!r} uses parameter name {parameter!r} which isn't a valid Python identifier."
            )
        if parameter in converters:
            raise ImproperlyConfigured(f"URL route {route!r} uses parameter name {parameter!r} more than once.")
        kind = match["converter"] or "str"
        try:
            converter = converters[parameter] = known[kind]
        except KeyError as exc:
            raise ImproperlyConfigured(f"URL route {route!r} uses invalid converter {kind!r}.") from exc
        parts += [re.escape(route[end : match.start()]), f"(?P<{parameter}>{converter.regex})"]
        end = match.end()
    parts.append(re.escape(route[end:]))
    if is_endpoint:
        parts.append(r"\Z")
    return "".join(parts), converters


on_register.append(_route_to_regex.cache_clear)


class RoutePattern(CheckURLMixin):
    """A route of ``path()``: text with ``<converter:parameter>`` in it."""

    regex = LocaleRegexRouteDescriptor()

    def __init__(self, route: Any, name: str | None = None, is_endpoint: bool = False) -> None:
        self._route = route
        self._regex, converters = _route_to_regex(str(route), is_endpoint)
        # A copy: reversing adds the converters of the patterns around this one.
        self.converters = dict(converters)
        self._regex_dict: dict[str | None, re.Pattern[str]] = {}
        self._is_endpoint = is_endpoint
        self.name = name

    def match(self, path: str) -> Matched | None:
        """Return the rest of *path* and the arguments, or ``None``."""
        if not self.converters:
            route = str(self._route)
            if self._is_endpoint:
                return ("", (), {}) if route == path else None
            return (path.removeprefix(route), (), {}) if path.startswith(route) else None
        match = self.regex.search(path)
        if match is None:
            return None
        kwargs = match.groupdict()
        try:
            for name, value in kwargs.items():
                kwargs[name] = self.converters[name].to_python(value)
        except ValueError:
            return None
        return path[match.end() :], (), kwargs

    def check(self) -> list[CheckWarning]:
        """Return what is doubtful about the pattern."""
        warnings = [*self._check_pattern_startswith_slash(), *self._check_pattern_unmatched_angle_brackets()]
        route = str(self._route)
        if "(?P<" in route or route.startswith("^") or route.endswith("$"):
            warnings.append(
                CheckWarning(
                    f"Your URL pattern {self.describe()} has a route that contains '(?P<', begins with a '^', or "
                    "ends with a '$'. This was likely an oversight when migrating to django.urls.path().",
                    id="2_0.W001",
                )
            )
        return warnings

    def _check_pattern_unmatched_angle_brackets(self) -> list[CheckWarning]:
        warnings = []
        for segment in str(self._route).split("/"):
            depth = 0
            unmatched = ""
            for char in segment:
                depth += (char == "<") - (char == ">")
                if depth < 0:
                    unmatched = ">"
                    break
            if depth > 0:
                unmatched = "<"
            if unmatched:
                warnings.append(
                    CheckWarning(
                        f"Your URL pattern {self.describe()} has an unmatched '{unmatched}' bracket.", id="urls.W010"
                    )
                )
        return warnings

    def __str__(self) -> str:
        return str(self._route)


class LocalePrefixPattern:
    """The active language's code and a slash; nothing for the default language, where that is so chosen."""

    def __init__(self, prefix_default_language: bool = True) -> None:
        self.prefix_default_language = prefix_default_language
        self.converters: dict[str, Converter] = {}

    @property
    def regex(self) -> re.Pattern[str]:
        """The prefix as a pattern; it changes with the language."""
        return re.compile(re.escape(self.language_prefix))

    @property
    def language_prefix(self) -> str:
        """What addresses of the active language begin with."""
        language = get_language() or settings.LANGUAGE_CODE
        if language == settings.LANGUAGE_CODE and not self.prefix_default_language:
            return ""
        return f"{language}/"

    def match(self, path: str) -> Matched | None:
        """Return the rest of *path*, or ``None``."""
        prefix = self.language_prefix
        return (path.removeprefix(prefix), (), {}) if path.startswith(prefix) else None

    def check(self) -> list[CheckWarning]:
        """Return nothing: there is nothing to get wrong."""
        return []

    def describe(self) -> str:
        """Return the pattern for a message."""
        return f"'{self}'"

    def __str__(self) -> str:
        return self.language_prefix


def check_resolver(resolver: Any) -> list[Any]:
    """Return what is wrong or doubtful about one entry of ``urlpatterns``."""
    check = getattr(resolver, "check", None)
    if check is not None:
        found: list[Any] = check()
        return found
    return [] if hasattr(resolver, "resolve") else get_warning_for_invalid_pattern(resolver)


def get_warning_for_invalid_pattern(pattern: Any) -> list[Error]:
    """Return the error for an entry that is no pattern, with a guess at what happened."""
    hint = None
    if isinstance(pattern, str):
        hint = (
            f"Try removing the string '{pattern}'. The list of urlpatterns should not have a prefix string as the "
            "first element."
        )
    elif isinstance(pattern, tuple):
        hint = "Try using path() instead of a tuple."
    return [
        Error(
            f"Your URL pattern {pattern!r} is invalid. Ensure that urlpatterns is a list of path() and/or re_path() "
            "instances.",
            hint=hint,
            id="urls.E004",
        )
    ]


__all__ = [
    "CheckURLMixin",
    "LocalePrefixPattern",
    "LocaleRegexDescriptor",
    "LocaleRegexRouteDescriptor",
    "Matched",
    "RegexPattern",
    "RoutePattern",
    "_route_to_regex",
    "check_resolver",
    "get_warning_for_invalid_pattern",
]
