"""
What error reports must not show: local variables and form fields that are marked here.

A function's variables are kept by its code object, so the mark costs nothing when the function is called.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import CodeType
from typing import Any, Literal, TypeVar

from fastjango.http import HttpRequest
from fastjango.views.decorators.around import View, around

F = TypeVar("F", bound=Callable[..., Any])
Names = tuple[str, ...] | Literal["__ALL__"]

_by_code: dict[CodeType, Names] = {}


def sensitive_variables_of(code: CodeType) -> Names | None:
    """Return what a function's mark says, ``None`` when it has none."""
    return _by_code.get(code)


def sensitive_variables(*variables: str) -> Callable[[F], F]:
    """
    Hide these local variables in error reports, all of them when none is named.

    Raises:
        TypeError: It was used without parentheses.
    """
    if len(variables) == 1 and callable(variables[0]):
        raise TypeError(
            "sensitive_variables() must be called to use it as a decorator, e.g., use @sensitive_variables(), not "
            "@sensitive_variables."
        )

    def decorator(func: F) -> F:
        code = getattr(inspect.unwrap(func), "__code__", None)
        if code is None:
            raise TypeError(f"sensitive_variables() cannot mark {func!r}: it is not a Python function.")
        _by_code[code] = variables or "__ALL__"
        return func

    return decorator


def sensitive_post_parameters(*parameters: str) -> Callable[[View], View]:
    """
    Hide these form fields in error reports, all of them when none is named.

    Raises:
        TypeError: It was used without parentheses.
    """
    if len(parameters) == 1 and callable(parameters[0]):
        raise TypeError(
            "sensitive_post_parameters() must be called to use it as a decorator, e.g., use "
            "@sensitive_post_parameters(), not @sensitive_post_parameters."
        )

    def before(request: Any, *args: Any, **kwargs: Any) -> None:
        if not isinstance(request, HttpRequest):
            raise TypeError(
                "sensitive_post_parameters didn't receive an HttpRequest object. If you are decorating a classmethod, "
                "make sure to use @method_decorator."
            )
        request.sensitive_post_parameters = parameters or "__ALL__"  # type: ignore[attr-defined]  # read by views.debug

    return lambda view: around(view, before=before)


__all__ = ["sensitive_post_parameters", "sensitive_variables", "sensitive_variables_of"]
