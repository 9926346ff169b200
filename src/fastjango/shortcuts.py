"""Functions that span several rooms: ``render``, ``redirect``, ``get_object_or_404`` and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.http import Http404, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from fastjango.template import loader
from fastjango.urls import NoReverseMatch, reverse
from fastjango.utils.functional import Promise


def render(
    request: Any,
    template_name: str | Sequence[str],
    context: dict[str, Any] | None = None,
    content_type: str | None = None,
    status: int | None = None,
    using: str | None = None,
) -> HttpResponse:
    """Return a response with a rendered template."""
    content = loader.render_to_string(template_name, context, request, using=using)
    return HttpResponse(content, content_type, status)


def redirect(
    to: Any, *args: Any, permanent: bool = False, preserve_request: bool = False, **kwargs: Any
) -> HttpResponseRedirect | HttpResponsePermanentRedirect:
    """
    Return a redirect to an object's address, a view, or an address.

    Args:
        args, kwargs: Arguments of the view.
        preserve_request: Have the browser keep method and body.
    """
    redirect_class = HttpResponsePermanentRedirect if permanent else HttpResponseRedirect
    return redirect_class(resolve_url(to, *args, **kwargs), preserve_request=preserve_request)


def _get_queryset(klass: Any) -> Any:
    """Return a queryset for a model, a manager or a queryset."""
    return klass._default_manager.all() if hasattr(klass, "_default_manager") else klass


def _checked_queryset(klass: Any, attribute: str, function: str) -> Any:
    """Return the queryset; an error in our own words where *klass* is something else."""
    queryset = _get_queryset(klass)
    if not hasattr(queryset, attribute):
        name = klass.__name__ if isinstance(klass, type) else type(klass).__name__
        raise ValueError(f"First argument to {function}() must be a Model, Manager, or QuerySet, not '{name}'.")
    return queryset


def _no_match(queryset: Any) -> Http404:
    return Http404(f"No {queryset.model._meta.object_name} matches the given query.")


def get_object_or_404(klass: Any, *args: Any, **kwargs: Any) -> Any:
    """
    Return one object.

    Args:
        klass: Model, manager or queryset.
        args, kwargs: As for ``get()``.
    Raises:
        Http404: There is none.
        MultipleObjectsReturned: There is more than one.
    Queries: 1.
    """
    queryset = _checked_queryset(klass, "get", "get_object_or_404")
    try:
        return queryset.get(*args, **kwargs)
    except queryset.model.DoesNotExist:
        raise _no_match(queryset) from None


async def aget_object_or_404(klass: Any, *args: Any, **kwargs: Any) -> Any:
    """Return one object; see ``get_object_or_404()``."""
    queryset = _checked_queryset(klass, "aget", "aget_object_or_404")
    try:
        return await queryset.aget(*args, **kwargs)
    except queryset.model.DoesNotExist:
        raise _no_match(queryset) from None


def get_list_or_404(klass: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """
    Return a list of objects.

    Args:
        klass: Model, manager or queryset.
        args, kwargs: As for ``filter()``.
    Raises:
        Http404: The list is empty.
    Queries: 1.
    """
    queryset = _checked_queryset(klass, "filter", "get_list_or_404")
    found = list(queryset.filter(*args, **kwargs))
    if not found:
        raise _no_match(queryset)
    return found


async def aget_list_or_404(klass: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """Return a list of objects; see ``get_list_or_404()``."""
    queryset = _checked_queryset(klass, "filter", "aget_list_or_404")
    found = [obj async for obj in queryset.filter(*args, **kwargs)]
    if not found:
        raise _no_match(queryset)
    return found


def resolve_url(to: Any, *args: Any, **kwargs: Any) -> str:
    """
    Return the address that *to* means: an object's own, a view's, or *to* itself.

    Raises:
        NoReverseMatch: It is neither a view nor looks like an address.
    """
    if hasattr(to, "get_absolute_url"):
        url: str = to.get_absolute_url()
        return url
    if isinstance(to, Promise):
        # reverse() may have to see what it is.
        to = str(to)
    if isinstance(to, str) and to.startswith(("./", "../")):
        return to
    try:
        return reverse(to, args=args, kwargs=kwargs)
    except NoReverseMatch:
        if callable(to):
            raise
        # Without slash or dot it can only have been meant as a name.
        if "/" not in to and "." not in to:
            raise
    return str(to)


__all__ = [
    "aget_list_or_404",
    "aget_object_or_404",
    "get_list_or_404",
    "get_object_or_404",
    "redirect",
    "render",
    "resolve_url",
]
