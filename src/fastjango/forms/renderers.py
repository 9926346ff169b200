"""
Who turns a form template's name and variables into HTML.

``settings.FORM_RENDERER`` names the class: ``DjangoTemplates`` and ``Jinja2`` look in this room's own
folders and in the installed apps, ``TemplatesSetting`` uses the project's engines. A template is parsed
once per engine, so rendering a widget costs one lookup and one call.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastjango.conf import settings
from fastjango.forms.markup import WRITERS
from fastjango.template.backends.django import DjangoTemplates as DjangoBackend
from fastjango.template.loader import get_template
from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.functional import cached_property
from fastjango.utils.module_loading import import_string

__all__ = [
    "BaseRenderer",
    "DjangoDivFormRenderer",
    "DjangoTemplates",
    "EngineMixin",
    "Jinja2",
    "Jinja2DivFormRenderer",
    "TemplatesSetting",
    "get_default_renderer",
]

ROOT = Path(__file__).parent


@functools.lru_cache(maxsize=1)
def get_default_renderer() -> Any:
    """Return the one renderer that ``settings.FORM_RENDERER`` names."""
    return import_string(settings.FORM_RENDERER)()


class BaseRenderer:
    """A renderer: subclass it and give ``get_template(name)``."""

    form_template_name = "django/forms/div.html"
    formset_template_name = "django/forms/formsets/div.html"
    field_template_name = "django/forms/field.html"

    bound_field_class: Any = None

    def get_template(self, template_name: str) -> Any:
        """Return the template called *template_name*."""
        raise NotImplementedError("subclasses must implement get_template()")

    def render(self, template_name: str, context: Mapping[str, Any], request: Any = None) -> str:
        """Return the HTML of a template, without white space around it."""
        html: str = self.get_template(template_name).render(context, request=request)
        return html.strip()


class EngineMixin:
    """A renderer with an engine of its own over this room's templates and those of the apps."""

    backend: Any

    def get_template(self, template_name: str) -> Any:
        """Return the template called *template_name* from the renderer's engine."""
        return self.engine.get_template(template_name)

    @cached_property
    def engine(self) -> Any:
        """The template engine, made at the first rendering."""
        folders = [ROOT / self.backend.app_dirname]
        return self.backend({"NAME": "djangoforms", "DIRS": folders, "APP_DIRS": True, "OPTIONS": {}})


class DjangoTemplates(EngineMixin, BaseRenderer):
    """Renders with the Django template language; templates lie in ``templates/`` of an app."""

    backend: Any = DjangoBackend
    _writes_built_ins = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # A subclass that looks for templates elsewhere may find others under the built-in names.
        own = ("get_template", "engine", "backend")
        cls._writes_built_ins = all(getattr(cls, name) is getattr(DjangoTemplates, name) for name in own)

    def render(self, template_name: str, context: Mapping[str, Any], request: Any = None) -> str:
        """Return the HTML of a template; the built-in ones are written without the engine."""
        if self._writes_built_ins and (write := WRITERS.get(template_name)) is not None:
            return write(context, self)
        return super().render(template_name, context, request)


class Jinja2(EngineMixin, BaseRenderer):
    """Renders with Jinja2; templates lie in ``jinja2/`` of an app."""

    @cached_property
    def backend(self) -> Any:
        """The Jinja2 backend, imported when it is needed."""
        return import_string("fastjango.template.backends.jinja2.Jinja2")


def _warn_transitional(name: str, successor: str) -> None:
    message = f"The {name} transitional form renderer is deprecated. Use {successor} instead."
    warnings.warn(message, RemovedInDjango60Warning, stacklevel=3)


class DjangoDivFormRenderer(DjangoTemplates):
    """The old name of ``DjangoTemplates`` (deprecated)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _warn_transitional("DjangoDivFormRenderer", "DjangoTemplates")
        super().__init__(*args, **kwargs)


class Jinja2DivFormRenderer(Jinja2):
    """The old name of ``Jinja2`` (deprecated)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _warn_transitional("Jinja2DivFormRenderer", "Jinja2")
        super().__init__(*args, **kwargs)


class TemplatesSetting(BaseRenderer):
    """Renders with the engines of ``settings.TEMPLATES``."""

    def get_template(self, template_name: str) -> Any:
        """Return the template called *template_name* from the project's engines."""
        return get_template(template_name)
