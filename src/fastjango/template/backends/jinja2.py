"""
Jinja2 as a backend.

Besides what the options give, templates have ``url``, ``static``, gettext, and of a request ``request``,
``csrf_input`` and ``csrf_token``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from fastjango.conf import settings
from fastjango.template.backends.base import BaseEngine
from fastjango.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from fastjango.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from fastjango.template.static_url import static_url
from fastjango.urls import reverse
from fastjango.utils.functional import cached_property
from fastjango.utils.module_loading import import_string
from fastjango.utils.translation import gettext, ngettext, npgettext, pgettext

__all__ = ["Jinja2", "Origin", "Template", "get_exception_info"]

# Lines shown before and after the wrong one.
CONTEXT_LINES = 10


def url(view_name: Any, *args: Any, **kwargs: Any) -> str:
    """Return the address of a view."""
    return str(reverse(view_name, args=args or None, kwargs=kwargs or None))


class Jinja2(BaseEngine):
    """
    Jinja2; ``OPTIONS`` are those of ``jinja2.Environment``.

    Also known: ``environment``, a dotted path to a function that makes the environment, and
    ``context_processors``.
    """

    app_dirname = "jinja2"

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        options = params.pop("OPTIONS").copy()
        super().__init__(params)
        self.context_processors = options.pop("context_processors", [])
        environment = import_string(options.pop("environment", "jinja2.Environment"))
        if "loader" not in options:
            options["loader"] = jinja2.FileSystemLoader([str(folder) for folder in self.template_dirs])
        options.setdefault("autoescape", True)
        options.setdefault("auto_reload", settings.DEBUG)
        options.setdefault("undefined", jinja2.DebugUndefined if settings.DEBUG else jinja2.Undefined)
        self.env: jinja2.Environment = environment(**options)
        self._add_names()

    def _add_names(self) -> None:
        names: dict[str, Any] = {"url": url, "static": static_url}
        for name, function in names.items():
            self.env.globals.setdefault(name, function)
        if "gettext" not in self.env.globals:
            self.env.add_extension("jinja2.ext.i18n")
            install: Any = self.env.install_gettext_callables  # type: ignore[attr-defined]  # of the extension
            install(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)

    def from_string(self, template_code: str) -> Template:
        """Return a template made of its source."""
        return Template(self.env.from_string(template_code), self)

    def get_template(self, template_name: str) -> Template:
        """Return the template *template_name*, or raise ``TemplateDoesNotExist`` or ``TemplateSyntaxError``."""
        try:
            return Template(self.env.get_template(template_name), self)
        except jinja2.TemplateNotFound as exc:
            raise TemplateDoesNotExist(exc.name, backend=self) from exc
        except jinja2.TemplateSyntaxError as exc:
            raise _syntax_error(exc) from exc

    @cached_property
    def template_context_processors(self) -> list[Any]:
        """The context processors as functions."""
        return [import_string(path) for path in self.context_processors]


class Template:
    """A template of this backend."""

    def __init__(self, template: jinja2.Template, backend: Jinja2) -> None:
        self.template = template
        self.backend = backend
        self.origin = Origin(name=template.filename, template_name=template.name)

    def render(self, context: Any = None, request: Any = None) -> str:
        """Return the text of the template."""
        values: dict[str, Any] = {} if context is None else context
        if request is not None:
            values = {
                **values,
                "request": request,
                "csrf_input": csrf_input_lazy(request),
                "csrf_token": csrf_token_lazy(request),
            }
            for processor in self.backend.template_context_processors:
                values.update(processor(request))
        try:
            return self.template.render(values)
        except jinja2.TemplateSyntaxError as exc:
            raise _syntax_error(exc) from exc


class Origin:
    """Where a template comes from."""

    def __init__(self, name: str | None, template_name: str | None) -> None:
        self.name = name
        self.template_name = template_name


def _syntax_error(exc: jinja2.TemplateSyntaxError) -> TemplateSyntaxError:
    error: Any = TemplateSyntaxError(exc.args)
    error.template_debug = get_exception_info(exc)
    converted: TemplateSyntaxError = error
    return converted


def get_exception_info(exception: jinja2.TemplateSyntaxError) -> dict[str, Any]:
    """Return what the DEBUG page shows of an error."""
    source = exception.source
    if source is None and exception.filename and Path(exception.filename).exists():
        source = Path(exception.filename).read_text(encoding="utf-8")
    lines = list(enumerate((source or "").strip().split("\n"), start=1)) if source is not None else []
    line = exception.lineno
    top = max(0, line - CONTEXT_LINES - 1)
    bottom = min(len(lines), line + CONTEXT_LINES)
    return {
        "name": exception.filename,
        "message": exception.message,
        "source_lines": lines[top:bottom],
        "line": line,
        "before": "",
        "during": lines[line - 1][1] if lines and line <= len(lines) else "",
        "after": "",
        "total": len(lines),
        "top": top,
        "bottom": bottom,
    }
