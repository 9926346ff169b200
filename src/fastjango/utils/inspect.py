"""What a callable takes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

Parameters = tuple[inspect.Parameter, ...]
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@functools.lru_cache(maxsize=512)
def _signature_parameters(func: Callable[..., Any]) -> Parameters:
    return tuple(inspect.signature(func).parameters.values())


def _get_callable_parameters(meth_or_func: Callable[..., Any]) -> Parameters:
    """Return the parameters of a function, or of a bound method without its ``self``."""
    if inspect.ismethod(meth_or_func):
        return _signature_parameters(meth_or_func.__func__)[1:]
    try:
        return _signature_parameters(meth_or_func)
    except TypeError:  # an unhashable callable
        return tuple(inspect.signature(meth_or_func).parameters.values())


def get_func_args(func: Callable[..., Any]) -> list[str]:
    """Return the names of the parameters that may be given by position or by name."""
    return [param.name for param in _get_callable_parameters(func) if param.kind is param.POSITIONAL_OR_KEYWORD]


def get_func_full_args(func: Callable[..., Any]) -> list[tuple[str, ...]]:
    """Return the parameters but ``self``: ``(name,)`` or ``(name, default)``, stars included."""
    found: list[tuple[Any, ...]] = []
    for param in _get_callable_parameters(func):
        if param.name == "self":
            continue
        stars = "*" if param.kind is param.VAR_POSITIONAL else "**" if param.kind is param.VAR_KEYWORD else ""
        name = stars + param.name
        found.append((name,) if param.default is param.empty else (name, param.default))
    return found


def func_accepts_kwargs(func: Callable[..., Any]) -> bool:
    """Return whether *func* takes arbitrary keyword arguments."""
    return any(param.kind is param.VAR_KEYWORD for param in _get_callable_parameters(func))


def func_accepts_var_args(func: Callable[..., Any]) -> bool:
    """Return whether *func* takes arbitrary positional arguments."""
    return any(param.kind is param.VAR_POSITIONAL for param in _get_callable_parameters(func))


def method_has_no_args(meth: Callable[..., Any]) -> bool:
    """Return whether a method takes nothing but its object."""
    count = sum(param.kind in _POSITIONAL for param in _get_callable_parameters(meth))
    return count == 0 if inspect.ismethod(meth) else count == 1


def func_supports_parameter(func: Callable[..., Any], name: str) -> bool:
    """Return whether *func* has a parameter called *name*."""
    return any(param.name == name for param in _get_callable_parameters(func))


def is_module_level_function(func: Any) -> bool:
    """Return whether *func* is a plain function at the top of a module."""
    return bool(inspect.isfunction(func) and not inspect.isbuiltin(func) and "<locals>" not in func.__qualname__)
