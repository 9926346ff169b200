"""
The view that serves static files straight from where the finders find them; for development only.
"""

from __future__ import annotations

import os
import posixpath
from typing import Any

from fastjango.conf import settings
from fastjango.contrib.staticfiles import finders
from fastjango.http import Http404, HttpRequest
from fastjango.views import static

__all__ = ["serve"]


def serve(request: HttpRequest, path: str, insecure: bool = False, **kwargs: Any) -> Any:
    """
    Return the static file at *path*.

    Args:
        insecure: Serve without ``DEBUG``, too.
    Raises:
        Http404: ``DEBUG`` is off, or there is no such file.
    """
    if not settings.DEBUG and not insecure:
        raise Http404
    found = finders.find(posixpath.normpath(path).lstrip("/"))
    if not found:
        if not path or path.endswith("/"):
            raise Http404("Directory indexes are not allowed here.")
        raise Http404(f"'{path}' could not be found")
    folder, name = os.path.split(found)
    return static.serve(request, name, document_root=folder, **kwargs)
