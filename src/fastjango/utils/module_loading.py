"""Dotted paths to modules and to names in modules."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import Any


def cached_import(module_path: str, class_name: str) -> Any:
    """Return a name of a module, importing the module unless it is fully loaded."""
    module = sys.modules.get(module_path)
    spec = getattr(module, "__spec__", None)
    if module is None or spec is None or getattr(spec, "_initializing", False):
        module = importlib.import_module(module_path)
    return getattr(module, class_name)


def import_string(dotted_path: str) -> Any:
    """
    Return what *dotted_path* names.

    Raises:
        ImportError: There is no such module, or the module has no such name.
    """
    module_path, dot, name = dotted_path.rpartition(".")
    if not dot:
        raise ImportError(f"{dotted_path} doesn't look like a module path")
    try:
        return cached_import(module_path, name)
    except AttributeError as error:
        raise ImportError(f'Module "{module_path}" does not define a "{name}" attribute/class') from error


def autodiscover_modules(*args: str, register_to: Any = None) -> None:
    """
    Import the named modules of every installed app, where they exist.

    Args:
        register_to: An object with a ``_registry``; a failing import takes its registrations back.
    """
    registry = importlib.import_module("fastjango.apps").apps
    for app_config in registry.get_app_configs():
        for name in args:
            before = copy.copy(register_to._registry) if register_to else None
            try:
                importlib.import_module(f"{app_config.name}.{name}")
            except Exception:
                if register_to:
                    register_to._registry = before
                # An app need not have the module; an error inside it must be seen.
                if module_has_submodule(app_config.module, name):
                    raise


def module_has_submodule(package: ModuleType, module_name: str) -> bool:
    """Return whether *package* has a module of that name, without importing it."""
    try:
        package_name, _ = package.__name__, package.__path__
    except AttributeError:
        return False
    try:
        return importlib.util.find_spec(f"{package_name}.{module_name}", None) is not None
    except ModuleNotFoundError:
        # A parent of a dotted module name is missing.
        return False


def module_dir(module: ModuleType) -> str:
    """
    Return the one folder that *module* lives in.

    Raises:
        ValueError: There is none, or there are several.
    """
    paths = list(getattr(module, "__path__", []))
    if len(paths) == 1:
        return str(paths[0])
    filename = getattr(module, "__file__", None)
    if filename is not None:
        return str(os.path.dirname(filename))
    raise ValueError(f"Cannot determine directory containing {module}")
