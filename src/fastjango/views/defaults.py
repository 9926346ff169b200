"""
The pages for 400, 403, 404 and 500.

A template of the project (``404.html`` and so on) is used where there is one; else a page of a few lines.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastjango.http import (
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    HttpResponseNotFound,
    HttpResponseServerError,
)
from fastjango.template import Context, Engine, TemplateDoesNotExist, loader
from fastjango.views.decorators.csrf import requires_csrf_token

ERROR_404_TEMPLATE_NAME = "404.html"
ERROR_403_TEMPLATE_NAME = "403.html"
ERROR_400_TEMPLATE_NAME = "400.html"
ERROR_500_TEMPLATE_NAME = "500.html"
ERROR_PAGE_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
  <title>%(title)s</title>
</head>
<body>
  <h1>%(title)s</h1><p>%(details)s</p>
</body>
</html>
"""


def _plain(title: str, details: str = "") -> str:
    return ERROR_PAGE_TEMPLATE % {"title": title, "details": details}


@requires_csrf_token
def page_not_found(request: Any, exception: Any, template_name: str = ERROR_404_TEMPLATE_NAME) -> HttpResponse:
    """
    Answer 404.

    The template gets ``request_path``, and as ``exception`` the text that it was raised with, or else its class's name.
    """
    text = type(exception).__name__
    arguments = getattr(exception, "args", ())
    # Resolver404 has a dictionary there, which is no message.
    if arguments and isinstance(arguments[0], str):
        text = arguments[0]
    context = {"request_path": quote(request.path, errors="replace"), "exception": text}
    try:
        body = loader.get_template(template_name).render(context, request)
    except TemplateDoesNotExist:
        if template_name != ERROR_404_TEMPLATE_NAME:
            # Somebody chose that name: they should hear of it.
            raise
        # Rendered, so that tests can look at the context.
        page = _plain("Not Found", "The requested resource was not found on this server.")
        body = Engine().from_string(page).render(Context(context))
    return HttpResponseNotFound(body)


@requires_csrf_token
def server_error(request: Any, template_name: str = ERROR_500_TEMPLATE_NAME) -> HttpResponse:
    """Answer 500; the template gets no context, because making it might fail once more."""
    try:
        template = loader.get_template(template_name)
    except TemplateDoesNotExist:
        if template_name != ERROR_500_TEMPLATE_NAME:
            raise
        return HttpResponseServerError(_plain("Server Error (500)"))
    return HttpResponseServerError(template.render())


@requires_csrf_token
def bad_request(request: Any, exception: Any, template_name: str = ERROR_400_TEMPLATE_NAME) -> HttpResponse:
    """Answer 400; what was wrong is not told, it may be of use to an attacker."""
    try:
        template = loader.get_template(template_name)
    except TemplateDoesNotExist:
        if template_name != ERROR_400_TEMPLATE_NAME:
            raise
        return HttpResponseBadRequest(_plain("Bad Request (400)"))
    return HttpResponseBadRequest(template.render(request=request))


@requires_csrf_token
def permission_denied(request: Any, exception: Any, template_name: str = ERROR_403_TEMPLATE_NAME) -> HttpResponse:
    """Answer 403; the template gets the exception's text as ``exception``."""
    try:
        template = loader.get_template(template_name)
    except TemplateDoesNotExist:
        if template_name != ERROR_403_TEMPLATE_NAME:
            raise
        return HttpResponseForbidden(_plain("403 Forbidden"))
    return HttpResponseForbidden(template.render(request=request, context={"exception": str(exception)}))


__all__ = [
    "ERROR_400_TEMPLATE_NAME",
    "ERROR_403_TEMPLATE_NAME",
    "ERROR_404_TEMPLATE_NAME",
    "ERROR_500_TEMPLATE_NAME",
    "ERROR_PAGE_TEMPLATE",
    "bad_request",
    "page_not_found",
    "permission_denied",
    "server_error",
]
