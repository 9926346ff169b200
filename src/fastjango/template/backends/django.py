"""The Django template language as a backend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, NoReturn

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.core.checks import Error, Warning  # noqa: A004 - the message classes
from fastjango.template.backends.base import BaseEngine
from fastjango.template.context import make_context
from fastjango.template.engine import Engine
from fastjango.template.exceptions import TemplateDoesNotExist
from fastjango.template.library import InvalidTemplateLibrary

__all__ = [
    "DjangoTemplates",
    "Template",
    "copy_exception",
    "get_installed_libraries",
    "get_package_libraries",
    "get_template_tag_modules",
    "reraise",
]


class DjangoTemplates(BaseEngine):
    """The Django template language; ``OPTIONS`` are those of ``Engine``."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        options = params.pop("OPTIONS").copy()
        options.setdefault("autoescape", True)
        options.setdefault("debug", settings.DEBUG)
        options.setdefault("file_charset", "utf-8")
        options["libraries"] = self.get_templatetag_libraries(options.get("libraries", {}))
        super().__init__(params)
        self.engine = Engine(self.dirs, self.app_dirs, **options)

    def check(self, **kwargs: Any) -> list[Any]:
        """Return what is wrong with the options."""
        return [*self._check_string_if_invalid_is_string(), *self._check_for_template_tags_with_the_same_name()]

    def _check_string_if_invalid_is_string(self) -> list[Any]:
        value = self.engine.string_if_invalid
        if isinstance(value, str):
            return []
        return [
            Error(
                f"'string_if_invalid' in TEMPLATES OPTIONS must be a string but got: {value!r} ({type(value)}).",
                obj=self,
                id="templates.E002",
            )
        ]

    def _check_for_template_tags_with_the_same_name(self) -> list[Any]:
        libraries: defaultdict[str, set[str]] = defaultdict(set)
        for name, path in get_template_tag_modules():
            libraries[name].add(path)
        for name, path in self.engine.libraries.items():
            libraries[name].add(path)
        return [
            Warning(
                f"{name!r} is used for multiple template tag modules: "
                f"{', '.join(repr(path) for path in sorted(paths))}",
                obj=self,
                id="templates.W003",
            )
            for name, paths in libraries.items()
            if len(paths) > 1
        ]

    def from_string(self, template_code: str) -> Template:
        """Return a template made of its source."""
        return Template(self.engine.from_string(template_code), self)

    def get_template(self, template_name: str) -> Template:
        """Return the template *template_name*, or raise ``TemplateDoesNotExist``."""
        try:
            return Template(self.engine.get_template(template_name), self)
        except TemplateDoesNotExist as exc:
            reraise(exc, self)

    def get_templatetag_libraries(self, custom_libraries: dict[str, str]) -> dict[str, str]:
        """Return the libraries of the installed apps and those of the options."""
        return {**get_installed_libraries(), **custom_libraries}


class Template:
    """A template of this backend: renders with a plain dictionary and a request."""

    def __init__(self, template: Any, backend: DjangoTemplates) -> None:
        self.template = template
        self.backend = backend

    @property
    def origin(self) -> Any:
        """Where the template comes from."""
        return self.template.origin

    def render(self, context: Any = None, request: Any = None) -> Any:
        """Return the text of the template."""
        made = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            return self.template.render(made)
        except TemplateDoesNotExist as exc:
            reraise(exc, self.backend)


def copy_exception(exc: TemplateDoesNotExist, backend: Any = None) -> TemplateDoesNotExist:
    """Return an exception like *exc* that names *backend*."""
    backend = backend or exc.backend
    new = type(exc)(exc.args[0] if exc.args else None, tried=exc.tried, backend=backend, chain=exc.chain)
    if hasattr(exc, "template_debug"):
        new.template_debug = exc.template_debug
    return new


def reraise(exc: TemplateDoesNotExist, backend: Any) -> NoReturn:
    """Raise *exc* again, naming *backend*."""
    raise copy_exception(exc, backend) from exc


def get_template_tag_modules() -> Iterator[tuple[str, str]]:
    """Give ``(name, dotted path)`` of every tag library of the framework and of the installed apps."""
    candidates = ["fastjango.templatetags", *(f"{config.name}.templatetags" for config in apps.get_app_configs())]
    for candidate in candidates:
        try:
            package = import_module(candidate)
        except ImportError:  # an app without tags
            continue
        if hasattr(package, "__path__"):
            for path in get_package_libraries(package):
                yield path.removeprefix(candidate).lstrip("."), path


def get_installed_libraries() -> dict[str, str]:
    """Return the tag libraries of the framework and of the installed apps, by name."""
    return dict(get_template_tag_modules())


def get_package_libraries(pkg: Any) -> Iterator[str]:
    """Give the dotted paths of the modules in *pkg* that are libraries."""
    for entry in walk_packages(pkg.__path__, f"{pkg.__name__}."):
        try:
            module = import_module(entry.name)
        except ImportError as exc:
            raise InvalidTemplateLibrary(
                f"Invalid template library specified. ImportError raised when trying to load '{entry.name}': {exc}"
            ) from exc
        if hasattr(module, "register"):
            yield entry.name
