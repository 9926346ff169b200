"""``ExceptionReporter``: an error with its surroundings, as a page, as text, or as data."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import fastjango
from fastjango.conf import settings
from fastjango.db import connections
from fastjango.http import Http404
from fastjango.template import Context, Engine, TemplateDoesNotExist
from fastjango.urls import resolve
from fastjango.utils import timezone
from fastjango.utils.encoding import force_str
from fastjango.utils.functional import SimpleLazyObject
from fastjango.views.debug.filter import get_exception_reporter_filter
from fastjango.views.debug.frames import cause_of, chain_of, frames_of, lines_around, read_source, shown

CURRENT_DIR = Path(__file__).parent
TEMPLATES = CURRENT_DIR.parent / "templates"
MAX_QUERIES = 100

# An engine of its own: the project's may be what is broken.
DEBUG_ENGINE: Any = SimpleLazyObject(lambda: Engine(debug=True))


def get_caller(request: Any) -> str:
    """Return the dotted path of the view that answers *request*, empty when none does."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        try:
            match = resolve(request.path)
        except Http404:
            return ""
    return str(match._func_path)


class ExceptionReporter:
    """
    Tells of an error; to be subclassed for other pages or other data.

    Args:
        is_email: Leave out what only helps on a screen.
    """

    @property
    def html_template_path(self) -> Path:
        """The template of the page."""
        return TEMPLATES / "technical_500.html"

    @property
    def text_template_path(self) -> Path:
        """The template of the text."""
        return TEMPLATES / "technical_500.txt"

    def __init__(
        self,
        request: Any,
        exc_type: type[BaseException] | None,
        exc_value: Any,
        tb: TracebackType | None,
        is_email: bool = False,
    ) -> None:
        self.request = request
        self.filter = get_exception_reporter_filter(request)
        self.exc_type = exc_type
        self.exc_value = exc_value
        self.tb = tb
        self.is_email = is_email
        self.template_info = getattr(exc_value, "template_debug", None)
        self.template_does_not_exist = False
        self.postmortem: Any = None

    def _get_raw_insecure_uri(self) -> str:
        """Return the full address, also where the Host is not allowed."""
        return f"{self.request.scheme}://{self.request._get_raw_host()}{self.request.get_full_path()}"

    # ------------------------------------------------------------ data

    def get_traceback_data(self) -> dict[str, Any]:
        """Return the context of the templates."""
        if self.exc_type and issubclass(self.exc_type, TemplateDoesNotExist):
            self.template_does_not_exist = True
            self.postmortem = getattr(self.exc_value, "chain", None) or [self.exc_value]
        frames = self.get_traceback_frames()
        for frame in frames:
            if "vars" in frame:
                frame["vars"] = [(name, shown(value)) for name, value in frame["vars"]]
        data: dict[str, Any] = {
            "is_email": self.is_email,
            "frames": frames,
            "own_frame": next((one for one in reversed(frames) if one["type"] == "user" and one["tb"]), None),
            "settings": self.filter.get_safe_settings(),
            "sys_executable": sys.executable,
            "sys_version_info": "{}.{}.{}".format(*sys.version_info[:3]),
            "server_time": timezone.now() if settings.configured else dt.datetime.now(tz=dt.UTC),
            "django_version_info": fastjango.__version__,
            "sys_path": sys.path,
            "template_info": self.template_info,
            "template_does_not_exist": self.template_does_not_exist,
            "postmortem": self.postmortem,
            "unicode_hint": self._unicode_hint(),
            "queries": _queries(),
            **self._request_data(),
        }
        if self.exc_type:
            data["exception_type"] = self.exc_type.__name__
        if self.exc_value:
            data["exception_value"] = str(self.exc_value)
            if notes := getattr(self.exc_value, "__notes__", None):
                data["exception_notes"] = "\n" + "\n".join(map(str, notes))
        if frames:
            data["lastframe"] = frames[-1]
        return data

    def _request_data(self) -> dict[str, Any]:
        request = self.request
        if request is None:
            return {"request": None, "request_meta": {}, "user_str": None, "filtered_POST_items": []}
        try:
            user: str | None = str(request.user)
        except Exception:  # noqa: BLE001 - the database may be what is broken
            user = "[unable to retrieve the current user]"
        return {
            "request": request,
            "request_meta": self.filter.get_safe_request_meta(request),
            "request_COOKIES_items": _items(lambda: self.filter.get_safe_cookies(request)),
            "request_GET_items": _items(lambda: request.GET),
            "request_FILES_items": _items(lambda: request.FILES),
            "filtered_POST_items": _items(lambda: self.filter.get_post_parameters(request)),
            "request_insecure_uri": self._get_raw_insecure_uri(),
            "raising_view_name": get_caller(request),
            "user_str": user,
        }

    def _unicode_hint(self) -> str:
        if not self.exc_type or not issubclass(self.exc_type, UnicodeError):
            return ""
        start, end = getattr(self.exc_value, "start", None), getattr(self.exc_value, "end", None)
        if start is None or end is None:
            return ""
        text = self.exc_value.args[1]
        return str(force_str(text[max(start - 5, 0) : min(end + 5, len(text))], "ascii", errors="replace"))

    # ------------------------------------------------------------ faces

    def get_traceback_html(self) -> str:
        """Return the page."""
        return self._render(self.html_template_path, autoescape=True)

    def get_traceback_text(self) -> str:
        """Return the text, for mail and for clients that want no page."""
        return self._render(self.text_template_path, autoescape=False)

    def _render(self, path: Path, autoescape: bool) -> str:
        with path.open(encoding="utf-8") as file:
            template = DEBUG_ENGINE.from_string(file.read())
        context = Context(self.get_traceback_data(), autoescape=autoescape, use_l10n=False)
        return str(template.render(context))

    def get_traceback_json(self) -> dict[str, Any]:
        """Return the report as data that JSON can hold, for API clients."""
        data = self.get_traceback_data()
        frames = [
            {
                "file": frame["filename"],
                "line": frame["lineno"],
                "function": frame["function"],
                "source": frame["context_line"].strip(),
                "own": frame["type"] == "user",
                "variables": dict(frame["vars"]),
            }
            for frame in data["frames"]
            if frame["tb"]
        ]
        own = data["own_frame"]
        return {
            "type": data.get("exception_type"),
            "detail": data.get("exception_value"),
            "notes": list(getattr(self.exc_value, "__notes__", ())),
            "view": data.get("raising_view_name"),
            "where": f"{own['filename']}:{own['lineno']}" if own else None,
            "frames": frames,
            "queries": data["queries"],
        }

    # ------------------------------------------------------------ frames

    def _get_source(self, filename: str, loader: Any, module_name: str | None) -> list[str] | None:
        return read_source(filename, loader, module_name)

    def _get_lines_from_file(
        self, filename: str, lineno: int, context_lines: int, loader: Any = None, module_name: str | None = None
    ) -> Any:
        return lines_around(self._get_source(filename, loader, module_name), lineno, context_lines)

    def _get_explicit_or_implicit_cause(self, exc_value: BaseException) -> BaseException | None:
        return cause_of(exc_value)

    def get_traceback_frames(self) -> list[dict[str, Any]]:
        """Return the frames of the exception and of those that led to it, the oldest first."""
        chain = chain_of(self.exc_value)
        frames: list[dict[str, Any]] = []
        for exc in chain:
            # The last one's may be cut by whoever asks for the report.
            tb = self.tb if exc is chain[-1] else exc.__traceback__
            frames.extend(self.get_exception_traceback_frames(exc, tb))
        return frames

    def get_exception_traceback_frames(self, exc_value: Any, tb: TracebackType | None) -> Any:
        """Yield the frames of one exception."""
        return frames_of(exc_value, tb, self)


def _items(read: Callable[[], Any]) -> list[tuple[Any, Any]]:
    """Return a dictionary's items; none where reading it is what has failed."""
    try:
        return list(read().items())
    except Exception:  # noqa: BLE001 - a malformed form, too many fields: that is the error being reported
        return []


def _queries() -> list[dict[str, Any]]:
    """Return the last SQL statements of the request, with their alias."""
    found: list[dict[str, Any]] = []
    for connection in connections.all(initialized_only=True):
        found.extend({"alias": connection.alias, **query} for query in connection.queries)
    return found[-MAX_QUERIES:]


__all__ = ["CURRENT_DIR", "DEBUG_ENGINE", "ExceptionReporter", "get_caller"]
