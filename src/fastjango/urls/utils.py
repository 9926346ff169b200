"""Views named by dotted path."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from fastjango.core.exceptions import ViewDoesNotExist
from fastjango.utils.module_loading import module_has_submodule


@functools.cache
def get_callable(lookup_view: Any) -> Callable[..., Any]:
    """
    Return the view for a dotted path; a callable is returned as it is.

    Raises:
        ImportError, ViewDoesNotExist: It cannot be found or called.
    """
    if callable(lookup_view):
        return cast("Callable[..., Any]", lookup_view)
    if not isinstance(lookup_view, str):
        raise ViewDoesNotExist(f"'{lookup_view}' is not a callable or a dot-notation path")
    mod_name, func_name = get_mod_func(lookup_view)
    if not func_name:
        raise ImportError(f"Could not import '{lookup_view}'. The path must be fully qualified.")
    try:
        module = import_module(mod_name)
    except ImportError:
        parent_name, sub_name = get_mod_func(mod_name)
        if sub_name and not module_has_submodule(import_module(parent_name), sub_name):
            raise ViewDoesNotExist(
                f"Could not import '{lookup_view}'. Parent module {mod_name} does not exist."
            ) from None
        raise
    try:
        view = getattr(module, func_name)
    except AttributeError:
        raise ViewDoesNotExist(f"Could not import '{lookup_view}'. View does not exist in module {mod_name}.") from None
    if not callable(view):
        raise ViewDoesNotExist(f"Could not import '{mod_name}.{func_name}'. View is not callable.")
    return cast("Callable[..., Any]", view)


def get_mod_func(callback: str) -> tuple[str, str]:
    """Return module and name of a dotted path; the name is empty where there is no dot."""
    module, dot, name = callback.rpartition(".")
    return (module, name) if dot else (callback, "")


__all__ = ["get_callable", "get_mod_func"]
