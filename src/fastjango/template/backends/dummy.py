"""Python's ``string.Template`` as a backend: the shortest example of one."""

from __future__ import annotations

import string
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.template.backends.base import BaseEngine
from fastjango.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from fastjango.template.exceptions import TemplateDoesNotExist
from fastjango.template.template import Origin
from fastjango.utils.html import conditional_escape

__all__ = ["Template", "TemplateStrings"]


class TemplateStrings(BaseEngine):
    """``string.Template`` as a backend."""

    app_dirname = "template_strings"

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        options = params.pop("OPTIONS").copy()
        if options:
            raise ImproperlyConfigured(f"Unknown options: {', '.join(options)}")
        super().__init__(params)

    def from_string(self, template_code: str) -> Template:
        """Return a template made of its source."""
        return Template(template_code)

    def get_template(self, template_name: str) -> Template:
        """Return the template *template_name*, or raise ``TemplateDoesNotExist``."""
        tried: list[tuple[Any, str]] = []
        for path in self.iter_template_filenames(template_name):
            try:
                with open(path, encoding="utf-8") as file:
                    return Template(file.read())
            except FileNotFoundError:
                tried.append((Origin(path, template_name, self), "Source does not exist"))
        raise TemplateDoesNotExist(template_name, tried=tried, backend=self)


class Template(string.Template):
    """A template of this backend."""

    def render(self, context: Any = None, request: Any = None) -> str:
        """Return the text; values are escaped unless they are safe."""
        values = {key: conditional_escape(value) for key, value in (context or {}).items()}
        if request is not None:
            values["csrf_input"] = csrf_input_lazy(request)
            values["csrf_token"] = csrf_token_lazy(request)
        return self.safe_substitute(values)
