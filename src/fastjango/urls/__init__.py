"""
Addresses: from a path to a view, and back.

    conf.py       path(), re_path(), include()
    patterns.py   routes, regular expressions, language prefixes; converters.py
    resolve.py    URLPattern, URLResolver; dispatch.py is their compiled form
    reversing.py  names to addresses; base.py has the functions
    routers.py    FastAPI routers among the patterns
"""

from __future__ import annotations

from fastjango.urls import checks as _checks
from fastjango.urls.base import (
    clear_script_prefix,
    clear_url_caches,
    get_script_prefix,
    get_urlconf,
    is_valid_path,
    resolve,
    reverse,
    reverse_lazy,
    set_script_prefix,
    set_urlconf,
    translate_url,
)
from fastjango.urls.conf import include, path, re_path
from fastjango.urls.converters import register_converter
from fastjango.urls.exceptions import NoReverseMatch, Resolver404
from fastjango.urls.match import ResolverMatch
from fastjango.urls.patterns import LocalePrefixPattern
from fastjango.urls.resolve import URLPattern, URLResolver, get_ns_resolver, get_resolver
from fastjango.urls.routers import RouterPattern
from fastjango.urls.utils import get_callable, get_mod_func

__all__ = [
    "LocalePrefixPattern",
    "NoReverseMatch",
    "Resolver404",
    "ResolverMatch",
    "RouterPattern",
    "URLPattern",
    "URLResolver",
    "_checks",
    "clear_script_prefix",
    "clear_url_caches",
    "get_callable",
    "get_mod_func",
    "get_ns_resolver",
    "get_resolver",
    "get_script_prefix",
    "get_urlconf",
    "include",
    "is_valid_path",
    "path",
    "re_path",
    "register_converter",
    "resolve",
    "reverse",
    "reverse_lazy",
    "set_script_prefix",
    "set_urlconf",
    "translate_url",
]
