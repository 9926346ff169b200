"""The way to the login page and back; used by decorators, mixins, middleware and views."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from fastjango.conf import settings
from fastjango.contrib.auth import REDIRECT_FIELD_NAME
from fastjango.http import HttpResponseRedirect, QueryDict
from fastjango.shortcuts import resolve_url


def redirect_to_login(next: Any, login_url: Any = None, redirect_field_name: Any = REDIRECT_FIELD_NAME) -> Any:
    """Return a redirect to the login page that comes back to *next*."""
    parts = list(urlsplit(resolve_url(login_url or settings.LOGIN_URL)))
    if redirect_field_name:
        querystring = QueryDict(parts[3], mutable=True)
        querystring[redirect_field_name] = next
        parts[3] = querystring.urlencode(safe="/")
    return HttpResponseRedirect(urlunsplit(parts))
