"""
One installed application: its name, label, folder, models, and what runs when all apps are ready.
"""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured, fix
from fastjango.utils.functional import cached_property
from fastjango.utils.module_loading import import_string, module_has_submodule

APPS_MODULE_NAME = "apps"
MODELS_MODULE_NAME = "models"


class AppConfig:
    """
    An installed application.

    Args:
        app_name: Dotted path of its package.
        app_module: That package.
    """

    name: str
    label: str
    verbose_name: Any
    path: str

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        self.name = app_name
        self.module = app_module
        # Set by the registry that the app belongs to.
        self.apps: Any = None
        if not hasattr(self, "label"):
            self.label = app_name.rpartition(".")[2]
        if not self.label.isidentifier():
            raise ImproperlyConfigured(f"The app label '{self.label}' is not a valid Python identifier.")
        if not hasattr(self, "verbose_name"):
            self.verbose_name = self.label.title()
        if not hasattr(self, "path"):
            self.path = self._path_from_module(app_module)
        self.models_module: ModuleType | None = None
        self.models: Any = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.label}>"

    def _default_auto_field(self) -> Any:
        """Dotted path of the primary key field of models that declare none."""
        return settings.DEFAULT_AUTO_FIELD

    # A subclass sets a plain text.
    default_auto_field: Any = cached_property(_default_auto_field)

    @property
    def _is_default_auto_field_overridden(self) -> bool:
        return type(self).default_auto_field is not AppConfig.default_auto_field

    def _path_from_module(self, module: Any) -> str:
        """Return the one folder of the app's package."""
        paths = list(getattr(module, "__path__", []))
        if len(paths) != 1:
            filename = getattr(module, "__file__", None)
            # A namespace package may repeat one folder.
            paths = [os.path.dirname(filename)] if filename is not None else list(set(paths))
        if len(paths) > 1:
            raise ImproperlyConfigured(
                f"The app module {module!r} has multiple filesystem locations ({paths!r}); you must configure this "
                "app with an AppConfig subclass with a 'path' class attribute."
            )
        if not paths:
            raise ImproperlyConfigured(
                f"The app module {module!r} has no filesystem location, you must configure this app with an "
                "AppConfig subclass with a 'path' class attribute."
            )
        return str(paths[0])

    @classmethod
    def create(cls, entry: str) -> AppConfig:
        """
        Return the configuration for an entry of ``INSTALLED_APPS``.

        Args:
            entry: Dotted path of a package, or of an ``AppConfig`` subclass.
        Raises:
            ImproperlyConfigured: The entry leads to no usable configuration.
            ImportError: There is nothing at that path.
        """
        config_class: Any = None
        app_module: ModuleType | None = None
        try:
            app_module = importlib.import_module(entry)
        except Exception:
            # Fine when the entry is a class; a broken module is reported further down.
            app_module = None
            module_path = entry
        else:
            module_path = entry
            if module_has_submodule(app_module, APPS_MODULE_NAME):
                config_class = _default_config(cls, f"{entry}.{APPS_MODULE_NAME}")
            if config_class is None:
                return cls(entry, app_module)
        if config_class is None:
            config_class = _config_at(cls, module_path)
        if not (inspect.isclass(config_class) and issubclass(config_class, AppConfig)):
            raise ImproperlyConfigured(f"'{entry}' isn't a subclass of AppConfig.")
        app_name = getattr(config_class, "name", None)
        if app_name is None:
            raise ImproperlyConfigured(f"'{entry}' must supply a name attribute.")
        if app_module is not None and app_module.__name__ == app_name:
            return config_class(app_name, app_module)
        try:
            app_module = importlib.import_module(app_name)
        except ImportError:
            raise ImproperlyConfigured(
                f"Cannot import '{app_name}'. Check that '{config_class.__module__}.{config_class.__qualname__}.name' "
                "is correct."
            ) from None
        return config_class(app_name, app_module)

    def get_model(self, model_name: str, require_ready: bool = True) -> Any:
        """
        Return the model of that name, in any case.

        Raises:
            LookupError: The app has no such model.
            AppRegistryNotReady: Models are not loaded yet.
        """
        if require_ready:
            self.apps.check_models_ready()
        else:
            self.apps.check_apps_ready()
        try:
            return self.models[model_name.lower()]
        except KeyError:
            raise LookupError(f"App '{self.label}' doesn't have a '{model_name}' model.") from None

    def get_models(self, include_auto_created: bool = False, include_swapped: bool = False) -> Iterator[Any]:
        """Yield the app's models, without those made for many-to-many fields and swapped ones unless asked for."""
        self.apps.check_models_ready()
        for model in self.models.values():
            if model._meta.auto_created and not include_auto_created:
                continue
            if model._meta.swapped and not include_swapped:
                continue
            yield model

    def import_models(self) -> None:
        """Import the app's ``models`` module, when it has one."""
        self.models = self.apps.all_models[self.label]
        if self.module is not None and module_has_submodule(self.module, MODELS_MODULE_NAME):
            self.models_module = importlib.import_module(f"{self.name}.{MODELS_MODULE_NAME}")

    def ready(self) -> None:
        """Called once when all models are loaded; override it to connect signals and fill slots."""


def _default_config(base: type[AppConfig], module_path: str) -> Any:
    """Return the one configuration class of an ``apps`` module that is meant when only the package is named."""
    module = importlib.import_module(module_path)
    candidates = [
        (name, candidate)
        for name, candidate in inspect.getmembers(module, inspect.isclass)
        if issubclass(candidate, base) and candidate is not base and getattr(candidate, "default", True)
    ]
    if len(candidates) == 1:
        return candidates[0][1]
    marked = [(name, candidate) for name, candidate in candidates if getattr(candidate, "default", False)]
    if len(marked) > 1:
        names = ", ".join(repr(name) for name, _ in marked)
        raise RuntimeError(f"{module_path!r} declares more than one default AppConfig: {names}.")
    return marked[0][1] if marked else None


def _config_at(base: type[AppConfig], entry: str) -> Any:
    """Return what *entry* names, or say which configurations its module has."""
    try:
        return import_string(entry)
    except Exception:
        module_path, _, class_name = entry.rpartition(".")
        if module_path and class_name[:1].isupper():
            # The module is there, the class is not: name those that are.
            module = importlib.import_module(module_path)
            choices = [
                repr(name)
                for name, candidate in inspect.getmembers(module, inspect.isclass)
                if issubclass(candidate, base) and candidate is not base
            ]
            message = f"Module '{module_path}' does not contain a '{class_name}' class."
            if choices:
                message += f" Choices are: {', '.join(choices)}."
            raise ImportError(message) from None
        importlib.import_module(entry)  # raises the error that belongs to the entry
        raise fix(ImportError(entry), "check this entry of INSTALLED_APPS") from None
