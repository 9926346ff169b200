"""``reverse()`` with the request: absolute addresses, of the request's version and format."""

from __future__ import annotations

from typing import Any

from fastjango.rest.settings import api_settings
from fastjango.rest.utils.urls import replace_query_param
from fastjango.urls import NoReverseMatch
from fastjango.urls import reverse as django_reverse
from fastjango.utils.functional import lazy


def preserve_builtin_query_params(url: str, request: Any = None) -> str:
    """Return *url* with the format parameter of the request."""
    if request is None:
        return url
    name = api_settings.URL_FORMAT_OVERRIDE
    if name and name in request.GET:
        url = replace_query_param(url, name, request.GET[name])
    return url


def reverse(
    viewname: Any,
    args: Any = None,
    kwargs: Any = None,
    request: Any = None,
    format: str | None = None,
    **extra: Any,
) -> str:
    """
    Return the address of a view.

    Args:
        request: Makes it absolute, and of the request's version.
        format: Adds the suffix.
    Raises:
        NoReverseMatch: No pattern fits.
    """
    scheme = getattr(request, "versioning_scheme", None)
    if scheme is None:
        url = _reverse(viewname, args, kwargs, request, format, **extra)
    else:
        try:
            url = scheme.reverse(viewname, args, kwargs, request, format, **extra)
        except NoReverseMatch:
            # Views without versions have addresses, too.
            url = _reverse(viewname, args, kwargs, request, format, **extra)
    return preserve_builtin_query_params(url, request)


def _reverse(
    viewname: Any,
    args: Any = None,
    kwargs: Any = None,
    request: Any = None,
    format: str | None = None,
    **extra: Any,
) -> str:
    if format is not None:
        kwargs = {**(kwargs or {}), "format": format}
    url = django_reverse(viewname, args=args, kwargs=kwargs, **extra)
    if request:
        absolute: str = request.build_absolute_uri(url)
        return absolute
    return url


reverse_lazy = lazy(reverse, str)
