"""The pages of DEBUG: an error, an address that leads nowhere, and the very first page of a new project."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

from fastjango.conf import settings
from fastjango.http import HttpResponse, HttpResponseNotFound, JsonResponse
from fastjango.template import Context
from fastjango.utils.version import get_docs_version
from fastjango.views.debug.filter import get_default_exception_reporter_filter, get_exception_reporter_class
from fastjango.views.debug.reporter import DEBUG_ENGINE, TEMPLATES, get_caller


def technical_500_response(
    request: Any, exc_type: Any, exc_value: Any, tb: Any, status_code: int = 500
) -> HttpResponse:
    """
    Answer with the report of an error: a page, or text for clients that do not take pages.

    A client that asks for ``application/problem+json`` gets it as JSON.
    """
    reporter = get_exception_reporter_class(request)(request, exc_type, exc_value, tb)
    preferred = request.get_preferred_type(["text/html", "application/problem+json"])
    if preferred == "text/html":
        return HttpResponse(reporter.get_traceback_html(), status=status_code)
    if preferred is not None:
        return JsonResponse(
            {"status": status_code, **reporter.get_traceback_json()},
            status=status_code,
            content_type="application/problem+json",
        )
    return HttpResponse(reporter.get_traceback_text(), status=status_code, content_type="text/plain; charset=utf-8")


def _from_exception(exception: BaseException, key: str) -> Any:
    """Return what the resolver says of a path, ``None`` when the error is a view's own."""
    try:
        return exception.args[0][key]
    except (IndexError, KeyError, TypeError):
        return None


def technical_404_response(request: Any, exception: BaseException) -> HttpResponse:
    """Answer 404 with the patterns that were tried; a project without patterns gets the first page."""
    path = _from_exception(exception, "path")
    tried = _from_exception(exception, "tried")
    match = getattr(request, "resolver_match", None)
    resolved = tried is None
    if resolved:
        tried = match.tried if match is not None else None
    elif not tried or (request.path == "/" and _is_only_admin(tried)):
        return default_urlconf(request)
    urlconf = getattr(request, "urlconf", settings.ROOT_URLCONF)
    if isinstance(urlconf, types.ModuleType):
        urlconf = urlconf.__name__
    context = {
        "urlconf": urlconf,
        "root_urlconf": settings.ROOT_URLCONF,
        "request_path": request.path_info[1:] if path is None else path,
        "urlpatterns": tried,
        "resolved": resolved,
        "reason": str(exception),
        "request": request,
        "settings": get_default_exception_reporter_filter().get_safe_settings(),
        "raising_view_name": get_caller(request),
    }
    return HttpResponseNotFound(_render(TEMPLATES / "technical_404.html", context))


def _is_only_admin(tried: list[list[Any]]) -> bool:
    """Return whether the admin of a new project is all there is."""
    if len(tried) != 1 or len(tried[0]) != 1:
        return False
    only = tried[0][0]
    return getattr(only, "app_name", "") == getattr(only, "namespace", "") == "admin"


def default_urlconf(request: Any) -> HttpResponse:
    """Answer with the first page of a new project."""
    return HttpResponse(_render(TEMPLATES / "default_urlconf.html", {"version": get_docs_version()}))


def _render(path: Path, context: dict[str, Any]) -> str:
    with path.open(encoding="utf-8") as file:
        template = DEBUG_ENGINE.from_string(file.read())
    return str(template.render(Context(context, use_l10n=False)))


__all__ = ["default_urlconf", "technical_404_response", "technical_500_response"]
