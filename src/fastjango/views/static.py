"""Serving files from a folder, for development: not fast, not for production."""

from __future__ import annotations

import mimetypes
import posixpath
from pathlib import Path
from typing import Any

from fastjango.core.exceptions import SuspiciousFileOperation
from fastjango.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified
from fastjango.template import Context, Engine, TemplateDoesNotExist, loader
from fastjango.utils._os import safe_join
from fastjango.utils.http import http_date, parse_http_date
from fastjango.utils.translation import gettext as _
from fastjango.utils.translation import gettext_lazy

TEMPLATE = Path(__file__).parent / "templates" / "directory_index.html"


def serve(request: Any, path: str, document_root: Any = None, show_indexes: bool = False) -> Any:
    """
    Return a file below *document_root*.

        re_path(r"^media/(?P<path>.*)$", serve, {"document_root": "/path/to/media"})

    Raises:
        Http404: There is no such file, or it is a folder and *show_indexes* is false.
    """
    path = posixpath.normpath(path).lstrip("/")
    try:
        full_path = Path(safe_join(document_root, path))
        if full_path.is_dir():
            if show_indexes:
                return directory_index(path, full_path)
            raise Http404(_("Directory indexes are not allowed here."))
        if not full_path.exists():
            raise Http404(_("“%(path)s” does not exist") % {"path": full_path})
        stat = full_path.stat()
    except SuspiciousFileOperation:
        raise
    except (ValueError, OSError):
        # NUL bytes, lone surrogates, names that are too long: no file is called that.
        raise Http404(_("“%(path)s” does not exist") % {"path": path.encode("unicode_escape").decode()}) from None
    if not was_modified_since(request.META.get("HTTP_IF_MODIFIED_SINCE"), stat.st_mtime):
        return HttpResponseNotModified()
    content_type, encoding = mimetypes.guess_type(str(full_path))
    response = FileResponse(full_path.open("rb"), content_type=content_type or "application/octet-stream")
    response.headers["Last-Modified"] = http_date(stat.st_mtime)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


template_translatable = gettext_lazy("Index of %(directory)s")


def directory_index(path: str, fullpath: Path) -> HttpResponse:
    """Return a page with the files of a folder; ``static/directory_index.html`` is used where it exists."""
    try:
        template = loader.select_template(["static/directory_index.html", "static/directory_index"])
    except TemplateDoesNotExist:
        engine = Engine(libraries={"i18n": "fastjango.templatetags.i18n"})
        with TEMPLATE.open(encoding="utf-8") as file:
            template = engine.from_string(file.read())
        context: Any = Context()
    else:
        context = {}
    names = (f"{entry.name}/" if entry.is_dir() else entry.name for entry in fullpath.iterdir())
    context.update({"directory": f"{path}/", "file_list": [name for name in names if not name.startswith(".")]})
    return HttpResponse(template.render(context))


def was_modified_since(header: str | None = None, mtime: float = 0) -> bool:
    """Return whether a file has changed since the moment in an ``If-Modified-Since`` header."""
    if header is None:
        return True
    try:
        return int(mtime) > parse_http_date(header)
    except (ValueError, OverflowError):
        return True


__all__ = ["directory_index", "serve", "template_translatable", "was_modified_since"]
