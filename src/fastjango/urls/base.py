"""``resolve()``, ``reverse()`` and the state of a request that they depend on."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from fastjango.conf.script_prefix import clear_script_prefix, get_script_prefix, set_script_prefix
from fastjango.http import QueryDict
from fastjango.urls.exceptions import NoReverseMatch, Resolver404
from fastjango.urls.match import ResolverMatch
from fastjango.urls.resolve import clear_resolvers, get_ns_resolver, get_resolver
from fastjango.utils.functional import lazy
from fastjango.utils.translation import override

_urlconf: ContextVar[Any] = ContextVar("urlconf", default=None)


def resolve(path: str, urlconf: Any = None) -> ResolverMatch:
    """
    Return which view answers *path*, and with what.

    Raises:
        Resolver404: None does.
    """
    return get_resolver(get_urlconf() if urlconf is None else urlconf).resolve(path)


def reverse(
    viewname: Any,
    urlconf: Any = None,
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    current_app: str | None = None,
    *,
    query: Mapping[str, Any] | None = None,
    fragment: str | None = None,
) -> str:
    """
    Return the address of a view or of a pattern's name.

    Args:
        current_app: The instance namespace to prefer among those of one application.
        query, fragment: Put behind the path.
    Raises:
        NoReverseMatch: There is no such name, or it does not take these arguments.
    """
    resolver = get_resolver(get_urlconf() if urlconf is None else urlconf)
    view = viewname
    if isinstance(viewname, str):
        *namespaces, view = viewname.split(":")
        if namespaces:
            resolver = _enter_namespaces(resolver, namespaces, current_app)
    url = resolver._reverse_with_prefix(view, get_script_prefix(), *(args or ()), **(kwargs or {}))
    if query is not None:
        text = query.urlencode() if isinstance(query, QueryDict) else urlencode(query, doseq=True)
        if text:
            url += f"?{text}"
    if fragment is not None:
        url += "#" + fragment
    return url


def _enter_namespaces(resolver: Any, namespaces: list[str], current_app: str | None) -> Any:
    """Return the resolver for the innermost of *namespaces*, with all patterns around it."""
    current = current_app.split(":")[::-1] if current_app else []
    entered: list[str] = []
    front = ""
    converters: dict[str, Any] = {}
    for namespace in namespaces:
        wanted = current.pop() if current else None
        instances = resolver.app_dict.get(namespace)
        if instances:
            # The name of an application: one of its instances is meant.
            if wanted and wanted in instances:
                namespace = wanted
            elif namespace not in instances:
                namespace = instances[0]
        if namespace != wanted:
            current = []
        try:
            prefix, resolver = resolver.namespace_dict[namespace]
        except KeyError as exc:
            if entered:
                raise NoReverseMatch(f"{exc} is not a registered namespace inside '{':'.join(entered)}'") from None
            raise NoReverseMatch(f"{exc} is not a registered namespace") from None
        entered.append(namespace)
        front += prefix
        converters.update(resolver.pattern.converters)
    return get_ns_resolver(front, resolver, tuple(converters.items())) if front else resolver


reverse_lazy = lazy(reverse, str)


def clear_url_caches() -> None:
    """Read all URLconfs anew on the next use."""
    clear_resolvers()


def set_urlconf(urlconf_name: Any) -> None:
    """Use this URLconf for the rest of the request; ``None`` goes back to ``ROOT_URLCONF``."""
    _urlconf.set(urlconf_name or None)


def get_urlconf(default: Any = None) -> Any:
    """Return the URLconf of the request, or *default*."""
    found = _urlconf.get()
    return default if found is None else found


def is_valid_path(path: str, urlconf: Any = None) -> ResolverMatch | bool:
    """Return the match of *path*, or ``False`` when no pattern has it."""
    try:
        return resolve(path, urlconf)
    except Resolver404:
        return False


def translate_url(url: str, lang_code: str) -> str:
    """Return *url* in another language where its pattern is translated, else as it is."""
    parsed = urlsplit(url)
    try:
        # reverse() quotes again.
        match = resolve(unquote(parsed.path))
    except Resolver404:
        return url
    name = f"{match.namespace}:{match.url_name}" if match.namespace else match.url_name
    with override(lang_code):
        try:
            path = reverse(
                name, args=match.args, kwargs={**(match.captured_kwargs or {}), **(match.extra_kwargs or {})}
            )
        except NoReverseMatch:
            return url
    return urlunsplit((parsed.scheme, parsed.netloc, path, parsed.query, parsed.fragment))


__all__ = [
    "clear_script_prefix",
    "clear_url_caches",
    "get_script_prefix",
    "get_urlconf",
    "is_valid_path",
    "resolve",
    "reverse",
    "reverse_lazy",
    "set_script_prefix",
    "set_urlconf",
    "translate_url",
]
