"""Django's path of patterns and resolvers; they live in the files named below."""

from __future__ import annotations

import re  # noqa: F401 - looked for here

from fastjango.urls.exceptions import NoReverseMatch, Resolver404
from fastjango.urls.match import ResolverMatch
from fastjango.urls.patterns import (
    CheckURLMixin,
    LocalePrefixPattern,
    LocaleRegexDescriptor,
    LocaleRegexRouteDescriptor,
    RegexPattern,
    RoutePattern,
    _route_to_regex,
)
from fastjango.urls.resolve import URLPattern, URLResolver, _get_cached_resolver, get_ns_resolver, get_resolver

__all__ = [
    "CheckURLMixin",
    "LocalePrefixPattern",
    "LocaleRegexDescriptor",
    "LocaleRegexRouteDescriptor",
    "NoReverseMatch",
    "RegexPattern",
    "Resolver404",
    "ResolverMatch",
    "RoutePattern",
    "URLPattern",
    "URLResolver",
    "_get_cached_resolver",
    "_route_to_regex",
    "get_ns_resolver",
    "get_resolver",
]
