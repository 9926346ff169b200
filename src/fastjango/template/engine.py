"""``Engine``: the options of the Django template language, its libraries and its loaders."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.template.context import Context
from fastjango.template.exceptions import TemplateDoesNotExist
from fastjango.template.library import Library, import_library
from fastjango.template.template import Template, set_default_engine
from fastjango.utils.functional import cached_property
from fastjango.utils.module_loading import import_string

__all__ = ["Engine", "set_engines"]

# Slot: handler.py puts its `engines` here, for get_default().
_engines: Callable[[], Any] | None = None


def set_engines(function: Callable[[], Any]) -> None:
    """Tell where all configured backends are."""
    global _engines
    _engines = function


class Engine:
    """
    The Django template language with its options.

    Args:
        dirs: Folders with templates.
        app_dirs: Also look into the folder ``templates`` of each app.
        context_processors: Dotted paths of functions ``request -> dict``.
        debug: Errors know where in the template they happened.
        loaders: Dotted paths, or ``(path, *arguments)``, instead of *dirs* and *app_dirs*.
        string_if_invalid: Shown for variables without value.
        libraries: Name to dotted path, for ``{% load %}``.
        builtins: Dotted paths of libraries that need no ``{% load %}``.
    """

    default_builtins = [
        "fastjango.template.defaulttags",
        "fastjango.template.defaultfilters",
        "fastjango.template.loader_tags",
    ]

    def __init__(
        self,
        dirs: Sequence[Any] | None = None,
        app_dirs: bool = False,
        context_processors: Sequence[str] | None = None,
        debug: bool = False,
        loaders: Sequence[Any] | None = None,
        string_if_invalid: str = "",
        file_charset: str = "utf-8",
        libraries: dict[str, str] | None = None,
        builtins: Sequence[str] | None = None,
        autoescape: bool = True,
    ) -> None:
        if loaders is None:
            loaders = ["fastjango.template.loaders.filesystem.Loader"]
            if app_dirs:
                loaders += ["fastjango.template.loaders.app_directories.Loader"]
            loaders = [("fastjango.template.loaders.cached.Loader", loaders)]
        elif app_dirs:
            raise ImproperlyConfigured("app_dirs must not be set when loaders is defined.")
        self.dirs = [] if dirs is None else dirs
        self.app_dirs = app_dirs
        self.autoescape = autoescape
        self.context_processors = [] if context_processors is None else context_processors
        self.debug = debug
        self.loaders = loaders
        self.string_if_invalid = string_if_invalid
        self.file_charset = file_charset
        self.libraries = {} if libraries is None else libraries
        self.template_libraries = self.get_template_libraries(self.libraries)
        self.builtins = [*self.default_builtins, *(builtins or ())]
        self.template_builtins = self.get_template_builtins(self.builtins)

    def __repr__(self) -> str:
        shown = [f"app_dirs={self.app_dirs!r}", f"debug={self.debug!r}", f"loaders={self.loaders!r}"]
        if self.context_processors:
            shown.insert(1, f"context_processors={self.context_processors!r}")
        if self.dirs:
            shown.insert(0, f"dirs={self.dirs!r}")
        shown += [f"string_if_invalid={self.string_if_invalid!r}", f"file_charset={self.file_charset!r}"]
        if self.libraries:
            shown.append(f"libraries={self.libraries!r}")
        shown += [f"builtins={self.builtins!r}", f"autoescape={self.autoescape!r}"]
        return f"<{type(self).__qualname__}: {' '.join(shown)}>"

    @staticmethod
    @functools.lru_cache(maxsize=1)
    def get_default() -> Engine:
        """
        Return the first Django engine of the setting ``TEMPLATES``.

        Raises:
            ImproperlyConfigured: There is none.
        """
        backends = _engines() if _engines is not None else None
        for backend in backends.all() if backends is not None else ():
            engine = getattr(backend, "engine", None)
            if isinstance(engine, Engine):
                return engine
        raise ImproperlyConfigured("No DjangoTemplates backend is configured.")

    @cached_property
    def template_context_processors(self) -> tuple[Callable[[Any], Any], ...]:
        """The context processors as functions; that of the CSRF token is always there."""
        paths = ("fastjango.template.context_processors.csrf", *self.context_processors)
        return tuple(import_string(path) for path in paths)

    def get_template_builtins(self, builtins: Sequence[str]) -> list[Library]:
        """Return the libraries that need no ``{% load %}``."""
        return [import_library(path) for path in builtins]

    def get_template_libraries(self, libraries: dict[str, str]) -> dict[str, Library]:
        """Return the libraries that ``{% load %}`` finds, by name."""
        return {name: import_library(path) for name, path in libraries.items()}

    @cached_property
    def template_loaders(self) -> list[Any]:
        """The loaders as objects."""
        return self.get_template_loaders(self.loaders)

    def get_template_loaders(self, template_loaders: Sequence[Any]) -> list[Any]:
        """Return the loaders as objects."""
        found = (self.find_template_loader(loader) for loader in template_loaders)
        return [loader for loader in found if loader is not None]

    def find_template_loader(self, loader: Any) -> Any:
        """
        Return the loader for a dotted path or ``(path, *arguments)``.

        Raises:
            ImproperlyConfigured: *loader* is neither.
        """
        args: list[Any] = []
        if isinstance(loader, (tuple, list)):
            loader, *args = loader
        if isinstance(loader, str):
            return import_string(loader)(self, *args)
        raise ImproperlyConfigured(f"Invalid value in template loaders configuration: {loader!r}")

    def find_template(self, name: str, dirs: Any = None, skip: list[Any] | None = None) -> tuple[Any, Any]:
        """
        Return the template *name* and its origin.

        Args:
            skip: Origins that must not be found again (a template that extends its namesake).
        Raises:
            TemplateDoesNotExist: No loader has it.
        """
        tried: list[Any] = []
        for loader in self.template_loaders:
            try:
                template = loader.get_template(name, skip=skip)
            except TemplateDoesNotExist as exc:
                tried.extend(exc.tried)
            else:
                return template, template.origin
        raise TemplateDoesNotExist(name, tried=tried)

    def from_string(self, template_code: Any) -> Template:
        """Return a template made of its source."""
        return Template(template_code, engine=self)

    def get_template(self, template_name: str) -> Any:
        """Return the template *template_name*, or raise ``TemplateDoesNotExist``."""
        template, origin = self.find_template(template_name)
        if not hasattr(template, "render"):
            # A loader gave the source.
            template = Template(template, origin, template_name, engine=self)
        return template

    def render_to_string(self, template_name: Any, context: Any = None) -> str:
        """Return the text of a template; of several names the first that exists."""
        if isinstance(template_name, (list, tuple)):
            template = self.select_template(template_name)
        else:
            template = self.get_template(template_name)
        text: str = template.render(
            context if isinstance(context, Context) else Context(context, autoescape=self.autoescape)
        )
        return text

    def select_template(self, template_name_list: Any) -> Any:
        """
        Return the first template that exists.

        Raises:
            TemplateDoesNotExist: None does, or the list is empty.
        """
        if not template_name_list:
            raise TemplateDoesNotExist("No template names provided")
        not_found: list[str] = []
        for name in template_name_list:
            try:
                return self.get_template(name)
            except TemplateDoesNotExist as exc:
                if exc.args[0] not in not_found:
                    not_found.append(exc.args[0])
        raise TemplateDoesNotExist(", ".join(not_found))


set_default_engine(lambda: Engine.get_default())
